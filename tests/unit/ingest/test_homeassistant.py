"""Laws of Home Assistant's discovery: who announces what, which templates are read, and what a message on an announced topic says."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from core.config import Config, FeedConfig
from core.model import Decoded, DeviceHint, Frame, Presence, Quality, Reason
from ingest.decode import decode, further_keys, wire_keys
from ingest.decode.homeassistant_config import address_of
from ingest.decode.homeassistant_memory import MOST_ENTITIES
from ingest.mqtt_topics import retained_filters
from tests.iot import NOW, heard, refusals, values

Sample = Callable[[str, str], str]
FORM = "homeassistant"
CONFIG = "homeassistant/sensor/node/depth/config"


class Wire:
    """Messages batch by batch, as the pipeline reads them: only the memory that was asked for is there."""

    def __init__(self, config: Config) -> None:
        self.config = config.model_copy(update={"feeds": {FORM: FeedConfig(kind="mqtt", format=FORM, topics=("#",))}})
        self.memory: dict[tuple[str, str], bytes] = {}

    def say(self, *told: tuple[str, Any]) -> Decoded:
        frames = [Frame(FORM, body if isinstance(body, bytes) else json.dumps(body).encode(), NOW, topic) for topic, body in told]
        known = {key: self.memory[key] for key in wire_keys(frames, self.config) if key in self.memory}
        known |= {key: self.memory[key] for key in further_keys(frames, known, self.config) if key in self.memory}
        out = decode(frames, known, self.config)
        self.memory |= out.memory
        return out

    def announce(self, topic: str = CONFIG, **entry: Any) -> Decoded:
        return self.say((topic, {"stat_t": "a/state", "dev": {"ids": ["box"]}, **entry}))


@pytest.fixture
def wire(config: Config) -> Wire:
    return Wire(config)


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


@pytest.mark.parametrize(
    ("template", "value"),
    [
        (None, "21.5"), ("{{ value }}", "21.5"), ("{{value|float}}", "21.5"), ("{{ value_json }}", "21.5"), ("{{- value | round(1) -}}", "21.46"),
        ("{{ value_json.x }}", '{"x": 21.5}'), ("{{ value_json.x.y | float(0) }}", '{"x": {"y": "21.5"}}'), ("{{ value_json['x'] }}", '{"x": 21.5}'),
        ('{{ value_json["x y"][1].z | is_defined }}', '{"x y": [0, {"z": 21.5}]}'), ("{{ value_json.x | float | round(1) }}", '{"x": 21.5004}'),
    ],
)  # fmt: skip
def test_a_template_that_names_a_place_is_read(wire: Wire, template: str | None, value: str) -> None:
    assert wire.announce(**({"val_tpl": template} if template else {})).rejected == []
    assert [r.value for _, r in wire.say(("a/state", value.encode())).readings] == [21.5]


@pytest.mark.parametrize(
    "template",
    [
        "{{ value_json.x * 2 }}", "{{ value_json.x if value_json.x else 0 }}", "{% if value %}1{% endif %}", "{{ value }} {{ value }}", "{{ states('x') }}",
        "{{ value_json.__class__() }}", "{{ value | regex_replace('a') }}", "{{ value | round(1, 'floor') }}", "{{ value_json[x] }}", "{{ value " + "| float" * 99 + "}}",
        "{{ value }", 7, ["{{ value }}"], "{{ value_json.get('x') }}",
    ],
)  # fmt: skip
def test_any_other_template_is_refused_by_name_and_never_evaluated(wire: Wire, template: Any) -> None:
    out = wire.announce(val_tpl=template)
    assert [(refused.reason, refused.device) for _, refused in out.rejected] == [(Reason.UNSUPPORTED, "box")]
    again = wire.say(("a/state", b'{"x": 1}'))
    assert (again.readings, [refused.reason for _, refused in again.rejected]) == ([], [Reason.UNSUPPORTED])


def test_a_missing_place_is_no_value_and_a_default_is_never_one(wire: Wire) -> None:
    wire.announce(val_tpl="{{ value_json.x | float(0) }}")
    wire.announce("homeassistant/sensor/node/other/config", val_tpl="{{ value_json.y }}")
    assert values(wire.say(("a/state", {"y": 1}))) == {"other": 1.0}
    assert [refused.reason for _, refused in wire.say(("a/state", {"z": 1})).rejected] == [Reason.UNDECODABLE]


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


@pytest.mark.parametrize(
    ("entry", "device", "metric"),
    [
        ({"dev": {"ids": "a b"}}, "a-b", "depth"), ({"dev": {"cns": [["mac", "02:5b"]]}}, "02:5b", "depth"), ({"dev": {}}, "node", "depth"),
        ({"device": {"identifiers": [17]}}, "17", "depth"), ({"dev": {"name": "x"}}, "node", "depth"),
    ],
)  # fmt: skip
def test_who_it_is_that_measures(wire: Wire, entry: dict[str, Any], device: str, metric: str) -> None:
    wire.announce(**entry)
    assert [(r.device, r.metric) for _, r in wire.say(("a/state", b"1")).readings] == [(device, metric)]


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("box_Water_Depth", "water_depth"), ("boxer", "boxer"), ("box", "humidity"), ("pm2_5", "pm25"), ("sulphur_dioxide", "so2"),
        ("hall_sensor-temperature", "temperature"), ("node_x", "x"),
    ],
)  # fmt: skip
def test_a_metric_has_the_name_without_its_devices(wire: Wire, name: str, metric: str) -> None:
    wire.announce(f"homeassistant/sensor/node/{name}/config", dev_cla="humidity", dev={"ids": ["box"], "name": "hall sensor"})
    assert list(values(wire.say(("a/state", b"1")))) == [metric]


@pytest.mark.parametrize(
    ("name", "unit", "device_class", "given", "stored"),
    [
        ("temperature", "°F", "temperature", b"212", 100.0), ("outlet", "°F", "temperature", b"212", 100.0), ("outlet", "K", "temperature", b"273.15", 0.0),
        ("water_depth", "mm", "distance", b"184", 18.4), ("load", "kW", "power", b"1.5", 1500.0), ("hydrant_pressure", "psi", "pressure", b"100", 0.6894757),
        ("signal", "lqi", "", b"102", 102.0), ("wind_speed", "mph", "wind_speed", b"10", 4.4704), ("noise", "dB", "sound_pressure", b"61", 61.0),
    ],
)  # fmt: skip
def test_a_value_comes_in_the_citys_unit(wire: Wire, name: str, unit: str, device_class: str, given: bytes, stored: float) -> None:
    wire.announce(f"homeassistant/sensor/node/{name}/config", unit_of_meas=unit, dev_cla=device_class)
    assert list(values(wire.say(("a/state", given))).values()) == [stored]


def test_a_unit_that_cannot_become_the_citys_and_words_for_a_number_are_refused(wire: Wire) -> None:
    wire.announce("homeassistant/sensor/node/pm25/config", unit_of_meas="ppm")
    assert refusals(wire.say(("a/state", b"3"))) == [("type", "pm25: 'ppm' cannot become 'µg/m³'")]
    wire.announce("homeassistant/sensor/node/load/config", unit_of_meas="W", stat_t="b/state")
    assert refusals(wire.say(("b/state", b"much"))) == [("type", "load: 'much' is no number")]


@pytest.mark.parametrize(
    ("component", "words", "given", "value"),
    [
        ("binary_sensor", {}, b"ON", 1.0), ("binary_sensor", {}, b"OFF", 0.0), ("binary_sensor", {"pl_on": True, "pl_off": False}, b"false", 0.0),
        ("binary_sensor", {"pl_on": "1", "pl_off": "0"}, b"1", 1.0), ("switch", {"stat_on": "open", "stat_off": "shut"}, b"open", 1.0),
        ("sensor", {}, b"ON", 1.0), ("sensor", {}, b"clear sky", "clear sky"), ("sensor", {}, b"12:30", "12:30"), ("cover", {}, b"closed", "closed"),
        ("light", {"schema": "json"}, b'{"state": "OFF", "brightness": 5}', 0.0),
    ],
)  # fmt: skip
def test_a_state_is_a_number_a_truth_value_or_a_text(
    wire: Wire, component: str, words: dict[str, Any], given: bytes, value: object
) -> None:
    wire.announce(f"homeassistant/{component}/node/depth/config", **words)
    assert values(wire.say(("a/state", given))) == {"depth": value}


@pytest.mark.parametrize("word", [b"unknown", b"unavailable", b"None", b"null"])
@pytest.mark.parametrize("component", ["sensor", "binary_sensor"])
def test_an_unknown_state_is_a_missing_value(wire: Wire, component: str, word: bytes) -> None:
    wire.announce(f"homeassistant/{component}/node/depth/config")
    [(_, reading)] = wire.say(("a/state", word)).readings
    assert (reading.value, reading.text, reading.quality) == (None, None, Quality.MISSING)


def test_a_third_word_of_a_contact_is_refused(wire: Wire) -> None:
    wire.announce("homeassistant/binary_sensor/node/door/config")
    assert refusals(wire.say(("a/state", b"ajar"))) == [("type", "door: 'ajar' is neither 'on' nor 'off'")]


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
