"""One task on the phone while the line is slow: what was done stays in sight, and the button under the thumb stays the same one."""

from pathlib import Path

from playwright.sync_api import Route

from tests.browser import Windows
from tests.desk import picture
from tests.patience import until
from tests.quarter import Quarter
from tests.screen.test_field_offline import colleagues, given


def test_while_the_task_cannot_be_read_anew_neither_photo_nor_button_goes_away(quarter: Quarter, windows: Windows, tmp_path: Path) -> None:
    """The server has taken it, its answer about the task is slow, and meanwhile the list changes: nothing may be drawn back."""
    login, _, area = colleagues(quarter)
    number = given(quarter, "井盖旁堆放垃圾", area)
    phone = windows.open(quarter.stack.url, 390, 844, is_mobile=True, has_touch=True, service_workers="block")
    phone.admit(*quarter.session(login))
    phone.go("/field")
    phone.ready()
    phone.page.click(f'[data-panel=tasks] [data-id="{number}"]')
    for act in ("take", "arrive"):
        phone.page.click(f"[data-panel=task] button[data-act={act}]")
    until(
        lambda: quarter.one("select stage from cases where case_number = %s", number) == "on_site", what="the server knows of the arrival"
    )
    held: list[Route] = []
    phone.page.route(f"**/api/v1/cases/{number}", lambda route: held.append(route))
    file = tmp_path / "after.jpg"
    file.write_bytes(picture((640, 480)))
    phone.page.set_input_files("[data-panel=task] [data-act=photo] input", file)
    finish = phone.page.wait_for_selector("[data-panel=task] button[data-act=finish]")
    phone.page.wait_for_selector("[data-slot=waiting][data-count='0']", state="attached")
    until(lambda: (phone.page.evaluate("1"), held)[1], what="the phone reads the task anew")
    given(quarter, "绿化带里有垃圾", area)
    phone.page.wait_for_selector(".toast:has-text('绿化带里有垃圾')")
    assert phone.page.locator("[data-role=after] figure").count() == 1, "the photo goes away and comes back"
    for route in held:
        route.continue_()
    phone.page.unroute(f"**/api/v1/cases/{number}")
    phone.page.wait_for_selector("[data-role=after] figure:not(.pending)")
    assert phone.page.locator("[data-role=after] figure").count() == 1
    assert finish is not None
    assert finish.evaluate("one => one.isConnected")
    assert phone.unforgiven() == []
