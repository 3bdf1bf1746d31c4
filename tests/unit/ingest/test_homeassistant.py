"""Laws of Home Assistant's discovery: who announces what, what is withdrawn, who is there, and what is too much."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from core.config import Config, FeedConfig
from core.model import DeviceHint, Presence, Quality, Reason
from ingest.decode.homeassistant_config import address_of
from ingest.decode.homeassistant_memory import MOST_ENTITIES
from ingest.mqtt_topics import retained_filters
from tests.announced import CONFIG, FORM, Wire
from tests.announced import wire as wire
from tests.iot import NOW, heard, refusals, values

Sample = Callable[[str, str], str]


def test_the_sample_says_what_the_page_says(config: Config, sample: Sample) -> None:
    out = heard(config, FORM, sample("homeassistant", "messages"), "/api/v1/feeds/homeassistant")
    underpass, cellar = "zigbee2mqtt_0x00158d0004866f11", "cellar-7"
    assert [(r.device, r.metric, r.value, r.quality) for _, r in out.readings] == [
        (underpass, "water_leak", 0.0, Quality.GOOD),
        (underpass, "temperature", 20.0, Quality.GOOD),
        (cellar, "pump", 1.0, Quality.NO_TIME),
        (cellar, "water_depth", 18.0, Quality.NO_TIME),
        (underpass, "temperature", 21.0, Quality.GOOD),
    ]
    assert out.readings[0][1].observed_at == NOW
    assert out.presences == [Presence(cellar, True, NOW), Presence(underpass, False, NOW)]
    assert out.hints[cellar] == DeviceHint(cellar, "urban", name="Cellar 7", product="Pumpworks", model="P2", firmware="1.4")
    assert (out.hints[underpass].gateway, out.hints[underpass].firmware) == ("zigbee2mqtt_bridge_0x00124b0018ed", "3000-0001")
    assert [(reason, detail[:30]) for reason, detail in refusals(out)] == [
        (Reason.UNSUPPORTED, "mood: template '{{ 'dry' if va"),
        (Reason.UNSUPPORTED, "no discovery message has named"),
    ]


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        ("homeassistant/sensor/node/depth/config", ("sensor", "node", "depth")),
        ("ha/nested/binary_sensor/door/config", ("binary_sensor", "", "door")),
        ("homeassistant/device/x/config", ("device", "", "x")),
        ("homeassistant/sensor/sensor/x/config", ("sensor", "sensor", "x")),
        ("homeassistant/status", None),
        ("city/320404/environment/p/config", None),
        ("sensor/x/config", None),
    ],
)
def test_a_discovery_message_is_known_by_its_topic(topic: str, found: tuple[str, str, str] | None) -> None:
    assert address_of(topic) == found


def test_what_is_withdrawn_brings_nothing_more_and_its_neighbour_does(wire: Wire) -> None:
    wire.announce(val_tpl="{{ value_json.x }}")
    wire.announce("homeassistant/sensor/node/other/config", val_tpl="{{ value_json.y }}")
    assert wire.say((CONFIG, b"")).rejected == []
    assert values(wire.say(("a/state", {"x": 1, "y": 2}))) == {"other": 2.0}
    wire.say(("homeassistant/sensor/node/other/config", b""))
    assert refusals(wire.say(("a/state", {"y": 2}))) == [("unsupported", "no discovery message has named topic 'a/state'")]


def test_an_announcement_that_moves_to_another_topic_leaves_the_first(wire: Wire) -> None:
    wire.announce()
    wire.announce(stat_t="b/state")
    assert wire.say(("a/state", b"1")).readings == []
    assert values(wire.say(("b/state", b"1"))) == {"depth": 1.0}


def test_a_batch_that_announces_speaks_and_withdraws_is_read_in_its_order(wire: Wire) -> None:
    entry = {"stat_t": "a/state", "dev": {"ids": ["box"]}}
    out = wire.say((CONFIG, entry), ("a/state", b"1"), (CONFIG, b""), ("a/state", b"2"))
    assert [r.value for _, r in out.readings] == [1.0]
    assert [(index, refused.reason) for index, refused in out.rejected] == [(3, Reason.UNSUPPORTED)]


def test_the_same_announcement_again_writes_nothing(wire: Wire) -> None:
    assert wire.announce(avty_t="a/LWT").memory
    assert wire.announce(avty_t="a/LWT").memory == {}


def test_a_device_announces_all_at_once_with_what_they_share(wire: Wire) -> None:
    parts: dict[str, Any] = {"x": {"p": "sensor", "val_tpl": "{{ value_json.x }}"}, "y": {"p": "sensor", "stat_t": "~/y"}}
    topic = "homeassistant/device/box/config"
    wire.say((topic, {"~": "base", "dev": {"ids": ["box"]}, "stat_t": "~/all", "cmps": parts}))
    assert values(wire.say(("base/all", {"x": 1}), ("base/y", b"2"))) == {"x": 1.0, "y": 2.0}
    wire.say((topic, {"~": "base", "dev": {"ids": ["box"]}, "stat_t": "~/all", "cmps": parts | {"y": {"p": "sensor"}}}))
    assert values(wire.say(("base/all", {"x": 1}), ("base/y", b"2"))) == {"x": 1.0}


@pytest.mark.parametrize(("word", "online"), [(b"online", True), (b"offline", False)])
def test_availability_is_presence(wire: Wire, word: bytes, online: bool) -> None:
    wire.announce(avty_t="a/LWT")
    assert wire.say(("a/LWT", word)).presences == [Presence("box", online, NOW)]
    assert refusals(wire.say(("a/LWT", b"perhaps"))) == [("type", "neither 'online' nor 'offline'")]


def test_availability_has_words_and_a_place_of_its_own(wire: Wire) -> None:
    wire.announce(avty=[{"t": "a/up", "val_tpl": "{{ value_json.up }}", "pl_avail": 1, "pl_not_avail": 0}])
    assert wire.say(("a/up", {"up": 0})).presences == [Presence("box", False, NOW)]


def test_a_shared_bridge_tells_who_is_gone_and_not_who_is_there(wire: Wire) -> None:
    for number in (1, 2):
        ways = [{"topic": "bridge/state"}, {"topic": f"{number}/availability"}]
        wire.announce(f"homeassistant/sensor/n{number}/x/config", dev={"ids": [f"d{number}"]}, availability=ways)
    assert {one.device for one in wire.say(("bridge/state", b"offline")).presences} == {"d1", "d2"}
    back = wire.say(("bridge/state", b"online"))
    assert (back.presences, back.rejected) == ([], [])
    assert wire.say(("2/availability", b"online")).presences == [Presence("d2", True, NOW)]


def test_a_topic_may_bring_a_value_and_tell_presence(wire: Wire) -> None:
    wire.announce("homeassistant/binary_sensor/node/link/config", stat_t="a/LWT", avty_t="a/LWT", pl_on="online", pl_off="offline")
    out = wire.say(("a/LWT", b"online"))
    assert (values(out), out.presences) == ({"link": 1.0}, [Presence("box", True, NOW)])


def test_buttons_and_whereabouts_announce_no_value_and_are_no_fault(wire: Wire) -> None:
    out = wire.say(
        *((f"homeassistant/{kind}/node/x/config", {"stat_t": "a/state", "dev": {"ids": ["box"]}}) for kind in ("button", "device_tracker"))
    )
    assert (out.rejected, [hint.device for _, hint in out.hinted]) == ([], ["box", "box"])
    assert [refused.reason for _, refused in wire.say(("a/state", b"home")).rejected] == [Reason.UNSUPPORTED]


@pytest.mark.parametrize(
    "body", [b"[]", b"7", b'"x"', b"{", b'{"dev":{"ids":["\\u0001"]}}', b'{"stat_t":"a/+/b"}', b'{"stat_t":"' + b"a" * 400 + b'"}']
)
def test_an_announcement_that_cannot_be_meant_is_refused(wire: Wire, body: bytes) -> None:
    assert len(wire.say((CONFIG, body)).rejected) == 1


def test_a_topic_holds_so_many_values_and_no_more(wire: Wire) -> None:
    parts = {f"m{number}": {"p": "sensor", "val_tpl": f"{{{{ value_json.m{number} }}}}"} for number in range(MOST_ENTITIES + 1)}
    out = wire.say(("homeassistant/device/box/config", {"dev": {"ids": ["box"]}, "stat_t": "a", "cmps": parts}))
    assert [refused.reason for _, refused in out.rejected] == [Reason.TOO_LARGE]
    assert len(wire.say(("a", dict.fromkeys(parts, 1))).readings) == MOST_ENTITIES


_LONG = "x" * 400_000


@pytest.mark.parametrize(
    "whole",
    [
        {"dev": {"ids": [f"b{n}" for n in range(40_000)]}}, {"dev": {"ids": ["box", _LONG]}}, {"unit_of_meas": _LONG}, {"~": _LONG},
        {"pl_on": _LONG}, {"p": "switch", "pl_on": _LONG}, {"avty": [{}] * 100_000}, {"avty_t": "a/LWT", "pl_avail": _LONG},
        {f"k{n}": 0 for n in range(40_000)}, {"avty": [{f"k{n}": 0 for n in range(40_000)}]}, {"origin": {"name": _LONG}},
        {"dev": {"ids": ["box"], "cns": [["mac", f"{n}"] for n in range(20_000)]}},
    ],
)  # fmt: skip
def test_no_announcement_holds_up_a_worker(wire: Wire, whole: dict[str, Any]) -> None:
    """The worst that fits into half a megabyte: what it says for all stands in each of a thousand values."""
    parts = {f"box_m{n}": {"p": "switch", "stat_t": "~/a", "val_tpl": "{{ value_json.x * 2 }}"} for n in range(1000)}
    body = json.dumps({"dev": {"ids": ["box"]}, "cmps": parts, **whole}).encode()
    began = time.process_time()
    wire.say(("homeassistant/device/box/config", body))
    assert time.process_time() - began < 0.6


def test_what_says_too_much_for_all_its_values_is_refused_as_a_whole(wire: Wire) -> None:
    parts = {"x": {"p": "sensor", "stat_t": "a"}}
    for more in ({f"k{n}": 0 for n in range(201)}, {"origin": {"name": _LONG}}):
        out = wire.say(("homeassistant/device/box/config", {"dev": {"ids": ["box"]}, "cmps": parts, **more}))
        assert [refused.reason for _, refused in out.rejected] == [Reason.TOO_LARGE]


def test_retained_announcements_are_fetched_with_the_first_connection() -> None:
    topics = ("homeassistant/+/+/config", "homeassistant/+/+/+/config", "z2m/+", "z2m/+/availability")
    feed = FeedConfig(kind="mqtt", format=FORM, topics=topics)
    assert retained_filters({FORM: feed}) == [topics[0], topics[1], topics[3]]
