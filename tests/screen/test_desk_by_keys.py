"""The desk by keyboard alone, from an alert's arrival to the handover of the shift; and what it says aloud and of itself meanwhile."""

from typing import Any

from tests.browser import Visitor, Windows
from tests.patience import until
from tests.quarter import PASSWORD, Quarter
from tests.screen.test_live import alarm, enter

CURRENT = "[data-panel=queue] li.current"


def press(desk: Visitor, *keys: str) -> None:
    for key in keys:
        desk.page.keyboard.press(key)


def confirm(desk: Visitor, note: str = "") -> None:
    """Writes into the dialog that is open and sends it."""
    desk.page.wait_for_selector("dialog[open]")
    if note:
        desk.page.keyboard.type(note)
    press(desk, "Control+Enter")
    desk.page.wait_for_selector("dialog[open]", state="detached")


def alert_row(quarter: Quarter, alert: int) -> dict[str, Any]:
    return quarter.rows("select * from alerts where alert_id = %s", alert)[0]


def test_from_arrival_to_handover_no_hand_leaves_the_keyboard(quarter: Quarter, windows: Windows) -> None:
    desk = enter(windows, quarter, "duty1", "/duty")
    assert desk.page.get_attribute("[data-do=sound]", "data-sound") == "off"
    press(desk, ";")
    desk.page.wait_for_selector('[data-do=sound][data-sound="on"]')
    alert = alarm(quarter, "smoke-60")
    desk.page.wait_for_selector(f'[data-panel=queue] li[data-id="{alert}"], [data-panel=queue] li[data-kind=incident]')
    press(desk, "/")
    desk.page.keyboard.type("smoke-60")
    press(desk, "Escape", "j")
    desk.page.wait_for_selector(f'{CURRENT}[data-id="{alert}"]')
    desk.page.wait_for_selector("[data-panel=detail] button[data-act=acknowledge]")
    press(desk, "a")
    confirm(desk, "看到了")
    desk.page.wait_for_selector('[data-panel=detail] .stage[data-stage="acked"]')
    press(desk, "t")
    until(lambda: alert_row(quarter, alert)["owner"] == "值班员 01", what="the alert is the officer's own")
    press(desk, "q")
    confirm(desk, "@值班员 02 请留意")
    desk.page.wait_for_selector(".audit .said .mention")
    press(desk, "h")
    desk.page.wait_for_selector("dialog[open] .handed li")
    assert desk.page.locator(f'dialog[open] .handed li[data-id="{alert}"]').count() == 1
    for _ in range(8):
        if "值班员 02" in (desk.page.locator("dialog[open] select option:checked").inner_text() or ""):
            break
        press(desk, "ArrowDown")
    press(desk, "Tab")
    desk.page.keyboard.type("烟感 24 待复查")
    press(desk, "Tab")
    desk.page.keyboard.type("wrong")
    press(desk, "Enter")
    until(lambda: desk.page.locator("dialog[open] .form-error").inner_text() != "", what="a wrong password is told beside the field")
    press(desk, "Control+a")
    desk.page.keyboard.type(PASSWORD)
    press(desk, "Enter")
    desk.page.wait_for_selector('[data-do=shift][data-stage="offered"]')
    successor = enter(windows, quarter, "duty2", "/duty")
    successor.page.wait_for_selector("[data-slot=shift].calls")
    press(successor, "h")
    successor.page.wait_for_selector(f'dialog[open] .handed li[data-id="{alert}"]')
    press(successor, "Tab")
    successor.page.keyboard.type(PASSWORD)
    press(successor, "Enter")
    until(lambda: alert_row(quarter, alert)["owner"] == "值班员 02", what="the alert is the successor's")
    assert (alert_row(quarter, alert)["stage"], alert_row(quarter, alert)["acked_by"]) == ("acked", "值班员 02")
    assert (desk.unforgiven("403"), successor.unforgiven()) == ([], [])


def test_views_filters_and_many_at_once_by_keys(quarter: Quarter, windows: Windows) -> None:
    alerts = [alarm(quarter, "smoke-66"), alarm(quarter, "smoke-72")]
    desk = enter(windows, quarter, "duty1", "/duty")
    press(desk, "Shift+4")
    desk.page.wait_for_selector('.view button[aria-pressed="true"] >> text=红橙')
    press(desk, "*")
    desk.page.wait_for_selector("[data-do=bulk]:not([disabled])")
    press(desk, "Shift+A")
    confirm(desk, "一并确认")
    for alert in alerts:
        until(lambda number=alert: alert_row(quarter, number)["stage"] != "unack", what=f"alert {alert} is acknowledged")  # type: ignore[misc]
    press(desk, "Shift+1")
    desk.page.wait_for_selector('.view button[aria-pressed="true"] >> text=全部')
    assert desk.unforgiven() == []
