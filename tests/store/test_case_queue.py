"""The dispatch desk's queue comes in pages: every open case once, in the order of urgency, and the counters are of all."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from dispatch.desk_tabs import LIGHTS, STAGES, TABS
from tests.desk import NORTH, SOUTH, Desk, Person
from tests.present import node

ROOT = Path(__file__).resolve().parents[2]

HOUR = timedelta(hours=1)
CLOCKS: tuple[dict[str, Any], ...] = (
    {"due_at": -3}, {"due_at": -1, "overdue_at": -1}, {"due_at": 5, "overdue_at": -9}, {"due_at": 1, "yellow_at": -1}, {"due_at": 2, "yellow_at": 1},
    {"due_at": 1, "paused_at": -1}, {"due_at": -1, "paused_at": -2}, {"due_at": -1, "paused_at": -1, "overdue_at": -1}, {}, {"due_at": 1},
    {"paused_at": -1}, {"overdue_at": -1},
)  # fmt: skip
MOMENTS = ("due_at", "yellow_at", "overdue_at", "paused_at", "closed_at")
LOOK = ("red", "red", "red", "yellow", "green", "paused", "paused", "red", "none", "yellow", "paused", "none")


def fill(desk: Desk) -> dict[str, str]:
    """A case of every open stage with every clock; returns its light by number."""
    lights = {}
    stages = [stage for of in {*STAGES.values()} for stage in of]
    rows = []
    for place, stage in enumerate(stages):
        for which, clock in enumerate(CLOCKS):
            number = f"{place:02d}{which:02d}"
            lights[number] = LOOK[which]
            moments = {name: desk.now + hours * HOUR for name, hours in clock.items()}
            area, cell = (NORTH, 1) if which % 2 else (SOUTH, 2)
            row = {"case_number": number, "title": f"井盖 {number}", "class_code": "0502", "severity": 1 + which % 5, "stage": stage, "area": f"{area}001",
                   "cell_id": cell, "opened_at": desk.now - 9 * HOUR, "updated_at": desk.now, "send_backs": which % 2, **moments}  # fmt: skip
            rows.append({**dict.fromkeys(MOMENTS), **row})
    rows.append({**rows[-1], "case_number": "ended", "stage": "closed", "closed_at": desk.now})
    with desk.store.connection() as connection:
        names = ", ".join(rows[0])
        connection.cursor().executemany(
            f"insert into cases ({names}) values ({', '.join('%s' for _ in rows[0])})", [[*row.values()] for row in rows])  # fmt: skip
    return lights


def walk(person: Person, query: str, limit: int = 7) -> list[dict[str, Any]]:
    """Page after page to the end."""
    found: list[dict[str, Any]] = []
    more: str | None = ""
    while more is not None:
        body = person.get(f"/cases/queue?limit={limit}&{query}{more and f'&next={more}'}").json
        found, more = found + body["cases"], body["next"]
    return found


def numbers(rows: list[dict[str, Any]]) -> list[str]:
    return [row["number"] for row in rows]


def test_every_tab_brings_each_of_its_cases_once_and_its_counter_is_their_number(desk: Desk, app: Flask) -> None:
    lights = fill(desk)
    asked = {
        "case_number": "0003",
        "area": f"{NORTH}001",
        "kind": "extension",
        "stage": "asked",
        "until_at": desk.now,
        "reason": "材料",
        "asked_at": desk.now,
    }
    desk.insert("case_adjustments", asked, "adjustment_id")
    person = desk.sign_in(app, "dispatcher")
    told = person.get("/cases/queue/counts").json
    for tab in TABS:
        rows = walk(person, f"tab={tab}")
        assert len({*numbers(rows)}) == len(rows) == told["tabs"][tab], tab
        assert {row["stage"] for row in rows} <= {*STAGES.get(tab, [row["stage"] for row in rows])}
    assert {light: told["lights"][light] for light in LIGHTS} == {light: [*lights.values()].count(light) for light in LIGHTS}
    assert numbers(walk(person, "tab=adjust")) == ["0003"]
    assert all(row["send_backs"] for row in walk(person, "tab=returned"))


def test_the_order_is_by_light_then_deadline_and_before_registering_by_gravity(desk: Desk, app: Flask) -> None:
    lights = fill(desk)
    person = desk.sign_in(app, "dispatcher")
    rows = walk(person, "")
    assert [LIGHTS.index(lights[row["number"]]) for row in rows] == sorted(LIGHTS.index(light) for light in lights.values())
    for light in LIGHTS:
        assert [row["due_at"] or "~" for row in rows if lights[row["number"]] == light] == sorted(
            row["due_at"] or "~" for row in rows if lights[row["number"]] == light)  # fmt: skip
    graver = [row["severity"] for row in walk(person, "tab=register")]
    assert graver == sorted(graver)


def test_the_browser_puts_rows_in_the_order_of_the_pages(desk: Desk, app: Flask) -> None:
    fill(desk)
    person = desk.sign_in(app, "dispatcher")
    rows = {tab: walk(person, f"tab={tab}", 50) for tab in ("all", "register")}
    script = f"""import {{ order, placeOf }} from "{(ROOT / "assets").as_uri()}/dispatch-tabs.js"; import {{ readFileSync }} from "node:fs";
    const rows = JSON.parse(readFileSync(0)), now = {desk.now.timestamp() * 1000}, numbers = list => list.map(row => row.number), told = {{}};
    for (const tab of Object.keys(rows)) {{
      const end = placeOf(rows[tab][9], tab, now);
      told[tab] = [numbers(order([...rows[tab]].reverse(), tab, now)), numbers(order(rows[tab], tab, now, end))];
    }}
    console.log(JSON.stringify(told));"""
    command = [node(), "--input-type=module", "-e", script]
    told = json.loads(subprocess.run(command, input=json.dumps(rows), capture_output=True, check=True, encoding="utf-8").stdout)
    for tab, of_tab in rows.items():
        assert told[tab] == [numbers(of_tab), numbers(of_tab[:10])], "behind the end of a page nothing is shown"


def test_pages_of_any_length_bring_the_same_rows_in_the_same_order(desk: Desk, app: Flask) -> None:
    fill(desk)
    person = desk.sign_in(app, "dispatcher")
    for tab in ("all", "register", "work", "overdue"):
        for query in (f"tab={tab}", f"tab={tab}&light=paused", f"tab={tab}&q=井盖"):
            assert numbers(walk(person, query, 3)) == numbers(walk(person, query, 500)), query


def test_what_is_found_by_words_and_then_sorted_stands_as_what_is_walked(desk: Desk, app: Flask) -> None:
    fill(desk)
    person = desk.sign_in(app, "dispatcher")
    for tab in ("all", "register", "check"):
        assert numbers(walk(person, f"tab={tab}&q=井盖", 100)) == numbers(walk(person, f"tab={tab}", 100)), tab


def test_filters_narrow_rows_and_counters_alike(desk: Desk, app: Flask) -> None:
    lights = fill(desk)
    person = desk.sign_in(app, "dispatcher")
    for query in ("light=yellow", f"area={SOUTH}", "class=0502", "class=0107", "source=hotline", "q=井盖 03", "unit=7"):
        told, rows = person.get(f"/cases/queue/counts?{query}").json["tabs"], walk(person, query)
        assert told["all"] == len(rows), query
        assert told["work"] == sum(row["stage"] in STAGES["work"] for row in rows), query
    assert {lights[row["number"]] for row in walk(person, "light=paused")} == {"paused"}


def test_nobody_sees_or_counts_cases_of_other_areas(desk: Desk, app: Flask) -> None:
    fill(desk)
    north = desk.sign_in(app, "north")
    rows = walk(north, "tab=all")
    assert {row["area"] for row in rows} == {f"{NORTH}001"}
    assert north.get("/cases/queue/counts").json["tabs"]["all"] == len(rows)


def test_what_cannot_be_is_refused(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "dispatcher")
    for query in (
        "tab=nonsense",
        "light=blue",
        "limit=0",
        "limit=5000",
        "next=abc",
        "unit=0",
        "unit=99999999999",
        "stage=open",
        f"q={'长' * 201}",
    ):
        assert person.get(f"/cases/queue?{query}").status_code == 422, query
