"""Laws of ThingsBoard's MQTT APIs: whose values they are, which time they have."""

from collections.abc import Callable

import pytest

from core.config import Config, FeedConfig
from core.model import Position, Presence, Reason
from tests.iot import NOW, heard, refusals, values

Sample = Callable[[str, str], str]
FORM = "thingsboard"


def test_the_sample_says_what_the_page_says(config: Config, sample: Sample) -> None:
    out = heard(config, FORM, sample("thingsboard", "messages"), "/api/v1/feeds/thingsboard")
    said = [(r.device, r.metric, r.value, r.observed_at and (r.observed_at - NOW).total_seconds()) for _, r in out.readings]
    assert said == [
        ("Meter-4", "flow", 12.5, 0.0), ("Meter-4", "valve-open", 1.0, 0.0), ("Meter-4", "flow", 12.75, 60.0), ("Meter-5", "flow", 3.0, None), ("Meter-4", "firmware", None, None),
    ]  # fmt: skip
    assert out.presences == [Presence("Meter-4", True, NOW), Presence("Meter-5", False, NOW)]
    assert out.hints["Meter-4"].position == Position(119.95, 31.78)
    assert [refused.raw for _, refused in out.rejected] == [b"7"]


def test_me_is_whom_the_configuration_names(config: Config) -> None:
    assert refusals(heard(config, FORM, {"a": 1}, "v1/devices/me/telemetry"))[0][0] == Reason.UNKNOWN_DEVICE
    feed = FeedConfig(kind="mqtt", format=FORM, columns={"me": "station-7"})
    assert heard(config, FORM, {"a": 1}, "v1/devices/me/telemetry", feed=feed).readings[0][1].device == "station-7"
    assert heard(config, FORM, {"a": 1}, "v1/devices/station 8/telemetry").readings[0][1].device == "station-8"


def test_bare_values_may_be_called_ts_or_values(config: Config) -> None:
    assert values(heard(config, FORM, {"values": 5}, "v1/devices/d/telemetry")) == {"values": 5.0}


@pytest.mark.parametrize("topic", ["v1/gateway/rpc", "v1/devices/d/attributes/request/1", "v1/gateway/claim", "x", "v1/devices/d"])
def test_other_topics_are_refused_by_name(config: Config, topic: str) -> None:
    assert [reason for reason, _ in refusals(heard(config, FORM, {"a": 1}, topic))] == [Reason.UNSUPPORTED]


@pytest.mark.parametrize("body", ["[]", '{"d": 7}', '{"d": [{"ts": "noon", "values": {"a": 1}}]}', '{"": [{"a": 1}]}', "{}", "7"])
def test_a_bad_body_is_refused_by_name(config: Config, body: str) -> None:
    out = heard(config, FORM, body, "v1/gateway/telemetry")
    assert not out.readings
    assert len(out.rejected) == 1
