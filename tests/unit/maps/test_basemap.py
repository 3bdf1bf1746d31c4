"""A basemap stands in for our own: what it hides, it draws itself, in the same place and, where it can, with the same look."""

from typing import Any

import pytest

from core.map_config import MapConfig
from maps.basemap import OWN, basemaps
from maps.style import style


def basemap(**words: Any) -> dict[str, Any]:
    return basemaps(MapConfig.model_validate({"basemaps": {"city": {"label": "市图", "label_en": "City map", **words}}}), style(), False)[
        "city"
    ]


def layer(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in found["layers"] if one["id"] == name)


def test_every_layer_of_our_own_has_its_twin_below_itself() -> None:
    found = basemap(kind="pmtiles", file="a.pmtiles")
    own = [one["id"] for one in style()["layers"] if one.get("source") in OWN]
    assert found["hides"] == own
    assert [one["before"] for one in found["layers"]] == own
    assert all(one["source"] == "basemap" and one["source-layer"] for one in found["layers"])


def test_a_twin_looks_as_its_original() -> None:
    twin = layer(basemap(kind="pmtiles", file="a.pmtiles"), "basemap-roads-main")
    original = next(one for one in style()["layers"] if one["id"] == "roads-main")
    assert {key: twin[key] for key in ("paint", "layout", "filter", "metadata")} == {
        key: original[key] for key in ("paint", "layout", "filter", "metadata")
    }
    assert twin["source-layer"] == "roads"


def test_another_schema_is_asked_in_its_own_words() -> None:
    found = basemap(kind="pmtiles", file="a.pmtiles", tile_schema="openmaptiles")
    roads, names = layer(found, "basemap-roads-express"), layer(found, "basemap-names-roads")
    assert (roads["source-layer"], names["source-layer"], layer(found, "basemap-water")["source-layer"]) == (
        "transportation",
        "transportation_name",
        "water",
    )
    assert ["motorway", "trunk"] in roads["filter"][1]
    assert names["layout"]["text-field"][0] == "coalesce"


def test_pictures_lie_one_above_the_other_under_all_of_ours() -> None:
    found = basemap(
        kind="wmts", urls=["http://h/v?m={TileMatrix}&r={TileRow}&c={TileCol}", "http://h/n?m={TileMatrix}&r={TileRow}&c={TileCol}"]
    )
    assert [found["sources"][one["source"]]["tiles"] for one in found["layers"]] == [
        ["http://h/v?m={z}&r={y}&c={x}"],
        ["http://h/n?m={z}&r={y}&c={x}"],
    ]
    assert {one["before"] for one in found["layers"]} == {"water"}
    assert found["warp"] is None


@pytest.mark.parametrize(("words", "scheme", "warp"), [
    ({"kind": "tms"}, "tms", None),
    ({"kind": "tms", "datum": "gcj02"}, None, {"datum": "gcj02", "matrix": "mercator", "tms": True, "tile_px": 256}),
    ({"kind": "xyz", "matrix": "degrees"}, None, {"datum": "cgcs2000", "matrix": "degrees", "tms": False, "tile_px": 256}),
])  # fmt: skip
def test_rows_counted_from_below_are_turned_once(words: dict[str, str], scheme: str | None, warp: dict[str, Any] | None) -> None:
    found = basemap(urls=["http://h/{z}/{x}/{y}"], **words)
    assert found["sources"]["basemap-0"].get("scheme") == scheme
    assert found["warp"] == warp


def test_a_map_made_for_the_day_is_turned_dark_unless_the_city_says_no() -> None:
    urls = ["http://h/{z}/{x}/{y}"]
    paint = basemap(kind="xyz", urls=urls)["layers"][0]["paint"]
    assert paint["raster-brightness-min"] > paint["raster-brightness-max"]
    assert basemap(kind="xyz", urls=urls, night=False)["layers"][0]["paint"] == {}
