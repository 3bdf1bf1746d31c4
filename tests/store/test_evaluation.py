"""Figures of evaluation from rows: published figures come out exactly, every figure opens its rows, frozen reports stay as they were."""

import io
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from flask import Flask
from openpyxl import load_workbook

from core.row_sets import CASE_SETS, REVISIT_SETS, names_of
from dispatch.periods import Period
from store import evaluations
from store.acts import Act
from store.evaluations import Issue
from tests.desk import NORTH, SOUTH, Desk, Person
from tests.patience import until

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


def figures(person: Person, query: str = "") -> dict[str, Any]:
    answer = person.get(f"/indicators/cases?at=2026-10{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json
    return told


def rows(person: Person, link: str, code: str, part: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The first answer and all pages of rows."""
    found: list[dict[str, Any]] = []
    place = ""
    first: dict[str, Any] = {}
    while True:
        answer = person.get(f"{link.replace('{code}', code)}&part={part}&limit=1000{place}")
        assert answer.status_code == 200, answer.text
        first = first or answer.json
        found += answer.json["rows"]
        if not answer.json["next"]:
            return first, found
        place = f"&next={answer.json['next']}"


def test_the_published_figures_of_a_city_come_out_exactly(tianmen: list[int], people: dict[str, Person]) -> None:
    total = figures(people["boss"])["total"]["figures"]
    assert {name: total["archive_rate"][name] for name in ("numerator", "denominator", "value")} == {
        "numerator": 911, "denominator": 972, "value": 93.72,
    }  # fmt: skip
    assert (total["in_time_archive_rate"]["numerator"], total["in_time_archive_rate"]["value"]) == (737, 75.82)
    assert {row["key"]: row["name"] for row in figures(people["boss"], "&by=class")["rows"]}["0502"] == "道路积水"
    by_class = {row["key"]: row["figures"]["archive_rate"] for row in figures(people["boss"], "&by=class")["rows"]}
    assert (by_class["0101"]["value"], by_class["0502"]["value"]) == (94.35, 56.25)
    assert (by_class["0502"]["numerator"], by_class["0502"]["denominator"]) == (9, 16)
    assert total["register_rate"]["denominator"] == 996 + 9, "reported in the month, the void ones too"


def test_every_figure_of_every_dimension_opens_exactly_its_rows(tianmen: list[int], people: dict[str, Person]) -> None:
    for by in ("total", "unit", "street"):
        told = figures(people["supervisor"], f"&by={by}")
        formulas = {one["code"]: one for one in told["formulas"]}
        for row in told["rows"] or [told["total"]]:
            for code in ("archive_rate", "in_time_archive_rate_b", "handling_hours", "overdue_open"):
                figure = row["figures"][code]
                for part in ("numerator", "denominator"):
                    if figure[part] is None:
                        continue
                    first, found = rows(people["supervisor"], row["rows"], code, part)
                    assert len(found) == first["count"] == len({one["id"] for one in found})
                    if formulas[code]["kind"] == "mean":
                        hours = round(sum(one["handling_s"] for one in found) / 3600, 4)
                        assert {"numerator": hours, "denominator": len(found)}[part] == figure[part]
                    else:
                        assert len(found) == figure[part], (by, row["key"], code, part)


def test_a_row_says_in_which_sets_it_stands_and_to_whom_it_belongs(tianmen: list[int], people: dict[str, Person]) -> None:
    link = figures(people["boss"], "&by=unit")["rows"][1]["rows"]
    first, found = rows(people["boss"], link, "archive_rate", "numerator")
    assert (first["figure"]["value"], first["formula"]["formula_id"].split(".")[0]) == (56.25, "archive_rate")
    assert {"due", "closed", "in_time"} <= set(found[0]["sets"])
    assert (found[0]["unit_name"], found[0]["worker_name"], found[0]["area_name"]) == ("市政所", "worker1", "南社区")


def test_the_database_and_the_formulas_mean_the_same_sets(desk: Desk, units: list[int], people: dict[str, Person]) -> None:
    fill(desk, "32040401", (1, 1, 1), unit=units[0])
    wanted = {
        "stage = 'force_closed'": "forced", "stage = 'voided'": "void", "stage = 'suspended', closed_at = null": "postponed", "reworks = 1": "reworked",
        "send_backs = 1": "sent_back", "expedites = 2": "expedited", "extensions = 1": "extended", "reopens = 1": "reopened",
        "taken_at = dispatched_at + interval '1 minute'": "was_taken", "closed_at = due_at": "closed_by_due",
        "stage = 'handling', finished_at = null, closed_at = null, due_at = '2027-01-01'": "pending",
    }  # fmt: skip
    with desk.store.connection() as connection:
        for change, name in wanted.items():
            with connection.transaction(force_rollback=True):
                before = sets_of(connection)
                connection.execute(f"update cases set {change}")
                assert name in sets_of(connection) - before
        assert sets_of(connection) == {
            "reported", "registered", "dispatched", "due", "finished", "ended", "was_registered", "was_dispatched", "was_finished", "closed", "in_time",
        }  # fmt: skip
    assert len(CASE_SETS) == 23
    assert len(REVISIT_SETS) == 7


def sets_of(connection: Any) -> set[str]:
    row = connection.execute(
        "select case_sets(c, %s, %s, '2026-11-21') as sets from cases c", [MONTH, MONTH + timedelta(days=31)]
    ).fetchone()
    return set(names_of(row["sets"], "cases"))


def test_periods_are_compared_with_the_one_before_and_the_year_before(desk: Desk, tianmen: list[int], people: dict[str, Person]) -> None:
    fill(desk, "32040407", (10, 5, 5), opened=MONTH - timedelta(days=356), due=MONTH - timedelta(days=355))
    told = figures(people["boss"], "&compare=true")
    assert (told["label"], told["before"]["label"], told["year_before"]["label"]) == ("2026-10", "2026-09", "2025-10")
    assert told["before"]["total"]["figures"]["archive_rate"]["value"] == 100.0
    assert told["year_before"]["total"]["figures"]["archive_rate"]["value"] == 50.0
    course = figures(people["boss"], "&by=period&count=3")["rows"]
    assert [(row["key"], row["figures"]["archive_rate"]["denominator"]) for row in course] == [
        ("2026-08", 0),
        ("2026-09", 7),
        ("2026-10", 972),
    ]
    assert course[0]["figures"]["archive_rate"]["value"] is None, "nothing due is unknown, not zero"


def test_the_rates_of_the_day_are_the_same_figures(tianmen: list[int], people: dict[str, Person]) -> None:
    span = f"from={quote(MONTH.isoformat())}&to={quote((MONTH + timedelta(days=31)).isoformat())}"
    days = {one["indicator"]: one for one in people["duty1"].get(f"/indicators?{span}").json["indicators"]}
    total = figures(people["duty1"])["total"]["figures"]
    assert {code: (one["numerator"], one["denominator"], one["percent"]) for code, one in days.items()} == {
        code: (total[code]["numerator"], total[code]["denominator"], total[code]["value"]) for code in days
    }


def test_nobody_counts_or_opens_what_lies_outside_the_own_area(tianmen: list[int], people: dict[str, Person]) -> None:
    told = figures(people["north"], "&by=unit")
    assert told["total"]["figures"]["archive_rate"]["denominator"] == EVENTS[0]
    assert [row["name"] for row in told["rows"]] == ["市容所", ""], "what is void was given to nobody"
    _, found = rows(people["north"], told["total"]["rows"], "archive_rate", "denominator")
    assert {one["area"][:9] for one in found} == {NORTH}


def test_a_score_is_the_weighted_sum_of_its_parts(desk: Desk, tianmen: list[int], people: dict[str, Person]) -> None:
    with desk.store.connection() as connection:
        connection.execute("update cases set expedites = 1 where case_number in ('3204040100000000001', '3204040100000000955')")
        connection.execute("update cases set reworks = 1 where case_number like '320404010000000000%'")
    total = figures(people["boss"])["total"]["figures"]
    in_time, closed, again = (
        total[code]["numerator"] / total[code]["denominator"] for code in ("in_time_archive_rate", "archive_rate", "rework_rate")
    )
    points = in_time * 50 + closed * 30 + (1 - again) * 10 + 10 - 2 * 0.5 - 1
    assert (total["score"]["value"], total["score"]["numerator"]) == (round(points, 2), 2)
    assert total["rework_rate"]["numerator"] == 9


def test_a_frozen_report_keeps_its_figures_and_rows_whatever_happens_later(
    desk: Desk, tianmen: list[int], people: dict[str, Person]
) -> None:
    issued = people["supervisor"].post("/evaluations", {"period": "month", "at": "2026-10"})
    assert issued.status_code == 201, issued.text
    report = issued.json
    number = report["id"]
    assert (report["version"], report["row_count"], report["figures"]["total"][0]["figures"]["archive_rate"]["value"]) == (1, 1005, 93.72)
    with desk.store.connection() as connection:
        connection.execute("update cases set stage = 'closed', closed_at = due_at, overdue_at = null, lead_unit = null")
    assert figures(people["supervisor"])["total"]["figures"]["archive_rate"]["value"] == 100.0
    assert people["boss"].get(f"/evaluations/{number}").json["figures"] == report["figures"]
    for row in report["figures"]["unit"]:
        for part in ("numerator", "denominator"):
            link = f"/evaluations/{number}/rows?indicator={{code}}&by=unit&key={row['key']}"
            first, found = rows(people["boss"], link, "archive_rate", part)
            assert len(found) == first["count"] == row["figures"]["archive_rate"][part]
    for change in ("update evaluations set figures = '{}'", "delete from evaluation_rows", "update evaluation_rows set sets = '{}'"):
        with desk.store.connection() as connection, pytest.raises(psycopg.errors.RaiseException), connection.transaction():
            connection.execute(change)


def test_two_who_issue_the_first_report_of_a_period_at_once_make_one_and_the_second_is_told(
    desk: Desk, tianmen: list[int], people: dict[str, Person]
) -> None:
    wanted: dict[str, str] = {"period": "month", "at": "2026-10"}
    answers: list[Any] = []
    month = (MONTH, datetime.fromisoformat("2026-11-01T00:00:00+08:00"))
    issue = Issue("cases", "320404", Period("month", MONTH.date(), *month), {}, {}, {})
    second = threading.Thread(target=lambda: answers.append(people["supervisor"].post("/evaluations", wanted)))
    with desk.store.connection() as first:
        evaluations.issue(first, issue, Act("issue", desk.scope("boss", "leader"), desk.now))
        second.start()
        until(lambda: desk.rows("select 1 from pg_locks where not granted"), what="the second waits")
    second.join()
    assert [(one.status_code, "stands already" in one.json["detail"]) for one in answers] == [(409, True)]


def test_an_issue_again_is_a_new_version_that_names_the_old_and_says_why(desk: Desk, tianmen: list[int], people: dict[str, Person]) -> None:
    wanted = {"period": "month", "at": "2026-10"}
    first = people["supervisor"].post("/evaluations", wanted).json["id"]
    refused = people["supervisor"].post("/evaluations", wanted)
    assert (refused.status_code, "why" in refused.json["detail"]) == (409, True)
    with desk.store.connection() as connection:
        connection.execute("update cases set stage = 'closed', closed_at = due_at where case_number like '32040402%'")
    second = people["supervisor"].post("/evaluations", {**wanted, "why": "补录部件案件"}).json
    assert (second["version"], second["replaces"], second["why"]) == (2, first, "补录部件案件")
    listed = {one["id"]: one for one in people["boss"].get("/evaluations").json["evaluations"]}
    assert (listed[first]["replaced_by"], listed[second["id"]]["replaced_by"]) == (second["id"], None)
    changed = people["boss"].get(f"/evaluations/{second['id']}?with={first}").json["differences"]
    of_class = {
        one["key"]: (one["figure"]["numerator"], one["with"]["numerator"])
        for one in changed
        if (one["by"], one["indicator"]) == ("class", "archive_rate")
    }
    assert of_class == {"0502": (16, 9)}
    assert people["duty1"].post("/evaluations", {**wanted, "why": "x"}).status_code == 403
    assert people["north"].get(f"/evaluations/{first}").status_code == 404


def test_the_workbook_ties_in_itself(desk: Desk, units: list[int], people: dict[str, Person]) -> None:
    fill(desk, "32040401", (40, 30, 20), unit=units[0])
    with desk.store.connection() as connection:
        connection.execute("update cases set title = '=HYPERLINK(\"http://x\")' where case_number = '3204040100000000001'")
    number = people["supervisor"].post("/evaluations", {"at": "2026-10"}).json["id"]
    for path in (f"/evaluations/{number}.xlsx", "/indicators/cases.xlsx?at=2026-10&by=unit"):
        answer = people["supervisor"].get(path)
        assert (answer.status_code, answer.headers["Content-Disposition"].startswith("attachment")) == (200, True)
        book = load_workbook(io.BytesIO(answer.data), read_only=True)
        sheets: list[list[list[Any]]] = [[list(row) for row in sheet.values] for sheet in book]
        told, formulas, marked = sheets
        assert len(formulas) == 16
        closing = next(row for row in told if row[0] == "total" and row[3] == "结案率")
        assert closing[5:8] == [30, 40, 75]
        above, below = (marked[0].index(f"结案率·{word}") for word in ("分子", "分母"))
        assert sum(row[above] or 0 for row in marked[1:]) == 30
        assert sum(row[below] or 0 for row in marked[1:]) == 40
        assert all(not str(row[1]).startswith("=") for row in marked)
    told_csv = people["supervisor"].get(f"/evaluations/{number}.csv").data.decode("utf-8-sig").splitlines()
    assert any(line.startswith("total,,") and ",30,40,75.0," in line for line in told_csv)


def test_the_three_rates_of_the_hotline_come_from_valid_revisits(desk: Desk, people: dict[str, Person], units: list[int]) -> None:
    """D-1 12:00 to D 12:00: what was said at noon belongs to the next day."""
    noon = datetime.fromisoformat("2026-10-10T12:00:00+08:00")
    with desk.store.connection() as connection:
        connection.execute(
            """insert into revisits (source, external_id, ticket_no, area, unit_id, revisit_at, valid, contacted, solved, satisfaction, received_at)
               select 'p', n::text, 'T' || n, %(area)s, %(unit)s, case when n <= 20 then %(noon)s - interval '1 hour' else %(noon)s end, n %% 10 <> 0, n %% 9 <> 0, n %% 3 <> 0,
                      (array['satisfied', 'basically_satisfied', 'dissatisfied'])[1 + n %% 3], %(noon)s from generate_series(1, 30) n""",
            {"noon": noon, "area": f"{NORTH}001", "unit": units[0]},
        )
    told = people["boss"].get("/indicators/hotline?period=day&at=2026-10-10&by=unit").json
    assert (told["from"], told["to"]) == ("2026-10-09T12:00:00+08:00", "2026-10-10T12:00:00+08:00")
    (row,) = told["rows"]
    found = {code: (one["numerator"], one["denominator"]) for code, one in row["figures"].items()}
    assert found["response_rate"] == (16, 18)
    assert found["solve_rate"] == (12, 18)
    satisfied = [n for n in range(1, 21) if n % 10 and n % 3 == 0]
    basically = [n for n in range(1, 21) if n % 10 and n % 3 == 1]
    assert found["satisfy_rate"] == (round(len(satisfied) + 0.9 * len(basically), 6), 18)
    three = 10 * 16 / 18 + 50 * 12 / 18 + 40 * (len(satisfied) + 0.9 * len(basically)) / 18
    assert row["figures"]["hotline_score"]["value"] == round(three, 2)
    first, behind = rows(people["boss"], row["rows"], "satisfy_rate", "numerator")
    assert round(sum(one["weight"] for one in behind), 6) == row["figures"]["satisfy_rate"]["numerator"]
    assert first["count"] == len(satisfied) + len(basically)


def test_what_cannot_be_meant_is_refused_in_words(people: dict[str, Person], desk: Desk, tmp_path: Path) -> None:
    for path in (
        "/indicators/cases?by=weather", "/indicators/cases?at=yesterday", "/indicators/cases?period=decade", "/indicators/cases?from=2026-10-01T00:00:00Z",
        "/indicators/cases/archive_rate/rows?part=middle", "/indicators/cases?by=period&count=99",
    ):  # fmt: skip
        assert people["boss"].get(path).status_code == 422, path
    assert people["boss"].get("/indicators/weather").status_code == 404
    assert people["boss"].get("/indicators/cases/luck/rows").status_code == 404
    assert people["supervisor"].post("/evaluations", {"at": "2027-03"}).status_code == 422


def test_a_case_whose_clock_stands_is_as_late_as_when_it_came_to_stand(desk: Desk, units: list[int]) -> None:
    fill(desk, "32040401", (1, 0, 1), unit=units[0])
    with desk.store.connection() as connection:
        for day, found in ((10, {"in_time", "pending"}), (12, set())):
            connection.execute(
                "update cases set stage = 'suspended', finished_at = null, due_at = %s, paused_at = %s",
                [MONTH + timedelta(days=11), MONTH + timedelta(days=day)],
            )
            assert sets_of(connection) & {"in_time", "pending"} == found
