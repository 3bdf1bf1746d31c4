"""Laws of what a message on an announced topic says: templates that are read, names, units, numbers and words."""

from typing import Any

import pytest

from core.model import Quality, Reason
from tests.announced import Wire
from tests.announced import wire as wire
from tests.iot import refusals, values


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
