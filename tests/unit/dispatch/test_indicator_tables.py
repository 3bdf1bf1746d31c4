from datetime import UTC, date, datetime

import pytest

from dispatch.indicator_tables import read_definitions, read_period, read_values


@pytest.mark.parametrize(
    ("word", "kind", "first"),
    [
        ("2026", "year", "2026-01-01"), ("2026年", "year", "2026-01-01"), ("2026Q3", "quarter", "2026-07-01"),
        ("2026年三季度", "quarter", "2026-07-01"), ("2026年第4季度", "quarter", "2026-10-01"), ("2026-q1", "quarter", "2026-01-01"),
        ("2026-10", "month", "2026-10-01"), ("2026年10月", "month", "2026-10-01"), ("2026/9", "month", "2026-09-01"),
        ("2026-10-05", "day", "2026-10-05"), ("2026年2月3日", "day", "2026-02-03"),
    ],
)  # fmt: skip
def test_a_period_is_read_as_cities_write_it(word: str, kind: str, first: str) -> None:
    assert read_period(word, kind) == date.fromisoformat(first)


@pytest.mark.parametrize(
    ("word", "kind"),
    [("2026-13", "month"), ("2026-10", "quarter"), ("2026Q5", "quarter"), ("", "year"), (None, "month"), ("十月", "month")],
)
def test_what_is_no_period_of_its_kind_is_none(word: str | None, kind: str) -> None:
    assert read_period(word, kind) is None


def test_a_workbook_s_date_names_the_period_it_lies_in() -> None:
    cells = {"code": "gdp", "period": datetime(2026, 8, 15, tzinfo=UTC), "value": "1,234.5"}
    (row,), faults = read_values([(2, cells)], {"gdp": "quarter"}.get, "320404")
    assert (row.first, row.value, row.area, faults) == (date(2026, 7, 1), 1234.5, "320404", [])


def test_a_period_told_twice_is_a_fault_and_nothing_is_taken() -> None:
    rows = [(2, {"code": "gdp", "period": "2026", "value": 1}), (3, {"code": "gdp", "period": "2026年", "value": 2})]
    assert read_values(rows, {"gdp": "year"}.get, "320404") == ([], [(3, "时期", "gdp of 320404 in 2026-01-01 stands here twice")])


def test_definitions_are_read_in_the_city_s_words_and_a_wrong_one_names_its_column() -> None:
    found, faults = read_definitions(
        [(2, {"code": "JOBS", "label": " 失业率 ", "group": "经济运行", "period": "季度", "good": "越低越好"})]
    )
    assert not faults
    assert [getattr(found["jobs"], name) for name in ("label", "group", "period", "good", "source")] == [
        "失业率",
        "economy",
        "quarter",
        -1,
        "imported",
    ]
    found, faults = read_definitions([(2, {"code": "jobs", "label": "失业率", "period": "每周五"}), (3, {"code": "1"})])
    assert (found, [(one.row, one.column) for one in faults]) == ({}, [(2, "周期"), (3, "编码")])
