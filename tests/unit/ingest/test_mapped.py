"""Laws of mapped bodies: fields by name, path, constant, topic; factors; times; long files."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from pydantic import create_model

from core.config import Config, FeedConfig
from core.model import Position, Quality, Reason
from ingest.decode.iot_values import MOST
from ingest.decode.mapped_rows import portions
from tests.iot import NOW, heard, refusals, values

Sample = Callable[[str, str], str]
FORM = "mapped"
# Until the configuration knows `factors` itself.
Feed = FeedConfig if "factors" in FeedConfig.model_fields else create_model("Feed", __base__=FeedConfig, factors=(dict[str, float], {}))


def feed(**settings: Any) -> FeedConfig:
    return Feed(**({"kind": "http", "format": FORM} | settings))


def test_the_table_says_what_the_page_says(config: Config, sample: Sample) -> None:
    out = heard(config, FORM, sample("mapped", "table"), feed=feed(**yaml.safe_load(sample("mapped", "feed"))))
    assert [(r.device, r.metric, r.value, r.observed_at and (r.observed_at - NOW).total_seconds(), r.quality) for _, r in out.readings] == [
        ("east-gate", "pm25", 35.0, -3600.0, Quality.GOOD), ("east-gate", "co", 0.7, -3600.0, Quality.GOOD), ("east-gate", "temperature", 12.5, -3600.0, Quality.GOOD),
        ("east-gate", "pm25", None, 0.0, Quality.MISSING), ("east-gate", "temperature", -0.5, 0.0, Quality.GOOD),
    ]  # fmt: skip
    assert [reason for reason, _ in refusals(out)] == [Reason.TYPE, Reason.UNDECODABLE]


def test_the_nested_sample_says_what_the_page_says(config: Config, sample: Sample) -> None:
    out = heard(config, FORM, sample("mapped", "nested"), "meters/meter 9/up", feed=feed(**yaml.safe_load(sample("mapped", "nested feed"))))
    assert [(r.device, r.metric, r.value, r.quality) for _, r in out.readings] == [
        ("meter-9", "flow", 12.5, Quality.GOOD), ("meter-9", "flow", 0.5, Quality.MAINTENANCE),
    ]  # fmt: skip
    assert out.readings[0][1].observed_at == NOW
    assert out.hints["meter-9"].position == Position(119.95, 31.78)


@pytest.mark.parametrize("table", ["s;v\na;1,5\nb;2", "s\tv\r\na\t2\r\n\r\n", "\ufeffs,v\na,2", "s|v\na|2"])
def test_separators_and_marks_are_found(config: Config, table: str) -> None:
    out = heard(config, FORM, table, feed=feed(columns={"device": "s", "x": "v"}))
    assert (out.readings[-1][1].value, out.readings[-1][1].metric) == (2.0, "x")


def test_gb18030_is_read(config: Config) -> None:
    out = heard(config, FORM, "站点,数值\n东门,2".encode("gb18030"), feed=feed(columns={"device": "站点", "x": "数值"}))
    assert out.readings[0][1].device == "东门"


def test_constants_and_a_single_object_will_do(config: Config) -> None:
    out = heard(
        config,
        FORM,
        {"a": {"b": [{"c": 5}]}, "t": 1_795_233_600_000},
        feed=feed(columns={"device": "=d7", "observed_at": "t", "x": "a.b.0.c", "y": "a.z"}),
    )
    assert [(r.device, r.metric, r.value, r.observed_at) for _, r in out.readings] == [("d7", "x", 5.0, NOW)]


def test_a_metric_of_texts_keeps_them(config: Config) -> None:
    texts = config.model_copy(update={"metrics": config.metrics | {"state": config.metrics["pm25"].model_copy(update={"kind": "text"})}})
    assert values(heard(texts, FORM, "s,v\na,open", feed=feed(columns={"device": "s", "state": "v"}))) == {"state": "open"}


@pytest.mark.parametrize("columns", [{}, {"device": "s"}, {"device": "s", "metric": "m"}, {"x": "v"}])
def test_a_feed_without_a_mapping_is_told_so(config: Config, columns: dict[str, str]) -> None:
    assert [reason for reason, _ in refusals(heard(config, FORM, "s,v\na,1", feed=feed(columns=columns)))] == [Reason.UNSUPPORTED]


def test_rows_of_a_long_file_are_bounded_and_its_portions_bring_them_all(config: Config) -> None:
    table = ("s,v,w\n" + "".join(f'"a\nb",{place},0\n' for place in range(2 * MOST))).encode()
    mapping = feed(columns={"device": "=d", "x": "v"})
    out = heard(config, FORM, table, feed=mapping)
    assert len(out.readings) == MOST
    assert refusals(out)[0][0] == Reason.TOO_LARGE
    parts = portions(table, 1000)
    seen = [r.value for _, part in parts for _, r in heard(config, FORM, part, feed=mapping).readings]
    assert seen == list(range(2 * MOST))
    assert [first for first, _ in parts] == list(range(0, 2 * MOST, 1000))
    assert portions(b"s,v\na,1\n", 1000) == [(0, b"s,v\na,1\n")]


@pytest.mark.parametrize("body", ["", "\n\n", "{", "[]", "7", '{"a": 1}', "s,v\n", "s,v\n,1"])
def test_what_brings_no_values_is_refused_by_name(config: Config, body: str) -> None:
    out = heard(config, FORM, body, feed=feed(columns={"device": "s", "x": "v"}))
    assert not out.readings
    assert len(out.rejected) == 1
