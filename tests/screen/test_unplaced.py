"""The unplaced tray in a real Chromium: suggestions with their confidence, one click that places, a teaching that is taken back."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from geodata.gazetteer_places import PlaceEntry
from store.gazetteer import save_places
from store.timescale import Store
from tests.browser import Visitor, Windows
from tests.patience import until
from tests.quarter import Quarter


@pytest.fixture
def names(running_quarter: Quarter) -> Iterator[Quarter]:
    running_quarter.revive()
    store, spot = Store(running_quarter.stack.environment["YIPING_DATABASE_URL"]), running_quarter.devices["cover-05"]
    with store.connection() as connection:
        save_places(connection, "screen", [PlaceEntry("翠竹苑", "estate", spot["lon"], spot["lat"], spot["area"])], datetime.now(UTC))
    yield running_quarter
    with store.connection() as connection:
        save_places(connection, "screen", [], datetime.now(UTC))
    store.close()


def open_tray(windows: Windows, quarter: Quarter, language: str = "zh") -> Visitor:
    visitor = windows.open(quarter.stack.url, 1366, 768)
    visitor.admit(*quarter.session("duty1"))
    visitor.go("/duty" if language == "zh" else "/duty?lang=en")
    visitor.ready()
    waiting = quarter.one("select count(*) from reports where placement <> 'inside' and stage = 'open'")
    visitor.wait("(n) => Number(document.querySelector('[data-slot=unplaced-count]').textContent) === n", given=waiting)
    visitor.page.click("[data-do=unplaced]")
    visitor.page.wait_for_selector("dialog[data-panel=unplaced]")
    return visitor


def unplaced(quarter: Quarter, address: str) -> int:
    """A report that waits for a place, as the desk's picture shows it."""
    title = f"无处可落 {secrets.token_hex(3)}"
    quarter.report(title=title, class_code="0503", address=address)
    return int(
        until(lambda: next(iter(quarter.rows("select report_id from reports where title = %s and placement = 'none'", title)), None))[
            "report_id"
        ]
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_click_on_a_suggestion_places_a_report_and_the_address_is_remembered_until_it_is_forgotten(
    names: Quarter, windows: Windows, language: str
) -> None:
    address = f"翠竹苑往东三百米{secrets.token_hex(2)}"
    report_id = unplaced(names, address)
    visitor = open_tray(windows, names, language)
    row = f"dialog [data-id='{report_id}']"
    visitor.page.wait_for_selector(f"{row} [data-act=place]")
    assert 0 < float(visitor.page.get_attribute(f"{row} [data-figure=confidence]", "data-value") or 0) < 0.6
    visitor.page.click(f"{row} [data-act=place]")
    until(lambda: names.one("select placement from reports where report_id = %s", report_id) == "inside")
    visitor.page.wait_for_selector(row, state="detached")
    taught = names.rows("select taught_id, forgotten_at from taught_addresses where said = %s", address)
    assert [one["forgotten_at"] for one in taught] == [None]
    visitor.page.wait_for_selector("dialog details.taught:not([hidden])")
    visitor.page.click("dialog details.taught summary")
    visitor.page.click(f"dialog [data-taught='{taught[0]['taught_id']}'] [data-act=forget]")
    until(lambda: names.one("select forgotten_at is not null from taught_addresses where taught_id = %s", taught[0]["taught_id"]))
    assert visitor.complaints == []


def test_one_click_on_the_map_places_the_chosen_report(names: Quarter, windows: Windows) -> None:
    report_id = unplaced(names, "没人知道的地方")
    visitor = open_tray(windows, names)
    visitor.page.click(f"dialog [data-id='{report_id}'] b")
    visitor.page.wait_for_selector("dialog .unplaced-map canvas")
    box = visitor.page.locator("dialog .unplaced-map canvas").bounding_box()
    assert box is not None
    visitor.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    until(lambda: names.one("select placement from reports where report_id = %s", report_id) == "inside")
    visitor.page.wait_for_selector(f"dialog [data-id='{report_id}']", state="detached")
    assert visitor.complaints == []
