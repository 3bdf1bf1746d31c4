"""The replay's frame: the wall's own panels and figures, a bar that moves in time, and more lines so that the wall keeps its own."""

import json

import pytest

from core.config import Config
from panels.frame import ROUTES, Page
from panels.replay import BAR_LINES, SPEEDS, view
from panels.wall import view as wall_view
from tests.unit.panels.test_wall import TEXTS, nodes


def page(config: Config, rest: str = "", language: str = "zh") -> Page:
    return Page(f"/replay/{rest}", rest, {}, TEXTS[language], config, None)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("rest", ["", "water"])
def test_a_replay_draws_the_same_panels_and_figures_as_the_wall(config: Config, rest: str, language: str) -> None:
    replayed, live = nodes(view(page(config, rest, language))), nodes(wall_view(page(config, rest, language)))
    for name in ("data-panel", "data-figure", "data-list"):
        shown = [node[name] for node in replayed if name in node]
        assert [one for one in shown if one != "replay"] == [node[name] for node in live if name in node]
    assert "replay" in [node.get("data-panel") for node in replayed]
    assert [int(node["data-speed"]) for node in replayed if "data-speed" in node] == list(SPEEDS)


def test_the_wall_keeps_its_lines_above_the_bar(config: Config) -> None:
    given = json.loads(next(node["data-config"] for node in nodes(view(page(config))) if "data-config" in node))
    live = json.loads(next(node["data-config"] for node in nodes(wall_view(page(config))) if "data-config" in node))
    assert {name: one["lines"] - BAR_LINES for name, one in given["layouts"].items()} == pytest.approx(
        {name: one["lines"] for name, one in live["layouts"].items()}
    )
    assert given["screen"] == "wall"
    root = nodes(view(page(config)))[0]
    assert (root["data-module"], root["className"]) == ("replay.js", "page page-wall page-replay")


def test_no_other_domain_is_replayed(config: Config) -> None:
    assert not any("data-module" in node for node in nodes(view(page(config, "moon"))))


def test_the_styles_of_the_wall_hold_for_the_replay() -> None:
    assert ROUTES["/replay"].wants_style("wall-map.css")
    assert ROUTES["/replay"].wants_style("replay.css")
    assert not ROUTES["/wall"].wants_style("replay.css")
