"""Every figure of a wall is what the API and the tables say at the same number; and a wall whose server, Redis or network went heals by itself."""

import re
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from core.config import Config
from tests.browser import Visitor, Windows
from tests.cable import Cable
from tests.patience import PATIENCE_S, Stopwatch, until
from tests.quarter import Quarter
from tests.robot import OF_THE_BROWSER, cells_of, faults, from_snapshot, from_tables, utc_now
from tests.screen.test_live import DEAD_LINE, enter

pytestmark = pytest.mark.usefixtures("attended")
HEALS_WITHIN_S = 10
SHOWN = """() => ({sequence: Number(document.querySelector('.wall-grid').dataset.sequence),
    figures: [...document.querySelectorAll('[data-figure]')].map((node) => ({name: node.dataset.figure, value: node.dataset.value}))})"""


def moved(quarter: Quarter, device: str) -> int:
    """A manhole cover that moved; the number of its alert."""
    quarter.publish(device, manhole_tilt=46)
    query = "select coalesce(max(alert_id), 0) from alerts where subject = %s and stage = 'unack'"
    return int(until(lambda: quarter.one(query, f"{device}/manhole_tilt"), what=f"{device} rings"))


def look(wall: Visitor, quarter: Quarter, config: Config, domain: str | None) -> list[str] | None:
    """What is wrong on a wall; None while its number, the API's and the tables' are not one."""
    shown = wall.page.evaluate(SHOWN)
    number, tables = from_tables(quarter.database, config, domain, utc_now())
    status, snapshot = wall.api("GET", "/snapshot?screen=wall")
    assert status == 200
    if not shown["sequence"] == number == snapshot["sequence"] == wall.page.evaluate(SHOWN)["sequence"]:
        return None
    measure = wall.page.evaluate("document.querySelector('[data-measure][aria-pressed=true]').dataset.measure")
    law = from_snapshot(snapshot, config, domain) | cells_of(snapshot, measure)
    law["cells_grid"] = quarter.one("select count(*) from cells")
    nameless = {one["name"] for one in shown["figures"]} - law.keys() - OF_THE_BROWSER - {"aqi"}
    assert not nameless, "a figure nobody checks"
    return faults(shown["figures"], law, "the API") + faults(shown["figures"], tables, "the database")


def test_every_figure_is_what_the_api_and_the_tables_say_at_the_same_number(quarter: Quarter, windows: Windows, config: Config) -> None:
    alert = moved(quarter, "cover-11")
    quarter.ask("duty1", "POST", "/cases", {"alert_id": alert, "dispatch": True})
    for domain in (None, "urban"):
        wall = enter(windows, quarter, "duty1", f"/wall/{domain}" if domain else "/wall", 1920, 1080)
        assert len(wall.page.evaluate(SHOWN)["figures"]) >= 45
        watch = Stopwatch()
        while (wrong := look(wall, quarter, config, domain)) != [] and watch.seconds < PATIENCE_S:
            time.sleep(0.1)  # three clocks tick on: the question is whether they ever tell the same at one number
        assert wrong == [], f"on the wall of {domain or 'the city'}"
        assert wall.unforgiven(DEAD_LINE) == []


def rows_of(wall: Visitor) -> list[int]:
    """The numbers of the alerts a wall shows, from the top."""
    return list(
        wall.page.evaluate("[...document.querySelectorAll('[data-panel=alerts] li[data-id]')].map((row) => Number(row.dataset.id))")
    )


def shown(wall: Visitor, quarter: Quarter, alert: int, away: str) -> None:
    """Until a wall shows an alert."""
    until(lambda: alert in rows_of(wall), what=lambda: f"alert {alert} on the wall while {away} is away: {both(wall, quarter)}")


def both(wall: Visitor, quarter: Quarter) -> str:
    """What a wall shows and what there is: for whoever reads why a row did not come."""
    page = "({...window.yiping, map: 0, link: document.body.dataset.link, body: document.body.className})"
    there = quarter.rows("select alert_id, subject, stage, severity, raised_at from alerts where stage <> 'normal' order by alert_id")
    return f"{rows_of(wall)} shown; {wall.page.evaluate(page)}; {wall.complaints}; open: {there}"


def gone(what: str, quarter: Quarter, cable: Cable) -> Callable[[], Any]:
    """Takes a part away; how it comes back."""
    if what == "web":
        quarter.stack.kill("web")
        return lambda: quarter.stack.start("web")
    if what == "redis":
        quarter.stack.services.redis.kill()
        return quarter.stack.services.redis.start
    cable.pull()
    return cable.put_back


@pytest.mark.timeout(240)
def test_web_redis_and_network_go_in_turn_and_the_wall_heals_by_itself_and_shows_what_it_missed(quarter: Quarter, windows: Windows) -> None:
    with closing(Cable(quarter.stack.url)) as cable:
        wall = windows.open(cable.url, 1920, 1080)
        wall.go(f"/screen/{quarter.screen}")
        wall.ready()
        loaded = wall.page.evaluate("performance.timeOrigin")
        for what, device in (("web", "cover-17"), ("redis", "cover-23"), ("network", "cover-29")):
            watch = Stopwatch()
            back = gone(what, quarter, cable)
            if what == "network":
                wall.page.wait_for_selector("body[data-link=lost] .lost")
                watch.within(5.5, "telling of the lost line")
                assert re.search(r"\d\d:\d\d:\d\d", wall.page.inner_text(".lost-head"))
            told = moved(quarter, device)
            if what == "redis":
                back()
            watch = Stopwatch()
            if what == "network":
                back()
            shown(wall, quarter, told, what)
            wall.wait("window.yiping.connected && document.body.dataset.link === 'live' && !document.body.classList.contains('stale')")
            watch.within(HEALS_WITHIN_S, f"healing after {what}")
            if what == "web":
                back()
        box = wall.page.wait_for_selector("[data-slot=missed].open")
        assert box is not None
        assert re.search(r"\d\d:\d\d:\d\d", box.inner_text()), "since when until when"
        line = box.query_selector(f'li[data-id="{told}"]')
        assert line is not None, "what came while the network was away"
        assert "井盖移位" in line.inner_text()
        quarter.stack.ready(90)
        assert wall.page.evaluate("performance.timeOrigin") == loaded, "nobody reloaded it"
        assert wall.unforgiven(DEAD_LINE) == []
