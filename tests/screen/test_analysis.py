"""The pages of evaluation: every figure on them opens the rows it was computed from, as many as it says, live and frozen."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from store import change_log
from store.timescale import Store
from tests.browser import Visitor, Windows
from tests.quarter import Quarter

# A month long ago, the one before and one of the year before: nothing of them stands in a queue, is late now, or is told to anybody.
FILL = """
insert into cases (case_number, title, class_code, severity, stage, area, opened_at, registered_at, dispatched_at, taken_at, due_at, overdue_at, finished_at,
                   closed_at, updated_at, source, lead_unit, handled_by, reworks, send_backs, routed_by, simulated)
select '320404' || to_char(o, 'YYYYMM') || lpad(n::text, 7, '0'), '暴露垃圾 ' || n, case when n % 3 = 0 then '0502' else '0101' end, 3,
       case when n % 9 = 0 then 'voided' when n % 7 = 0 and month = 1 then 'handling' else 'closed' end,
       '32040400100' || 1 + n % 2, o, o, o + interval '9 minutes', o + interval '20 minutes',
       case when n % 7 = 0 then timestamptz '2024-03-28' + interval '40 years' * (n / 7 % 2) else o + interval '1 day' end, case when n % 5 = 0 then o + interval '1 day' end,
       case when n % 7 > 0 or month > 1 then o + case when n % 5 = 0 then interval '26 hours' else '4 hours' end end,
       case when n % 7 > 0 or month > 1 then o + case when n % 5 = 0 then interval '30 hours' else '6 hours' end end, o, case when n % 2 = 0 then 'public' else 'video' end,
       case when n % 8 > 0 then (select min(unit_id) from units where code like 'an-%%') + n % 2 end, %(worker)s, (n % 11 = 0)::int, (n % 6 = 0)::int,
       case when n % 4 = 0 then '路灯' end, true
