"""The menu: who is shown which way, and that a page nobody may open is not drawn for them."""

from pathlib import Path
from typing import Any

from core.config import Config
from core.menu_config import ModuleConfig
from core.model import Scope
from panels import duty, menu
from panels.frame import ROUTES, Page, Reader, draw
from panels.text import load_texts
from tests.unit.panels.test_duty import values

TEXTS = load_texts(Path(__file__).resolve().parents[3] / "assets" / "i18n")


def links(config: Config, role: str) -> list[str]:
    view = duty.view(Page("/duty", "", {}, TEXTS["zh"], config, Scope(role, ("320404",), 7, "x")))
    return [href for href in values(view, "href") if href.startswith("/")]


def drawn(config: Config, role: str, path: str) -> str:
    props: dict[str, Any] = draw(path, "", {}, TEXTS, config, Reader(Scope(role, ("320404",), 7, "x"))).to_plotly_json()["props"]  # type: ignore[no-untyped-call]
    return str(props["className"])


def test_each_role_is_shown_the_pages_it_may_open_and_no_other(config: Config) -> None:
    for role in ("leader", "duty", "dispatcher", "admin", "auditor", "grid_worker"):
        for path in links(config, role):
            assert menu.may_open(config, role, path, ROUTES["/" + path.split("/")[1]].roles), (role, path)
    assert {"/duty", "/quality"}.isdisjoint(links(config, "leader"))
    assert [("/admin" in links(config, role)) for role in ("admin", "duty")] == [True, False]


def test_a_module_that_is_off_or_for_others_is_neither_linked_nor_drawn(config: Config) -> None:
    told = {
        "replay": ModuleConfig(off=True),
        "quality": ModuleConfig(roles=("admin",)),
        "entry": ModuleConfig(label="录数", roles=("handler",)),
    }
    city = config.model_copy(update={"menu": told})
    assert {"/replay", "/quality", "/entry"}.isdisjoint(links(city, "duty"))
    assert "/entry" in links(city, "handler")
    for role, path in (("duty", "/replay"), ("admin", "/replay"), ("duty", "/quality"), ("duty", "/entry")):
        assert "page-notice" in drawn(city, role, path), (role, path)
        assert role == "admin" or "page-notice" not in drawn(config, role, path)


def test_a_theme_with_roles_of_its_own_is_refused_to_others(config: Config) -> None:
    park = config.themes["park"].model_copy(update={"roles": ("leader",)})
    city = config.model_copy(update={"themes": {**config.themes, "park": park}})
    assert "page-notice" in drawn(city, "supervisor", "/analysis/themes/park")
    assert "page-notice" not in drawn(city, "supervisor", "/analysis/themes/water")
    assert "page-notice" not in drawn(city, "leader", "/analysis/themes/park")


def test_a_wall_s_account_opens_walls_whatever_a_menu_says(config: Config) -> None:
    city = config.model_copy(update={"menu": {"duty": ModuleConfig(roles=("wall",))}})
    assert "page-notice" in drawn(city, "wall", "/duty")
