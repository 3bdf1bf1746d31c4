import re
from pathlib import Path

import pytest

from core.config import Config
from panels import admin_sections, analysis_views, field, ledgers
from panels.frame import DOMAINS, ROUTES
from shots.index import index
from shots.taking import address, opening
from shots.views import VIEWS, shots

PATHS = {view.path for view in VIEWS}


def test_every_surface_is_in_the_pictures() -> None:
    heads = {"/" + re.split("[?#/]", path.strip("/"))[0] for path in PATHS}
    assert sorted(set(ROUTES) - heads - {"/admin", "/ledgers"}) == []


def test_so_is_every_section_tab_domain_theme_and_shelf(config: Config) -> None:
    wanted = {f"/admin/{name}" for name, _ in admin_sections.SECTIONS} | {f"/ledgers/{name}" for name, _ in ledgers.TABS}
    wanted |= {f"/wall/{name}" for name in DOMAINS} | {f"/field#{name}" for name, _ in field.VIEWS[1:]}
    wanted |= {f"/analysis/{name}" for name in analysis_views.VIEWS} | {f"/analysis/themes/{name}" for name in config.themes}
    assert sorted(wanted - PATHS) == []


def test_names_are_given_once_and_every_picture_has_a_file_of_its_own() -> None:
    assert len({view.name for view in VIEWS}) == len(VIEWS)
    assert len({shot.file for shot in shots()}) == len(shots())


def test_a_name_stands_for_its_kin_and_an_unknown_one_is_refused() -> None:
    assert {shot.view.name for shot in shots(("wall",))} == {view.name for view in VIEWS if view.path.startswith("/wall")}
    assert {shot.view.name for shot in shots(("wall-water",))} == {"wall-water"}
    with pytest.raises(KeyError):
        shots(("nowhere",))


def test_only_where_layouts_differ_is_a_page_opened_for_every_size() -> None:
    assert len({opening(shot) for shot in shots(("wall-water",))}) == 24
    assert len({opening(shot) for shot in shots(("quality",))}) == 4


def test_the_address_carries_language_theme_and_the_rows_of_the_demo() -> None:
    wall, incident, shelf = (shots((name,))[0] for name in ("wall-water", "incident", "field-report"))
    assert address(wall, {}) == "/wall/water?lang=zh&theme=dark"
    assert address(incident, {"incident": "7"}) == "/incident/7?lang=zh"
    assert address(shelf, {}) == "/field?lang=zh#report"


def test_the_index_names_what_is_there_and_nothing_else(tmp_path: Path) -> None:
    one = shots(("quality",))[0].file
    page = index([one, "stranger.webp"])
    assert f"({one})" in page
    assert "stranger" not in page
    assert page.count("\n## ") == 1
