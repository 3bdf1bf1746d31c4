"""What a wall is told of its control: only a browser with a link of its own beats, only who may send is offered to."""

import json
from pathlib import Path

import pytest

from core.config import Config
from core.model import Scope
from core.release import release_of
from panels import wall
from panels.frame import Page
from panels.screens import control_config
from panels.text import load_texts

TEXTS = load_texts(Path(__file__).resolve().parents[3] / "assets" / "i18n")


def page(config: Config, scope: Scope | None) -> Page:
    return Page("/wall", "", {}, TEXTS["zh"], config, scope)


@pytest.mark.parametrize(
    ("scope", "beats", "casts"),
    [
        (Scope("wall", ("320404",), None, "大厅"), True, False),  # a token
        (Scope("wall", ("320404",), 7, "大屏账号"), False, False),
        (Scope("duty", ("320404",), 1, "值班员"), False, True),
        (Scope("auditor", ("320404",), 2, "审计员"), False, False),
        (None, False, False),
    ],
)
def test_only_a_link_of_its_own_makes_a_browser_a_screen(config: Config, scope: Scope | None, beats: bool, casts: bool) -> None:
    control = control_config(page(config, scope))
    assert (control["beats"], control["casts"]) == (beats, casts)


def test_a_wall_is_drawn_with_its_release_and_its_limits(config: Config) -> None:
    given = json.loads(str(wall.view(page(config, Scope("wall", ("320404",)))).to_plotly_json()["props"]["data-config"]))  # type: ignore[no-untyped-call]
    assert given["control"]["release"] == release_of(config)
    assert given["control"]["watchdog"] == {"heap_mb": 600, "age_s": 86400.0, "quiet_s": 60.0, "again_s": 900.0}


def test_what_screens_are_drawn_from_makes_a_release_and_a_rule_does_not(config: Config) -> None:
    other = config.model_copy(update={"area": config.area.model_copy(update={"title": "另一座城市"})})
    assert release_of(other) != release_of(config)
    for part, drawn in (("map", {"basemap": "tianditu"}), ("camera_wall", {"hosts": ("https://nvr.example",)})):
        assert release_of(config.model_copy(update={part: getattr(config, part).model_copy(update=drawn)})) != release_of(config)
    assert release_of(config.model_copy(update={"rules": {}})) == release_of(config)
