"""Laws of the native topics and HTTP bodies."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from core.config import Config
from core.model import Channel, Decoded, Frame, Position, Quality, Reading, Reason
from ingest.decode import decode

TOPIC = "city/320404001/environment/air-1/telemetry"
Sample = Callable[[str, str], str]


def read(config: Config, now: datetime, payload: str | bytes, topic: str = TOPIC, feed: str = "city") -> Decoded:
    body = payload.encode() if isinstance(payload, str) else payload
    return decode([Frame(feed, body, now, topic)], {}, config)


def values(decoded: Decoded) -> dict[str, tuple[float | None, Quality]]:
    return {reading.metric: (reading.value, reading.quality) for _, reading in decoded.readings}


def reasons(decoded: Decoded) -> list[tuple[Reason, int | None]]:
    return [(refused.reason, refused.index) for _, refused in decoded.rejected]


def test_the_sample_says_what_the_page_says(config: Config, now: datetime, sample: Sample) -> None:
    decoded = read(config, now, sample("native", "telemetry"))
    assert decoded.readings[0] == (0, Reading("air-1", "pm25", 35.2, datetime(2026, 11, 21, 4, tzinfo=UTC)))
    assert values(decoded) == {
        "pm25": (35.2, Quality.GOOD), "door": (1.0, Quality.GOOD), "battery": (None, Quality.MISSING), "mode": (None, Quality.GOOD),
    }  # fmt: skip
    assert decoded.readings[3][1].text == "auto"
    hint = decoded.hints["air-1"]
    assert (hint.domain, hint.area, hint.position) == ("environment", "320404001", Position(119.95, 31.78))


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ('"2026-11-21T08:00:00Z"', 8),
        ('"2026-11-21T08:00:00+08:00"', 0),
        ('"2026-11-21 08:00:00"', 0),
        ('"2026-11-21T08:00:00z"', 8),
        ("1795219200000", 0),
    ],
)
def test_times_are_read_in_their_offset_or_the_citys_zone(config: Config, now: datetime, stamp: str, utc: int) -> None:
    decoded = read(config, now, f'{{"ts": {stamp}, "values": {{"pm25": 1}}}}')
    assert decoded.readings[0][1].observed_at == datetime(2026, 11, 21, utc, tzinfo=UTC)


def test_a_reading_without_time_says_so(config: Config, now: datetime) -> None:
    reading = read(config, now, '{"values": {"pm25": 1}}').readings[0][1]
    assert (reading.observed_at, reading.quality) == (None, Quality.NO_TIME)


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "1e999", "1" + "0" * 400, "[1]", '{"a": 1}'])
def test_a_bad_value_never_costs_its_neighbours(config: Config, now: datetime, bad: str) -> None:
    decoded = read(config, now, f'{{"values": {{"pm25": {bad}, "pm10": 40}}}}')
    assert values(decoded) == {"pm10": (40.0, Quality.NO_TIME)}
    assert reasons(decoded) == [(Reason.TYPE, 0)]


def test_bad_elements_of_a_list_are_refused_with_their_place(config: Config, now: datetime, sample: Sample) -> None:
    decoded = read(config, now, sample("native", "gateway"), "city/320404/gateway/gw-1/telemetry")
    assert [(reading.device, reading.metric) for _, reading in decoded.readings] == [
        ("gw-1-a", "temperature"), ("gw-1-b", "temperature"), ("gw-1-b", "rain"),
    ]  # fmt: skip
    assert reasons(decoded) == [(Reason.TYPE, 1), (Reason.UNDECODABLE, 2)]
    assert decoded.hints["gw-1-a"].gateway == "gw-1"


def test_an_impossible_place_never_costs_the_values(config: Config, now: datetime) -> None:
    decoded = read(config, now, '{"values": {"pm25": 1}, "at": {"lon": 999, "lat": 1}}')
    assert len(decoded.readings) == 1
    assert reasons(decoded) == [(Reason.RANGE, 0)]


@pytest.mark.parametrize(
    ("letter", "quality"),
    [("N", Quality.GOOD), ("d", Quality.FAULT), ("C", Quality.CALIBRATION), ("M", Quality.MAINTENANCE), ("T", Quality.OUT_OF_RANGE),
     ("S", Quality.ESTIMATED), ("suspect", Quality.SUSPECT), ("?", Quality.SUSPECT)],
)  # fmt: skip
def test_quality_letters_and_words_are_understood(config: Config, now: datetime, letter: str, quality: Quality) -> None:
    payload = f'{{"ts": "2026-11-21T08:00:00Z", "values": {{"pm25": 1}}, "quality": {{"pm25": "{letter}"}}}}'
    assert read(config, now, payload).readings[0][1].quality is quality


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("city/330106/urban/d/telemetry", Reason.AREA),
        ("city/32040x/urban/d/telemetry", Reason.AREA),
        ("city/320404/sport/d/telemetry", Reason.UNDECODABLE),
        ("city/320404/urban/d/other", Reason.UNSUPPORTED),
        ("city/320404/report/rumour", Reason.UNDECODABLE),
    ],
)
def test_a_topic_not_of_this_city_is_refused(config: Config, now: datetime, topic: str, reason: Reason) -> None:
    decoded = read(config, now, '{"values": {"pm25": 1}}', topic)
    assert [refused.reason for _, refused in decoded.rejected] == [reason]
    assert not decoded.readings


def test_status_is_presence(config: Config, now: datetime) -> None:
    presence = read(config, now, b"offline", "city/320404/urban/d9/status").presences[0]
    assert (presence.device, presence.online, presence.at) == ("d9", False, now)


def test_a_report_takes_channel_and_area_from_its_topic(config: Config, now: datetime, sample: Sample) -> None:
    report = read(config, now, sample("native", "report"), "city/320404001/report/public").reports[0][1]
    assert (report.channel, report.area, report.class_code) == (Channel.PUBLIC, "320404001", "0502")
    assert report.media == ("https://example.invalid/p7.jpg",)


def test_a_report_with_an_impossible_place_is_kept(config: Config, now: datetime, sample: Sample) -> None:
    body = sample("native", "report").replace("119.95", "777")
    report = read(config, now, body, "", "http-reports").reports[0][1]
    assert report.position is None
    assert "777" in report.extra["position_refused"]


def test_http_readings_refuse_by_index(config: Config, now: datetime) -> None:
    elements = (
        '{"device": "d", "metric": "pm25", "value": 1, "observed_at": "2026-11-21T08:00:00Z"}',
        '{"device": "d", "metric": "pm25", "value": NaN}',
        '{"device": "", "metric": "pm25", "value": 1}',
        '{"device": "d", "metric": "pm25"}',
        "7",
        '{"device": "d", "metric": "pm10", "value": null}',
    )
    body = f'{{"readings": [{", ".join(elements)}]}}'
    decoded = read(config, now, body, "", "http-readings")
    assert values(decoded) == {"pm25": (1.0, Quality.GOOD), "pm10": (None, Quality.MISSING)}
    assert [refused.index for _, refused in decoded.rejected] == [1, 2, 3, 4]


def test_too_large_a_frame_is_refused_with_its_first_bytes(config: Config, now: datetime) -> None:
    decoded = read(config, now, b"x" * (config.ingest.max_payload + 1))
    assert decoded.rejected[0][1].reason is Reason.TOO_LARGE
    assert len(decoded.rejected[0][1].raw) == 65_536


def test_a_frame_of_no_feed_is_refused(config: Config, now: datetime) -> None:
    assert read(config, now, b"{}", "x/y", "").rejected[0][1].reason is Reason.UNSUPPORTED


@pytest.mark.parametrize("feed", ["city", "http-readings", "http-reports", "frigate"])
@pytest.mark.parametrize(
    "around", ['{"x": %s, "values": {"pm25": 1}}', '{"values": {"pm25": %s}}', '{"readings": %s}', '{"after": {"id": %s}}', "%s"]
)
def test_nesting_without_end_is_refused_and_is_no_fault_of_the_decoder(config: Config, now: datetime, feed: str, around: str) -> None:
    decoded = read(config, now, around % ('{"x": ' * 50_000 + "1" + "}" * 50_000), feed=feed)
    assert len(decoded.rejected) == 1
    assert not decoded.rejected[0][1].detail.startswith("decoder error")


def test_each_frame_tells_of_a_device_under_its_own_number_and_no_other(config: Config, now: datetime) -> None:
    here, there = {"lon": 119.9, "lat": 31.7}, {"lon": 119.95, "lat": 31.78}
    told = [({"pm25": 1}, here), ({"pm25": 2}, None), ({"pm25": 3}, there)]
    bodies = [json.dumps({"values": values} | ({"at": at} if at else {})).encode() for values, at in told]
    decoded = decode([Frame("city", body, now, TOPIC) for body in bodies], {}, config)
    assert [(index, hint.device, hint.position) for index, hint in decoded.hinted] == [
        (0, "air-1", Position(119.9, 31.7)), (1, "air-1", None), (2, "air-1", Position(119.95, 31.78)),
    ]  # fmt: skip
