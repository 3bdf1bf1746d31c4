"""The wall as a tree: what robots and scripts rely on is there, drawn unknown, in both languages, on every domain's wall."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from core.config import Config
from core.model import Scope
from core.screen_config import PANELS, WALLS
from panels import wall
from panels.frame import DOMAINS, Page
from panels.text import load_texts

TEXTS = load_texts(Path(__file__).resolve().parents[2] / "assets" / "i18n")
LISTS = ["alerts", "cases", "classes", "feeds", "incidents", "streets", "warnings"]
KPIS = ["signals_today", "alerts_open", "cases_open", "in_time_rate", "response_mean", "devices_online"]


def tree(config: Config, rest: str = "", language: str = "zh") -> dict[str, Any]:
    page = Page("/wall", rest, {}, TEXTS[language], config, Scope("wall", ("320404",)))
    return dict(json.loads(json.dumps(wall.view(page), cls=PlotlyJSONEncoder)))


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for child in node:
            yield from nodes(child)
    elif isinstance(node, dict) and "props" in node:
        yield node["props"]
        yield from nodes(node["props"].get("children"))


def named(config: Config, attribute: str, **where: str) -> list[str]:
    return [props[attribute] for props in nodes(tree(config, **where)) if attribute in props]


@pytest.mark.parametrize("rest", ["", *DOMAINS])
def test_every_wall_has_all_panels_once(config: Config, rest: str) -> None:
    assert sorted(named(config, "data-panel", rest=rest)) == sorted(["header", *PANELS])


def test_the_six_figures_of_the_city_are_there_once(config: Config) -> None:
    figures = named(config, "data-figure")
    assert all(figures.count(name) == 1 for name in KPIS)


@pytest.mark.parametrize("name", WALLS)
def test_a_wall_shows_its_own_vital_signs_and_figures_in_their_order(config: Config, name: str) -> None:
    wall, rest = {str(one): wall for one, wall in config.screens.walls.items()}[name], name if name in DOMAINS else ""
    assert named(config, "data-vital", rest=rest) == list(wall.vitals or ())
    assert named(config, "data-tile", rest=rest) == list(wall.tiles)


def test_a_figure_is_unknown_until_the_stream_says_otherwise(config: Config) -> None:
    figures = [props for props in nodes(tree(config)) if "data-figure" in props]
    assert len(figures) > 40
    for props in figures:
        assert (props["data-value"], props["data-age"], props["children"]) == ("", "", "—"), props["data-figure"]
        assert "unknown" in props["className"]


def test_the_map_has_a_chip_for_each_measure_and_a_legend_that_can_tie(config: Config) -> None:
    assert named(config, "data-measure") == list(config.screens.measures)
    assert named(config, "data-class") == ["0", "1", "2", "3", "4", "5", "-1"]


@pytest.mark.parametrize(("rest", "measure"), [("", "risk"), ("water", "water"), ("environment", "air"), ("urban", "crowd")])
def test_the_wall_of_a_domain_begins_with_its_own_measure(config: Config, rest: str, measure: str) -> None:
    assert json.loads(named(config, "data-config", rest=rest)[0])["measure"] == measure


def test_an_unknown_domain_is_no_wall(config: Config) -> None:
    assert "data-panel" not in tree(config, "weather")["props"]
    assert tree(config, "weather")["props"]["className"] == "page page-notice"


def test_lists_say_in_words_that_they_are_empty(config: Config) -> None:
    lists = {props["data-list"]: props["data-empty"] for props in nodes(tree(config)) if "data-list" in props}
    assert sorted(lists) == LISTS
    assert all(lists.values())


def test_english_is_english_but_for_the_citys_own_name(config: Config) -> None:
    shown = [props["children"] for props in nodes(tree(config, language="en")) if isinstance(props.get("children"), str)]
    chinese = [text for text in shown if any("\u4e00" <= sign <= "\u9fff" for sign in text)]
    assert chinese == [config.area.title]


def test_no_style_stands_in_the_markup_and_no_event_in_an_attribute(config: Config) -> None:
    for props in nodes(tree(config)):
        assert "style" not in props
        assert not any(name.startswith("on") for name in props)


def test_the_page_without_measures_or_vital_signs_still_stands(config: Config) -> None:
    nothing: dict[str, Any] = {"vitals": (), "measures": {}, "tiles": {}, "walls": {}}
    bare = config.model_copy(update={"screens": config.screens.model_copy(update=nothing)})
    assert sorted(named(bare, "data-panel")) == sorted(["header", *PANELS])
    assert named(bare, "data-tile") == KPIS
