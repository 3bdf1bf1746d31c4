"""Several people at once, and lines that break: nobody is disturbed, nobody is told a lie, and who comes back learns what was missed."""

import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser import Visitor, Windows
from tests.desk import picture
from tests.patience import Stopwatch, until
from tests.quarter import Quarter

pytestmark = pytest.mark.usefixtures("attended")
# What a browser itself writes on the console when a line is dead or an act comes too late.
DEAD_LINE = r"Failed to load resource: (net::ERR_|the server responded with a status of 50[234])"
TOO_LATE = r"Failed to load resource: the server responded with a status of (409|412)"


def alarm(quarter: Quarter, device: str) -> int:
    """Smoke at a device; the number of its alert."""
    quarter.publish(device, smoke=1)
    query = "select coalesce(max(alert_id), 0) from alerts where subject = %s and stage <> 'normal'"
    return int(until(lambda: quarter.one(query, f"{device}/smoke"), what=f"{device} rings"))


def enter(windows: Windows, quarter: Quarter, login: str, path: str, width: int = 1600, height: int = 900, **options: object) -> Visitor:
    visitor = windows.open(quarter.stack.url, width, height, **options)
    if login:
        visitor.admit(*quarter.session(login))
        visitor.go(path)
    else:
        visitor.go(f"/screen/{quarter.screen}")
    visitor.ready()
    return visitor


def choose(desk: Visitor, kind: str, number: object) -> None:
    desk.page.click(f'[data-panel=queue] li[data-kind={kind}][data-id="{number}"] .row-body')
    desk.page.wait_for_selector("[data-panel=detail] button[data-act]:not([disabled])")


def test_two_officers_never_disturb_each_other_and_the_slower_sees_who_was_faster(quarter: Quarter, windows: Windows) -> None:
    alert, other = alarm(quarter, "smoke-12"), alarm(quarter, "smoke-18")
    first, second = enter(windows, quarter, "duty1", "/duty"), enter(windows, quarter, "duty2", "/duty")
    for desk in (first, second):
        choose(desk, "alert", alert)
        desk.page.keyboard.press("a")
        desk.page.wait_for_selector("dialog[open] textarea")
    second.page.type("dialog[open] textarea", "我来")
    first.page.fill("dialog[open] textarea", "我先来")
    first.page.keyboard.press("Control+Enter")
    first.page.wait_for_selector('[data-panel=detail] .stage[data-stage="acked"]')
    second.page.wait_for_selector('[data-panel=detail] .stage[data-stage="acked"]')  # the desk of the slower has heard of it …
    second.page.type("dialog[open] textarea", "看看")  # … and has left note, cursor and dialog alone
    assert second.page.input_value("dialog[open] textarea") == "我来看看"
    second.page.keyboard.press("Control+Enter")
    told = second.page.wait_for_selector("[data-slot=notice] .conflict[role=alert]")
    assert told is not None
    assert "值班员 01" in told.inner_text()
    assert "确认" in told.inner_text()
    assert re.search(r"\d\d:\d\d:\d\d", told.inner_text())
    assert quarter.rows("select ack_note from alerts where alert_id = %s", alert) == [{"ack_note": "我先来"}]
    # what one chooses, filters and types is one's own
    second.page.fill("[data-filter=text]", "smoke-18")
    choose(second, "alert", other)
    assert first.page.input_value("[data-filter=text]") == ""
    assert first.page.locator(f'[data-panel=queue] li.current[data-id="{other}"]').count() == 0
    assert (first.unforgiven(), second.unforgiven(TOO_LATE)) == ([], [])


