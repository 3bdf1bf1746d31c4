"""A city's table of classes: merged cells, limits as they are written, and every fault by row and column."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from core.work_config import Limit, TimeUnit
from dispatch.standards import COMPONENT, EVENT, HEADINGS, KEYS, Fault, Standard, number_conditions, parse_limit, read_rows
from geodata.tables import read_table

_OURS = {
    "urgent_hour": TimeUnit.URGENT_HOURS, "urgent_day": TimeUnit.URGENT_DAYS, "working_hour": TimeUnit.WORK_HOURS,
    "working_day": TimeUnit.WORK_DAYS,
}  # fmt: skip
ROW = {"big": "01", "big_name": "市容", "small": "01", "name": "乱\n堆", "condition": "占道", "closing": "清理", "limit": "4小时"}


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("2紧急工作时", 2, TimeUnit.URGENT_HOURS),
        ("1紧急工作日", 1, TimeUnit.URGENT_DAYS),
        ("4小时", 4, TimeUnit.WORK_HOURS),
        ("4个工作小时内", 4, TimeUnit.WORK_HOURS),
        ("30分钟", 0.5, TimeUnit.WORK_HOURS),
        ("3天", 3, TimeUnit.WORK_DAYS),
        ("15 个工作日以内", 15, TimeUnit.WORK_DAYS),
        ("5自然日", 5, TimeUnit.NATURAL_DAYS),
        ("１．５天", 1.5, TimeUnit.WORK_DAYS),
        ("1紧急工作时制止", 1, TimeUnit.URGENT_HOURS),  # what is to be done by then
    ],
)
def test_limits_are_read_as_cities_write_them(text: str, amount: float, unit: TimeUnit) -> None:
    assert parse_limit(text) == Limit(amount, unit)


@pytest.mark.parametrize("text", ["", "三天", "3日", "天", "0天", "3天或5天", "4小时30分钟", "2紧急", "尽快", "99999天"])
def test_what_may_mean_two_things_or_nothing_is_no_limit(text: str) -> None:
    with pytest.raises(ValueError, match="limit"):
        parse_limit(text)


def read(*rows: dict[str, Any]) -> tuple[list[Standard], list[Fault]]:
    return read_rows(enumerate(rows, 3), EVENT)


def test_a_blank_cell_is_merged_from_above() -> None:
    more = {"condition": "占绿地", "limit": "2天"}
    other = {"small": "2", "name": "乱倒", "condition": "倾倒", "closing": "清除", "limit": "1天"}
    found, faults = read(ROW | {"units": "环卫中心、街办"}, more, other)
    assert faults == []
    assert [(one.class_code, one.big_name, one.name, one.condition, one.closing, one.limit_text, one.units) for one in found] == [
        ("0101", "市容", "乱堆", "占道", "清理", "4小时", ("环卫中心", "街办")),
        ("0101", "市容", "乱堆", "占绿地", "清理", "2天", ("环卫中心", "街办")),
        ("0102", "市容", "乱倒", "倾倒", "清除", "1天", ("环卫中心", "街办")),
    ]


def test_a_limit_is_never_taken_from_another_class() -> None:
    found, faults = read(ROW, {"small": "02", "name": "乱倒", "condition": "倾倒"})
    assert (found, faults) == ([], [Fault(4, "处置时限", "is empty")])


def test_every_fault_is_named_and_nothing_is_taken() -> None:
    again, unknown = {"condition": "占道", "limit": "1天"}, {"small": "x", "name": "?", "condition": "c", "limit": "1天"}
    found, faults = read(ROW, {"condition": "占绿地", "limit": "尽快"}, {"closing": "清理"}, again, unknown)
    assert found == []
    assert [(fault.row, fault.column) for fault in faults] == [(4, "处置时限"), (5, "立案条件"), (6, "立案条件"), (7, "小类代码")]
    assert "row 3" in faults[2].text


def test_a_table_may_give_limits_of_phases_and_its_lead_unit() -> None:
    found, _ = read(ROW | {"dispatch": "1紧急工作时", "lead_unit": "u7"})
    assert (found[0].stage_limits, found[0].lead_unit) == ({"dispatch": Limit(1, TimeUnit.URGENT_HOURS)}, "u7")


def test_a_condition_keeps_its_number_wherever_a_later_table_puts_it() -> None:
    found, _ = read(ROW, {"condition": "新的", "limit": "1天"}, {"condition": "占绿地", "limit": "1天"})
    numbered = number_conditions(found, [("0101", "占绿地", 1), ("0101", "占道", 2)])
    assert [(one.condition, one.condition_no) for one in numbered] == [("占道", 2), ("新的", 3), ("占绿地", 1)]


@pytest.mark.parametrize(("name", "kind", "reference", "rows"), [("事件", EVENT, "events", 144), ("部件", COMPONENT, "components", 375)])
def test_a_real_citys_tables_are_read_whole(shared: Path, name: str, kind: str, reference: str, rows: int) -> None:
    table = read_table(shared / "citizen" / f"yuncheng_standard_{name}.csv", HEADINGS, *KEYS)
    found, faults = read_rows(table.rows, kind)
    assert (faults, table.unread, len(found)) == ([], [], rows)
    told = yaml.safe_load((shared.parent / "reference" / f"cityparts_{reference}.yaml").read_text(encoding="utf-8"))
    limits = {
        one["full_code"]: ("".join(one["name"].split()), [(limit["value"], _OURS[limit["unit"]]) for limit in one["limits"]])
        for big in told["big"] for one in big["small"]
    }  # fmt: skip
    read: dict[str, tuple[str, dict[tuple[float, TimeUnit], None]]] = {}
    for one in found:
        read.setdefault(one.class_code, (one.name, {}))[1][one.limit.amount, one.limit.unit] = None
    assert {code: (title, list(some)) for code, (title, some) in read.items()} == limits
    assert len(limits) == told["counts"]["small"]
