"""The page of one incident as a tree: every panel once, the number handed to its module, and no page for what is no number."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from core.config import Config
from core.model import Scope
from panels import incident
from panels.frame import ROUTES, Page, find_route
from panels.text import load_texts

TEXTS = load_texts(Path(__file__).resolve().parents[3] / "assets" / "i18n")


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for child in node:
            yield from nodes(child)
    elif isinstance(node, dict) and "props" in node:
        yield node["props"]
        yield from nodes(node["props"].get("children"))


def tree(config: Config, rest: str, language: str = "zh") -> list[dict[str, Any]]:
    page = Page("/incident", rest, {}, TEXTS[language], config, Scope("leader", ("320404",)))
    return list(nodes(json.loads(json.dumps(incident.view(page), cls=PlotlyJSONEncoder))))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_panel_is_there_once_and_the_module_is_told_which_incident(config: Config, language: str) -> None:
    found = tree(config, "17", language)
    panels = [props["data-panel"] for props in found if "data-panel" in props]
    assert panels == ["incident", *(f"incident-{name}" for column in incident.COLUMNS for name, _ in column)]
    assert json.loads(found[0]["data-config"])["incident"] == 17


@pytest.mark.parametrize("rest", ["", "x", "1/2", "-3", "9" * 30])
def test_what_is_no_number_has_no_page(config: Config, rest: str) -> None:
    found = tree(config, rest)
    assert [props for props in found if "data-panel" in props] == []
    assert "incident" not in json.loads(found[0]["data-config"])


def test_its_address_leads_to_it_in_the_desks_clothes() -> None:
    route, rest = find_route("/incident/17")
    assert (route, rest) == (ROUTES["/incident"], "17")
    assert route is not None
    assert route.wants_style("incident.css")
    assert route.wants_style("duty-desk.css")
