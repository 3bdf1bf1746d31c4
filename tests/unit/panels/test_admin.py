"""The sections of /admin as trees: each its module, its place in the bar, its heading and its places to fill, in either language."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from core.config import Config
from core.model import Scope
from panels import admin
from panels.admin_sections import SECTIONS
from panels.frame import Page
from panels.text import load_texts

ROOT = Path(__file__).resolve().parents[3]
TEXTS = load_texts(ROOT / "assets" / "i18n")


def tree(config: Config, rest: str, language: str = "zh", area: str = "320404") -> dict[str, Any]:
    page = Page("/admin", rest, {}, TEXTS[language], config, Scope("admin", (area,), 1, "somebody"))
    return dict(json.loads(json.dumps(admin.view(page), cls=PlotlyJSONEncoder)))


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for child in node:
            yield from nodes(child)
    elif isinstance(node, dict) and "props" in node:
        yield node["props"]
        yield from nodes(node["props"].get("children"))


@pytest.mark.parametrize("section", [name for name, _ in SECTIONS])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_section_is_marked_in_the_bar_and_drawn_by_its_own_module(config: Config, section: str, language: str) -> None:
    found = list(nodes(tree(config, section, language)))
    assert [props["href"] for props in found if props.get("aria-current") == "page" and props["href"].count("/") == 2] == [
        f"/admin/{section}"
    ]
    module = next(props["data-module"] for props in found if "data-module" in props)
    assert module == ("admin.js" if section == "rules" else f"admin-{section}.js")
    assert (ROOT / "assets" / module).exists()
    source = (ROOT / "assets" / module).read_text(encoding="utf-8")
    slots = {props["data-slot"] for props in found if "data-slot" in props}
    assert [
        name
        for name in slots - {"marks", "connection", "clock"}
        if f"slots.{name}" not in source and f"'{name}'" not in source and "new Backtest" not in source
    ] == []


def test_a_year_and_a_rule_in_the_address_are_handed_on(config: Config) -> None:
    given = [
        json.loads(next(props["data-config"] for props in nodes(tree(config, rest)) if "data-config" in props))
        for rest in ("calendar/2027", "calendar/next", "routing/a-b")
    ]
    assert (given[0]["year"], given[1]["year"], given[2]["rule"]) == (2027, None, "a-b")


@pytest.mark.parametrize("section", ["routing", "standards", "calendar", "catalogue"])
def test_a_section_knows_whether_its_reader_keeps_the_whole_city(config: Config, section: str) -> None:
    code = config.area.code
    told = [json.loads(tree(config, section, area=area)["props"]["data-config"])["whole"] for area in (code, f"{code}001")]
    assert told == [True, False]
