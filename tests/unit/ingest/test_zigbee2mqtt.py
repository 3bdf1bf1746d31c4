"""Laws of Zigbee2MQTT: friendly names, availability, what is no value."""

from collections.abc import Callable

import pytest

from core.config import Config
from core.model import Presence, Quality, Reason
from tests.iot import NOW, heard, values

Sample = Callable[[str, str], str]
FORM = "zigbee2mqtt"


def test_the_sample_says_what_the_page_says(config: Config, sample: Sample) -> None:
    out = heard(config, FORM, sample("zigbee2mqtt", "messages"), "/api/v1/feeds/zigbee2mqtt")
    door = [(r.metric, r.value, r.observed_at) for _, r in out.readings if r.device == "Community-hall:door"]
    assert door == [("contact", 0.0, NOW), ("battery", 87.0, NOW), ("linkquality", 102.0, NOW)]
    lamp = [(r.metric, r.value, r.quality) for _, r in out.readings if r.device == "lamp-3"]
    assert lamp == [
        ("state", 1.0, Quality.NO_TIME),
        ("color-x", 0.31, Quality.NO_TIME),
        ("color-y", 0.33, Quality.NO_TIME),
        ("power", None, Quality.MISSING),
    ]
    assert out.presences == [Presence("lamp-3", False, NOW)]
    assert [refused.reason for _, refused in out.rejected] == [Reason.UNSUPPORTED]


@pytest.mark.parametrize(
    ("topic", "device"),
    [("zigbee2mqtt/a/availability", "a"), ("z/a/b/availability", "a:b"), ("zigbee2mqtt/bridge/state", "zigbee2mqtt:bridge")],
)
@pytest.mark.parametrize(("body", "online"), [("online", True), ('{"state":"offline"}', False)])
def test_availability_is_presence(config: Config, topic: str, device: str, body: str, online: bool) -> None:
    assert heard(config, FORM, body, topic).presences == [Presence(device, online, NOW)]


def test_last_seen_may_be_milliseconds(config: Config) -> None:
    assert heard(config, FORM, {"a": 1, "last_seen": 1_795_233_600_000}, "zigbee2mqtt/x").readings[0][1].observed_at == NOW


@pytest.mark.parametrize(
    ("topic", "body"),
    [("zigbee2mqtt/x", "21.5"), ("zigbee2mqtt/x", "{}"), ("zigbee2mqtt", "{}"), ("zigbee2mqtt/x/set", '{"a":1}'), ("zigbee2mqtt/bridge/info", '{"a":1}'), ("z/x/availability", "dead")],
)  # fmt: skip
def test_what_brings_no_values_is_refused_by_name(config: Config, topic: str, body: str) -> None:
    out = heard(config, FORM, body, topic)
    assert not values(out)
    assert not out.presences
    assert len(out.rejected) == 1
