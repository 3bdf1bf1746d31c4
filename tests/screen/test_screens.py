"""A wall under control in a real browser: sent an incident it shows it over its view, given back it is where it was."""

from playwright.sync_api import expect

from tests.browser import Visitor, Windows
from tests.patience import until
from tests.quarter import Quarter

HALL = "/wall?measure=noise"
NEAR = "Math.hypot(window.yiping.map.getCenter().lng - {lon}, window.yiping.map.getCenter().lat - {lat}) < 0.0015 && window.yiping.map.getZoom() >= 15"


def hall(windows: Windows, quarter: Quarter, name: str) -> tuple[int, Visitor]:
    """A screen of its own, and the browser before it."""
    made = quarter.ask("admin1", "POST", "/screens", {"name": name, "home": HALL, "areas": ["320404"]})
    wall = windows.open(quarter.stack.url, 1920, 1080)
    wall.go(made["link"])
    wall.ready()
    return made["screen_id"], wall


def shown(quarter: Quarter, screen_id: int) -> str:
    """The address that the screen says it shows."""
    told = quarter.ask("duty1", "GET", f"/screens/{screen_id}")["shown"] or {}
    return str(told.get("address"))


def test_a_wall_shows_what_it_is_sent_and_is_given_back(quarter: Quarter, windows: Windows) -> None:
    screen_id, wall = hall(windows, quarter, "大厅")
    until(lambda: shown(quarter, screen_id) == HALL, what="the screen goes home")
    quarter.publish("smoke-00", smoke=1)
    query = "select i.incident_id, i.title from incidents i join alerts a using (incident_id) where a.subject = 'smoke-00/smoke'"
    incident = until(lambda: next(iter(quarter.rows(query)), None), what="an incident")
    cast = quarter.ask("duty1", "POST", "/casts", {"screens": [screen_id], "incident_id": incident["incident_id"]})["casts"][0]
    card, line = wall.page.locator(".cast-incident"), wall.page.locator(".cast-line")
    expect(card).to_contain_text(incident["title"])
    expect(line).to_contain_text("值班员 01")
    assert wall.page.evaluate("location.search") == f"?measure=noise&incident={incident['incident_id']}"
    there = NEAR.format(**quarter.rows("select lon, lat from devices where device = 'smoke-00'")[0])
    wall.wait(there)
    wall.page.reload()
    wall.ready()
    expect(card).to_contain_text(incident["title"])
    assert wall.page.evaluate(there), "a wall that opens while it is held begins there"
    wall.page.set_viewport_size({"width": 1680, "height": 945})
    wall.wait("window.yiping.map.getCanvas().clientWidth < 900")
    assert wall.page.evaluate(there), "and stays there when its size changes"
    quarter.ask("duty1", "DELETE", f"/casts/{cast['cast_id']}")
    expect(card).to_be_hidden()
    until(lambda: shown(quarter, screen_id) == HALL, what="it is where it was")
    wall.wait(f"!({there})")
    assert wall.unforgiven() == []
