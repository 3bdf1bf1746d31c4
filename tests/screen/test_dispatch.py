"""A call at the dispatch desk: what is known is told while it is typed, a case is opened, dispatched by one key and seen in work."""

from typing import Any

from tests.browser import Visitor, Windows
from tests.patience import until
from tests.quarter import Quarter
from tests.screen.test_live import enter

FORM = "[data-slot=intake]"


def type_call(desk: Visitor, text: str, class_code: str) -> None:
    """N, the words, the class, and a press in the middle of the map."""
    desk.page.keyboard.press("n")
    desk.page.wait_for_selector(f"{FORM} [data-field=text]")
    desk.page.keyboard.type(text)
    desk.page.wait_for_selector(f"{FORM} select[data-field=class_code] option[value='{class_code}']", state="attached")
    desk.page.select_option(f"{FORM} select[data-field=class_code]", class_code)
    desk.page.click("[data-slot=map] canvas")
    desk.page.wait_for_selector(f"{FORM} [data-field=to] b")


def case(quarter: Quarter, number: str) -> dict[str, Any]:
    return quarter.rows("select * from cases where case_number = %s", number)[0]


def test_a_call_is_typed_opened_dispatched_by_one_key_and_the_next_caller_joins(quarter: Quarter, windows: Windows) -> None:
    desk = enter(windows, quarter, "duty1", "/dispatch")
    desk.page.wait_for_selector("[data-slot=map] canvas")
    desk.wait("document.querySelector('[data-slot=legend] span') !== null")
    type_call(desk, "井盖没了，差点摔倒", "0503")
    desk.page.wait_for_selector(f'{FORM} form[data-known="0"]')
    desk.page.fill("[data-field=caller_phone]", "13800000000")
    desk.page.click(f"{FORM} [data-act=open]")
    desk.page.wait_for_selector("[data-panel=detail] button[data-act=register]")
    number = str(desk.page.get_attribute("[data-panel=queue] li.current", "data-id"))
    for key, stage in (("a", "accepted"), ("r", "registered")):
        desk.page.keyboard.press(key)
        desk.page.wait_for_selector(f'[data-panel=detail] .stage[data-stage="{stage}"]')
    assert desk.page.inner_text("[data-part=proposal] .d-whom b") != ""
    desk.page.keyboard.press("v")
    desk.page.wait_for_selector("dialog[data-panel=whom] [role=option][aria-selected=true]")
    desk.page.keyboard.press("Escape")
    desk.page.wait_for_selector("dialog[data-panel=whom]", state="detached")
    desk.page.keyboard.press("c")
    until(lambda: case(quarter, number)["stage"] == "dispatched", what="one key dispatched it")
    desk.page.click("[data-tab=work]")
    desk.page.wait_for_selector(f'[data-panel=queue] li[data-id="{number}"] .stage-dispatched')
    type_call(desk, "有人说井盖不见了", "0503")
    desk.page.click(f'{FORM} [data-field=known] li[data-id="{number}"] [data-act=join]')
    desk.page.wait_for_selector("dialog[open]")
    desk.page.keyboard.press("Control+Enter")
    until(lambda: len(quarter.rows("select 1 from reports where stage = 'merged' and incident_id = %s", case(quarter, number)["incident_id"])) > 0,
          what="the second caller joined")  # fmt: skip
    assert "13800000000" not in desk.text()
    assert desk.unforgiven() == []
