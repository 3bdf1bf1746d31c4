"""The dispatch page: every slot its scripts fill, the laws it is handed, all of its words in both languages."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from core.config import Config
from core.model import Scope
from dispatch import cases
from panels import dispatch
from panels.frame import Page, Reader, draw
from store.live_rows import SHAPES
from tests.unit.panels.test_duty import ASSETS, TEXTS, values, walk

SCRIPTS = sorted(Path(ASSETS).glob("dispatch*.js"))
TOLD = {"proposal", "asked", "stages", "clocks", "said", "photos", "kin", "audit"}


def tree(config: Config, role: str = "duty", language: str = "zh") -> Any:
    return dispatch.view(Page("/dispatch", "", {}, TEXTS[language], config, Scope(role, ("320404",), 7, "甲")))


def given(config: Config, role: str) -> dict[str, Any]:
    return dict(json.loads(next(props["data-config"] for props in walk(tree(config, role)) if "data-config" in props)))


def test_every_slot_and_part_the_scripts_fill_is_there_once(config: Config) -> None:
    slots = values(tree(config), "data-slot")
    asked = {name for file in SCRIPTS for name in re.findall(r"\bslots\.(\w+)|slots\['([\w-]+)'\]", file.read_text("utf-8"))}
    assert {one or other for one, other in asked} <= {*slots}
    assert len(slots) == len(set(slots))
    assert set(values(tree(config), "data-part")) == TOLD


@pytest.mark.parametrize(
    ("role", "takes", "at_once"), [("duty", True, True), ("dispatcher", True, False), ("supervisor", True, False), ("leader", False, False)]
)
def test_who_may_take_a_call_and_who_may_send_it_on_at_once(config: Config, role: str, takes: bool, at_once: bool) -> None:
    told = given(config, role)
    assert (told["may_take"], told["at_once"], "new" in values(tree(config, role), "data-do")) == (takes, at_once, takes)


def test_the_path_it_draws_and_the_notes_it_asks_for_are_the_tables(config: Config) -> None:
    told = given(config, "duty")
    assert tuple(told["path"]) == cases.PATH
    assert set(told["needs_note"]) == cases.NEEDS_NOTE


def test_its_tabs_hold_every_open_stage_once(config: Config) -> None:
    told = given(config, "duty")
    assert set(told["stages"]) < set(told["tabs"])
    held = [stage for tab, of in told["stages"].items() if tab != "returned" for stage in of]
    assert sorted(held) == sorted(cases.OPEN)


def test_grid_workers_and_auditors_do_not_see_it(config: Config) -> None:
    for role, sees in (("dispatcher", True), ("leader", True), ("grid_worker", False), ("auditor", False)):
        drawn = draw("/dispatch", "", {}, TEXTS, config, Reader(Scope(role, ("320404",), 7)))
        assert ("page-notice" not in str(drawn.to_plotly_json()["props"].get("className"))) is sees  # type: ignore[no-untyped-call]


def test_what_the_queue_reads_of_a_live_case_is_what_the_stream_brings() -> None:
    read = {name for file in SCRIPTS if file.stem in {"dispatch-list", "dispatch-tabs"}
            for name in re.findall(r"\brow\.(\w+)", file.read_text("utf-8"))}  # fmt: skip
    assert {"yellow_at", "paused_at", "send_backs", "lead_unit"} <= read
    assert read <= {*SHAPES["case"]}


def test_every_word_of_the_scripts_stands_in_both_languages() -> None:
    texts = {language: json.loads((ASSETS / "i18n" / f"dispatch-{language}.json").read_text("utf-8")) for language in ("zh", "en")}
    assert texts["zh"].keys() == texts["en"].keys()
    asked = {key for file in SCRIPTS for key in re.findall(r"(?<![\w.])t\(\s*'([\w.]+)'", file.read_text("utf-8"))}
    assert sorted(key for key in asked if key not in TEXTS["zh"].texts) == []
    stages = {f"dispatch.path.{stage}" for stage in cases.PATH}
    assert stages <= texts["zh"].keys()
