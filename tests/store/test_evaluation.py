"""Figures of evaluation from rows: published figures come out exactly, and each figure says what its words say."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from core.row_sets import CASE_SETS, REVISIT_SETS, names_of
from tests.desk import Desk, Person
from tests.judged import MONTH, figures, fill, order, revisits, rows


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
    assert len(CASE_SETS) == 23 + 2, "and two of orders"
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


def test_a_score_is_the_weighted_sum_of_its_parts_and_counts_orders(desk: Desk, tianmen: list[int], people: dict[str, Person]) -> None:
    """An order is issued on a case, twice if need be; one that was withdrawn was never demanded, of an ended case nobody owes an answer."""
    closed_one, open_one = "3204040100000000001", "3204040100000000955"
    for number, stage in ((closed_one, "issued"), (open_one, "issued"), (open_one, "fed_back"), (open_one, "withdrawn")):
        order(desk, number, stage)
    order(desk, open_one, "issued", day=40)
    with desk.store.connection() as connection:
        connection.execute("update cases set expedites = 9 where case_number = %s", [open_one])
        connection.execute("update cases set reworks = 1 where case_number like '320404010000000000%'")
    total = figures(people["boss"])["total"]["figures"]
    in_time, closed, again = (
        total[code]["numerator"] / total[code]["denominator"] for code in ("in_time_archive_rate", "archive_rate", "rework_rate")
    )
    points = in_time * 50 + closed * 30 + (1 - again) * 10 + 10 - 3 * 0.5 - 1
    assert (total["score"]["value"], total["score"]["numerator"], total["score"]["deducted"]) == (round(points, 2), 2.5, [3, 1])
    assert total["rework_rate"]["numerator"] == 9
    assert total["expedited"]["value"] == 3
    _, found = rows(people["boss"], figures(people["boss"])["total"]["rows"], "score", "deduction-2")
    assert [(one["case_number"], one["stage"], one["unit_name"]) for one in found] == [(open_one, "issued", "市容所")]


def test_what_was_late_once_is_never_in_time_however_often_it_is_opened_again(desk: Desk, units: list[int]) -> None:
    fill(desk, "32040401", (1, 1, 1), unit=units[0])
    with desk.store.connection() as connection:
        assert {"in_time"} == sets_of(connection) & {"in_time", "pending"}
        connection.execute("update cases set late_rounds = 1, reopens = 1")
        assert not sets_of(connection) & {"in_time", "pending"}
        connection.execute("update cases set stage = 'registered', finished_at = null, closed_at = null, due_at = '2027-01-01'")
        assert not sets_of(connection) & {"in_time", "pending"}, "opened again, its new term not over"


def test_a_period_that_nobody_kept_is_unknown_also_in_what_is_counted(desk: Desk, tianmen: list[int], people: dict[str, Person]) -> None:
    told = figures(people["boss"], "&compare=true")
    assert (told["total"]["figures"]["overdue_open"]["value"], told["before"]["total"]["figures"]["overdue_open"]["value"]) == (61, 0)
    assert (told["year_before"]["total"]["n"], told["year_before"]["total"]["figures"]["overdue_open"]["value"]) == (0, None)


def test_the_three_rates_of_the_hotline_come_from_valid_revisits(desk: Desk, people: dict[str, Person], units: list[int]) -> None:
    """D-1 12:00 to D 12:00: what was said at noon belongs to the next day."""
    noon = datetime.fromisoformat("2026-10-10T12:00:00+08:00")
    revisits(desk, units[0], 30, noon)
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
