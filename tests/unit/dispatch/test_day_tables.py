"""A city's own days as a table says them: a moment in a cell is its day, and a day no calendar reaches is refused by its row."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from dispatch.day_tables import read_days
from dispatch.work_calendar import FIRST, LAST


def test_a_moment_of_a_sheet_is_its_day() -> None:
    rows: list[tuple[int, dict[str, Any]]] = [
        (2, {"day": datetime(2026, 3, 2, 8, tzinfo=UTC), "works": "休"}),
        (3, {"day": date(2026, 3, 1), "works": "班"}),
    ]
    found, faults = read_days(rows)
    assert (sorted(found), faults) == ([(date(2026, 3, 1), True, ""), (date(2026, 3, 2), False, "")], [])
    assert all(type(day) is date for day, _, _ in found)
    assert [one.row for one in read_days([*rows, (4, {"day": "2026-03-02", "works": "休"})])[1]] == [4], "the same day twice"


@pytest.mark.parametrize("year", [FIRST - 1, LAST + 1, 9999])
def test_a_day_no_calendar_reaches_is_a_fault(year: int) -> None:
    for day in (f"{year}-12-31", date(year, 12, 31)):
        found, [fault] = read_days([(2, {"day": day, "works": "休"})])
        assert (found, fault.row, f"{FIRST} to {LAST}" in fault.text) == ([], 2, True)
