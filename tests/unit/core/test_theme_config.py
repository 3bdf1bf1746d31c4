"""Themes and menu: what a city may say of them, and what is refused in words."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.checks import cross_check
from core.config import Config
from core.menu_config import SHIPPED, ModuleConfig, faults, in_force
from core.theme_config import ThemeListConfig


def theme(**words: Any) -> dict[str, Any]:
    return {
        "classes": {"0504": {}}, "metrics": {"gas": {}},
        "themes": {"park": {"lists": {"one": {"label": "一", "of": "devices", **words}}}},
    }  # fmt: skip


def test_a_list_is_of_something_or_planned_and_narrowed_only_by_what_it_has() -> None:
    assert ThemeListConfig(label="x", planned="待接入").of is None
    for wrong in ({}, {"of": "devices", "planned": "y"}, {"of": "devices", "risks": [1]}, {"of": "cases", "metrics": ["gas"]},
                  {"planned": "y", "classes": ["0504"]}):  # fmt: skip
        with pytest.raises(ValidationError):
            ThemeListConfig.model_validate({"label": "x", **wrong})


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ({"metrics": ["gaz"]}, "themes.park.lists.one.metrics"),
        ({"of": "alerts", "classes": ["0505"]}, "themes.park.lists.one.classes"),
        ({"of": "hazards", "kinds": ["amonia"]}, "themes.park.lists.one.kinds"),
    ],
)
def test_a_misspelt_word_of_a_theme_is_told_with_its_place(words: dict[str, Any], path: str) -> None:
    assert path in [one.path for one in cross_check(theme(**words))]
    assert not [one for one in cross_check(theme(metrics=["gas"])) if one.path.startswith("themes")]


def test_the_city_s_modules_come_first_and_stand_over_those_shipped() -> None:
    told = {"dispatch": ModuleConfig(label="派单"), "park": ModuleConfig(path="/analysis/themes/park", label="园区", roles=("leader",))}
    held = in_force(told)
    assert list(held)[:3] == ["dispatch", "park", "wall"]
    assert (held["dispatch"].path, held["dispatch"].label) == ("/dispatch", "派单")
    assert not list(faults(told))


def test_a_menu_that_cannot_be_is_refused() -> None:
    for told, said in (
        ({"x": ModuleConfig(label="x")}, "needs a path"), ({"x": ModuleConfig(path="/wall", label="x")}, "same path"),
        ({"x": ModuleConfig(path="/x")}, "needs a label"), ({"admin": ModuleConfig(off=True)}, "cannot be switched off"),
    ):  # fmt: skip
        assert any(said in one for one in faults(told)), told


def test_the_right_of_a_page_is_the_nearest_module_s(config: Config) -> None:
    menu = {"park": ModuleConfig(path="/analysis/themes/park", label="园区", roles=("duty",))}
    city = config.model_copy(update={"menu": menu})
    assert (city.module_of("/analysis/themes/park") or SHIPPED["wall"]).roles == ("duty",)
    assert (city.module_of("/analysis/trends") or SHIPPED["wall"]).path == "/analysis"
    assert city.module_of("/incident/4") is None
