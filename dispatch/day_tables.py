"""A city's own table of days off and make-up days: what its rows say. Pure; reads no file, and nothing of a table with a fault is taken."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from dispatch.standards import Fault
from dispatch.work_calendar import FIRST, LAST

_NAMES: Mapping[str, tuple[str, ...]] = {
    "day": ("日期", "date", "day"),
    "works": ("是否上班", "班休", "类型", "works"),
    "note": ("说明", "备注", "节日", "note"),
}
HEADINGS = {word: ours for ours, words in _NAMES.items() for word in words}
KEYS = ("day",)
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_WORKS = frozenset({"班", "上班", "补班", "调休上班", "工作日", "是", "1", "true", "yes", "work"})
_RESTS = frozenset({"休", "休息", "放假", "假日", "节假日", "否", "0", "false", "no", "off"})
Day = tuple[date, bool, str]


def read_days(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> tuple[list[Day], list[Fault]]:
    """Every day with whether it is worked and why; a day may stand in the table once."""
    days: dict[date, Day] = {}
    faults: list[Fault] = []
    for number, cells in rows:
        day, works = _day(cells.get("day")), _works(cells.get("works"))
        if day is None:
            faults.append(Fault(number, "日期", f"'{cells.get('day', '')}' is no day; write 2026-10-10"))
        elif not FIRST <= day.year <= LAST:
            faults.append(Fault(number, "日期", f"{day} is beyond the calendar, which reaches from {FIRST} to {LAST}"))
        elif day in days:
            faults.append(Fault(number, "日期", f"{day} stands here twice"))
        if works is None:
            faults.append(Fault(number, "是否上班", f"'{cells.get('works', '')}' is neither 班 nor 休"))
        if day is not None and works is not None:
            days[day] = (day, works, str(cells.get("note", "")))
    return ([] if faults else list(days.values())), faults


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = _DATE.fullmatch(str(value or "").strip())
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def _works(value: Any) -> bool | None:
    word = str("" if value is None else value).strip().lower()
    return True if word in _WORKS else False if word in _RESTS else None
