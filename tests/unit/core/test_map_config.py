"""The basemap is said whole or refused with what to write: a datum nobody said, or cannot be fitted, shifts every place."""

import copy
from typing import Any

import pytest

from core.config import parse
from core.errors import ConfigError
from core.map_config import MapConfig

WMTS = "https://t0.map.example/vec_w/wmts?TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk={key}"


def one(**words: Any) -> MapConfig:
    return MapConfig.model_validate({"basemap": "city", "basemaps": {"city": {"label": "市图", **words}}})


def fault(shipped: dict[str, Any], **words: Any) -> str:
    raw = {**copy.deepcopy(shipped), "map": {"basemaps": {"city": {"label": "市图", **words}}}}
    with pytest.raises(ConfigError) as caught:
        parse(raw, "test")
    return str(caught.value)


def test_without_a_word_the_basemap_is_ours_and_nobody_away_is_asked() -> None:
    assert MapConfig().basemap == "ours"
    assert MapConfig().hosts() == ()


def test_the_hosts_of_services_are_told_once_and_without_their_paths() -> None:
    found = one(kind="wmts", urls=[WMTS, WMTS.replace("vec_w", "cva_w"), WMTS.replace("t0.", "t1.")])
    assert found.hosts() == ("https://t0.map.example", "https://t1.map.example")


def test_the_key_comes_from_outside_the_file() -> None:
    assert one(kind="wmts", urls=[WMTS]).keyed("k1").basemaps["city"].urls[0].endswith("tk=k1")


@pytest.mark.parametrize(("words", "said"), [
    ({"kind": "pmtiles"}, "give file, no urls"),
    ({"kind": "pmtiles", "file": "a.pmtiles", "datum": "gcj02"}, "convert the data before it is cut"),
    ({"kind": "xyz", "file": "a.pmtiles"}, "give urls, no file"),
    ({"kind": "xyz", "urls": ["http://h/{z}/{x}.png"]}, "holds {z}, {x} and {y}"),
    ({"kind": "wmts", "urls": ["http://h/{z}/{x}/{y}.png"]}, "{TileMatrix}, {TileRow} and {TileCol}"),
    ({"kind": "xyz", "urls": ["http://me:secret@h/{z}/{x}/{y}"]}, "without a name, a password"),
    ({"kind": "xyz", "urls": ["http://h; script-src */{z}/{x}/{y}"]}, "write http(s)://host"),
    ({"kind": "xyz", "urls": ["http://h/{z}/{x}/{y}"], "datum": "bd09"}, "Baidu's tiles"),
    ({"kind": "wmts", "urls": [WMTS.replace("map.example/vec_w", "tianditu.example/vec_c")]}, "say matrix: degrees"),
    ({"kind": "xyz", "urls": ["http://h/{z}/{x}/{y}"], "min_zoom": 9, "max_zoom": 3}, "min_zoom is above"),
])  # fmt: skip
def test_what_cannot_be_shown_right_is_refused_with_the_way_out(shipped: dict[str, Any], words: dict[str, Any], said: str) -> None:
    assert said in fault(shipped, **words)


def test_a_first_basemap_that_nobody_configured_is_refused(shipped: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="none is called 'city'"):
        parse({**copy.deepcopy(shipped), "map": {"basemap": "city"}}, "test")


@pytest.mark.parametrize(("words", "warped"), [({"datum": "gcj02"}, True), ({"matrix": "degrees"}, True), ({"datum": "wgs84"}, False)])
def test_only_what_lies_elsewhere_is_redrawn(words: dict[str, str], warped: bool) -> None:
    assert one(kind="xyz", urls=["http://h/{z}/{x}/{y}"], **words).basemaps["city"].warped is warped
