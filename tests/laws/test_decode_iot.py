"""The IoT wires: any bytes, any topic, any mutation of a good frame end as values or a named refusal, within bounds."""

import json
import re
from functools import lru_cache
from pathlib import Path

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import Config, FeedConfig
from core.model import Decoded
from ingest.decode.iot_values import MOST
from ingest.decode.source import NAME_LIMIT
from ingest.decode.sparkplug import wire_keys
from tests.iot import FORMATS, NOW, heard

PROTOCOLS = Path(__file__).resolve().parents[2] / "docs" / "protocols"
TOPICS = (
    "", "/api/v1/feeds/x", "spBv1.0/g/NBIRTH/n", "spBv1.0/g/DDATA/n/d", "spBv1.0/g/NDEATH/n", "application/1/device/a/event/up", "v3/a@t/devices/d/up",
    "tele/x/SENSOR", "tele/x/STATE", "tele/x/LWT", "zigbee2mqtt/x", "zigbee2mqtt/x/availability", "v1/gateway/telemetry", "v1/gateway/attributes",
    "v1/gateway/connect", "v1/devices/d/telemetry", "v1.1/Datastreams(1)/Observations", "a/b/c",
    "homeassistant/sensor/n/x/config", "homeassistant/device/n/config",
)  # fmt: skip
WORDS = (
    "topic payload device ts values id type value data entities location coordinates observedAt metadata dateObserved bn bt bu bv bs bver n u v vs vb vd s t "
    "deviceInfo devEui object rxInfo rssi time level margin acknowledged end_device_ids device_id uplink_message decoded_payload rx_metadata received_at "
    "Time Epoch TempUnit UID last_seen state result phenomenonTime Datastream Datastreams Observations dataArray components @iot.id Thing name "
    "latitude longitude Point Alert x device identifiers state_topic stat_t value_template val_tpl availability avty_t cmps p ~ unit_of_meas"
).split()
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from([*WORDS, "2026-11-21T12:00:00", "Online", "a/b"])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=6), inner, max_size=5),
    max_leaves=25,
)
BODIES = (
    st.binary(max_size=200)
    | TREES.map(lambda tree: json.dumps(tree).encode())
    | st.lists(st.dictionaries(st.integers(-7, 9), LEAVES, max_size=5), max_size=5).map(cbor2.dumps)
    | st.text("device,value;1\n\"\t x", max_size=80).map(str.encode)
)  # fmt: skip
FEED = FeedConfig(
    kind="mqtt", format="x", columns={"device": "device", "observed_at": "t", "x": "value", "y": "v.0", "me": "d", "1": "d/m"}
)


@lru_cache
def samples(form: str) -> list[bytes]:
    """The samples of the format's page, and for Sparkplug their bytes."""
    blocks = re.findall(
        r"<!-- sample: \S+ -->\n```(json|text|csv)\n(.*?)\n```", (PROTOCOLS / f"{form}.md").read_text(encoding="utf-8"), re.DOTALL
    )
    return [bytes.fromhex(text) if kind == "text" else text.encode() for kind, text in blocks]


def sound(out: Decoded) -> bool:
    """Something was said of the frame, within bounds, and everything of it can be stored."""
    texts = (
        [text for _, r in out.readings for text in (r.device, r.metric, r.text or "")] + [p.device for p in out.presences] + list(out.hints)
    )
    texts += [
        text
        for _, r in out.reports
        for text in (r.external_id, r.title, r.text or "", r.address or "", json.dumps(r.extra, allow_nan=False))
    ]
    texts += [refused.detail for _, refused in out.rejected]
    names = [name for _, r in out.readings for name in (r.device, r.metric)]
    assert all("\x00" not in text and text.encode("utf-8") is not None for text in texts)
    assert all(name and len(name) <= NAME_LIMIT and not re.search(r"\s|[\x00-\x1f]", name) for name in names)
    assert len(out.readings) + len(out.presences) <= MOST + 2000
    return bool(out.readings or out.presences or out.reports or out.rejected or out.hints)


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=90)
@given(body=BODIES, topic=st.sampled_from(TOPICS))
def test_any_bytes_end_as_values_or_a_refusal(config: Config, form: str, body: bytes, topic: str) -> None:
    assert sound(heard(config, form, body, topic, {(form, "g/n"): body, (form, "g/n/"): body}, FEED))


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=50)
@given(data=st.data())
def test_any_mutation_of_a_good_frame_does_too(config: Config, form: str, data: st.DataObject) -> None:
    good = bytearray(data.draw(st.sampled_from(samples(form))))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(good) - 1))
        good[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"[", b"{", b'"', b"null", b"1e999", b"\\u0000"])
        )
    assert sound(heard(config, form, bytes(good), data.draw(st.sampled_from(TOPICS)), None, FEED))


@settings(max_examples=90)
@given(tree=st.dictionaries(st.sampled_from(["dev", "stat_t", "val_tpl", "avty_t", "avty", "cmps", "~", "pl_on", "unit_of_meas", "p"]), TREES, max_size=6),
       body=BODIES, kind=st.sampled_from(["sensor", "switch", "device"]))  # fmt: skip
def test_whatever_was_announced_what_comes_ends_as_values_or_a_refusal(
    config: Config, tree: dict[str, object], body: bytes, kind: str
) -> None:
    memory: dict[tuple[str, str], bytes] = {}
    for topic, told in ((f"homeassistant/{kind}/n/x/config", json.dumps({"stat_t": "a/b/c"} | tree).encode()), ("a/b/c", body)):
        out = heard(config, "homeassistant", told, topic, memory)
        assert sound(out)
        memory |= out.memory


@settings(max_examples=90)
@given(bodies=st.lists(st.tuples(st.sampled_from(TOPICS[2:5]), st.sampled_from(samples("sparkplug")) | st.binary(max_size=60)), max_size=6))
def test_a_sparkplug_node_may_be_heard_in_one_batch_or_in_many(config: Config, bodies: list[tuple[str, bytes]]) -> None:
    """What a batch remembers within itself is what the next batch is given."""
    together, apart = Decoded(), []
    memory: dict[tuple[str, str], bytes] = {}
    for topic, body in bodies:
        heard(config, "sparkplug", body, topic, into=together)
        alone = heard(config, "sparkplug", body, topic, memory)
        assert {peer for _, peer in alone.memory} <= wire_keys(alone.frames[0])
        memory |= alone.memory
        apart += [reading for _, reading in alone.readings]
    assert apart == [reading for _, reading in together.readings]
    assert memory == together.memory
    assert all(presence.at == NOW for presence in together.presences)