def reported(quarter: Quarter, title: str, minutes: float = 1, **fields: object) -> int:
    """A report as a feed brings it; its number."""
    quarter.report(title=title, observed_at=(datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(), **fields)
    return int(until(lambda: quarter.rows("select report_id from reports where title = %s", title), what=title)[0]["report_id"])


def judge(desk: Visitor, number: int, key: str, why: str = "") -> None:
    """Press the key of an act on a report, and the dialog's own; a cause is asked for where `why` names the one to choose."""
    choose(desk, "report", number)
    desk.page.wait_for_selector(f'[data-panel=detail] [data-key="{key}"]')
    desk.page.keyboard.press(key)
    desk.page.wait_for_selector("dialog[open] textarea")
    if why:
        desk.page.keyboard.press("Control+Enter")
        assert desk.page.locator("dialog[open] select[name=why]:invalid").count() == 1, "a cause that nobody chose is recorded"
        desk.page.select_option("dialog[open] select[name=why]", why)
    desk.page.keyboard.press("Control+Enter")


def test_what_a_camera_saw_is_judged_by_its_picture_and_its_past_and_what_two_people_told_becomes_one(
    quarter: Quarter, windows: Windows
) -> None:
    spot, tag = {name: quarter.devices["cover-05"][name] for name in ("lon", "lat")}, secrets.token_hex(3)
    camera = f"cam-{tag}"
    quarter.database.execute(
        "insert into reports (source, external_id, channel, title, area, placement, observed_at, received_at, processed_at, stage, extra)"
        " select 'box', %s || n, 'video', 'x', '320404001001', 'inside', now(), now(), now(), case when n < 3 then 'dismissed' else 'confirmed' end,"
        " jsonb_build_object('camera', %s::text, 'algorithm', 'stall-' || n) from generate_series(0, 9) n",
        [tag, camera],
    )  # fmt: skip
    seen = reported(quarter, f"摆摊 {tag}", source="box", channel="video", class_code="0401", confidence=0.83, **spot,
                    extra={"camera": camera, "algorithm": "stall-1"})  # fmt: skip
    said = "东门外垃圾堆放三天没有清运，气味很大"
    first = reported(quarter, f"垃圾成堆 {tag}", 130, text=said, class_code="0101", **spot)
    second = reported(quarter, f"垃圾无人清运 {tag}", text=said, class_code="0101", lon=spot["lon"] + 0.0005, lat=spot["lat"])
    incident = quarter.ask("duty1", "POST", "/cases", {"report_id": first})["incident_id"]
    desk = enter(windows, quarter, "duty1", "/duty")
    assert desk.api("POST", f"/media?report={seen}", picture())[0] == 201
    choose(desk, "report", seen)
    desk.wait("document.querySelector('.candidate-picture img')?.naturalWidth > 0")
    desk.wait("document.querySelector('[data-by=camera] [data-figure=false-positive-rate]')?.dataset.value === '30'")
    assert "3 次" in desk.page.inner_text("[data-by=camera]")
    assert "样本不足" in desk.page.inner_text("[data-by=algorithm]")
    assert desk.page.get_attribute("[data-slot=candidate] [data-figure=confidence]", "data-value") == "0.83"
    judge(desk, seen, "d", "树叶、动物、飞虫")
    told = desk.page.wait_for_selector("[data-slot=candidate] [data-became=dismissed]")
    assert told is not None
    assert re.search(r"误报 · 值班员 01 于 \d\d:\d\d:\d\d\s*树叶、动物、飞虫", told.inner_text())
    desk.page.wait_for_selector(f'[data-panel=queue] li.gone[data-id="{seen}"]:has-text("误报")')
    choose(desk, "report", second)
    alike = f'[data-slot=alike] li[data-id="{first}"]'
    desk.page.wait_for_selector(alike)
    assert float(desk.page.get_attribute(f"{alike} [data-figure=distance]", "data-value") or 0) == pytest.approx(47, abs=3)
    assert desk.page.get_attribute(f"{alike} [data-figure=apart]", "data-value") in {"129", "130"}
    keys = "document.querySelectorAll('[data-slot=alike] [data-key], [data-slot=acts] [data-key]').length"
    leave = f"(link) => {{ const before = {keys}; link.click(); return [before > 0, {keys}]; }}"
    assert desk.page.eval_on_selector(f"{alike} button.link", leave) == [True, 0], "a key acts on the row before while the next loads"
    judge(desk, second, "1")
    desk.page.wait_for_selector(f"[data-slot=alike] [data-became=merged]:has-text('#{incident}')")
    assert quarter.rows("select stage, incident_id from reports where report_id = %s", second) == [
        {"stage": "merged", "incident_id": incident}
    ]
    desk.page.wait_for_selector(f'[data-panel=queue] li.gone[data-id="{second}"]:has-text("#{incident}")')
    assert desk.unforgiven() == []


def test_a_wide_desk_opens_the_first_row_by_itself_and_a_narrow_one_says_how_to_choose(quarter: Quarter, windows: Windows) -> None:
    for device in ("smoke-06", "smoke-42"):
        alarm(quarter, device)
    wide, narrow = enter(windows, quarter, "duty1", "/duty"), enter(windows, quarter, "duty2", "/duty", 390, 844)
    wide.page.wait_for_selector("[data-panel=detail] button[data-act]:not([disabled])")
    rows = wide.page.locator("[data-panel=queue] li.row")
    assert rows.nth(0).get_attribute("aria-selected") == "true"
    assert wide.page.evaluate("document.activeElement === document.body")  # it takes nobody's cursor
    wide.page.keyboard.press("j")
    wide.wait("document.querySelectorAll('[data-panel=queue] li.row')[1].classList.contains('current')")
    told = narrow.page.wait_for_selector("[data-slot=nothing]")
    assert told is not None
    narrow.wait("document.querySelector('[data-slot=nothing]').innerText.trim() === '点选上方一条待办'")
    assert narrow.page.locator("[data-slot=card]").is_hidden()
    assert [one.unforgiven() for one in (wide, narrow)] == [[], []]


def test_the_same_act_on_two_versions_is_one_act(quarter: Quarter, windows: Windows) -> None:
    alert = alarm(quarter, "smoke-24")
    pair = [enter(windows, quarter, login, "/duty") for login in ("duty1", "duty2")]
    answers = [desk.api("POST", f"/alerts/{alert}/acts", {"act": "acknowledge"}) for desk in pair]
    assert [status for status, _ in answers] == [200, 409], answers
    assert answers[1][1]["stage"] == "acked"
    assert "acknowledge" not in answers[1][1]["allowed"]
    for desk in pair:
        # Acknowledged it may stand for itself or be folded into its incident; what must be gone is the call for an act.
        desk.page.wait_for_selector(f'[data-panel=queue] li[data-id="{alert}"] .stage-unack', state="detached")


def map_is_whole(desk: Visitor) -> None:
    """Until the small map of the place has its last part: a worker that cannot be loaded is an error, and rightly so."""
    desk.wait("performance.getEntriesByType('resource').some((one) => one.name.includes('maplibre-gl-worker') && one.responseEnd > 0)")


@pytest.mark.timeout(240)
def test_a_dead_edge_is_told_within_5_seconds_and_after_its_return_everybody_learns_what_they_missed(
    quarter: Quarter, windows: Windows
) -> None:
    alarm(quarter, "smoke-06")  # a desk with nothing to do shows no map
    wall, desk = enter(windows, quarter, "", "/wall", 1920, 1080), enter(windows, quarter, "duty1", "/duty")
    loads = [one.page.evaluate("performance.timeOrigin") for one in (wall, desk)]
    map_is_whole(desk)
    kpi = "[data-panel=kpis] [data-figure=devices_online]"
    wall.wait(f"(n) => Number(document.querySelector('{kpi}').dataset.value) >= n", given=len(quarter.devices))
    online = wall.page.inner_text(kpi)
    watch = Stopwatch()
    quarter.stack.kill("edge")
    wall.page.wait_for_selector("body[data-link=lost] .lost")
    desk.page.wait_for_selector("[data-slot=connection][data-state=lost]")
    watch.within(6.5, "telling of the dead edge")  # five silent seconds; the page looks twice a second
    assert re.search(r"\d\d:\d\d:\d\d", wall.page.inner_text(".lost-head"))
    assert "连接中断" in desk.page.inner_text("[data-slot=connection]")
    assert [one.page.evaluate("window.yiping.connected") for one in (wall, desk)] == [False, False]
    assert wall.page.evaluate("getComputedStyle(document.querySelector('[data-panel=alerts]')).filter") != "none"
    assert desk.page.evaluate("getComputedStyle(document.querySelector('.duty-body')).filter") != "none"
    assert wall.page.inner_text(kpi) == online  # the last picture stays
    missed = alarm(quarter, "smoke-30")  # the world goes on: the worker still takes what the sensors say
    quarter.stack.start("edge")
    for one in (wall, desk):
        one.wait("window.yiping.connected")
    wall.page.wait_for_selector(f'[data-panel=alerts] li[data-id="{missed}"]')
    desk.page.wait_for_selector(f'[data-panel=queue] li[data-kind=alert][data-id="{missed}"]')
    box = wall.page.wait_for_selector("[data-slot=missed].open")
    toast = desk.page.wait_for_selector(".toast[data-toast=info]")
    assert box is not None
    assert toast is not None
    assert "烟感报警" in box.inner_text()
    assert "新告警 1 条" in box.inner_text()
    assert "新告警 1 条" in toast.inner_text()
    assert wall.page.evaluate("getComputedStyle(document.querySelector('[data-panel=alerts]')).filter") == "none"
    assert [one.page.evaluate("performance.timeOrigin") for one in (wall, desk)] == loads
    assert [one.unforgiven(DEAD_LINE) for one in (wall, desk)] == [[], []]


def test_without_the_web_process_the_stream_goes_on_and_acts_say_why_they_do_not(quarter: Quarter, windows: Windows) -> None:
    wall, desk = enter(windows, quarter, "", "/wall", 1920, 1080), enter(windows, quarter, "duty1", "/duty")
    known = alarm(quarter, "smoke-36")
    choose(desk, "alert", known)
    map_is_whole(desk)
    quarter.stack.kill("web")
    told = alarm(quarter, "smoke-42")
    wall.page.wait_for_selector(f'[data-panel=alerts] li[data-id="{told}"]')
    desk.page.wait_for_selector("[data-slot=fresh] button")  # announced: nothing moves under the cursor that rests on the list
    assert desk.page.locator(f'[data-panel=queue] li[data-id="{told}"]').count() == 0
    desk.page.mouse.move(1500, 400)
    desk.page.wait_for_selector(f'[data-panel=queue] li[data-kind=alert][data-id="{told}"]')
    assert [one.page.evaluate("window.yiping.connected") for one in (wall, desk)] == [True, True]
    desk.page.click("[data-panel=detail] button[data-act=acknowledge]")
    desk.page.click("dialog[open] [data-do=confirm]")
    refused = desk.page.wait_for_selector(".toast[data-toast=error]")
    assert refused is not None
    assert "服务器暂时不可用" in refused.inner_text()
    quarter.stack.start("web")
    quarter.stack.ready(90)
    desk.page.click(".toast[data-toast=error] button >> nth=0")  # try again
    desk.page.click("dialog[open] [data-do=confirm]")
    wall.page.wait_for_selector(f'[data-panel=alerts] li[data-id="{known}"][data-stage=acked]')
    assert [one.unforgiven(DEAD_LINE) for one in (wall, desk)] == [[], []]


def test_a_phone_without_a_network_keeps_what_was_done_and_sends_it_in_order(quarter: Quarter, windows: Windows) -> None:
    alert = alarm(quarter, "smoke-48")
    number = quarter.ask("duty1", "POST", "/cases", {"alert_id": alert, "dispatch": True})["number"]
    phone = enter(windows, quarter, quarter.worker_of("smoke-48"), "/field", 390, 844, is_mobile=True, has_touch=True)
    phone.page.click(f'[data-panel=tasks] [data-id="{number}"]')
    phone.page.wait_for_selector("[data-panel=task] button[data-act=take]")
    phone.context.set_offline(True)
    for act in ("take", "arrive"):
        phone.page.click(f"[data-panel=task] button[data-act={act}]")
    phone.page.wait_for_selector("[data-panel=task] [data-act=photo]")  # the phone is ahead of the server
    phone.wait("document.querySelector('[data-figure=outgoing]').dataset.value === '2'")
    assert quarter.one("select stage from cases where case_number = %s", number) == "dispatched"
    phone.context.set_offline(False)
    phone.wait("document.querySelector('[data-slot=waiting]').dataset.count === '0'")
    assert quarter.one("select stage from cases where case_number = %s", number) == "on_site"
    audit = quarter.ask("duty1", "GET", f"/cases/{number}")["audit"]
    assert [one["act"] for one in audit][-2:] == ["take", "arrive"]
    assert phone.unforgiven(DEAD_LINE) == []
