"""The menu: who is shown which way, and that a page nobody may open is not drawn for them."""

from pathlib import Path
from typing import Any

from flask import Flask

from core.config import Config
from core.menu_config import ModuleConfig
from core.model import Scope
from panels import duty, menu
from panels.frame import ROUTES, Page, Reader, draw
from panels.site import tell_refusals
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


def test_the_answer_of_a_page_is_403_where_a_refusal_is_drawn_and_nowhere_else(config: Config) -> None:
    park = config.themes["park"].model_copy(update={"roles": ("leader",)})
    told = {"replay": ModuleConfig(off=True), "quality": ModuleConfig(roles=("admin",))}
    city = config.model_copy(update={"themes": {**config.themes, "park": park}, "menu": told})
    readers = {role: Reader(Scope(role, ("320404",), 7, "x")) for role in ("admin", "duty", "leader", "supervisor", "wall")}
    server, asking = Flask("test"), {"role": ""}
    tell_refusals(server, city, lambda: readers.get(asking["role"]))
    server.add_url_rule("/<path:path>", "page", lambda path: "<p>page</p>")
    server.add_url_rule("/sheet.txt", "sheet", lambda: ("x", {"Content-Type": "text/plain"}))
    for role in readers:
        asking["role"] = role
        for path in ("/wall", "/replay", "/quality", "/duty", "/admin", "/cockpit", "/analysis/themes/park", "/analysis/themes/water"):
            status = server.test_client().get(path).status_code
            assert status == (403 if "page-notice" in drawn(city, role, path) else 200), (role, path)
        assert {server.test_client().get(path).status_code for path in ("/login", "/sheet.txt", "/elsewhere")} == {200}
    asking["role"] = ""
    assert server.test_client().get("/quality").status_code == 200  # who has no session is sent to the login before
