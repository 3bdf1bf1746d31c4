"""Laws that hold for every IoT wire: names, trees, times, and how much one frame may bring."""

import json

import pytest

from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Decoded, Frame, Quality, Reason
from ingest.decode.iot_values import MOST, MOST_BAD, Bad, Said, Told, device_of, gather, leaves, metric_of, moment, tree_of
from tests.iot import NOW, heard, source_of


def test_names_of_quantities_are_lower_case_without_spaces_and_bounded() -> None:
    assert metric_of("Air  Temp") == "air-temp"
    for name in ("", "  ", "a\x00b", "x" * 161):
        with pytest.raises(DecodeError):
            metric_of(name)


def test_identities_keep_their_case_and_lose_their_spaces() -> None:
    assert device_of("Pump House 2") == "Pump-House-2"
    assert device_of(17) == "17"
    for name in ("", None, True, 1.5, "x" * 700):
        with pytest.raises(DecodeError):
            device_of(name)


def test_leaves_keep_the_order_and_count_lists_from_one() -> None:
    tree = {"a": {"b": 1, "c": [2, {"d": 3}]}, "e": None, "f": {}}
    assert list(leaves(tree)) == [("a-b", 1), ("a-c-1", 2), ("a-c-2-d", 3), ("e", None)]


def test_a_branch_whose_name_is_too_long_is_not_entered() -> None:
    assert list(leaves({"k" * 200: {"a": 1, "b": 2}})) == [("k" * 200, {"a": 1, "b": 2})]


def test_depth_costs_no_recursion() -> None:
    tree: object = 1
    for _ in range(10_000):
        tree = [tree]
    (name, _), = leaves(tree)  # fmt: skip
    assert len(name) > 160


def test_a_period_is_known_at_its_end_and_local_time_is_of_the_feed(config: Config) -> None:
    source = source_of(config, "ngsi")
    assert moment("2026-11-21T11:00:00/2026-11-21T12:00:00", source) == NOW
    assert moment("2026-11-21T12:00:00.000000789", source) == NOW
    assert moment(1_795_233_600_000, source) == NOW
    assert moment("", source) is None
    liar = source_of(config, "ngsi", FeedConfig(kind="http", format="ngsi", lies_about_offset=True))
    assert moment("2026-11-21T12:00:00Z", liar) == moment("2026-11-21T12:00:00+00:00", liar) == NOW


def test_a_document_of_too_many_parts_is_refused_before_it_is_read() -> None:
    with pytest.raises(DecodeError) as problem:
        tree_of(b"[" + b"[]," * 200_000 + b"1]")
    assert problem.value.reason is Reason.TOO_LARGE


def test_a_frame_brings_so_many_values_and_one_word_about_the_rest(config: Config) -> None:
    out = Decoded()
    frame = Frame("x", b"raw", NOW)
    said = (Said("d", f"m{place}", 1, NOW) for place in range(10 * MOST))
    gather(said, (0, frame), source_of(config, "ngsi"), out)
    assert len(out.readings) == MOST
    assert [(refused.reason, refused.raw) for _, refused in out.rejected] == [(Reason.TOO_LARGE, b"raw")]


def test_a_value_that_is_none_costs_only_itself(config: Config) -> None:
    out = Decoded()
    said: list[Told] = [
        Said("d", "a", 1, NOW),
        Said("d", "b", {}, NOW),
        Bad(DecodeError("no"), b"?"),
        Said("d", "c", None, None),
        Said("d", "e", 2, None),
    ]
    gather(iter(said), (0, Frame("x", b"", NOW)), source_of(config, "ngsi"), out)
    assert [(r.metric, r.quality) for _, r in out.readings] == [("a", Quality.GOOD), ("c", Quality.MISSING), ("e", Quality.NO_TIME)]
    assert [refused.raw for _, refused in out.rejected] == [b'{"b":{}}', b"?"]


@pytest.mark.parametrize("form", ["tasmota", "zigbee2mqtt", "thingsboard"])
def test_over_http_a_body_names_its_topic(config: Config, form: str) -> None:
    for body in ({"a": 1}, [1], "text", {"topic": 1, "payload": {}}):
        out = heard(config, form, json.dumps(body), "/api/v1/feeds/x")
        assert [refused.reason for _, refused in out.rejected] == [Reason.UNSUPPORTED], body


def test_a_frame_full_of_bad_parts_keeps_some_and_counts_the_rest(config: Config) -> None:
    out = Decoded()
    told = (Said("d", f"m{place}", {} if place < 2 * MOST_BAD else place, NOW) for place in range(3 * MOST_BAD))
    gather(told, (0, Frame("x", b"raw", NOW)), source_of(config, "ngsi"), out)
    assert len(out.readings) == MOST_BAD
    assert len(out.rejected) == MOST_BAD + 1
    assert out.rejected[-1][1].detail.startswith(f"{MOST_BAD} more parts")
