"""The ledgers as a tree: a tab for each, what a role may begin, nothing of another language, nothing that the policy forbids."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from core.config import Config
from core.model import Scope
from panels import ledgers
from panels.frame import Page
from panels.text import load_texts

ROOT = Path(__file__).resolve().parents[3]
TEXTS = load_texts(ROOT / "assets" / "i18n")


def tree(config: Config, rest: str = "", language: str = "zh", role: str = "supervisor") -> dict[str, Any]:
    page = Page("/ledgers", rest, {}, TEXTS[language], config, Scope(role, ("320404",), 1, "somebody"))
    return dict(json.loads(json.dumps(ledgers.view(page), cls=PlotlyJSONEncoder)))


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for child in node:
            yield from nodes(child)
    elif isinstance(node, dict) and "props" in node:
        yield node["props"]
        yield from nodes(node["props"].get("children"))


def given(config: Config, **where: str) -> dict[str, Any]:
    return dict(json.loads(next(props["data-config"] for props in nodes(tree(config, **where)) if "data-config" in props)))


def test_each_ledger_has_its_tab_with_a_place_for_its_count(config: Config) -> None:
    shown = list(nodes(tree(config)))
    tabs = [props["data-tab"] for props in shown if "data-tab" in props]
    assert tabs == ["orders", "hotline", "hazards", "enterprises", "works", "duty-log", "morning-report"]
    assert {f"count-{name}" for name in tabs} <= {props.get("data-slot") for props in shown}
    assert [props["data-panel"] for props in shown if "data-panel" in props] == ["ledger", "ledger-detail"]


@pytest.mark.parametrize(("rest", "tab", "chosen"), [("", "orders", ""), ("hazards/7", "hazards", "7"), ("nonsense", "orders", ""),
                                                     ("enterprises/91X", "enterprises", "91X")])  # fmt: skip
def test_an_address_opens_a_tab_and_a_row(config: Config, rest: str, tab: str, chosen: str) -> None:
    told = given(config, rest=rest)
    assert (told["tab"], told["chosen"]) == (tab, chosen)


@pytest.mark.parametrize(("role", "begins"), [
    ("leader", {"orders", "morning-report"}), ("duty", {"hazards", "enterprises", "works", "duty-log", "morning-report"}),
    ("grid_worker", {"hazards"}), ("auditor", set()), ("supervisor", {"orders", "hazards", "enterprises", "works", "duty-log", "morning-report"}),
])  # fmt: skip
def test_a_role_is_offered_what_it_may_begin(config: Config, role: str, begins: set[str]) -> None:
    assert set(given(config, role=role)["begins"]) == begins


def test_english_is_english_but_for_the_citys_own_name(config: Config) -> None:
    shown = [props["children"] for props in nodes(tree(config, language="en")) if isinstance(props.get("children"), str)]
    assert [text for text in shown if any("\u4e00" <= sign <= "\u9fff" for sign in text)] == ["一屏", "中文"]


def test_no_style_stands_in_the_markup_and_no_event_in_an_attribute(config: Config) -> None:
    for props in nodes(tree(config)):
        assert not any(name.startswith("on") for name in props)
        assert set(props.get("style") or {}) <= {"--icon"}


def test_every_word_that_the_modules_ask_for_is_there_in_both_languages() -> None:
    for file in (ROOT / "assets").glob("ledger*.js"):
        asked = set(re.findall(r"\bt\('([a-z_.\-]+)'", file.read_text(encoding="utf-8")))
        assert {key for key in asked if not key.endswith(".")} <= TEXTS["zh"].texts.keys(), file.name
    names = [json.loads((ROOT / "assets" / "i18n" / f"ledgers-{language}.json").read_text(encoding="utf-8")) for language in ("zh", "en")]
    assert names[0].keys() == names[1].keys()
