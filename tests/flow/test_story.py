"""One alarm from the sensor to the closed case, as the people concerned see it: a wall, two desks and a phone, on a whole system of its own."""

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.config import Config
from tests.browser import Visitor, Windows, running_chromium, windows  # noqa: F401 — fixtures
from tests.patience import Stopwatch, until
from tests.quarter import PASSWORD, Quarter, living
from tests.stack import Stack

DEVICE = "smoke-00"
ON_THE_WALL_WITHIN_S = 2.0
# Says when the row of a rule's alert and its mark on the map are there, looking 20 times a second in the page itself.
SEE_ALERT = """(title) => new Promise((done) => {
  const seen = {};
  const look = () => {
    const row = [...document.querySelectorAll('[data-panel="alerts"] li[data-id]')].find((one) => one.textContent.includes(title));
    if (row && !seen.id) Object.assign(seen, {id: Number(row.dataset.id), row: Date.now()});
    if (window.yiping.map.queryRenderedFeatures({layers: ["alerts"]}).some((one) => one.properties.severity === 2)) seen.mark ??= Date.now();
    return seen.row && seen.mark ? done(seen) : setTimeout(look, 50);
  };
  look();
})"""


@pytest.fixture
def quarter(stack: Stack, config: Config) -> Iterator[Quarter]:
    with living(stack, config) as quarter:
        yield quarter


