"""The router: who gets which page, and where those are sent who may not have it."""

import json
from pathlib import Path

import pytest

from core.config import Config
from core.model import Scope
from panels import frame
from panels.frame import ROUTES, Reader, draw, find_route, home_of
from panels.text import load_texts

TEXTS = load_texts(Path(__file__).resolve().parents[3] / "assets" / "i18n")
OFFICER = Reader(Scope("duty", ("320404",), 1, "值班员 01"))
WALL = Reader(Scope("wall", ("320404",)))


def page(
    config: Config, path: str, reader: Reader | None = OFFICER, search: str = "", cookies: dict[str, str] | None = None
) -> dict[str, object]:
    return dict(draw(path, search, cookies or {}, TEXTS, config, reader).to_plotly_json()["props"])  # type: ignore[no-untyped-call]


def test_a_path_is_found_with_what_stands_behind_it() -> None:
    assert find_route("/wall/water") == (ROUTES["/wall"], "water")
    assert find_route("/wall/") == (ROUTES["/wall"], "")
    assert find_route("/nowhere")[0] is None


def test_without_a_session_every_surface_leads_to_the_login(config: Config) -> None:
    for path, route in ROUTES.items():
        if not route.public:
            assert page(config, path, None)["data-goto"] == f"/login?next={path}"


def test_nothing_in_particular_leads_each_role_home(config: Config) -> None:
    assert page(config, "/")["data-goto"] == "/duty"
    assert home_of(Scope("leader", ("",))) == "/cockpit"
    assert home_of(Scope("grid_worker", ("",))) == "/field"
    assert home_of(None) == "/login"


def test_a_screens_token_opens_its_own_view_with_those_under_it_and_nothing_else(config: Config) -> None:
    bound = Reader(Scope("wall", ("320404",)), "/wall/water")
    assert frame.may_see(bound, ROUTES["/wall"], "/wall/water", config)
    assert not frame.may_see(bound, ROUTES["/wall"], "/wall", config)
    assert not frame.may_see(bound, ROUTES["/duty"], "/duty", config)
    whole = Reader(Scope("wall", ("320404",)), "wall")
    assert frame.may_see(whole, ROUTES["/wall"], "/wall/water", config)
    assert not frame.may_see(whole, ROUTES["/cockpit"], "/cockpit", config)


def test_the_account_of_a_wall_opens_walls_only(config: Config) -> None:
    assert frame.may_see(WALL, ROUTES["/wall"], "/wall/urban", config)
    assert not frame.may_see(WALL, ROUTES["/cockpit"], "/cockpit", config)


def test_an_unknown_page_says_so_and_offers_a_way_back(config: Config) -> None:
    drawn = page(config, "/nowhere")
    assert "page-notice" in str(drawn["className"])
    assert drawn["children"][1].href == "/duty"  # type: ignore[index]


def test_the_language_follows_query_and_cookie(config: Config) -> None:
    for search, cookies, language in [("", {}, "zh"), ("?lang=en", {}, "en"), ("", {"yiping_lang": "en"}, "en")]:
        given = json.loads(str(page(config, "/wall", search=search, cookies=cookies)["data-config"]))
        assert given["language"] == language


@pytest.mark.parametrize(
    ("file", "path", "wanted"),
    [("00-tokens.css", "/wall", True), ("wall-map.css", "/wall", True), ("duty.css", "/wall", False), ("duty-desk.css", "/duty", True)],
)
def test_a_surface_is_given_its_own_style_sheets(file: str, path: str, wanted: bool) -> None:
    assert ROUTES[path].wants_style(file) is wanted
