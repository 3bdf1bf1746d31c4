"""Laws of Chinese weather warnings as JSON."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Decoded, Frame, Reason, Report
from ingest.decode import weather
from ingest.decode.source import Memory, Source
from ingest.decode.weather_signals import colour_of, kind_of, released

Sample = Callable[[str, str], str]
YELLOW, ORANGE = "32040441600000_20261121093000", "32040441600000_20261121103000"


def read(config: Config, now: datetime, payload: Any, memory: Memory | None = None, **feed: Any) -> Decoded:
    body = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    out = Decoded(frames=[Frame("weather", body.encode(), now)])
    source = Source("weather", FeedConfig(kind="http", format="weather", **feed), config, ZoneInfo("Asia/Shanghai"))
    weather.decode(0, out.frames[0], source, memory or {}, out)
    return out


def told(decoded: Decoded) -> list[tuple[str, bool]]:
    return [(report.external_id, report.ended) for _, report in decoded.reports]


def issued(number: str = "1", hour: int = 9, headline: str = "钟楼区气象台发布暴雨黄色预警", **more: Any) -> dict[str, Any]:
    return {"identifier": number, "senderCode": "z", "sendTime": f"2026-11-21 {hour:02}:00:00", "headline": headline, **more}


def one(config: Config, now: datetime, **more: Any) -> Report:
    return read(config, now, issued(**more)).reports[-1][1]


def test_the_samples_say_what_the_page_says(config: Config, now: datetime, sample: Sample) -> None:
    first = read(config, now, sample("weather", "issued"), classes={"暴雨": "0502"})
    report = first.reports[0][1]
    assert (report.external_id, report.severity, report.class_code, report.area, report.ended) == (YELLOW, 3, "0502", "320404", False)
    assert (report.extra["type"], report.extra["level"], report.extra["issuer"]) == ("暴雨", "III", "钟楼区气象台")
    assert report.observed_at == datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
    assert report.extra["expires_at"] == "2026-11-21T07:30:00+00:00"
    second = read(config, now, sample("weather", "raised"), first.memory)
    assert (told(second), second.reports[1][1].severity) == ([(YELLOW, True), (ORANGE, False)], 2)
    third = read(config, now, sample("weather", "released"), second.memory)
    assert told(third) == [(ORANGE, True)]
    assert told(read(config, now, sample("weather", "released"), third.memory))[0][0] not in (YELLOW, ORANGE)


def test_a_missing_warning_ends_nothing(config: Config, now: datetime) -> None:
    first = read(config, now, issued())
    assert told(read(config, now, {"warning": []}, first.memory)) == []


def test_another_kind_place_or_issuer_ends_nothing(config: Config, now: datetime) -> None:
    memory = read(config, now, issued()).memory
    others = [issued("2", 10, "钟楼区气象台发布大风蓝色预警"), issued("3", 10, senderCode="y"), issued("4", 10, "市气象台发布暴雨橙色预警")]
    assert [report.ended for _, report in read(config, now, others, memory).reports] == [False] * 3


def test_an_older_one_that_comes_late_ends_nothing(config: Config, now: datetime) -> None:
    memory = read(config, now, issued("2", 10)).memory
    assert told(read(config, now, issued("1", 9), memory)) == [("1", False)]


def test_the_same_list_again_says_the_same_and_remembers_nothing_new(config: Config, now: datetime) -> None:
    first = read(config, now, [issued("1"), issued("2", headline="钟楼区气象台发布大雾橙色预警")])
    again = read(config, now, [issued("1"), issued("2", headline="钟楼区气象台发布大雾橙色预警")], first.memory)
    assert (told(again), again.memory) == (told(first), {})


def test_a_named_reference_is_ended(config: Config, now: datetime) -> None:
    update = issued("2", 10, "大风预警", msgType="Update", references="z,1,2026-11-21 09:00:00")
    assert told(read(config, now, update)) == [("1", True), ("2", False)]
    assert told(read(config, now, {"warning": [{"id": "2", "status": "cancel", "related": "1", "pubTime": "2026-11-21T10:00+08:00"}]})) == [
        ("1", True)
    ]


def test_a_warning_whose_own_state_says_it_is_over_has_ended(config: Config, now: datetime) -> None:
    item = {"alertId": "1", "title": "气象台发布暴雨蓝色预警", "pubtimestamp": 1795228200, "status": "解除", "code": "0201"}
    assert told(read(config, now, {"alert": {"content": [item]}})) == [("1", True)]


def test_a_test_raises_nothing_and_an_exercise_is_a_drill(config: Config, now: datetime) -> None:
    refused = read(config, now, issued(status="Test"))
    assert (refused.reports, refused.rejected[0][1].reason, refused.memory) == ([], Reason.UNSUPPORTED, {})
    assert one(config, now, status="Exercise").extra["drill"] is True


def test_the_second_form_of_qweather(config: Config, now: datetime) -> None:
    newer = {
        "id": "2", "senderName": "钟楼区气象台", "issuedTime": "2026-11-21T02:00Z", "messageType": {"code": "update", "supersedes": ["1"]},
        "eventType": {"name": "大风", "code": "1006"}, "color": {"code": "blue"}, "headline": "更新大风蓝色预警信号", "expireTime": "2026-11-22T02:00Z",
    }  # fmt: skip
    older = {**newer, "messageType": None, "msgType": "Update", "relatedAlertIds": ["1"], "eventType": None, "event": "大风"}
    for item in (newer, older):
        decoded = read(config, now, {"metadata": {}, "alerts": [item]})
        assert told(decoded) == [("1", True), ("2", False)]
        assert (decoded.reports[1][1].severity, decoded.reports[1][1].extra["type"]) == (4, "大风")


@pytest.mark.parametrize(
    ("colour", "code", "title", "severity"),
    [
        ("蓝色", "B5", "", 4), ("Red", None, "", 1), ("orange", None, "", 2), ("III", None, "", 3), ("白", None, "", 5),
        ("04", None, "", 1), (None, "0203", "", 2), (None, "B3", "", 3), (None, "A5", "", 1), (None, "1006", "", None),
        (None, "0201", "发布暴雨红色预警", 1), ("何色", None, "", None), (7, 8, "", None),
    ],
)  # fmt: skip
def test_a_colour_is_its_severity_and_words_win_over_codes(colour: Any, code: Any, title: str, severity: int | None) -> None:
    assert colour_of(colour, code, title, "") == severity


@pytest.mark.parametrize(
    ("code", "name", "title", "kind"),
    [
        ("0201", None, "气象台发布雷雨大风黄色预警", "雷雨大风"), ("0201", "大风", "", "大风"), ("0201", None, "", "暴雨"), ("B3", None, "", "暴雨"),
        ("11B01", None, "", "台风"), (None, "暴雨预警信号", "", "暴雨"), (None, None, "道路结冰提示", "道路结冰"), (None, None, "", None),
    ],
)  # fmt: skip
def test_a_signals_kind_is_its_word_then_its_title_then_its_code(code: Any, name: Any, title: str, kind: str | None) -> None:
    assert kind_of(code, name, title, "") == kind


@pytest.mark.parametrize(
    ("state", "code", "title", "over"),
    [
        ("cancel", None, "", True), ("解除", None, "", True), (None, "B0", "", True), (None, None, "气象台解除暴雨橙色预警", True),
        ("预警中", "0201", "发布暴雨蓝色预警", False), (None, None, "解除暴雨橙色预警，发布暴雨黄色预警", False), (None, None, "", False),
    ],
)  # fmt: skip
def test_a_release_is_told_by_state_code_or_title(state: Any, code: Any, title: str, over: bool) -> None:
    assert released(state, code, title) is over


def test_a_bad_neighbour_costs_only_itself(config: Config, now: datetime) -> None:
    decoded = read(
        config, now, [issued("1"), {"identifier": "2", "sendTime": "soon"}, 7, {"title": "no number"}, issued("5", headline="x")]
    )
    assert [number for number, _ in told(decoded)] == ["1", "5"]
    assert [refused.index for _, refused in decoded.rejected] == [1, 2, 3]


def test_without_a_time_it_is_as_of_receipt_and_says_so(config: Config, now: datetime) -> None:
    report = one(config, now, sendTime=None)
    assert (report.observed_at, report.extra["no_time"]) == (now, True)


@pytest.mark.parametrize("strange", [{}, [], {"a": 1}, [1, 2], "warning", 7, None])
def test_other_documents_are_unsupported(config: Config, now: datetime, strange: Any) -> None:
    with pytest.raises(DecodeError) as refused:
        read(config, now, json.dumps(strange))
    assert refused.value.reason is Reason.UNSUPPORTED


def test_a_document_of_more_reports_than_a_body_may_hold_is_refused_whole_counting_what_it_ends(config: Config, now: datetime) -> None:
    few = config.model_copy(update={"ingest": config.ingest.model_copy(update={"max_reports": 5})})
    updates = [issued(f"u{n}", 10, f"大风预警{n}", msgType="Update", references=f"z,a{n},2026 z,b{n},2026") for n in range(2)]
    with pytest.raises(DecodeError, match="more than 5 reports") as problem:
        read(few, now, [*updates, {"identifier": "x"}])
    assert problem.value.reason is Reason.TOO_LARGE
    same = [{**update, "references": "z,a,2026 z,b,2026"} for update in updates]
    assert told(read(few, now, same)) == [("a", True), ("b", True), ("u0", False), ("u1", False)]
