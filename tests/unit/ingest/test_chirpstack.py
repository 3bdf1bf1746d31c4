"""Laws of ChirpStack 4: the kind of an event, the loudest gateway, undecoded payloads."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.config import Config
from core.model import Position, Presence, Reason
from tests.iot import NOW, heard, values

Sample = Callable[[str, str], str]
FORM = "chirpstack"


def event(**fields: Any) -> dict[str, Any]:
    return {"time": "2026-11-21T04:00:00Z", "deviceInfo": {"devEui": "00A1"}} | fields


def test_the_sample_says_what_the_page_says(config: Config, sample: Sample) -> None:
    out = heard(config, FORM, sample("chirpstack", "up"), "application/1/device/a84041000181c0de/event/up")
    assert {r.device for _, r in out.readings} == {"a84041000181c0de"}
    assert not out.rejected
    assert values(out) == {"rssi": -97.0, "snr": 6.25, "water-level": 0.42, "water-alarm": 0.0, "mode": "normal"}
    assert out.readings[0][1].observed_at == NOW + timedelta(microseconds=123456)
    assert out.hints["a84041000181c0de"].gateway == "00800000a0005678"


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("up", {"object": {"a": 1}}, {"a": 1.0}), ("status", {"margin": 10, "batteryLevel": 88.3}, {"battery": 88.3, "margin": 10.0}),
        ("status", {"margin": 10, "externalPowerSource": True, "batteryLevel": 0}, {"external-power": 1.0, "margin": 10.0}),
        ("ack", {"acknowledged": True, "queueItemId": "1"}, {"downlink-acknowledged": 1.0}), ("ack", {"queueItemId": "1"}, {"downlink-acknowledged": 0.0}),
        ("txack", {"downlinkId": 7, "fCntDown": 2}, {"downlink-counter": 2.0}), ("log", {"level": "ERROR", "code": "X", "description": "d"}, {"log": "ERROR X d"}),
        ("integration", {"integrationName": "i", "object": {"x": None}}, {"x": None}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("topic", ["application/1/device/00a1/event/{}", "/api/v1/feeds/chirpstack?event={}", "/api/v1/feeds/chirpstack"])
def test_topic_query_or_fields_tell_the_event(config: Config, kind: str, body: dict[str, Any], said: dict[str, Any], topic: str) -> None:
    assert values(heard(config, FORM, event(**body), topic.format(kind))) == said


def test_a_join_is_presence_and_a_location_is_a_place(config: Config) -> None:
    assert heard(config, FORM, event(devAddr="1")).presences == [Presence("00a1", True, NOW)]
    assert heard(config, FORM, event(location={"latitude": 31.78, "longitude": 119.95})).hints["00a1"].position == Position(119.95, 31.78)


def test_an_uplink_that_nobody_decoded_is_named(config: Config) -> None:
    out = heard(config, FORM, event(data="AQ==", rxInfo=[{"rssi": -90, "gatewayId": "g"}]))
    assert values(out) == {"rssi": -90.0}
    assert [(refused.reason, refused.raw, refused.device) for _, refused in out.rejected] == [(Reason.UNSUPPORTED, b'"AQ=="', "00a1")]


@pytest.mark.parametrize(
    "body", ["x", "[]", "{}", json.dumps({"deviceInfo": {"devEui": ""}}), json.dumps(event(time="x", object={})), json.dumps(event())]
)
def test_what_is_no_event_is_refused_by_name(config: Config, body: str) -> None:
    out = heard(config, FORM, body)
    assert not out.readings
    assert len(out.rejected) == 1