def photo(lon: float, lat: float) -> bytes:
    """What a phone's camera makes: a JPEG that tells where it was taken, and that it was held on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Telephone"
    exif.get_ifd(0x8825).update({1: "N", 2: _degrees(lat), 3: "E", 4: _degrees(lon)})
    body = io.BytesIO()
    picture = Image.new("RGB", (1200, 900), (40, 90, 60))
    picture.paste((200, 40, 40), (0, 0, 600, 900))  # the left half is red: upright, the upper half is
    picture.save(body, "JPEG", exif=exif, quality=90)
    return body.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    whole = int(value)
    minutes = int((value - whole) * 60)
    return (whole, minutes, round((value - whole - minutes / 60) * 3600, 4))


def act_on_desk(desk: Visitor, kind: str, number: Any, act: str, note: str, *, by_key: str = "") -> None:
    """Chooses the row, presses the button or its key, writes the note, confirms."""
    page = desk.page
    page.click(f'[data-panel=queue] li[data-kind={kind}][data-id="{number}"] .row-body')
    button = page.locator(f"[data-panel=detail] button[data-act={act}]:not([disabled])")
    button.wait_for()
    if by_key:
        page.keyboard.press(by_key)
    else:
        button.click()
    page.fill("dialog[open] textarea[name=note]", note)
    if by_key:
        page.keyboard.press("Control+Enter")
    else:
        page.click("dialog[open] [data-do=confirm]")
    page.wait_for_selector("dialog[open]", state="detached")


def shows(wall: Visitor, **figures: int) -> None:
    """Waits until figures of the wall say so: a page draws its parts one after the other."""
    for name, value in figures.items():
        wall.wait(f"document.querySelector('[data-figure={name}]').dataset.value === '{value}'")


def left(text: str) -> int:
    """Seconds of a countdown 0:29:59."""
    found = re.search(r"(\d+):(\d\d):(\d\d)", text)
    assert found, text
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])


def press(phone: Visitor, act: str) -> None:
    phone.page.click(f"[data-panel=task] button[data-act={act}]")


@pytest.mark.timeout(300)
def test_a_reading_becomes_an_alarm_a_case_a_photo_and_an_end(quarter: Quarter, windows: Windows, tmp_path: Path) -> None:  # noqa: F811
    url, device = quarter.stack.url, quarter.devices[DEVICE]
    handler = quarter.worker_of(DEVICE)
    wall, desk, boss = windows.open(url, 1920, 1080), windows.open(url), windows.open(url)
    spot = {"longitude": device["lon"], "latitude": device["lat"], "accuracy": 5}
    phone = windows.open(url, 390, 844, is_mobile=True, has_touch=True, geolocation=spot, permissions=["geolocation"])
    everybody = (wall, desk, boss, phone)
    wall.go(f"/screen/{quarter.screen}")
    desk.sign_in("duty1", PASSWORD, "/duty")
    boss.sign_in("super1", PASSWORD, "/duty")
    phone.sign_in(handler, PASSWORD)
    for one in everybody:
        one.ready()
    assert phone.page.url == f"{url}/field"
    assert all("模拟" not in one.text() for one in everybody)  # YIPING_SIMULATED=0: nothing here is told to be invented
    loads = [one.page.evaluate("performance.timeOrigin") for one in everybody]

    # 1. smoke: it is on the wall, in the list and on the map
    watch = Stopwatch()
    sent = quarter.publish(DEVICE, smoke=1)
    seen = wall.page.evaluate(SEE_ALERT, "烟感报警")
    for part in ("row", "mark"):
        watch.within(ON_THE_WALL_WITHIN_S, f"the {part}", (seen[part] - sent) / 1000)
    alert = seen["id"]
    wall_row = wall.page.locator(f'[data-panel=alerts] li[data-id="{alert}"]')
    assert wall_row.get_attribute("data-stage") == "unack"
    shows(wall, alerts_open=1)

    # 2. the officer acknowledges it by its key, with a note
    act_on_desk(desk, "alert", alert, "acknowledge", "看到了，已呼叫物业", by_key="a")
    wall.page.wait_for_selector(f'[data-panel=alerts] li[data-id="{alert}"][data-stage=acked]')
    until(lambda: "值班员 01" in wall_row.inner_text(), what="who acknowledged it")

    # 3. and opens and dispatches a case with buttons: the phone of the right worker has it, without being loaded anew
    act_on_desk(desk, "alert", alert, "open_case", "请到现场查看")
    card = phone.page.locator("[data-panel=tasks] .task-card[data-stage=dispatched]")
    number = card.get_attribute("data-id")
    wall.page.wait_for_selector(f'[data-panel=cases] li[data-id="{number}"][data-stage=dispatched]')

    # 4. take, arrive, photograph, finish; the clock runs
    card.click()
    counted = phone.page.locator("[data-panel=task] .left.big")
    before = left(until(counted.inner_text))
    assert 25 * 60 < before <= 30 * 60  # class 0501: 30 minutes
    until(lambda: left(counted.inner_text()) < before, what="the countdown runs")
    press(phone, "take")
    wall.page.wait_for_selector(f'[data-panel=cases] li[data-id="{number}"][data-stage=handling]')
    assert left("0:" + wall.page.inner_text(f'[data-panel=cases] li[data-id="{number}"] .countdown')) <= before
    press(phone, "arrive")
    phone.page.wait_for_selector("[data-panel=task] [data-act=photo]")
    assert phone.page.locator("[data-panel=task] button[data-act=finish]").count() == 0  # no photo, no end
    picture = tmp_path / "after.jpg"
    picture.write_bytes(photo(device["lon"], device["lat"]))
    phone.page.set_input_files("[data-panel=task] [data-act=photo] input[type=file]", picture)
    finish = phone.page.wait_for_selector("[data-panel=task] button[data-act=finish]")
    phone.page.wait_for_selector("[data-panel=task] [data-role=after] figure:not(.pending)")
    assert finish is not None
    assert finish.evaluate("one => one.isConnected"), (
        "the button was made anew under the thumb when the picture had been sent: a tap would be lost"
    )
    press(phone, "finish")
    phone.wait("document.querySelector('[data-slot=waiting]').dataset.count === '0'")
    boss.page.wait_for_selector(f'[data-panel=queue] li[data-kind=case][data-id="{number}"] .stage-finished')

    # 5. the photo keeps its place with us, and only with us
    media = quarter.rows("select * from media where case_number = %s", number)
    assert [one["role"] for one in media] == ["after"]
    assert (media[0]["lon"], media[0]["lat"]) == pytest.approx((device["lon"], device["lat"]), abs=1e-6)
    status, body = phone.api("GET", f"/media/{media[0]['media_id']}")
    shown = Image.open(io.BytesIO(body))
    assert (status, shown.format, dict(shown.getexif())) == (200, "JPEG", {})
    assert b"Exif" not in body
    assert b"GPS" not in body
    assert (shown.width, shown.height) == (900, 1200)
    upper, lower = shown.getpixel((450, 100)), shown.getpixel((450, 1100))
    assert isinstance(upper, tuple)
    assert isinstance(lower, tuple)
    assert upper[0] > 150 > lower[0]

    # 6. who handled a case cannot check it, and who was not asked cannot finish it
    status, refused = phone.api("POST", f"/cases/{number}/acts", {"act": "check"})
    assert (status, refused["type"]) == (403, "urn:yiping:problem:not_allowed")
    status, refused = desk.api("POST", f"/cases/{number}/acts", {"act": "take"})
    assert status in {403, 409}
    assert "check" not in phone.api("GET", f"/cases/{number}")[1]["acts"]

    # 7. another account passes the check, by its key; duty closes
    act_on_desk(boss, "case", number, "check", "照片清楚，属实", by_key="y")
    desk.page.wait_for_selector(f'[data-panel=queue] li[data-kind=case][data-id="{number}"] .stage-checked')
    act_on_desk(desk, "case", number, "close", "结案", by_key="e")
    wall.page.wait_for_selector(f'[data-panel=cases] li[data-id="{number}"]', state="detached")
    shows(wall, loop_closed=1, cases_open=0, in_time_rate=100)
    phone.page.click("[data-do=back]")
    phone.wait("!document.querySelector('[data-panel=tasks] .task-card')")

    # 8. the air is clean again: the alert ends, and only now leaves the wall
    assert wall_row.count() == 1
    quarter.publish(DEVICE, smoke=0)
    wall_row.wait_for(state="detached")
    assert desk.api("GET", f"/alerts/{alert}")[1]["stage"] == "normal"

    # 9. everything is written down: who, what, when, in order
    status, case = desk.api("GET", f"/cases/{number}")
    assert (status, case["stage"], case["acts"]) == (200, "closed", [])
    assert desk.api("GET", f"/incidents/{case['incident_id']}")[1]["stage"] == "closed"
    worker = f"网格员 {handler[2:]}"
    told = [(one["act"], one["actor"]) for one in case["audit"]]
    assert told == [
        ("open", "值班员 01"), ("accept", "值班员 01"), ("register", "值班员 01"), ("dispatch", "值班员 01"),
        ("take", worker), ("arrive", worker), ("add_photo", worker), ("finish", worker),
        ("check", "督查员 01"), ("close", "值班员 01"),
    ]  # fmt: skip
    times = [datetime.fromisoformat(one["at"]) for one in case["audit"]]
    assert all(earlier <= later for earlier, later in pairwise(times))
    assert times[-1] - times[0] < timedelta(minutes=5)

    assert [one.page.evaluate("performance.timeOrigin") for one in everybody] == loads  # nobody had to load a page again
    assert [one.unforgiven() for one in everybody] == [[]] * 4
