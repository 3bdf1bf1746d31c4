"""Frozen reports stay as they were, in figures, rows and words; their exports tie in themselves."""

import io
import threading
from datetime import datetime
from typing import Any

import psycopg
import pytest
from openpyxl import load_workbook

from dispatch.periods import Period
from store import evaluations
from store.acts import Act
from store.evaluations import Issue
from tests.desk import Desk, Person
from tests.judged import MONTH, figures, fill, rows
from tests.patience import until


def test_a_frozen_report_keeps_its_figures_and_rows_whatever_happens_later(
    desk: Desk, tianmen: list[int], people: dict[str, Person]
) -> None:
    issued = people["supervisor"].post("/evaluations", {"period": "month", "at": "2026-10"})
    assert issued.status_code == 201, issued.text
    report = issued.json
    number = report["id"]
    assert (report["version"], report["row_count"], report["figures"]["total"][0]["figures"]["archive_rate"]["value"]) == (1, 1005, 93.72)
    with desk.store.connection() as connection:
        connection.execute("update cases set stage = 'closed', closed_at = due_at, overdue_at = null, lead_unit = null, title = '改过的'")
        connection.execute("update units set name = '改过的'")
        connection.execute("update accounts set title = '改过的'")
    assert figures(people["supervisor"])["total"]["figures"]["archive_rate"]["value"] == 100.0
    assert people["boss"].get(f"/evaluations/{number}").json["figures"] == report["figures"]
    for row in report["figures"]["unit"]:
        for part in ("numerator", "denominator"):
            link = f"/evaluations/{number}/rows?indicator={{code}}&by=unit&key={row['key']}"
            first, found = rows(people["boss"], link, "archive_rate", part)
            assert len(found) == first["count"] == row["figures"]["archive_rate"][part]
            words = {(one["title"], one["unit_name"], one["worker_name"], one["stage"]) for one in found if part == "numerator"}
            assert words <= {("暴露垃圾", row["name"], "worker1", "closed")}, "as they were called that day"
    _, before = rows(people["boss"], f"/evaluations/{number}/rows?indicator={{code}}&span=before", "archive_rate", "numerator")
    assert len(before) == report["compared"]["before"]["total"][0]["figures"]["archive_rate"]["numerator"] == 7
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
