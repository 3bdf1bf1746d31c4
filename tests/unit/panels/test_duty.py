"""The duty desk's frame: every slot its script fills, the laws it is handed, the same tree for the same page."""

import json
from pathlib import Path
from typing import Any

from core.config import Config
from core.model import Scope
from dispatch import cases
from panels import cockpit, duty, field
from panels.frame import Page
from panels.text import Text, load_texts

ASSETS = Path(__file__).resolve().parents[3] / "assets"
TEXTS = load_texts(ASSETS / "i18n")


def page(config: Config, path: str, role: str = "duty", text: Text = TEXTS["zh"]) -> Page:
    return Page(path, "", {}, text, config, Scope(role, ("320404",), 7, "值班员 01"))


def walk(node: Any) -> Any:
    """Every component of a tree, as property dicts."""
    if isinstance(node, list | tuple):
        for child in node:
            yield from walk(child)
    elif hasattr(node, "to_plotly_json"):
        props = node.to_plotly_json()["props"]
        yield props
        yield from walk(props.get("children"))


def values(tree: Any, name: str) -> list[str]:
    return [props[name] for props in walk(tree) if name in props]


def test_the_same_page_gives_the_same_tree(config: Config) -> None:
    for view, path in ((duty.view, "/duty"), (cockpit.view, "/cockpit"), (field.view, "/field")):
        one, other = (json.dumps([sorted(map(str, props)) for props in walk(view(page(config, path)))]) for _ in range(2))
        assert one == other


def test_no_slot_stands_twice(config: Config) -> None:
    for view, path in ((duty.view, "/duty"), (cockpit.view, "/cockpit"), (field.view, "/field")):
        slots = values(view(page(config, path)), "data-slot")
        assert len(slots) == len(set(slots))


def test_the_panels_robots_look_for_are_there(config: Config) -> None:
    assert {"queue", "detail"} <= set(values(duty.view(page(config, "/duty")), "data-panel"))
    assert {"tasks", "task", "outgoing"} <= set(values(field.view(page(config, "/field")), "data-panel"))
    assert {"figures", "brief", "vitals", "streets"} <= set(values(cockpit.view(page(config, "/cockpit")), "data-panel"))


def test_a_case_waits_for_the_desk_exactly_where_the_desk_may_act() -> None:
    law = duty.law()
    assert law["awaits"] == ["reported", "pre_checking", "accepted", "registered", "finished", "fed_back", "checking", "checked"]
    assert set(law["case_path"]) | set(law["case_beside"]) == cases.OPEN | {"closed"}
    assert set(law["case_beside"].values()) <= set(law["case_path"])


def test_a_figure_is_unknown_until_it_is_told(config: Config) -> None:
    figures = [props for props in walk(cockpit.view(page(config, "/cockpit", "leader"))) if "data-figure" in props]
    assert len(figures) == 6
    assert all(props["data-value"] == "" and props["children"] == "—" for props in figures)


def test_a_leader_is_not_shown_the_way_to_the_duty_desk(config: Config) -> None:
    assert "/duty" not in values(cockpit.view(page(config, "/cockpit", "leader")), "href")
    assert "/duty" in values(duty.view(page(config, "/duty")), "href")


def test_every_surface_speaks_english_without_a_gap(config: Config) -> None:
    for surface in ("duty", "field", "cockpit", "login"):
        chinese, english = (json.loads((ASSETS / "i18n" / f"{surface}-{language}.json").read_text("utf-8")) for language in ("zh", "en"))
        assert chinese.keys() == english.keys()
    duty.view(page(config, "/duty", text=TEXTS["en"]))


def test_every_stage_and_act_of_the_tables_has_a_word() -> None:
    known = {key for name in ("duty", "cases") for key in json.loads((ASSETS / "i18n" / f"{name}-zh.json").read_text("utf-8"))}
    for stage in cases.TABLE:
        assert f"desk.stage.{stage}" in known
        assert {f"desk.act.{act}" for act in (*cases.TABLE[stage], *cases.SIDE[stage])} <= known
