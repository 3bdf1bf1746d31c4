"""Laws of Frigate's events and reviews."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.config import Config
from core.model import Channel, Frame, Position, Reason, Report
from ingest.decode import decode

Sample = Callable[[str, str], str]


def read(config: Config, now: datetime, payload: str | bytes) -> Report:
    body = payload.encode() if isinstance(payload, str) else payload
    return decode([Frame("frigate", body, now, "frigate/events")], {}, config).reports[0][1]


def changed(text: str, **after: Any) -> str:
    document = json.loads(text)
    document["after"] |= after
    return json.dumps(document)


def test_the_sample_says_what_the_page_says(config: Config, now: datetime, sample: Sample) -> None:
    report = read(config, now, sample("frigate", "event"))
    assert (report.source, report.external_id, report.channel, report.title) == (
        "frigate",
        "1795233600.5-ypdemo",
        Channel.VIDEO,
        "视频识别:明火",
    )
    assert (report.class_code, report.confidence, report.ended) == ("0501", 0.83, True)
    assert report.observed_at == datetime(2026, 11, 21, 4, 0, 0, 500_000, tzinfo=UTC)
    assert report.media == ("/api/events/1795233600.5-ypdemo/snapshot.jpg",)
    assert report.extra["camera"] == "north_gate"
    assert report.extra["ended_at"] == "2026-11-21T04:01:00+00:00"


def test_low_confidence_is_a_candidate_never_dropped(config: Config, now: datetime, sample: Sample) -> None:
    report = read(config, now, changed(sample("frigate", "event"), top_score=0.2))
    assert (report.confidence, report.extra["candidate"]) == (0.2, True)


def test_a_false_positive_is_kept_as_dismissed(config: Config, now: datetime, sample: Sample) -> None:
    report = read(config, now, changed(sample("frigate", "event"), false_positive=True))
    assert (report.confidence, report.extra["dismissed"]) == (0.0, "false_positive")


def test_the_camera_of_the_configuration_gives_the_place(config: Config, now: datetime, sample: Sample) -> None:
    feed = config.feeds["frigate"].model_copy(update={"cameras": {"north_gate": (119.95, 31.78)}})
    placed = config.model_copy(update={"feeds": config.feeds | {"frigate": feed}})
    assert read(placed, now, sample("frigate", "event")).position == Position(119.95, 31.78)


def test_faces_and_plates_stay_in_frigate(config: Config, now: datetime, shared: Path) -> None:
    for name in ("01_frigate_events.json", "07_frigate_reviews.json"):
        report = read(config, now, (shared / "video" / "frigate" / name).read_bytes())
        assert report.title.startswith("视频识别:人员")
        assert not any(secret in str(report) for secret in ("John", "Bob", "ABC12345"))


def test_other_messages_of_frigate_are_unsupported(config: Config, now: datetime, shared: Path) -> None:
    for path in sorted((shared / "video" / "frigate").glob("0[234568]*.json")):
        decoded = decode([Frame("frigate", path.read_bytes(), now)], {}, config)
        assert [refused.reason for _, refused in decoded.rejected] == [Reason.UNSUPPORTED], path.name
