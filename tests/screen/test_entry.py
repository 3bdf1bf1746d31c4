"""Readings written down by hand: what the officer enters stands among the readings with its mark and in the audit, row by row."""

import os

import pytest
from playwright.sync_api import Route

from tests.browser import Visitor, Windows
from tests.quarter import Quarter

# Enter twice before any answer, and a hand on × meanwhile.
HASTE = """(field) => {
    for (const _ of [1, 2]) field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    field.closest("[data-row]").querySelector(".e-remove").click();
}"""
LOST = r"Failed to load resource: net::ERR_FAILED"


def lose(route: Route) -> None:
    """The server has it, and the browser never learns what became of it."""
    route.fetch()
    route.abort()


def open_entry(windows: Windows, quarter: Quarter, language: str, size: tuple[int, int]) -> Visitor:
    visitor = windows.open(quarter.stack.url, *size)
    visitor.admit(*quarter.session("duty1"))
    visitor.go(f"/entry?lang={language}")
    visitor.wait("document.querySelector('[data-filled=true]') !== null")
    return visitor


def fill_row(visitor: Visitor, number: int, search: str, device: str, metric: str, value: str) -> None:
    page, row = visitor.page, f"[data-row]:nth-child({number})"
    page.fill(f"{row} .e-search", search)
    page.click(f"{row} [data-device='{device}']")
    visitor.wait(f"document.querySelector(\"{row} option[value='{metric}']\") !== null")
    page.select_option(f"{row} select", metric)
    page.fill(f"{row} .e-value input", value)


@pytest.mark.parametrize(("language", "size"), [("zh", (1440, 900)), ("en", (390, 844))])
def test_what_is_entered_stands_among_the_readings_and_a_refused_row_says_what_to_do(
    windows: Windows, quarter: Quarter, language: str, size: tuple[int, int]
) -> None:
    river, value = ("river-04", "3.871") if language == "zh" else ("river-10", "3.862")
    visitor = open_entry(windows, quarter, language, size)
    page, photo = visitor.page, os.environ.get("YIPING_PHOTO")
    if photo:
        page.screenshot(path=f"{photo}-empty-{language}.png")
    page.fill("[data-row] .e-search", river.upper())
    visitor.wait("document.querySelectorAll('[data-device]').length > 0")
    if photo:
        page.screenshot(path=f"{photo}-search-{language}.png")
    fill_row(visitor, 1, river.upper(), river, "water_level", value)
    page.click("[data-do=add]")
    fill_row(visitor, 2, river, river, "water_level", "999")
    page.fill("[data-slot=note] input", "现场读水尺")
    page.click("[data-do=add]")
    page.fill("[data-row]:nth-child(3) .e-value input", "1,5")
    if photo:
        page.screenshot(path=f"{photo}-filled-{language}.png")
    page.click("[data-act=enter]")
    visitor.wait("document.querySelectorAll('[data-row][data-state=mend]').length === 1")
    assert quarter.rows("select 1 from readings where value = %s and quality = 9", float(value)) == [], "nothing leaves before all is whole"
    page.click("[data-row]:nth-child(3) .e-remove")
    page.route("**/api/v1/readings", lose)  # without `times`: after the last it would let go of the other, which is still under way
    page.click("[data-act=enter]")
    visitor.wait("document.querySelectorAll('[data-row][data-state=refused]').length === 2")
    page.unroute("**/api/v1/readings")
    page.fill("[data-slot=note] input", "现场读水尺，第二次")  # another note makes it another request, of which the first is a part
    page.eval_on_selector("[data-row] .e-value input", HASTE)
    visitor.wait(f"document.querySelector(\"[data-written='{river}/water_level']\") !== null")
    visitor.wait("document.querySelectorAll('[data-row][data-state=refused]').length === 1")
    told = page.inner_text("[data-row][data-state=refused]")
    assert ("超出量程" if language == "zh" else "Out of range") in told
    assert ("核对" if language == "zh" else "Check value") in told
    assert page.evaluate("[document.querySelectorAll('[data-row]').length, document.querySelectorAll('[data-written]').length]") == [1, 1]
    if photo:
        page.screenshot(path=f"{photo}-done-{language}.png", full_page=True)
    page.fill("[data-row] .e-value input", "3.9")
    assert "1" in page.inner_text("[data-slot=send]"), "the row that was refused is no row any more"
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    _, answer = visitor.api("GET", f"/readings?device={river}&metric=water_level")
    [mine] = [one for one in answer["readings"] if one["value"] == float(value)]
    assert mine["quality"] == "manual"
    lines = quarter.rows("select * from audit where noun = 'reading' and key = %s order by audit_id", f"{river}/water_level")
    line = next(line for line in lines if line["detail"]["value"] == float(value))
    assert (line["actor"], line["act"], line["note"]) == ("值班员 01", "enter", "现场读水尺")
    assert visitor.unforgiven(LOST) == []


def test_who_only_reads_gets_no_form_and_no_answer(windows: Windows, quarter: Quarter) -> None:
    visitor = windows.open(quarter.stack.url)
    visitor.admit(*quarter.session("leader1"))
    visitor.go("/entry")
    visitor.wait("document.querySelector('.page-notice') !== null")
    reading = {"device": "river-04", "metric": "water_level", "value": 1.0}
    status, told = visitor.api("POST", "/readings", {"readings": [reading]})
    assert (status, "duty" in told["detail"]) == (403, True)
