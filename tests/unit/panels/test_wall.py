"""The five walls: each draws its own figures, every figure says why it is unknown, and the address chooses the theme."""

import json
from typing import Any

import pytest
from dash.development.base_component import Component

from core.config import Config
from core.screen_config import PANELS, TILES, WALLS
from maps.daylight import DAY
from maps.style import style
from panels.frame import Page
from panels.text import load_texts
from panels.wall import view
from tests.unit.panels.test_text import FOLDER

TEXTS = load_texts(FOLDER)


def page(config: Config, wall: str = "city", language: str = "zh", **query: str) -> Page:
    rest = "" if wall == "city" else wall
    return Page(f"/wall/{rest}", rest, query, TEXTS[language], config, None)


def nodes(drawn: Any) -> list[dict[str, Any]]:
    """All elements of a tree as dicts."""
    if isinstance(drawn, Component):
        props = drawn.to_plotly_json()["props"]  # type: ignore[no-untyped-call]
        return [props, *nodes(props.get("children"))]
    return [node for child in drawn for node in nodes(child)] if isinstance(drawn, list | tuple) else []


def told(config: Config, wall: str = "city", language: str = "zh", **query: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A wall's elements and what its modules are given."""
    found = nodes(view(page(config, wall, language, **query)))
    return found, json.loads(next(node["data-config"] for node in found if "data-config" in node))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("wall", WALLS)
def test_a_wall_draws_every_panel_and_its_own_figures_unknown_at_first(config: Config, wall: str, language: str) -> None:
    found, _ = told(config, wall, language)
    assert {node["data-panel"] for node in found if "data-panel" in node} >= {*PANELS, "header"}
    assert [node["data-tile"] for node in found if "data-tile" in node] == list(config.screens.walls[wall].tiles)  # type: ignore[index]
    figures = [node for node in found if "data-figure" in node]
    assert all(node["data-value"] == "" and "unknown" in node["className"] for node in figures)
    assert len({node["data-figure"] for node in figures}) > 30


def test_a_figure_that_does_not_exist_yet_says_so(config: Config) -> None:
    found, given = told(config, "water")
    assert given["tiles"]["pumps_running"]["count"] is None
    assert "待接入泵站监控" in [node.get("children") for node in found if node.get("className") == "planned"]


def test_a_city_that_says_nothing_of_its_walls_gets_the_shipped_figures(config: Config) -> None:
    bare = config.model_copy(update={"screens": config.screens.model_copy(update={"walls": {}, "tiles": {}})})
    found, given = told(bare, "water")
    assert [node["data-tile"] for node in found if "data-tile" in node] == list(TILES[:6])
    assert given["layouts"].keys() == config.screens.layouts.keys()


def test_a_wall_may_be_bound_to_some_layouts(config: Config) -> None:
    one = config.screens.walls["water"].model_copy(update={"layouts": ("wide",)})
    bound = config.model_copy(update={"screens": config.screens.model_copy(update={"walls": {"water": one}})})
    assert list(told(bound, "water")[1]["layouts"]) == ["wide"]


def test_the_address_chooses_the_theme_and_a_word_nobody_knows_does_not(config: Config) -> None:
    assert [told(config, theme=word)[1]["theme"] for word in ("light", "dark", "pink", "")] == ["light", "dark", "dark", "dark"]
    assert told(config)[1]["style"] != told(config, theme="light")[1]["style"]


def test_by_day_no_night_colour_is_left_on_the_map(config: Config) -> None:
    def words(part: Any) -> set[str]:
        if isinstance(part, dict):
            return set().union(*map(words, part.values()), set())
        return set().union(*map(words, part)) if isinstance(part, list | tuple) else {part} if isinstance(part, str) else set()

    night = words(json.loads(json.dumps(style())))
    assert DAY.keys() <= night, f"the night has other colours now: {DAY.keys() - night}"
    assert not DAY.keys() & words(told(config, theme="light")[1]["style"])
