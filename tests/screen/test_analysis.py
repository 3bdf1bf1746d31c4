"""The page of evaluation: every figure on it opens its rows, and as many as the figure says; a frozen report does the same."""

import os
from typing import Any

import pytest

from tests.browser import Visitor, Windows
from tests.quarter import Quarter

# A month long ago: nothing of it stands in a queue, is late now, or is told to anybody.
FILL = """
insert into cases (case_number, title, class_code, severity, stage, area, opened_at, registered_at, dispatched_at, taken_at, due_at, overdue_at, finished_at,
                   closed_at, updated_at, source, lead_unit, reworks, send_backs, expedites, simulated)
select '3204042024' || lpad(n::text, 9, '0'), '暴露垃圾 ' || n, case when n % 3 = 0 then '0502' else '0101' end, 3, case when n % 19 = 0 then 'voided' else 'closed' end,
       '32040400100' || 1 + n % 2, o, o, o + interval '9 minutes', o + interval '20 minutes', o + interval '1 day', case when n % 5 = 0 then o + interval '1 day' end,
       o + case when n % 5 = 0 then interval '26 hours' else '4 hours' end, o + case when n % 5 = 0 then interval '30 hours' else '6 hours' end, o, 'public',
       case when n % 7 > 0 then (select min(unit_id) from units where code like 'an-%') + n % 2 end, (n % 11 = 0)::int, (n % 13 = 0)::int, (n % 23 = 0)::int, true
from (select n, timestamptz '2024-03-02 08:00+08' + n * interval '2 hours' as o from generate_series(1, 250) n) t on conflict do nothing"""

# The total opens both parts of each figure; of the units one row and the ranking open their numerators: the API's own test opens all.
OPEN = """async (frozen) => {
    const wait = async (of, what) => {
        for (let n = 0; n < 2400; n += 1) { const found = of(); if (found) return found; await new Promise(go => setTimeout(go, 25)); }
        throw new Error(what);
    };
    const wanted = frozen ? ".an-matrix td.chosen [data-figure]" : ".an-card [data-figure], .an-matrix tr[data-id=none] [data-figure], .an-ranking [data-figure]";
    const told = [];
    for (const figure of document.querySelectorAll(wanted)) {
        const { figure: name, numerator, denominator, value } = figure.dataset, counts = {};
        figure.click();
        const dialog = await wait(() => document.querySelector("[data-panel=analysis-rows]"), name);
        const count = part => wait(() => dialog.querySelector(`.an-behind[data-part=${part}][data-count]`), `${name} ${part}`).then(behind => Number(behind.dataset.count));
        counts.numerator = await count("numerator");
        const below = dialog.querySelector("button[data-part=denominator]");
        if (below && (frozen || name.startsWith("total"))) { below.click(); counts.denominator = await count("denominator"); }
        told.push({ name, numerator, denominator, value, counts, words: dialog.querySelector(".an-words").textContent, parts: dialog.querySelectorAll(".an-score button").length });
        dialog.close();
        await wait(() => !document.querySelector("[data-panel=analysis-rows]"), "closed");
    }
    return told;
}"""


@pytest.fixture
def month(quarter: Quarter) -> None:
    for code, name in (("an-1", "市容管理所"), ("an-2", "市政养护所")):
        quarter.database.execute(
            "insert into units (code, name, name_en, area) values (%s, %s, %s, '320404') on conflict do nothing",
            [code, name, f"Office {code}"],
        )
    quarter.database.execute(FILL)


def check(visitor: Visitor, frozen: bool) -> dict[str, dict[str, Any]]:
    told: list[dict[str, Any]] = visitor.page.evaluate(OPEN, frozen)
    for one in told:
        assert one["words"], one
        code = one["name"].rsplit(":", 1)[1]
        below = float(one["denominator"] or 0)
        if code == "score":
            assert (one["parts"], one["counts"]["numerator"] > 0) == (3, float(one["numerator"]) > 0), one
        else:
            rows = below if code.endswith("_hours") else float(one["numerator"])
            assert one["counts"] == {"numerator": rows, **({"denominator": below} if "denominator" in one["counts"] else {})}, one
    return {one["name"]: one for one in told}


def test_every_figure_opens_as_many_rows_as_it_says_live_and_frozen(windows: Windows, quarter: Quarter, month: None) -> None:
    visitor = windows.open(quarter.stack.url, 1920, 1080)
    visitor.admit(*quarter.session("super1"))
    visitor.go("/analysis?lang=zh&period=month&at=2024-03")
    visitor.wait("document.querySelector('[data-filled=true]') !== null")
    page = visitor.page
    told = check(visitor, frozen=False)
    assert len(told) == 15 + 15 + 2, "the total, what no unit has, and in the ranking the two units"
    assert told["total::register_rate"]["counts"] == {"numerator": 250, "denominator": 250}
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    page.click("[data-do=issue]")
    page.click("[data-act=issue]")
    visitor.wait("document.querySelector('.an-banner') !== null && document.querySelector('[data-filled=true]') !== null")
    quarter.database.execute("update cases set stage = 'voided', lead_unit = null where case_number like '3204042024%'")
    frozen = check(visitor, frozen=True)
    assert len(frozen) == 4
    assert frozen["total::in_time_archive_rate"]["value"] == told["total::in_time_archive_rate"]["value"]
    if photo := os.environ.get("YIPING_PHOTO"):
        page.screenshot(path=f"{photo}-analysis.png")
    assert visitor.unforgiven() == []
