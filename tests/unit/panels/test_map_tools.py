"""The tools stand on the map in both languages, each with a name for who cannot see its picture; a choice of basemaps only where there is one."""

import json
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from core.config import Config
from core.map_config import MapConfig
from core.model import Scope
from panels.frame import Page
from panels.map_tools import TOOLS, basemap_config, map_tools
from panels.text import load_texts

ASSETS = Path(__file__).resolve().parents[3] / "assets"
TEXTS = load_texts(ASSETS / "i18n")
BASEMAP = {"kind": "xyz", "label": "市图", "label_en": "City map", "urls": ["https://maps.example/{z}/{x}/{y}"]}


def page(config: Config, language: str, **map_: Any) -> Page:
    city = config.model_copy(update={"map": MapConfig.model_validate(map_)})
    return Page("/wall", "", {}, TEXTS[language], city, Scope("wall", ("320404",)))


def drawn(config: Config, language: str = "zh", **map_: Any) -> Any:
    return json.loads(json.dumps(map_tools(page(config, language, **map_)), cls=PlotlyJSONEncoder))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_tool_says_its_name(config: Config, language: str) -> None:
    rail = next(part["props"] for part in drawn(config, language) if part["props"].get("data-slot") == "map-tools")
    buttons = [button["props"] for button in rail["children"] if "data-tool" in button["props"]]
    assert [button["data-tool"] for button in buttons] == list(TOOLS)
    assert all(
        button["aria-label"] == TEXTS[language](f"tools.{button['data-tool']}") != f"tools.{button['data-tool']}" for button in buttons
    )


def test_every_tool_has_its_picture_in_the_sheet() -> None:
    sheet = (ASSETS / "wall-tools.css").read_text(encoding="utf-8")
    assert all(f".tool-icon-{icon} " in sheet for icon in TOOLS.values())


def test_basemaps_are_offered_only_where_a_city_has_some(config: Config) -> None:
    assert "basemaps" not in json.dumps(drawn(config))
    offered = drawn(config, "en", basemaps={"city": BASEMAP})[-1]["props"]["children"]
    assert [(option["props"]["value"], option["props"]["children"]) for option in offered] == [("ours", "Built-in"), ("city", "City map")]


def test_what_a_browser_is_told_of_basemaps_can_be_sent(config: Config) -> None:
    told = json.loads(json.dumps(basemap_config(page(config, "zh", basemap="city", basemaps={"city": BASEMAP}))))
    assert (told["basemap"], told["basemaps"]["city"]["label"]) == ("city", "市图")
