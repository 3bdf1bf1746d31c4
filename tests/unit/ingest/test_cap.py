"""Laws of CAP 1.2."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Channel, Decoded, Frame, Position, Reason, Report
from ingest.decode import cap
from ingest.decode.cap_area import area_of_codes
from ingest.decode.source import Source

Sample = Callable[[str, str], str]
NOON = "2026-11-21T12:00:00+08:00"


def read(config: Config, now: datetime, payload: str | bytes, **feed: Any) -> Decoded:
    body = payload.encode() if isinstance(payload, str) else payload
    out = Decoded(frames=[Frame("cap", body, now)])
    source = Source("cap", FeedConfig(kind="http", format="cap", **feed), config, ZoneInfo("Asia/Shanghai"))
    cap.decode(0, out.frames[0], source, {}, out)
    return out


def alert(info: str = "<headline>h</headline>", root: str = "alert", **head: str) -> str:
    fields = {"identifier": "A1", "sender": "s", "sent": NOON, "status": "Actual", "msgType": "Alert", "scope": "Public"} | head
    blocks = info if "<info>" in info else f"<info>{info}</info>" if info else ""
    return f"<{root}>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if value) + blocks + f"</{root}>"


def one(config: Config, now: datetime, info: str, **head: str) -> Report:
    return read(config, now, alert(info, **head)).reports[-1][1]


def test_the_sample_says_what_the_page_says(config: Config, now: datetime, sample: Sample) -> None:
    decoded = read(config, now, sample("cap", "alert"), classes={"11B03": "0502"})
    (old, new) = (report for _, report in decoded.reports)
    assert (old.external_id, old.ended, old.extra["ended_by"]) == ("32040041600000_20261121090000", True, new.external_id)
    assert (new.source, new.external_id, new.channel, new.ended) == ("cap", "32040041600000_20261121113000", Channel.WEATHER, False)
    assert (new.title, new.severity, new.class_code, new.area) == ("市气象台将暴雨黄色预警升级为橙色", 2, "0502", "320404")
    assert new.text == "预计未来3小时降雨量将达50毫米以上\n切断低洼地带危险电源"
    assert new.observed_at == datetime(2026, 11, 21, 3, 30, tzinfo=UTC)
    assert new.position is not None
    assert (new.position.lon, new.position.lat) == pytest.approx((119.95, 31.78))
    assert new.position.datum == "wgs84"
    assert new.extra["geometry"]["coordinates"][0][0] == (119.92, 31.76)
    assert (new.extra["onset_at"], new.extra["expires_at"]) == ("2026-11-21T04:00:00+00:00", "2026-11-21T10:00:00+00:00")
    assert new.media == ("https://example.org/rain.png",)


def test_a_cancel_ends_what_it_refers_to_as_of_now_and_is_no_warning_itself(config: Config, now: datetime) -> None:
    references = "s,A1,2026-11-19T12:00:00+08:00 s,A2,2026-11-20T12:00:00+08:00"
    decoded = read(config, now, alert(identifier="C1", msgType="Cancel", references=references))
    assert [(report.external_id, report.ended) for _, report in decoded.reports] == [("A1", True), ("A2", True)]
    assert {report.observed_at for _, report in decoded.reports} == {datetime(2026, 11, 21, 4, tzinfo=UTC)}  # older would be history


def test_a_message_that_refers_to_itself_does_not_end_itself(config: Config, now: datetime) -> None:
    decoded = read(config, now, alert(msgType="Update", references=f"s,A1,{NOON}"))
    assert [(report.external_id, report.ended) for _, report in decoded.reports] == [("A1", False)]


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ({"status": "Test"}, Reason.UNSUPPORTED),
        ({"status": "System"}, Reason.UNSUPPORTED),
        ({"status": "Draft"}, Reason.UNSUPPORTED),
        ({"msgType": "Ack", "references": f"s,A0,{NOON}"}, Reason.UNSUPPORTED),
        ({"msgType": "Error"}, Reason.UNSUPPORTED),
        ({"msgType": "Cancel"}, Reason.UNDECODABLE),
        ({"sent": ""}, Reason.UNDECODABLE),
        ({"sent": "yesterday"}, Reason.UNDECODABLE),
    ],
)
def test_tests_receipts_and_broken_heads_raise_nothing_and_are_told_with_their_place(
    config: Config, now: datetime, head: dict[str, str], reason: Reason
) -> None:
    decoded = read(config, now, alert(**head))
    assert decoded.reports == []
    assert [(refused.reason, refused.index) for _, refused in decoded.rejected] == [(reason, 0)]


def test_an_exercise_is_a_drill(config: Config, now: datetime) -> None:
    decoded = read(config, now, alert(status="Exercise", msgType="Update", references=f"s,A0,{NOON}"))
    assert [report.extra["drill"] for _, report in decoded.reports] == [True, True]
    assert "drill" not in one(config, now, "<headline>h</headline>").extra


@pytest.mark.parametrize(
    ("said", "severity"), [("Extreme", 1), ("Severe", 2), ("Moderate", 3), ("Minor", 4), ("Unknown", None), ("Red", 1), ("Blue", 4)]
)
def test_severities_are_the_citys(config: Config, now: datetime, said: str, severity: int | None) -> None:
    assert one(config, now, f"<severity>{said}</severity>").severity == severity


def test_what_has_expired_when_it_comes_has_ended(config: Config, now: datetime) -> None:
    assert one(config, now, "<expires>2026-11-21T11:59:00+08:00</expires>").ended
    assert not one(config, now, "<expires>2026-11-21T12:01:00+08:00</expires>").ended
    assert one(config, now, "<responseType>AllClear</responseType>").ended
    assert one(config, now, "<expires>soon</expires>").extra["expires_refused"] == "'soon' is no time"


def infos(*spoken: tuple[str, str, str]) -> str:
    return "".join(
        f"<info><language>{word}</language><severity>{grade}</severity><headline>{line}</headline></info>" for word, grade, line in spoken
    )


def test_chinese_speaks_first_then_english_then_whoever_came_first(config: Config, now: datetime) -> None:
    assert one(config, now, infos(("fr-CA", "Minor", "f"), ("en-CA", "Minor", "e"), ("zh-CN", "Minor", "中"))).title == "中"
    assert one(config, now, infos(("fr-CA", "Minor", "f"), ("en-CA", "Minor", "e"))).title == "e"
    assert one(config, now, infos(("fr-CA", "Minor", "f"), ("de-DE", "Minor", "d"))).title == "f"


def test_the_gravest_block_of_a_language_speaks(config: Config, now: datetime) -> None:
    report = one(config, now, infos(("zh", "Minor", "小"), ("zh", "Extreme", "大"), ("en", "Severe", "e")))
    assert (report.title, report.severity) == ("大", 1)


def area(*parts: str) -> str:
    return "<area><areaDesc>a</areaDesc>" + "".join(parts) + "</area>"


def test_the_largest_polygon_gives_the_place_and_a_broken_one_costs_only_itself(config: Config, now: datetime) -> None:
    small, large = "1,1 1,2 2,2 2,1 1,1", "10,20 10,24 14,24 14,20 10,20"
    polygons = [f"<polygon>{text}</polygon>" for text in (small, large, "1,1 2,2", "north,south 1,1 2,2 3,3", "91,0 1,1 2,2 91,0")]
    report = one(config, now, area(*polygons))
    assert report.position == Position(22.0, 12.0, "wgs84")
    assert (report.extra["geometry"]["type"], report.extra["areas_refused"]) == ("MultiPolygon", 3)


def test_a_circle_is_latitude_longitude_and_kilometres(config: Config, now: datetime) -> None:
    report = one(config, now, area("<circle>31.78,119.95 2.5</circle>", "<circle>1,2 -3</circle>"))
    assert report.position == Position(119.95, 31.78, "wgs84")
    assert report.extra["circles"] == [{"lon": 119.95, "lat": 31.78, "radius_m": 2500.0}]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("320404", "320404"),
        ("320404001", "320404001"),
        ("320400", "320404"),
        ("320000", "320404"),
        ("320404000000", "320404"),
        ("110101", None),
        ("MTZ014", None),
    ],
)
def test_a_code_of_ours_or_of_what_holds_us_is_our_area(code: str, found: str | None) -> None:
    assert area_of_codes([code], "320404") == found


def test_a_signature_is_noted_and_not_trusted(config: Config, now: datetime) -> None:
    signed = alert().replace("</alert>", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature></alert>')
    assert read(config, now, signed).reports[0][1].extra["signed"] == "unverified"


def test_latin_1_is_read_where_it_is_declared(config: Config, now: datetime) -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + alert("<headline>Orages à Montréal</headline>")
    assert read(config, now, text.encode("latin-1")).reports[0][1].title == "Orages à Montréal"


def test_the_chinese_dialect_is_read(config: Config, now: datetime) -> None:
    info = "<eventType>11B01</eventType><severity>Orange</severity><headline>台风橙色预警</headline>"
    report = one(config, now, info, sent="", sendTime="2026-11-21 11:00:00")
    assert (report.title, report.severity, report.observed_at) == ("台风橙色预警", 2, datetime(2026, 11, 21, 3, tzinfo=UTC))


def test_several_alerts_in_a_feed_stand_each_for_itself(config: Config, now: datetime) -> None:
    wrapped = (
        f"<feed><entry>{alert(identifier='A1')}</entry><entry>{alert(status='Test')}</entry><entry>{alert(identifier='A3')}</entry></feed>"
    )
    decoded = read(config, now, wrapped)
    assert [report.external_id for _, report in decoded.reports] == ["A1", "A3"]
    assert [refused.index for _, refused in decoded.rejected] == [1]


@pytest.mark.parametrize(
    "evil", ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>', "<rss/>", "<alert/>", "no xml", ""]
)
def test_entities_strangers_and_rubbish_are_refused_whole(config: Config, now: datetime, evil: str) -> None:
    with pytest.raises(DecodeError):
        read(config, now, evil)


def test_a_document_of_more_reports_than_a_body_may_hold_is_refused_whole_counting_what_it_ends(config: Config, now: datetime) -> None:
    few = config.model_copy(update={"ingest": config.ingest.model_copy(update={"max_reports": 5})})
    update = [alert(identifier=f"U{n}", msgType="Update", references=f"s,A{n},{NOON} s,B{n},{NOON}") for n in range(2)]
    with pytest.raises(DecodeError, match="more than 5 reports") as problem:
        read(few, now, f"<feed>{''.join(update)}{alert(status='Test')}</feed>")
    assert problem.value.reason is Reason.TOO_LARGE
    assert len(read(few, now, f"<feed>{update[0]}{alert(identifier='U1')}{alert(identifier='U2')}</feed>").reports) == 5


def test_what_many_alerts_of_a_document_end_is_ended_once_and_an_exercise_ends_it_for_itself(config: Config, now: datetime) -> None:
    references = " ".join(f"A{n}" for n in range(100))
    alerts = [alert(identifier=f"U{n}", msgType="Update", references=references) for n in range(300)]
    drill = alert(identifier="D", status="Exercise", msgType="Cancel", references=f"s,A7,{NOON}")
    decoded = read(config, now, f"<feed>{drill}{''.join(alerts)}</feed>")
    assert (len(decoded.reports), decoded.rejected) == (1 + 100 + 300, [])
    assert {report.extra["ended_by"] for _, report in decoded.reports if "ended_by" in report.extra} == {"D", "U0"}
