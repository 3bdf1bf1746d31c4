"""Real warnings of three Chinese providers, found by their hash; what we make of each was checked against the document."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.config import Config, FeedConfig
from core.model import Decoded, Frame, Report
from ingest.decode import weather
from ingest.decode.source import Source

EXPECTED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parents[2] / "expected" / "weather.json").read_text(encoding="utf-8"))


def shape(report: Report) -> dict[str, Any]:
    names = ("type", "level", "issuer", "adcode", "onset_at", "expires_at")
    place = report.position
    return {
        "external_id": report.external_id, "title": report.title, "observed_at": report.observed_at.isoformat(), "severity": report.severity,
        "ended": report.ended, "position": [round(place.lon, 4), round(place.lat, 4)] if place else None,
        "extra": {name: report.extra[name] for name in names if name in report.extra},
    }  # fmt: skip


@pytest.mark.parametrize("digest", EXPECTED)
def test_every_document_says_what_was_checked_by_hand(config: Config, now: datetime, shared: Path, digest: str) -> None:
    body = (shared / EXPECTED[digest]["file"]).read_bytes()
    assert hashlib.sha256(body).hexdigest() == digest
    out = Decoded(frames=[Frame("weather", body, now)])
    source = Source("weather", FeedConfig(kind="http", format="weather"), config, ZoneInfo("Asia/Shanghai"))
    weather.decode(0, out.frames[0], source, {}, out)
    assert [shape(report) for _, report in out.reports] == EXPECTED[digest]["expected"]
    assert out.rejected == []
