"""What a wall must not hide: figures nobody keeps, a layer that did not come, a drill, and what a device really measures."""

import os
import re
import signal
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.browser import Visitor, Windows
from tests.patience import Stopwatch, until
from tests.quarter import Quarter
from tests.screen.test_live import DEAD_LINE, alarm, enter

pytestmark = pytest.mark.usefixtures("attended")
BADGE = "[data-slot=badges] .badge-{}"


def figure(wall: Visitor, name: str) -> str | None:
    """Its number as told to robots; empty while nobody knows it."""
    return wall.page.locator(f'[data-figure="{name}"]').first.get_attribute("data-value")


def test_a_projector_that_stands_still_is_seen_on_wall_desk_and_cockpit_although_the_line_lives(quarter: Quarter, windows: Windows) -> None:
    wall, desk = enter(windows, quarter, "", "/wall", 1920, 1080), enter(windows, quarter, "duty1", "/duty")
    cockpit = enter(windows, quarter, "leader1", "/cockpit")
    for one in (wall, desk, cockpit):
        one.page.wait_for_selector(f"{BADGE.format('stalled')}, [data-slot=connection][data-state=stalled]", state="detached")
    os.kill(quarter.stack.pid("jobs"), signal.SIGSTOP)
    watch = Stopwatch()
    try:
        badge = wall.page.wait_for_selector(BADGE.format("stalled"))
        watch.within(17, "telling of the still projector")
        assert badge is not None
        assert re.search(r"停更.*\d\d:\d\d:\d\d", badge.inner_text())
        wall.wait("Number(document.querySelector('[data-panel=kpis] [data-figure=devices_online]').dataset.age) > 5")
        assert "stale" in str(wall.page.get_attribute("[data-panel=kpis] [data-figure=devices_online]", "class"))
        assert wall.page.evaluate("window.yiping.connected"), "the line itself is well"
        for one in (desk, cockpit):
            told = one.page.wait_for_selector("[data-slot=connection][data-state=stalled]")
            assert told is not None
            assert "停更" in told.inner_text()
    finally:
        os.kill(quarter.stack.pid("jobs"), signal.SIGCONT)
    wall.wait("!document.querySelector('[data-slot=badges] .badge-stalled') && !document.body.classList.contains('stale')")
    desk.page.wait_for_selector("[data-slot=connection]:not([data-state=stalled])")
    assert [one.unforgiven(DEAD_LINE) for one in (wall, desk, cockpit)] == [[], [], []]


def test_a_drill_that_begins_later_shows_its_badge_and_its_rows_and_counts_nowhere(quarter: Quarter, windows: Windows) -> None:
    wall = enter(windows, quarter, "", "/wall", 1920, 1080)
    assert wall.page.locator(BADGE.format("drill")).count() == 0
    names = ("alerts_open", "alerts_unack", "signals_today")
    before = [figure(wall, name) for name in names]
    quarter.database.execute("update devices set drill = true where device = 'smoke-54'")
    try:
        quarter.stack.kill("worker")  # its registry knows the device as it was
        quarter.revive()
        alert = alarm(quarter, "smoke-54")
        row = wall.page.wait_for_selector(f'[data-panel=alerts] li[data-id="{alert}"]')
        assert row is not None
        assert "演练" in row.inner_text()
        badge = wall.page.wait_for_selector(BADGE.format("drill"))
        assert badge is not None
        assert badge.inner_text() == "演练"
        icons = "window.yiping.map.getSource('alerts').serialize().data.features.map((f) => f.properties.icon)"
        assert any(icon.endswith("-drill") for icon in wall.wait(f"{icons}.some((i) => i.endsWith('-drill')) && {icons}"))
        assert [figure(wall, name) for name in names] == before
    finally:
        quarter.database.execute("update devices set drill = false where device = 'smoke-54'")
        quarter.stack.kill("worker")
        quarter.revive()


def test_a_cell_shows_what_its_devices_measure_with_unit_and_age(quarter: Quarter, windows: Windows) -> None:
    quarter.publish("air-08", pm25=47.5, noise=53)
    stored = "select count(*) from device_states join devices using (device_id) where device = 'air-08' and value = 47.5"
    until(lambda: quarter.one(stored) == 1, what="what it says is stored")  # the card asks once, when it opens
    wall = enter(windows, quarter, "", "/wall", 1920, 1080)
    device = quarter.devices["air-08"]
    wall.wait("!window.yiping.map.isMoving()")
    spot = wall.wait(
        "(p) => { const at = window.yiping.map.project(p); return { x: at.x, y: at.y }; }", given=[device["lon"], device["lat"]]
    )
    box = wall.page.locator(".map-canvas canvas").bounding_box()
    assert box is not None
    wall.page.mouse.click(box["x"] + spot["x"], box["y"] + spot["y"])
    value = wall.page.wait_for_selector('[data-slot="cell-card"].open [data-metric="pm25"]')
    assert value is not None
    assert value.get_attribute("data-value") == "47.5"
    assert re.search(r"47\.5 \S+ \d+ (秒|分)前", value.inner_text()), value.inner_text()


def test_a_layer_that_does_not_come_is_said_and_asked_for_until_it_comes(quarter: Quarter, windows: Windows) -> None:
    wall = windows.open(quarter.stack.url, 1920, 1080)
    refusing = True

    def refuse(route: Route, *_: Any) -> None:
        route.fulfill(status=503) if refusing else route.continue_()

    wall.page.route(re.compile(r"/api/v1/(grid|layers/areas)$"), refuse)
    wall.go(f"/screen/{quarter.screen}")
    wall.page.wait_for_selector(".layer-note:not([hidden])")
    for word in ("网格", "街道"):  # one layer fails before the other
        until(lambda word=word: word in wall.page.inner_text(".layer-note"), what=f"{word} is said to be missing")  # type: ignore[misc]
    refusing = False
    wall.page.wait_for_selector(".layer-note", state="hidden")
    cells = quarter.one("select count(*) from cells")
    wall.wait("(n) => document.querySelector('[data-figure=cells_grid]').dataset.value === String(n)", given=cells)
    assert "五星街道" in wall.page.inner_text("[data-panel=streets]")
    wall.ready()
    assert wall.unforgiven(DEAD_LINE) == []
