"""Laws of Sparkplug B: names by birth, signs, deaths, sequences."""

from collections.abc import Callable
from typing import Any

import pytest

from core.config import Config
from core.model import Decoded, Frame, Presence, Quality
from ingest.decode import sparkplug
from ingest.decode.sparkplug_payload import blank
from tests.iot import NOW, heard, refusals, values

Sample = Callable[[str, str], str]
NODE, DEVICE = "spBv1.0/Water/{}/edge-3", "spBv1.0/Water/{}/edge-3/pump 2"
MS = 1_795_233_600_000
FORM = "sparkplug"


def metric(**fields: Any) -> bytes:
    filled = blank("Metric")
    for name, value in fields.items():
        setattr(filled, name, value)
    raw: bytes = filled.SerializeToString()
    return raw


def message(*metrics: bytes, seq: int | None = 0) -> bytes:
    filled = blank("Payload")
    filled.timestamp = MS
    if seq is not None:
        filled.seq = seq
    filled.metrics.extend(metrics)
    raw: bytes = filled.SerializeToString()
    return raw


def death(number: int) -> bytes:
    return message(metric(name=b"bdSeq", datatype=8, long_value=number), seq=None)


def birth(number: int) -> bytes:
    return message(metric(name=b"bdSeq", datatype=8, long_value=number), metric(name=b"load", alias=1, datatype=9, float_value=0.1))


def test_the_samples_say_what_the_page_says(config: Config, sample: Sample) -> None:
    born = heard(config, FORM, bytes.fromhex(sample("sparkplug", "dbirth")), DEVICE.format("DBIRTH"))
    assert values(born) == {"air/pm2.5": 35.2, "door": 1.0, "temp": -5.0}
    assert born.hints["Water:edge-3:pump-2"].gateway == "Water:edge-3"
    assert born.presences == [Presence("Water:edge-3:pump-2", True, NOW)]
    data = heard(config, FORM, bytes.fromhex(sample("sparkplug", "ddata")), DEVICE.format("DDATA"), dict(born.memory))
    assert values(data) == {"air/pm2.5": 36.5, "door": None}
    assert [r.quality for _, r in data.readings] == [Quality.GOOD, Quality.MISSING]
    assert [r.observed_at.isoformat() for _, r in data.readings if r.observed_at] == ["2026-11-21T04:01:00+00:00"] * 2
    assert refusals(data) == [("undecodable", "1 metric(s) by an alias no birth has named (9): a rebirth is wanted")]


def test_a_batch_remembers_within_itself_and_asks_for_what_it_needs(config: Config, sample: Sample) -> None:
    out = heard(config, FORM, bytes.fromhex(sample("sparkplug", "dbirth")), DEVICE.format("DBIRTH"))
    heard(config, FORM, bytes.fromhex(sample("sparkplug", "ddata")), DEVICE.format("DDATA"), into=out)
    assert [r.metric for index, r in out.readings if index == 1] == ["air/pm2.5", "door"]
    keys = sparkplug.wire_keys(Frame(FORM, b"", NOW, DEVICE.format("DDATA")))
    assert keys == {"Water/edge-3", "Water/edge-3/pump 2"} == {peer for _, peer in out.memory}
    assert sparkplug.wire_keys(Frame(FORM, b"", NOW, "spBv1.0/STATE/host")) == set()


def test_a_death_takes_the_node_and_all_behind_it(config: Config) -> None:
    out = heard(config, FORM, birth(4), NODE.format("NBIRTH"))
    for name in ("a", "b"):
        heard(config, FORM, message(metric(name=b"x", int_value=1)), f"spBv1.0/Water/DBIRTH/edge-3/{name}", into=out)
    after = heard(config, FORM, death(4), NODE.format("NDEATH"), dict(out.memory))
    assert [(p.device, p.online) for p in after.presences] == [(f"Water:edge-3{name}", False) for name in ("", ":a", ":b")]


def test_the_will_of_a_session_that_is_over_kills_nobody(config: Config) -> None:
    out = heard(config, FORM, birth(4), NODE.format("NBIRTH"))
    late = heard(config, FORM, death(3), NODE.format("NDEATH"), dict(out.memory))
    assert late.presences == []
    assert refusals(late) == [("conflict", "bdSeq 3 ends a session that is over; the present one is 4")]


