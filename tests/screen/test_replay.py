"""The replay in a real Chromium: a moment shows what the wall showed then, the play brings what came after it, and a hole is said to be one."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.browser import Visitor, Windows
from tests.patience import until
from tests.quarter import Quarter
from tests.screen.test_live import alarm, enter

pytestmark = pytest.mark.usefixtures("attended")
FIGURES = ("alerts_open", "alerts_open_2", "cases_open", "devices_online")


def address(moment: datetime, **words: str) -> str:
    rest = "".join(f"&{name}={word}" for name, word in words.items())
    return f"/replay?at={quote(moment.isoformat())}{rest}"


def told(page: Visitor, name: str) -> str | None:
    return page.page.locator(f'[data-panel=kpis] [data-figure="{name}"]').first.get_attribute("data-value")


def test_a_moment_is_shown_as_the_wall_showed_it_and_played_on(quarter: Quarter, windows: Windows) -> None:
    wall = enter(windows, quarter, "duty1", "/wall", 1920, 1080)
    until(lambda: wall.api("GET", "/replay")[1]["spans"], what="the leader records")
    until(lambda: datetime.fromisoformat(wall.api("GET", "/replay")[1]["spans"][-1][1]) > datetime.now(UTC) - timedelta(seconds=2))
    before, known = datetime.now(UTC) - timedelta(seconds=1), int(told(wall, "alerts_open") or 0)
    alert = alarm(quarter, "smoke-24")
    row = f'[data-panel=alerts] li[data-id="{alert}"]'
    wall.page.wait_for_selector(row)
    wall.wait(f"Number(document.querySelector('[data-panel=kpis] [data-figure=alerts_open]').dataset.value) > {known}")
    after, then = datetime.now(UTC), {name: told(wall, name) for name in FIGURES}

    replay = windows.open(quarter.stack.url, 1920, 1080)
    replay.context.add_cookies([dict(one) for one in wall.context.cookies()])  # type: ignore[misc]
    replay.go(address(before, speed="10"))
    replay.ready()
    assert replay.page.locator(row).count() == 0, "it had not been raised yet"
    assert replay.page.get_attribute("body", "data-link") == "recorded"
    assert replay.page.locator("[data-panel=replay] .replay-mark").inner_text() == "回放"
    replay.page.keyboard.press("Space")
    replay.page.wait_for_selector(row)
    assert datetime.fromisoformat(str(replay.page.evaluate("new URLSearchParams(location.search).get('at')"))) >= before - timedelta(
        seconds=1
    )

    replay.go(address(after))
    replay.ready()
    assert replay.page.locator(row).count() == 1
    assert {name: told(replay, name) for name in FIGURES} == then
    strip = "document.querySelector('.replay-window[aria-pressed=true]').dataset.window + new URLSearchParams(location.search).get('to')"
    was = replay.wait(f"new URLSearchParams(location.search).has('to') && {strip}")
    replay.page.click('.replay-window[data-window="6h"]')
    replay.wait(f"({strip}).startsWith('6h') && location.search.includes('window=6h')")
    replay.page.evaluate("history.back()")
    replay.wait(f"{strip} === '{was}'")
    replay.follow(address(after - timedelta(days=300)))
    replay.wait("document.querySelector('[data-panel=replay]')?.dataset.said === 'replay.hole'")
    assert [one.unforgiven() for one in (wall, replay)] == [[], []]
