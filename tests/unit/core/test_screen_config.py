"""A wall that names what nobody described, or a layout that is no grid, is refused before anybody looks at an empty screen."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.checks import check_tiles_count_known_classes
from core.config import Config, ScreenConfig
from core.screen_config import LayoutConfig, TileConfig

GRID: dict[str, Any] = {"columns": ["20rem", "1fr"], "rows": ["1fr", "9rem"], "areas": ["kpis map", "alerts map"]}


def refusal(make: type[Any], **settings: Any) -> str:
    with pytest.raises(ValidationError) as told:
        make(**settings)
    return str(told.value)


def test_the_shipped_walls_and_layouts_hold(config: Config) -> None:
    assert set(config.screens.walls) == {"city", "emergency", "urban", "environment", "water"}
    tiles = [wall.tiles for wall in config.screens.walls.values()]
    assert len(set(tiles)) == len(tiles), "every wall has figures of its own"
    assert all("map" in " ".join(layout.areas).split() for layout in config.screens.layouts.values())


@pytest.mark.parametrize(
    ("areas", "why"),
    [
        (["kpis map"], "2 rows of 2"),
        (["kpis map map", "kpis map map"], "2 rows of 2"),
        (["kpis mapp", "kpis mapp"], "did you mean 'map'"),
        (["kpis map", "map kpis"], "no rectangle"),
        (["map kpis", "alerts map"], "no rectangle"),
    ],
)
def test_a_layout_is_a_grid_of_known_panels_each_a_rectangle(areas: list[str], why: str) -> None:
    assert why in refusal(LayoutConfig, **{**GRID, "areas": areas})


@pytest.mark.parametrize("track", ["27px", "auto", "calc(1rem)", "1fr; color: red", ""])
def test_a_track_is_a_number_of_rem_or_a_share(track: str) -> None:
    assert "columns" in refusal(LayoutConfig, **{**GRID, "columns": [track, "1fr"]})


def test_a_place_may_be_empty_and_a_panel_absent() -> None:
    assert LayoutConfig(**{**GRID, "areas": ["kpis map", ". map"]}).areas == ("kpis map", ". map")


def test_a_tile_says_what_it_counts_or_that_it_is_not_there_yet() -> None:
    both = {"label": "泵站", "label_en": "Pumps"}
    assert "where the figure is to come from" in refusal(TileConfig, **both)
    assert "where the figure is to come from" in refusal(TileConfig, **both, count="alerts", planned="待接入")
    assert "only reports have channels" in refusal(TileConfig, **both, count="alerts", channels=["hotline"])
    assert TileConfig(**both, planned="待接入").count is None


def test_a_wall_names_only_what_there_is() -> None:
    vitals = [{"metric": "rain", "label": "雨", "label_en": "Rain", "fold": "max"}]
    told = refusal(ScreenConfig, vitals=vitals, walls={"water": {"tiles": ["rain_maxx"], "vitals": ["rain_min"], "layouts": ["wide"]}})
    assert "walls.water.tiles: 'rain_maxx' is not known; did you mean 'rain_max'?" in told
    assert "walls.water.vitals: 'rain_min'" in told
    assert "walls.water.layouts: 'wide'" in told
    ScreenConfig.model_validate(
        {"vitals": vitals, "walls": {"water": {"tiles": ["rain_max", "alerts_open"], "vitals": ["aqi", "rain_max"]}}}
    )


def test_no_figure_has_two_sources() -> None:
    assert "another figure has this name" in refusal(
        ScreenConfig, tiles={"alerts_open": {"label": "x", "label_en": "x", "count": "alerts"}}
    )


def test_a_tile_counts_only_classes_the_city_has() -> None:
    raw = {"classes": {"0502": {}}, "screens": {"tiles": {"flooded": {"classes": ["0502", "0503"]}, "bare": {}}}}
    assert [str(one) for one in check_tiles_count_known_classes(raw)] == [
        "screens.tiles.flooded.classes: no classe is called '0503' — did you mean '0502'?"
    ]
