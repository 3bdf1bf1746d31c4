"""The way down: every figure of every dimension opens exactly the rows it was computed from, live and frozen."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.evaluation_config import IndicatorConfig
from core.row_sets import RowSet
from dispatch.indicators import parts_of, rows_of, weight_of
from dispatch.periods import Period
from store import evaluations
from store import indicators as counted
from store.indicators import Behind, Chosen
from tests.desk import NORTH, SOUTH, Desk, Person
from tests.judged import EVENTS, MONTH, figures, fill, order, revisits, rows


@pytest.fixture
def mixed(desk: Desk, units: list[int]) -> None:
    """A month of all kinds: late, void, forced, suspended, reworked, unclaimed cases; orders on three of them; revisits; little of each."""
    fill(desk, "32040401", (9, 6, 4), unit=units[0])
    fill(desk, "32040402", (5, 3, 3), class_code="0502", unit=units[1], area=f"{SOUTH}001", worker=None)
    fill(desk, "32040403", (4, 0, 4), due=MONTH + timedelta(days=80))
    fill(desk, "32040404", (3, 2, 1), opened=MONTH - timedelta(days=20), due=MONTH - timedelta(days=15), unit=units[0])
    with desk.store.connection() as connection:
        for number, change in enumerate(
            ("stage = 'voided'", "stage = 'force_closed'", "stage = 'suspended', closed_at = null", "reworks = 1, source = 'hotline'",
             "send_backs = 1, routed_by = '路灯'", "taken_at = dispatched_at + interval '9 min'", "duty_grid = null"), 1
        ):  # fmt: skip
            connection.execute(f"update cases set {change} where case_number = %s", [f"32040401{number:011d}"])
    order(desk, "3204040100000000003", "issued")
    order(desk, "3204040100000000003", "fed_back")
    order(desk, "3204040200000000005", "issued", unit=units[0])
    revisits(desk, units[0], 12)


Opened = Callable[[list[tuple[RowSet, float]], str, str | None], list[dict[str, Any]]]


def check(by: str, row: dict[str, Any], formulas: dict[str, IndicatorConfig], opened: Opened) -> int:
    """Every part of every figure of a row of a table opens as many rows as it says, whose weights and hours add up to it."""
    checked = 0
    known: dict[str, list[dict[str, Any]]] = {}
    for code, formula in formulas.items():
        figure = row["figures"][code]
        for part in parts_of(formula):
            of = rows_of(formula, part)
            if str(of) not in known:  # most formulas share their denominators
                known[str(of)] = opened(of, by, None if by == "total" else row["key"])
            found = known[str(of)]
            assert len({one["id"] for one in found}) == len(found)
            told = {
                **{name: figure[name] for name in ("numerator", "denominator", "undecided") if figure[name] is not None}, "every": row["n"],
                "decided": (figure["denominator"] or 0) - (figure["undecided"] or 0),
                **{f"deduction-{n}": count for n, count in enumerate(figure.get("deducted", ()), 1)},
            }  # fmt: skip
            if part == "numerator" and formula.kind == "mean":
                assert round(sum(one[f"{formula.measure}_s"] for one in found) / 3600, 4) == figure[part]
            elif part in told:
                amount = round(sum(weight_of(one["mask"], of) for one in found), 6) if part == "numerator" else len(found)
                assert amount == told[part], (by, row["key"], code, part)
            checked += 1
    return checked


@pytest.mark.parametrize(("subject", "least"), [("cases", 800), ("hotline", 60)])
def test_every_figure_of_every_dimension_opens_exactly_its_rows(
    desk: Desk, mixed: None, people: dict[str, Person], subject: str, least: int
) -> None:
    """All dimensions × keys × indicators × parts. Frozen figures are the same ones, those of the month before among them."""
    scope, formulas, checked = desk.scope("boss", "leader"), desk.config.evaluation.of(subject), 0
    report = people["supervisor"].post("/evaluations", {"subject": subject, "period": "month", "at": "2026-10"}).json
    some: dict[str, IndicatorConfig] = {code: formulas[code] for code in ("archive_rate", "score", "satisfy_rate") if code in formulas}
    for by in counted.DIMENSIONS[subject]:
        told = people["boss"].get(f"/indicators/{subject}?at=2026-10&by={by}&compare=true").json
        since, until, as_of = (datetime.fromisoformat(told[name]) for name in ("from", "to", "as_of"))
        period = Period("month", MONTH.date(), since, until)
        with desk.store.connection() as connection:
            connection.execute("set local plan_cache_mode = force_generic_plan")  # hundreds of the same question: planned once

            def live(of: Any, by: str, key: str | None, connection: Any = connection, period: Any = period, at: Any = as_of) -> Any:
                return counted.list_rows(connection, scope, Chosen(subject), period, Behind(of, by, key, "", 1000), at)

            checked += sum(check(by, row, formulas, live) for row in table_of(told, by))
            for span, tables, frozen in (("period", told, report["figures"]), ("before", told["before"], report["compared"]["before"])):
                assert [{**row, "rows": None} for row in table_of(tables, by)] == [{**row, "rows": None} for row in frozen[by]]

                def kept(of: Any, by: str, key: str | None, connection: Any = connection, span: str = span) -> Any:
                    return evaluations.list_rows(connection, report, Behind(of, by, key, "", 1000), span)

                for row in frozen[by]:
                    check(by, row, some, kept)
    assert checked >= least, checked


def table_of(told: dict[str, Any], by: str) -> list[dict[str, Any]]:
    return [told["total"]] if by == "total" else told["rows"]


def test_a_link_of_a_figure_brings_its_rows_a_page_at_a_time(desk: Desk, mixed: None, people: dict[str, Person]) -> None:
    for row in figures(people["supervisor"], "&by=unit")["rows"]:
        for code, part in (
            ("archive_rate", "numerator"),
            ("archive_rate", "undecided"),
            ("handling_hours", "denominator"),
            ("score", "deduction-1"),
        ):
            first, found = rows(people["supervisor"], row["rows"], code, part, limit=2)
            assert len(found) == first["count"] == len({one["id"] for one in found})
            assert first["figure"] == row["figures"][code]
    assert people["boss"].get("/indicators/cases/overdue_open/rows?part=denominator").status_code == 422


def test_a_row_says_in_which_sets_it_stands_and_to_whom_it_belongs(tianmen: list[int], people: dict[str, Person]) -> None:
    link = figures(people["boss"], "&by=unit")["rows"][1]["rows"]
    first, found = rows(people["boss"], link, "archive_rate", "numerator")
    assert (first["figure"]["value"], first["formula"]["formula_id"].split(".")[0]) == (56.25, "archive_rate")
    assert {"due", "closed", "in_time"} <= set(found[0]["sets"])
    assert (found[0]["unit_name"], found[0]["worker_name"], found[0]["area_name"]) == ("市政所", "worker1", "南社区")


def test_nobody_counts_or_opens_what_lies_outside_the_own_area(tianmen: list[int], people: dict[str, Person]) -> None:
    told = figures(people["north"], "&by=unit")
    assert told["total"]["figures"]["archive_rate"]["denominator"] == EVENTS[0]
    assert [row["name"] for row in told["rows"]] == ["市容所", ""], "what is void was given to nobody"
    _, found = rows(people["north"], told["total"]["rows"], "archive_rate", "denominator")
    assert {one["area"][:9] for one in found} == {NORTH}
