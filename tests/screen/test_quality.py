"""The page of data quality: what jobs measured of the hour before stands there, the worst device first, each figure with its words."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser import Windows
from tests.patience import until
from tests.quarter import Quarter

CLEAN = {"so2": 10.0, "no2": 20.0, "co": 0.5, "o3": 60.0, "pm10": 40.0, "pm25": 60.0}
READING = """insert into readings (observed_at, device_id, metric_id, quality, value, received_at, processed_at)
    select t, d.device_id, m.metric_id, 0, %(value)s + extract(minute from t)::int %% 3 / 1000.0, t + %(late)s, t + %(late)s
    from generate_series(%(since)s::timestamptz, %(until)s, interval '1 minute') t, devices d, metrics m
    where d.device = %(device)s and m.metric = %(metric)s on conflict do nothing"""


@pytest.fixture
def hour(quarter: Quarter) -> Iterator[datetime]:
    """The hour before, with readings in it: a whole station, another that fell silent in the middle and was late."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    for device in ("air-02", "air-08"):
        quarter.publish(device, **CLEAN)
    until(lambda: quarter.one("select count(*) from device_states s join metrics m using (metric_id) where m.metric = 'o3'") == 2)
    quarter.database.execute("update devices set interval_s = 60 where device like 'air-%'")
    quarter.database.execute("update listening set since = since - interval '3 hours'")
    quarter.database.execute("delete from listening_gaps")
    for device, minutes, late in (("air-02", 59, 1), ("air-08", 29, 1200)):
        for metric, value in CLEAN.items():
            quarter.database.execute(
                READING,
                {"device": device, "metric": metric, "value": value, "since": hour, "until": hour + timedelta(minutes=minutes),
                 "late": timedelta(seconds=late)},
            )  # fmt: skip
    quarter.database.execute(
        "insert into hours_due (work, at, due_at) values ('measure', %s, %s) on conflict (work, at) do update set due_at = excluded.due_at",
        [hour, hour],
    )
    until(
        lambda: quarter.one(
            "select count(*) from derived where figure = 'aqi_hour_area' and value is not null and at = %s", hour + timedelta(hours=1)
        ),
        60,
    )
    yield hour
    quarter.database.execute(
        "update devices set interval_s = 3600 where device like 'air-%'"
    )  # the other tests' stations speak when they are asked to


@pytest.mark.parametrize(("language", "size"), [("zh", (1920, 1080)), ("en", (1366, 768))])
def test_the_worst_device_stands_first_and_opens_to_its_hours(
    windows: Windows, quarter: Quarter, hour: datetime, language: str, size: tuple[int, int]
) -> None:
    visitor = windows.open(quarter.stack.url, *size)
    visitor.admit(*quarter.session("duty1"))
    visitor.go(f"/quality?lang={language}")
    visitor.wait("document.querySelector('[data-filled=true]') !== null")
    visitor.ready()
    page = visitor.page
    rows = page.eval_on_selector_all("[data-slot=devices] tr[data-id]", "rows => rows.map(row => row.dataset.id)")
    assert rows.index("air-08") < rows.index("air-02")
    late = page.eval_on_selector("[data-figure=quality_late]", "node => Number(node.dataset.value)")
    assert late >= 180, "thirty minutes of six metrics came twenty minutes late"
    air = page.inner_text("[data-slot=air]")
    assert "100" in air
    assert ("良" if language == "zh" else "Good") in air
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    photo = os.environ.get("YIPING_PHOTO")
    if photo:
        page.screenshot(path=f"{photo}-{language}.png")
    page.click("[data-slot=devices] tr[data-id=air-08]")
    visitor.wait("document.querySelectorAll('[data-panel=quality-device] .q-table').length === 3")
    told = page.inner_text("[data-panel=quality-device]")
    assert "30 / 60" in told
    if photo:
        page.screenshot(path=f"{photo}-drill-{language}.png")
    assert visitor.unforgiven() == []


def test_a_leader_without_a_desk_sees_the_page_too_and_a_wall_does_not(quarter: Quarter, windows: Windows) -> None:
    wall = windows.open(quarter.stack.url)
    wall.go(f"/screen/{quarter.screen}")
    wall.go("/quality")
    wall.wait("document.querySelector('.page-notice') !== null")
    assert wall.page.query_selector("[data-panel=quality-devices]") is None


def test_a_doubtful_value_carries_its_mark_to_the_duty_desk_and_to_the_walls_card(quarter: Quarter, windows: Windows) -> None:
    device = quarter.devices["smoke-12"]
    quarter.publish("smoke-12", smoke=1)
    until(lambda: quarter.one("select count(*) from alerts where subject = 'smoke-12/smoke' and stage = 'unack'") == 1)
    quarter.database.execute("update device_states set quality = 1 where device_id = %s", [device["device_id"]])
    desk = windows.open(quarter.stack.url)
    desk.admit(*quarter.session("duty1"))
    desk.go("/duty")
    desk.ready()
    alert = quarter.one("select alert_id from alerts where subject = 'smoke-12/smoke' and stage = 'unack'")
    desk.wait(f"document.querySelector('[data-id$=\"{alert}\"]') !== null")
    desk.page.click(f"[data-id$='{alert}']")
    desk.wait("(document.querySelector('[data-slot=nearby]')?.textContent || '').includes('[存疑]')")
    wall = windows.open(quarter.stack.url, 1920, 1080)
    wall.go(f"/screen/{quarter.screen}")
    wall.ready()
    opened = """async ([cell, file]) => {
        const { CellCard } = await import(file);
        const box = document.createElement("div"), panel = document.createElement("div");
        box.dataset.slot = "cell-card";
        panel.append(box);
        const map = { on() {}, getSource: () => ({ setData() {} }), getCanvas: () => document.body };
        const card = new CellCard({ panel, map, streetNames: new Map(), live: { now: () => Date.now() } }, () => ({ mark: "" }));
        await card.open({ id: cell, properties: {} });
        return box.textContent;
    }"""
    told = str(wall.page.evaluate(opened, [device["cell_id"], "/assets/map-card.js"]))
    assert "— 存疑" in told
    assert wall.unforgiven() == []
    quarter.publish("smoke-12", smoke=0)
