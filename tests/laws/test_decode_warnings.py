"""Any bytes become warnings or a named refusal, as CAP and as JSON; a test never becomes a report, whatever else it says."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Decoded, Frame
from ingest.decode import cap, weather
from ingest.decode.source import Decoder, Memory, Source

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
WORDS = (
    "identifier id alertId sender senderCode sendTime pubTime pubtimestamp issuedTime update_time headline title description detail text info "
    "area areaDesc geocode adcode severity level_name code type type_code eventType status msgType state related references supersedes "
    "alert alerts alarm warning content data result latlon location expires endTime messageType color name"
).split()
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
    | st.sampled_from(["2026-11-21 12:00", "2026-13-01", "红色", "B0", "0203", "Cancel", "气象台解除暴雨红色预警", "气象台发布暴雨橙色预警", "s,1,t", "\x00"])
)  # fmt: skip
TREES = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=8), max_leaves=30
)
TAGS = (
    "alert identifier sender sent status msgType references info language severity headline description expires area areaDesc polygon circle "
    "geocode valueName value eventCode responseType resource uri Signature"
).split()
TEXTS = st.text("<>&;,.- 0123456789北a\t", max_size=15) | st.sampled_from(
    ["1,2 3,4 5,6 1,2", "1e999,2 3", "Actual", "Cancel", "2026-11-21T12:00:00+08:00"]
)
ELEMENTS = st.recursive(
    TEXTS.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.lists(st.tuples(st.sampled_from(TAGS), inner), max_size=6).map(
        lambda parts: "".join(f"<{tag}>{text}</{tag}>" for tag, text in parts)
    ),
    max_leaves=30,
)


def run(config: Config, decoder: Decoder, payload: bytes, memory: Memory | None = None) -> Decoded:
    out = Decoded(frames=[Frame("w", payload, NOW)])
    with suppress(DecodeError):
        decoder(0, out.frames[0], Source("w", FeedConfig(kind="http", format="w"), config, ZoneInfo("Asia/Shanghai")), memory or {}, out)
    for _, report in out.reports:
        text = json.dumps([report.external_id, report.title, report.text, report.address, report.extra, report.media], ensure_ascii=False)
        assert "\\u0000" not in text
        text.encode("utf-8")
        assert report.external_id
        assert report.title
        assert report.observed_at.tzinfo is not None
    return out


@settings(max_examples=100, deadline=None)
@given(payload=st.binary(max_size=200) | TREES.map(lambda tree: json.dumps(tree).encode()), memory=st.binary(max_size=30))
def test_any_json_becomes_warnings_or_a_named_refusal(config: Config, payload: bytes, memory: bytes) -> None:
    run(config, weather.decode, payload, {("w", weather.MEMORY): memory})


@settings(max_examples=100, deadline=None)
@given(payload=st.binary(max_size=200) | ELEMENTS.map(lambda inner: f"<alert><identifier>1</identifier>{inner}</alert>".encode()))
def test_any_xml_becomes_warnings_or_a_named_refusal(config: Config, payload: bytes) -> None:
    run(config, cap.decode, payload)


@settings(max_examples=100, deadline=None)
@given(
    inner=ELEMENTS,
    status=st.sampled_from(["Test", "System", "Draft", "test"]),
    tree=st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=8),
)
def test_a_test_never_becomes_a_report(config: Config, inner: str, status: str, tree: dict[str, object]) -> None:
    document = (
        f"<alert><status>{status}</status><identifier>1</identifier><sent>2026-11-21T12:00:00+08:00</sent><info>{inner}</info></alert>"
    )
    assert run(config, cap.decode, document.encode()).reports == []
    issued = {name: value for name, value in tree.items() if name not in ("alert", "alerts", "alarm", "warning", "data", "result")}
    assert run(config, weather.decode, json.dumps({**issued, "identifier": "1", "status": status}).encode()).reports == []
