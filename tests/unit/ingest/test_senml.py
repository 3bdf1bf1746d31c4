"""Laws of SenML: resolving, times near zero, sums, the two encodings."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import cbor2
import pytest

from core.config import Config
from core.model import Reason
from ingest.decode.senml_cbor import LABELS
from tests.iot import NOW, heard, refusals, values

Sample = Callable[[str, str], str]
FORM = "senml"
NUMBERS = {word: number for number, word in LABELS.items()}


def as_cbor(pack: list[dict[str, Any]]) -> bytes:
    return cbor2.dumps([{NUMBERS[label]: value for label, value in record.items()} for record in pack])


def test_the_sample_says_what_the_page_says(config: Config, sample: Sample) -> None:
    out = heard(config, FORM, sample("senml", "pack"))
    assert {r.device for _, r in out.readings} == {"urn:dev:mac:00124b0a1b2c3d4e"}
    assert [(r.metric, r.value, r.text) for _, r in out.readings] == [
        ("air", 18.5, None), ("air", 18.75, None), ("door", 1.0, None), ("state", None, "filling"), ("energy-sum", 12.5, None),
    ]  # fmt: skip
    assert [r.observed_at for _, r in out.readings] == [NOW, NOW + timedelta(seconds=60), NOW, NOW, NOW]
    assert [refused.raw for _, refused in out.rejected] == [b'{"n":"broken","v":"high"}']


def test_cbor_says_the_same_as_json(config: Config, sample: Sample) -> None:
    pack = json.loads(sample("senml", "pack"))
    assert heard(config, FORM, as_cbor(pack)).readings == heard(config, FORM, pack).readings
    endless = b"\x9f" + b"".join(cbor2.dumps({NUMBERS[key]: part for key, part in record.items()}) for record in pack) + b"\xff"
    assert heard(config, FORM, endless).readings == heard(config, FORM, pack).readings


def test_decimal_fractions_are_numbers_and_other_tags_are_refused(config: Config) -> None:
    fraction = cbor2.CBORTag(4, [-2, 3725])
    assert values(heard(config, FORM, cbor2.dumps([{0: "a/t", 2: fraction}]))) == {"t": 37.25}
    for tag, content in ((2, b"\xff" * 50), (5, [1 << 30, 3]), (35, "(a+)+$"), (30, [1, 3]), (36, "x")):
        out = heard(config, FORM, cbor2.dumps([{0: "a/t", 2: cbor2.CBORTag(tag, content)}]))
        assert not out.readings, tag
        assert len(out.rejected) == 1, tag


def test_base_values_and_sums_are_added(config: Config) -> None:
    out = heard(config, FORM, [{"bn": "d/", "bv": 20, "bs": 100, "n": "a", "v": 0.5}, {"n": "b", "s": 1}])
    assert values(out) == {"a": 20.5, "a-sum": 100.0, "b": 20.0, "b-sum": 101.0}


def test_a_record_of_base_fields_alone_says_nothing(config: Config) -> None:
    out = heard(config, FORM, [{"bn": "d/", "bt": 1_795_233_600}, {"n": "a", "v": 1}])
    assert values(out) == {"a": 1.0}
    assert not out.rejected


@pytest.mark.parametrize(
    ("stamp", "at"), [(0, None), (-5, NOW - timedelta(seconds=5)), (1_795_233_600, NOW), (1_795_233_600.25, NOW + timedelta(seconds=0.25))]
)
def test_times_near_zero_are_counted_from_now_and_zero_is_none(config: Config, stamp: float, at: object) -> None:
    assert heard(config, FORM, [{"n": "d/a", "v": 1, "t": stamp}]).readings[0][1].observed_at == at


@pytest.mark.parametrize(
    ("base", "name", "unit", "device", "metric"),
    [
        ("urn:dev:ow:10:", "voltage", "V", "urn:dev:ow:10", "voltage"), ("", "urn:dev:ow:10:voltage", "V", "urn:dev:ow:10", "voltage"),
        ("urn:dev:ow:10", "", "%RH", "urn:dev:ow:10", "humidity"), ("", "urn:dev:ow:10", "Cel", "urn:dev:ow:10", "temperature"),
        ("", "urn:dev:mac:aa_t1", None, "urn:dev:mac:aa", "t1"), ("", "station/7/Temp", None, "station/7", "temp"),
        ("station7", "temp", None, "station7", "temp"), ("station7", "", None, "station7", "value"), ("d", "", "kVA", "d", "kva"),
    ],
)  # fmt: skip
def test_a_name_is_a_device_and_a_quantity(config: Config, base: str, name: str, unit: str | None, device: str, metric: str) -> None:
    record = {"v": 1.0, "t": 1_795_233_600} | ({"bn": base} if base else {}) | ({"n": name} if name else {}) | ({"u": unit} if unit else {})
    (_, reading), = heard(config, FORM, [record]).readings  # fmt: skip
    assert (reading.device, reading.metric) == (device, metric)


def test_longitude_and_latitude_of_one_time_place_the_device(config: Config) -> None:
    out = heard(config, FORM, [{"bn": "bus-1", "bt": 1_795_233_600, "u": "lon", "v": 119.95}, {"u": "lat", "v": 31.78}])
    place = out.hints["bus-1"].position
    assert place
    assert (place.lon, place.lat) == (119.95, 31.78)


@pytest.mark.parametrize("record", [{"bver": 11, "n": "a", "v": 1}, {"must_": 1, "n": "a", "v": 1}, {"bver": "x", "n": "a", "v": 1}])
def test_what_must_be_understood_and_is_not_refuses_the_pack(config: Config, record: dict[str, Any]) -> None:
    out = heard(config, FORM, [record, {"n": "b", "v": 2}])
    assert not out.readings
    assert [refused.reason for _, refused in out.rejected] == [Reason.UNSUPPORTED]


@pytest.mark.parametrize(
    "record", [7, {"n": "a"}, {"v": 1}, {"n": "a", "v": 1, "vs": "x"}, {"n": 5, "v": 1}, {"n": "a", "v": True}, {"n": "a", "vb": 1}]
)
def test_a_bad_record_costs_only_itself(config: Config, record: object) -> None:
    out = heard(config, FORM, [record, {"n": "d/b", "v": 2}])
    assert values(out) == {"b": 2.0}
    assert len(refusals(out)) == 1
