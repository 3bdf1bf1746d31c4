"""Laws of Tasmota: local time, units, switches, what is not kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.config import Config, FeedConfig
from core.model import Presence, Reason
from tests.iot import NOW, heard, values

Sample = Callable[[str, str], str]
FORM = "tasmota"


def test_the_sample_says_what_the_page_says(config: Config, sample: Sample) -> None:
    out = heard(config, FORM, sample("tasmota", "messages"), "/api/v1/feeds/tasmota")
    house = {r.metric: (r.value, r.text, r.observed_at) for _, r in out.readings if r.device == "pump-house"}
    assert house == {
        "ds18b20-1-id": (None, "0123456789AB", NOW), "ds18b20-1-temperature": (20.0, None, NOW), "switch1": (1.0, None, NOW),
        "uptimesec": (600.0, None, NOW), "vcc": (3.31, None, NOW), "power": (0.0, None, NOW), "wifi-rssi": (84.0, None, NOW), "wifi-signal": (-58.0, None, NOW),
    }  # fmt: skip
    gate = [(r.metric, r.value, r.text, r.observed_at) for _, r in out.readings if r.device == "gate"]
    assert gate == [("rc522-read", 1.0, None, None), ("rc522-type", None, "MIFARE 1KB", None)]
    assert out.presences == [Presence("pump-house", True, NOW)]
    assert [refused.reason for _, refused in out.rejected] == [Reason.UNSUPPORTED]
    assert "BA839D07" not in str(out.readings)
    assert "depot" not in str(out.readings)


@pytest.mark.parametrize(
    ("stamp", "zone", "at"),
    [
        ({"Time": "2026-11-21T12:00:00"}, None, NOW), ({"Time": "2026-11-21T05:00:00"}, "Europe/Berlin", NOW),
        ({"Time": "2026-11-21T05:00:00+01:00"}, None, NOW), ({"Time": "2026-11-21T09:00:00", "Epoch": 1795233600}, None, NOW),
        ({"Time": "1970-01-01T00:00:03"}, None, None), ({}, None, None),
        ({"Time": "2026-10-25T02:30:00"}, "Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice that night: the first
    ],
)  # fmt: skip
def test_times_are_local_unless_they_say_otherwise(config: Config, stamp: dict[str, object], zone: str | None, at: datetime | None) -> None:
    feed = FeedConfig(kind="mqtt", format=FORM, timezone=zone)
    assert heard(config, FORM, stamp | {"A": {"B": 1}}, "tele/x/SENSOR", feed=feed).readings[0][1].observed_at == at


def test_a_time_that_is_none_costs_only_itself(config: Config) -> None:
    out = heard(config, FORM, {"Time": "noon", "A": {"B": 1}}, "tele/x/SENSOR")
    assert values(out) == {"a-b": 1.0}
    assert len(out.rejected) == 1


@pytest.mark.parametrize(("unit", "value"), [("hPa", 1000.0), ("mmHg", 1333.22), ("inHg", 33863.89)])
def test_pressures_are_hectopascals(config: Config, unit: str, value: float) -> None:
    assert values(heard(config, FORM, {"BME280": {"Pressure": 1000}, "PressureUnit": unit}, "tele/x/SENSOR")) == {"bme280-pressure": value}


def test_phases_are_counted_from_one(config: Config) -> None:
    assert values(heard(config, FORM, {"ENERGY": {"Power": [10, 20]}}, "tele/x/SENSOR")) == {"energy-power-1": 10.0, "energy-power-2": 20.0}


@pytest.mark.parametrize("topic", ["tele/hall/LWT", "hall/tele/LWT", "stat/hall/LWT"])
def test_the_last_will_is_presence(config: Config, topic: str) -> None:
    assert heard(config, FORM, "Offline", topic).presences == [Presence("hall", False, NOW)]


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("tele/x/LWT", "Maybe"),
        ("tele/SENSOR", "{}"),
        ("cmnd/x/SENSOR", '{"a":1}'),
        ("tele/x/SENSOR", "[1]"),
        ("tele/x/SENSOR", "{}"),
        ("tele/x/INFO2", "{}"),
    ],
)
def test_what_brings_no_values_is_refused_by_name(config: Config, topic: str, body: str) -> None:
    out = heard(config, FORM, body, topic)
    assert not out.readings
    assert not out.presences
    assert len(out.rejected) == 1


def test_several_messages_go_on_beside_a_bad_one(config: Config) -> None:
    body = [{"topic": "tele/x/SENSOR", "payload": 7}, {"topic": "tele/x/SENSOR", "payload": {"A": 1}}]
    out = heard(config, FORM, body, "/api/v1/feeds/tasmota", now=NOW + timedelta(seconds=1))
    assert values(out) == {"a": 1.0}
    assert len(out.rejected) == 1
