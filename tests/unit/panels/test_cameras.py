"""The camera wall as a tree: its sizes, its places, in both languages, and nothing that the policy forbids."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from core.config import Config
from core.model import Scope
from panels import cameras
from panels.frame import ROUTES, Page, Reader, may_see
from panels.text import load_texts

ROOT = Path(__file__).resolve().parents[3]
TEXTS = load_texts(ROOT / "assets" / "i18n")


def drawn(config: Config, language: str = "zh", role: str = "duty") -> str:
    page = Page("/cameras", "", {}, TEXTS[language], config, Scope(role, ("320404",), 1, "x"))
    return json.dumps(cameras.view(page), cls=PlotlyJSONEncoder)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_frame_has_a_place_for_all_that_its_module_fills(config: Config, language: str) -> None:
    html = drawn(config, language)
    assert re.findall(r'"data-size": "(\d+)"', html) == ["1", "4", "9", "16"]
    assert {"map", "find", "list", "by", "pages", "pictures"} <= set(re.findall(r'"data-slot": "([a-z-]+)"', html))
    assert '"onclick' not in html.lower()


def test_the_module_is_told_how_often_a_page_turns_and_nothing_secret(config: Config) -> None:
    told: dict[str, Any] = cameras.wall_words(Page("/cameras", "", {}, TEXTS["zh"], config, None))
    assert told == {"dwell_s": 20.0, "sizes": [1, 4, 9, 16]}
    assert "snapshot" not in json.dumps(told)


@pytest.mark.parametrize(
    ("role", "may"),
    [("duty", True), ("supervisor", True), ("dispatcher", True), ("leader", False), ("wall", False), ("grid_worker", False)],
)
def test_the_page_is_for_those_who_may_look(config: Config, role: str, may: bool) -> None:
    assert (not ROUTES["/cameras"].roles or role in ROUTES["/cameras"].roles) == may
    if role == "wall":
        assert not may_see(Reader(Scope("wall", ("320404",)), "/wall"), ROUTES["/cameras"], "/cameras", config)
