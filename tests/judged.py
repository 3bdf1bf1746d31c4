"""A month to be judged: cases as a city published them, orders and revisits, and questions about their figures. For tests of evaluation."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.desk import NORTH, SOUTH, Desk, Person

MONTH = datetime.fromisoformat("2026-10-01T00:00:00+08:00")
# Tianmen, December 2016 (case_workflow.yaml): 972 due, 911 closed, 737 of these in time; events 956 and 902, parts 16 and 9.
EVENTS, PARTS = (956, 902, 730), (16, 9, 7)

_FILL = """
insert into cases (case_number, title, class_code, severity, stage, area, opened_at, registered_at, dispatched_at, due_at, overdue_at, finished_at, closed_at,
                   updated_at, source, lead_unit, handled_by, handler_id, duty_grid, drill)
select %(prefix)s || lpad(n::text, 11, '0'), '暴露垃圾', %(class_code)s, 3, case when n <= %(closed)s then 'closed' else 'handling' end, %(area)s,
       %(opened)s, %(opened)s, %(opened)s + interval '10 minutes', %(due)s, case when n > %(in_time)s then %(due)s end::timestamptz,
       case when n <= %(in_time)s then %(opened)s + interval '2 hours' when n <= %(closed)s then %(due)s + interval '1 hour' end,
       case when n <= %(closed)s then %(due)s + interval '3 hours' end, %(due)s, 'collector', %(unit)s, %(worker)s, %(worker)s, 'g1', %(drill)s
from generate_series(1, %(count)s) n"""


@pytest.fixture
def units(desk: Desk) -> list[int]:
    with desk.store.connection() as connection:
        rows = connection.execute(
            "insert into units (code, name, area) values ('ct', '市容所', '320404'), ('sz', '市政所', '320404') returning unit_id"
        )
        return [row["unit_id"] for row in rows]


@pytest.fixture
def people(desk: Desk, app: Flask) -> dict[str, Person]:
    return {login: desk.sign_in(app, login) for login in ("duty1", "north", "boss", "supervisor")}


@pytest.fixture
def tianmen(desk: Desk, units: list[int]) -> list[int]:
    """The month as it was published; around it what must not count: drills, the month before, cases that are void."""
    fill(desk, "32040401", EVENTS, class_code="0101", unit=units[0])
    fill(desk, "32040402", PARTS, class_code="0502", unit=units[1], area=f"{SOUTH}001")
    fill(desk, "32040403", (24, 0, 0), due=MONTH + timedelta(days=40), unit=units[0])
    fill(desk, "32040404", (5, 5, 5), drill=True)
    fill(desk, "32040405", (7, 7, 0), opened=MONTH - timedelta(days=20), due=MONTH - timedelta(days=15))
    fill(desk, "32040406", (9, 0, 0))
    with desk.store.connection() as connection:
        connection.execute("update cases set stage = 'voided', closed_at = due_at where case_number like '32040406%'")
    return units


def fill(desk: Desk, prefix: str, numbers: tuple[int, int, int], **columns: Any) -> None:
    """`numbers` are due, closed, closed in time."""
    count, closed, in_time = numbers
    values = {
        "prefix": prefix, "count": count, "closed": closed, "in_time": in_time, "class_code": "0101", "area": f"{NORTH}001",
        "opened": MONTH + timedelta(days=9), "due": MONTH + timedelta(days=10), "unit": None, "worker": desk.people["worker1"],
        "drill": False, **columns,
    }  # fmt: skip
    with desk.store.connection() as connection:
        connection.execute(_FILL, values)


def order(desk: Desk, number: str, stage: str, day: int = 12, unit: int | None = None) -> None:
    with desk.store.connection() as connection:
        connection.execute(
            """insert into expedite_orders (case_number, stage, text, unit_id, issued_at, issued_name, due_at, updated_at)
               select case_number, %s, '速办', coalesce(%s, lead_unit), %s, 'boss', %s, %s from cases where case_number = %s""",
            [stage, unit, *[MONTH + timedelta(days=day)] * 3, number],
        )


def revisits(desk: Desk, unit: int, count: int, noon: datetime = MONTH + timedelta(days=9, hours=12)) -> None:
    """Two thirds of them before noon."""
    with desk.store.connection() as connection:
        connection.execute(
            """insert into revisits (source, external_id, ticket_no, area, unit_id, revisit_at, valid, contacted, solved, satisfaction, received_at)
               select 'p', n::text, 'T' || n, %(area)s, %(unit)s, %(noon)s - case when n <= %(count)s * 2 / 3 then interval '1 hour' else '0' end,
                      n %% 10 <> 0, n %% 9 <> 0, n %% 3 <> 0, (array['satisfied', 'basically_satisfied', 'dissatisfied'])[1 + n %% 3], %(noon)s
               from generate_series(1, %(count)s) n""",
            {"noon": noon, "area": f"{NORTH}001", "unit": unit, "count": count},
        )


def figures(person: Person, query: str = "") -> dict[str, Any]:
    answer = person.get(f"/indicators/cases?at=2026-10{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json
    return told


def rows(person: Person, link: str, code: str, part: str, limit: int = 1000) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The first answer and all pages of rows."""
    found: list[dict[str, Any]] = []
    place = ""
    first: dict[str, Any] = {}
    while True:
        answer = person.get(f"{link.replace('{code}', code)}&part={part}&limit={limit}{place}")
        assert answer.status_code == 200, answer.text
        first = first or answer.json
        found += answer.json["rows"]
        if not answer.json["next"]:
            return first, found
        place = f"&next={answer.json['next']}"