def test_a_device_death_takes_the_device_alone(config: Config) -> None:
    out = heard(config, FORM, message(seq=5), DEVICE.format("DDEATH"))
    assert out.presences == [Presence("Water:edge-3:pump-2", False, NOW)]


@pytest.mark.parametrize(("before", "now", "missing"), [(0, 1, 0), (255, 0, 0), (3, 6, 2), (250, 4, 9), (6, 5, 0), (6, 6, 0)])
def test_a_gap_in_the_sequence_is_told_and_costs_no_value(config: Config, before: int, now: int, missing: int) -> None:
    out = heard(config, FORM, message(metric(name=b"x", int_value=1), seq=before), NODE.format("NDATA"))
    heard(config, FORM, message(metric(name=b"x", int_value=2), seq=now), NODE.format("NDATA"), into=out)
    assert len(out.readings) == 2
    said = [("conflict", f"seq {now} after {before}: {missing} message(s) lost or late, a rebirth is wanted")]
    assert refusals(out) == (said if missing else [])


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"datatype": 1, "int_value": 0xFF}, -1.0), ({"datatype": 2, "int_value": 0xFFFFFFFE}, -2.0), ({"datatype": 3, "int_value": 2**32 - 3}, -3.0),
        ({"datatype": 4, "long_value": 2**64 - 4}, -4.0), ({"datatype": 7, "int_value": 2**32 - 1}, 2.0**32 - 1), ({"datatype": 9, "float_value": 23.1}, 23.1),
        ({"datatype": 10, "double_value": 1 / 3}, 1 / 3), ({"datatype": 11, "boolean_value": True}, 1.0), ({"datatype": 12, "string_value": "开".encode()}, "开"),
    ],
)  # fmt: skip
def test_values_are_read_by_their_type(config: Config, fields: dict[str, Any], value: float | str) -> None:
    assert values(heard(config, FORM, message(metric(name=b"x", **fields)), NODE.format("NDATA"))) == {"x": value}


def test_the_type_of_the_birth_holds_for_data_without_one(config: Config) -> None:
    out = heard(config, FORM, message(metric(name=b"t", datatype=3, int_value=1)), NODE.format("NBIRTH"))
    heard(config, FORM, message(metric(name=b"t", int_value=2**32 - 7), seq=1), NODE.format("NDATA"), into=out)
    assert out.readings[-1][1].value == -7


@pytest.mark.parametrize(("code", "quality"), [(192, Quality.GOOD), (500, Quality.SUSPECT), (0, Quality.FAULT), (64, Quality.SUSPECT)])
def test_the_quality_property_is_kept(config: Config, code: int, quality: Quality) -> None:
    properties, value = blank("PropertySet"), blank("PropertyValue")
    value.int_value = code
    properties.keys.append(b"Quality")
    properties.values.append(value.SerializeToString())
    out = heard(config, FORM, message(metric(name=b"x", int_value=1, properties=properties.SerializeToString())), NODE.format("NDATA"))
    assert out.readings[0][1].quality is quality


def test_what_is_no_single_value_and_history_without_time_cost_only_themselves(config: Config) -> None:
    metrics = [
        metric(name=b"set", dataset_value=b""), metric(name=b"old", int_value=1, is_historical=True), metric(name=b"\xff", int_value=1),
        b"\xff\xff", metric(name=b"Node Control/Rebirth", boolean_value=False), metric(name=b"good", int_value=1),
    ]  # fmt: skip
    out = heard(config, FORM, message(*metrics), NODE.format("NDATA"))
    assert values(out) == {"good": 1.0}
    assert sorted(reason for reason, _ in refusals(out)) == ["undecodable", "undecodable", "undecodable", "unsupported"]


@pytest.mark.parametrize(
    "topic", ["spBv1.0/STATE/host", "spBv1.0/g/NCMD/n", "spBv1.0/g/NDATA/n/d", "spBv1.0/g/DDATA/n", "spBv1.0/g/NDATA/", ""]
)
def test_other_topics_are_refused_by_name(config: Config, topic: str) -> None:
    out = heard(config, FORM, message(), topic)
    assert not out.readings
    assert len(out.rejected) == 1


def test_a_memory_that_cannot_be_read_is_an_empty_one(config: Config) -> None:
    memory = {(FORM, "Water/edge-3"): b"\x00", (FORM, "Water/edge-3/"): b"{]"}
    assert isinstance(heard(config, FORM, birth(1), NODE.format("NBIRTH"), memory), Decoded)
