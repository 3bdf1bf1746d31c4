"""Laws of The Things Stack 3: uplinks, joins, places."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.config import Config
from core.model import Position, Presence, Reason
from tests.iot import NOW, heard, values

Sample = Callable[[str, str], str]
FORM = "ttn"


def message(**fields: Any) -> dict[str, Any]:
    return {"end_device_ids": {"device_id": "d"}, "received_at": "2026-11-21T04:00:00Z"} | fields


def test_the_sample_says_what_the_page_says(config: Config, sample: Sample) -> None:
    out = heard(config, FORM, sample("ttn", "up"), "v3/bins@city/devices/bin-17/up")
    assert values(out) == {"rssi": -88.0, "snr": 7.5, "battery": 71.5, "fill": 62.0, "tilt": 0.0}
    assert not out.rejected
    assert {(r.device, r.observed_at) for _, r in out.readings} == {("bin-17", NOW + timedelta(seconds=0.25))}
    assert (out.hints["bin-17"].gateway, out.hints["bin-17"].position) == ("roof-1", Position(119.95, 31.78))


def test_a_join_is_presence_and_a_solved_location_is_a_place(config: Config) -> None:
    assert heard(config, FORM, message(join_accept={})).presences == [Presence("d", True, NOW)]
    solved = message(location_solved={"location": {"latitude": 31.78, "longitude": 119.95}})
    assert heard(config, FORM, solved).hints["d"].position == Position(119.95, 31.78)


def test_an_uplink_that_nobody_decoded_is_named(config: Config) -> None:
    out = heard(config, FORM, message(uplink_message={"frm_payload": "AQ==", "rx_metadata": [{"rssi": -3, "snr": 9.5}]}))
    assert values(out) == {"rssi": -3.0, "snr": 9.5}
    assert [refused.reason for _, refused in out.rejected] == [Reason.UNSUPPORTED]


@pytest.mark.parametrize(
    "body", ["x", "{}", json.dumps(message()), json.dumps(message(downlink_ack={})), json.dumps({"end_device_ids": {"device_id": 1.5}})]
)
def test_what_brings_no_values_is_refused_by_name(config: Config, body: str) -> None:
    out = heard(config, FORM, body)
    assert not out.readings
    assert len(out.rejected) == 1
