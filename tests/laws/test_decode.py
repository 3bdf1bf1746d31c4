"""Any bytes decode or are Rejected; a stream's packets do not depend on how it was cut."""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import Config
from core.model import Decoded, Frame
from ingest.decode import FORMATS, decode, wire_keys
from ingest.decode.hj212_packet import BLANK, checksum, split

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TOPICS = ["", "city/320404/environment/d1/telemetry", "city/320404001/gateway/g/telemetry", "city/320404/urban/d/status",
          "city/320404/report/hotline", "city/x/y/z/telemetry", "frigate/events", "sf311", "hotline"]  # fmt: skip
KEYS = (
    "ts values quality at device after id data readings observed_at lon lat title source external_id value metric "
    "camera label start_time extra media"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS.split()) | st.text(), inner, max_size=6),
    max_leaves=20,
)
CELLS = st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=10).map(",".join), max_size=5).map("\n".join)
HEADER = "办件编号,诉求主题,派发时间,经度,纬度\n"
PAYLOADS = (
    st.binary(max_size=300)
    | JSON.map(lambda document: json.dumps(document).encode())
    | CELLS.map(lambda rows: (HEADER + rows).encode("utf-8", "replace"))
    | st.text("0123456789#&;,=ABCQNMCPaR-tdFlag\r\n", max_size=200).map(str.encode)
)


def packet(data: bytes) -> bytes:
    return b"##%04d%s%04X" % (len(data), data, checksum(data))


def storable(decoded: Decoded) -> bool:
    """No NUL and no half surrogate in anything that goes into a text column."""
    texts = [t for _, r in decoded.readings for t in (r.device, r.metric, r.text or "")]
    texts += [t for _, r in decoded.reports for t in (r.source, r.external_id, r.title, r.text or "", r.address or "", *r.media)]
    texts += [json.dumps(r.extra, ensure_ascii=False) for _, r in decoded.reports]
    texts += [r.detail for _, r in decoded.rejected]
    return all("\x00" not in text and text.encode("utf-8") is not None for text in texts)


@pytest.mark.parametrize("form", sorted(FORMATS))
@settings(max_examples=150, deadline=None)
@given(payload=PAYLOADS, topic=st.sampled_from(TOPICS))
def test_any_bytes_decode_or_are_rejected(config: Config, form: str, payload: bytes, topic: str) -> None:
    name = next((name for name, feed in config.feeds.items() if feed.format == form), f"http-{form}")
    frames = [Frame(name, payload, NOW, topic)]
    wire_keys(frames, config)
    decoded = decode(frames, {(name, "x"): payload}, config)
    assert not any(refused.detail.startswith("decoder error") for _, refused in decoded.rejected)
    assert storable(decoded)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_broken_neighbour_never_costs_a_good_frame(config: Config, data: st.DataObject) -> None:
    good = Frame("city", b'{"ts":"2026-11-21T12:00:00+08:00","values":{"pm25":35.2}}', NOW, TOPICS[1])
    frames = [good, Frame("city", data.draw(PAYLOADS), NOW, data.draw(st.sampled_from(TOPICS))), good]
    indices = [index for index, reading in decode(frames, {}, config).readings if reading.metric == "pm25" and reading.value == 35.2]
    assert {0, 2} <= set(indices)


PIECES = st.lists(
    st.text("abQN=;&1", max_size=30).map(lambda text: packet(f"QN=1;MN=a;CP=&&{text}&&".encode()))
    | st.binary(max_size=12)
    | st.sampled_from([b"\r\n", b"##", b"#", b"##0030QN=1;CP=&&1234&&", b"##9999QN=1", b"##012"]),
    max_size=8,
).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(stream=PIECES, cuts=st.lists(st.integers(0, 200), max_size=8))
def test_any_chunking_finds_the_same_packets(stream: bytes, cuts: list[int]) -> None:
    """Rubbish may come in other portions, but every byte of it comes."""
    found: list[bytes] = []
    rest, start = b"", 0
    for end in [*sorted(cut for cut in cuts if cut < len(stream)), len(stream)]:
        pieces, rest = split(rest + stream[start:end])
        found += pieces
        start = end
    whole, left = split(stream)
    assert packets_of(found) == packets_of(whole)
    assert b"".join([*found, rest]).translate(None, BLANK) == b"".join([*whole, left]).translate(None, BLANK)


def packets_of(pieces: list[bytes]) -> list[bytes]:
    return [piece for piece in pieces if re.fullmatch(rb"##\d{2,4}[A-Za-z].*&&[0-9A-Fa-f]{4}", piece, re.DOTALL)]


@settings(max_examples=100, deadline=None)
@given(
    texts=st.lists(st.text("abcd=;1", max_size=40), min_size=1, max_size=5), noise=st.sampled_from([b"", b"\x00\xff", b"noise\n", b"##x"])
)
def test_every_whole_packet_is_found_among_noise(texts: list[str], noise: bytes) -> None:
    packets = [packet(f"QN=1;MN=a;CP=&&{text}&&".encode()) for text in texts]
    pieces, _ = split(noise + (b"\r\n" + noise).join(packets) + b"\r\n")
    assert [piece for piece in pieces if piece in packets] == packets


@settings(max_examples=60, deadline=None)
@given(frames=st.lists(st.tuples(st.sampled_from(sorted(FORMATS)), PAYLOADS, st.sampled_from(TOPICS)), max_size=6))
def test_what_a_frame_tells_of_a_device_stands_under_its_own_number_and_does_not_depend_on_its_neighbours(
    config: Config, frames: list[tuple[str, bytes, str]]
) -> None:
    every = [Frame(f"http-{form}", payload, NOW, topic) for form, payload, topic in frames]
    apart = [(index, hint) for index, frame in enumerate(every) for _, hint in decode([frame], {}, config).hinted]
    remembered = {index for index, frame in enumerate(every) if wire_keys([frame], config)}
    together = decode(every, {}, config).hinted
    assert [one for one in together if one[0] not in remembered] == [one for one in apart if one[0] not in remembered]