from unnest('{2024-03-02 08:00+08,2024-02-02 08:00+08,2023-03-02 08:00+08}'::timestamptz[]) with ordinality m (since, month)
cross join lateral (select n, since + n * interval '9 hours' as o from generate_series(1, (30 / month)::integer) n) t"""
ORDERS = """
insert into expedite_orders (case_number, stage, text, unit_id, issued_at, issued_name, due_at, updated_at, simulated)
select case_number, case when n % 2 = 0 then 'issued' else 'fed_back' end, '速办', lead_unit, opened_at + interval '1 hour', '区领导', due_at, opened_at, true
from cases cross join generate_series(1, 2) n where case_number in ('3204042024030000007', '3204042024030000010')"""
REVISITS = """
insert into revisits (source, external_id, ticket_no, area, unit_id, channel, revisit_at, contacted, solved, satisfaction, received_at, simulated)
select 'an', n::text, 'AN' || n, '32040400100' || 1 + n % 2, (select min(unit_id) from units where code like 'an-%') + n % 2, 'hotline',
       timestamptz '2024-03-05' + n * interval '5 hours', n % 9 <> 0, n % 3 <> 0,
       (array['satisfied', 'basically_satisfied', 'dissatisfied'])[1 + n % 3], '2024-03-20', true from generate_series(1, 12) n"""
TODAY = """
insert into cases (case_number, title, class_code, severity, stage, area, opened_at, registered_at, due_at, overdue_at, closed_at, updated_at, source, late_rounds, simulated)
select 'AN' || n, '暴露垃圾', '0101', 3, stage, '320404001001', now(), now(), now(), overdue::timestamptz, closed::timestamptz, now(), 'public', late, true
from (values (1, 'closed', null, 'now', 0), (2, 'closed', null, 'now', 0), (3, 'closed', 'now', 'now', 0), (4, 'force_closed', null, 'now', 0),
             (5, 'voided', null, 'now', 0), (6, 'handling', 'now', null, 0), (7, 'closed', null, 'now', 1)) v (n, stage, overdue, closed, late)"""

# Presses every figure that was not pressed before and every part in its dialog; tells what the figure says and what its rows are.
# Several dialogs at once: a person opens one after the other, the way down is the same.
WALK = """async ({within, pressed}) => {
    const wait = async (of, what) => {
        for (let n = 0; n < 4000; n += 1) { const found = of(); if (found) return found; await new Promise(go => setTimeout(go, 15)); }
        throw new Error(what);
    };
    const dialogs = () => [...document.querySelectorAll("[data-panel=analysis-rows]")], known = new Set(pressed), wanted = [];
    for (const node of document.querySelectorAll(within.map(one => `${one} [data-figure]`).join())) {
        const name = ["figure", "part", "span"].map(one => node.dataset[one]).join("|");
        if (!known.has(name)) { known.add(name); wanted.push([name, node]); }
    }
    const rows = async (dialog, part) => {
        const place = await wait(() => dialog.querySelector(`.an-behind[data-part="${part}"][data-listed]`), `${dialog.ariaLabel} ${part}`);
        const drawn = [...place.querySelectorAll("tbody tr")], last = drawn.map(one => Number(one.lastElementChild.textContent));
        return { count: Number(place.dataset.count), drawn: drawn.length, ids: new Set(drawn.map(one => one.dataset.id)).size, last: last.reduce((sum, one) => sum + one, 0) };
    };
    const press = async ([name, node]) => {
        const before = dialogs().length, { numerator, denominator, undecided, value } = node.dataset, parts = {};
        node.click();
        const dialog = dialogs()[before] || await wait(() => dialogs()[before], name);
        const shares = dialog.querySelectorAll("[data-share]").length, bare = shares > 0 && !dialog.querySelector("[data-open]");
        if (!bare) await wait(() => dialog.querySelector("[data-count]"), name);
        const first = bare ? "" : dialog.querySelector(".an-behind").dataset.part;
        if (!bare) parts[first] = await rows(dialog, first);
        const others = node.dataset.part === "value" ? [...dialog.querySelectorAll("[data-open]")].filter(one => one.dataset.open !== first) : [];
        for (const other of others) { other.click(); parts[other.dataset.open] = await rows(dialog, other.dataset.open); }
        return { name, first, shares, parts, numerator, denominator, undecided, value, said: node.textContent, words: dialog.textContent.length };
    };
    const told = [];
    const late = wanted.filter(([name]) => name.startsWith("report-")), batches = late.map(one => [one]);
    const rest = wanted.filter(([name]) => !name.startsWith("report-"));
    for (let at = 0; at < rest.length; at += 8) batches.push(rest.slice(at, at + 8));
    for (const batch of batches) {
        told.push(...await Promise.all(batch.map(press)));
        for (const dialog of dialogs()) dialog.close();
        await wait(() => !dialogs().length, "closed");
    }
    return told;
}"""


@pytest.fixture
def month(quarter: Quarter) -> Iterator[None]:
    for code, name in (("an-1", "市容管理所"), ("an-2", "市政养护所")):
        quarter.database.execute(
            "insert into units (code, name, name_en, area) values (%s, %s, %s, '320404')", [code, name, f"Office {code}"]
        )
    worker = quarter.one("select account_id from accounts where login = 'gw01'")
    quarter.database.execute(FILL.replace("% ", "%% "), {"worker": worker})
    quarter.database.execute(ORDERS)
    quarter.database.execute(REVISITS)
    yield
    quarter.database.execute(
        "update cases set stage = 'voided', closed_at = opened_at where case_number like '320404202403%' and closed_at is null"
    )


@pytest.fixture
def today(quarter: Quarter) -> Iterator[None]:
    """Told to the screens as every change is; void and long due afterwards."""
    numbers = [f"AN{n}" for n in range(1, 8)]
    gone = "update cases set stage = 'voided', due_at = opened_at - interval '9 days', closed_at = opened_at where case_number = any(%s)"
    store = Store(quarter.stack.environment["YIPING_DATABASE_URL"])
    with store.connection() as connection:
        connection.execute(TODAY)
        change_log.append(connection, "case", {}, change_log.read(connection, "case", numbers), datetime.now(UTC))
    yield
    with store.connection() as connection:
        before = change_log.read(connection, "case", numbers)
        connection.execute(gone, [numbers])
        change_log.append(connection, "case", before, change_log.read(connection, "case", numbers), datetime.now(UTC))
    store.close()


def walk(visitor: Visitor, pressed: set[str], *within: str) -> list[dict[str, Any]]:
    """Every figure of these parts of the page that was not pressed before, checked against its rows."""
    told: list[dict[str, Any]] = visitor.page.evaluate(WALK, {"within": within, "pressed": sorted(pressed)})
    for one in told:
        pressed.add(one["name"])
        check(one)
    return told


def check(one: dict[str, Any]) -> None:
    said = {name: float(one[name]) for name in ("numerator", "denominator", "undecided") if one[name]}
    code, counts = one["name"].split("|")[0].rsplit(":", 1)[1], {part: rows["count"] for part, rows in one["parts"].items()}
    assert all(rows["drawn"] == rows["ids"] == rows["count"] for rows in one["parts"].values()), one
    if one["first"] == "every":
        assert counts["every"] == float(one["said"]), one
    elif one["shares"]:  # each part of a score opens a figure of the same row
        assert one["shares"] == 3
        assert sum(each * counts.get(f"deduction-{n}", 0) for n, each in ((1, 0.5), (2, 1))) == said.get("numerator", 0), one
    else:
        if code.endswith("_hours"):  # its numerator are the hours of the denominator's rows
            said["numerator"] = said["denominator"]
        elif code == "satisfy_rate" and "numerator" in counts:
            counts["numerator"] = round(one["parts"]["numerator"]["last"], 6)
        assert counts == {part: said.get(part, 0) for part in counts}, one
        assert one["name"].split("|")[1] in {"value", *counts}, one


def test_every_figure_of_the_page_opens_its_rows_by_every_kind_of_grouping_live_and_frozen(
    windows: Windows, quarter: Quarter, month: None
) -> None:
    visitor = windows.open(quarter.stack.url, 1920, 1080)
    visitor.admit(*quarter.session("super1"))
    visitor.go("/analysis?lang=zh&period=month&at=2024-03")
    filled, pressed = "document.querySelector('[data-filled=true]') !== null", set[str]()
    visitor.wait(filled)
    page = visitor.page
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    total = {one["name"]: one for one in walk(visitor, pressed, ".an-cards", ".an-periods")}
    assert {name.split("|")[2] for name in total} == {"period", "before", "year_before"}
    assert {name.split("|")[1] for name in total} == {"value", "numerator", "denominator", "undecided"}
    assert len([name for name in total if name.startswith("period:")]) == 12
    assert total["total::expedited|value|period"]["parts"]["numerator"]["count"] == 4
    for by, least in (("unit", 50), ("street", 15), ("worker", 15), ("class", 30), ("source", 30)):
        page.select_option("[data-field=by]", by)
        visitor.wait(filled)
        assert len(walk(visitor, pressed, ".an-matrix", ".an-ranking")) >= least
    page.click("[data-do=issue]")
    page.click("[data-act=issue]")
    visitor.wait(f"document.querySelector('.an-banner') !== null && {filled}")
    quarter.database.execute("update cases set stage = 'voided', lead_unit = null where case_number like '320404202403%'")
    frozen = walk(visitor, set(), ".an-card.chosen", ".an-ranking", ".an-reports")
    assert {one["name"].split(":")[0].split("-")[0] for one in frozen} == {"total", "source", "report"}
    assert {one["value"] for one in frozen if one["name"].startswith("total::")} <= {one["value"] for one in total.values()}
    if photo := os.environ.get("YIPING_PHOTO"):
        page.screenshot(path=f"{photo}-analysis.png")
    page.click("[data-do=live]")
    visitor.wait(f"document.querySelector('.an-banner') === null && {filled}")
    page.click("[data-choice=subject-hotline]")
    visitor.wait(f"document.querySelector('[data-card=satisfy_rate]') !== null && {filled}")
    page.select_option("[data-field=by]", "unit")
    visitor.wait(filled)
    assert len(walk(visitor, pressed, ".an-cards", ".an-matrix", ".an-ranking")) >= 16
    assert visitor.unforgiven() == []


def test_the_rate_of_the_cockpit_opens_the_cases_it_was_computed_from(windows: Windows, quarter: Quarter, today: None) -> None:
    """Of seven cases due today one is void; by force, late, and late before it was opened again do not count as in time."""
    visitor = windows.open(quarter.stack.url, 1366, 768)
    visitor.admit(*quarter.session("leader1"))
    visitor.go("/cockpit?lang=zh")
    said = "(document.querySelector('[data-slot=in_time-of]')?.textContent ?? '')"
    visitor.wait(f"/按期 2 .* 6$/.test({said})")
    visitor.page.click(".card:has([data-figure=in_time])")
    visitor.wait("document.querySelector('[data-panel=rows] tr[data-id]') !== null")
    counts = visitor.page.evaluate(
        "[...document.querySelectorAll('[data-panel=rows] tr[data-id]')].map(row => [row.dataset.id, row.dataset.counts])"
    )
    assert sorted(counts) == [["AN1", "true"], ["AN2", "true"], *([f"AN{n}", "false"] for n in (3, 4, 6, 7))]
    assert visitor.page.evaluate(said) in visitor.text()
    assert visitor.unforgiven() == []


OF_JUNE = """
insert into cases (case_number, title, class_code, severity, stage, area, opened_at, registered_at, due_at, closed_at, updated_at, source, simulated)
select 'TR' || n, '占道经营 ' || n, case when n % 3 = 0 then '0401' else '0403' end, 3, 'closed', '32040400100' || 1 + n % 2, at, at, at, at, at, 'public', true
from generate_series(1, 30) n cross join lateral (select timestamptz '2022-06-02 08:00+08' + n * interval '19 hours' as at) t"""
# Presses so many of the page's counts and tells, of each, what it says and how many rows its dialog told and drew.
PRESS = """async ({most}) => {
    const wait = async (of, what) => {
        for (let n = 0; n < 2000; n += 1) { const found = of(); if (found !== null && found !== undefined) return found; await new Promise(go => setTimeout(go, 15)); }
        throw new Error(what);
    };
    // A rate opens what it is a share of, though it be a whole number: 100 % of 78 devices are 78 rows.
    const whole = one => one.closest("[data-card]")?.querySelector(".an-ratio").textContent.match(/\\/([\\d,]+)/)?.[1].replaceAll(",", "") ?? one.dataset.value;
    const told = [];
    for (const node of [...document.querySelectorAll("button[data-figure][data-value]")].filter(one => !whole(one).includes(".")).slice(0, most)) {
        node.click();
        const dialog = await wait(() => document.querySelector("[data-panel=analysis-rows]"), node.dataset.figure);
        const place = await wait(() => dialog.querySelector(".an-behind[data-listed]"), node.dataset.figure);
        told.push([node.dataset.figure, Number(whole(node)), Number(place.dataset.count), place.querySelectorAll("tbody tr").length, node.dataset.age]);
        dialog.close();
        await wait(() => document.querySelector("[data-panel=analysis-rows]") === null || null, "closed");
    }
    return told;
}"""


def test_every_count_of_trends_hot_spots_and_themes_opens_as_many_rows_as_it_says(windows: Windows, quarter: Quarter) -> None:
    quarter.database.execute(OF_JUNE)
    visitor = windows.open(quarter.stack.url, 1366, 768)
    visitor.admit(*quarter.session("super1"))
    for path, most in (("trends?subject=cases&period=month&at=2022-06&by=class", 12), ("hot-spots?subject=cases&at=2022-06&by=community", 4),
                       ("themes/park", 4), ("exceedances", 4)):  # fmt: skip
        visitor.go(f"/analysis/{path}")
        visitor.wait("document.querySelector('[data-filled=true]') !== null")
        visitor.wait("document.querySelector('.th-body') === null || document.querySelector('.th-rows') !== null")
        assert visitor.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        told = visitor.page.evaluate(PRESS, {"most": most})
        assert told or path == "exceedances"
        assert all(value == count == drawn and int(age) >= 0 for _, value, count, drawn, age in told), told
        if path.startswith("trends"):
            assert {one[0]: one[1] for one in told}["total"] == 30
    assert visitor.unforgiven() == []


NO_ANSWER = "[...document.querySelectorAll('.no-answer')].map(one => one.innerText)"
AWAY = {"type": "urn:yiping:problem:store_away", "title": "The database is away", "status": 503, "detail": "away"}


@pytest.fixture
def desk(windows: Windows, quarter: Quarter) -> Visitor:
    visitor = windows.open(quarter.stack.url, 1366, 768)
    visitor.admit(*quarter.session("super1"))
    return visitor


@contextmanager
def away(visitor: Visitor, asked: str) -> Iterator[None]:
    """What the page asks there gets no answer; afterwards it does, when it is asked again."""
    pattern = f"**/api/v1/{asked}**"
    visitor.page.route(pattern, lambda route: route.fulfill(status=503, json=AWAY, content_type="application/problem+json"))
    yield
    visitor.page.unroute(pattern)
    visitor.page.locator(".no-answer button").first.click()
    visitor.wait(f"{NO_ANSWER}.length === 0")


def test_what_cannot_be_read_is_told_with_the_reason_and_a_way_out_never_as_nothing_to_count(desk: Visitor) -> None:
    for path, asked in (
        ("", "indicators/"),
        ("/trends", "trends/"),
        ("/hot-spots", "trends/"),
        ("/exceedances", "exceedances"),
        ("/themes/park", "themes/"),
    ):
        with away(desk, asked):
            desk.go(f"/analysis{path}")
            desk.wait(f"{NO_ANSWER}.length > 0")
            assert "重试" in desk.page.evaluate(NO_ANSWER)[0]
            assert not {"本期没有可统计的数据", "本期没有"} & set(desk.text().split("\n"))
            assert desk.page.evaluate("document.querySelectorAll('.an-waits').length") == 0, "it neither waits nor says it counts"
    assert desk.unforgiven("503") == []


def test_no_figure_of_before_stands_under_what_was_chosen_now_and_a_part_that_fails_fails_alone(desk: Visitor) -> None:
    desk.go("/analysis/trends?subject=cases")
    desk.wait("document.querySelectorAll('[data-figure]').length > 0")
    with away(desk, "trends/"):
        desk.page.locator("[data-choice=period-year]").click()
        desk.wait(f"{NO_ANSWER}.length === 3")
        assert desk.page.evaluate("document.querySelectorAll('[data-figure]').length") == 0
        assert desk.page.locator("[data-choice=period-year]").get_attribute("aria-pressed") == "true"
    with away(desk, "exceedances"):
        desk.go("/analysis/themes/park")
        desk.wait(f"{NO_ANSWER}.length === 1")
        desk.wait("document.querySelectorAll('[data-panel] .an-waits').length === 0")
    assert desk.unforgiven("503") == []
