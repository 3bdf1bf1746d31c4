"""A year's days as an administrator looks at them: whether each is worked, and what says so. Pure; decides nothing a calendar does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from chinese_calendar import constants as china

from dispatch.work_calendar import KNOWN, is_work_day

Why = Literal["own", "holiday", "make_up", "weekend", "weekday"]


@dataclass(frozen=True, slots=True)
class YearDay:
    """One day. `why`: the city's own word, a public holiday or its make-up day (`name` says of which), or only the day of the week.

    `else_works` is what would hold without the city's word.
    """

    day: date
    works: bool
    why: Why
    name: str = ""
    name_en: str = ""
    else_works: bool = True


def days_of(year: int, holidays: str, own: Mapping[date, bool]) -> list[YearDay]:
    """All days of a year in order; `own` are the city's corrections, `holidays` the configuration's `work.holidays`."""
    first = date(year, 1, 1)
    return [_day(first + timedelta(days=n), holidays, own) for n in range((date(year + 1, 1, 1) - first).days)]


def _day(day: date, holidays: str, own: Mapping[date, bool]) -> YearDay:
    known = holidays == "china" and KNOWN[0] <= day.year <= KNOWN[1]
    english = (china.workdays.get(day) or china.holidays.get(day, "")) if known else ""
    name = next((one.chinese for one in china.Holiday if one.value == english), "")
    by_law = is_work_day(day, holidays, {})
    why: Why = "own" if day in own else "make_up" if english and by_law else "holiday" if english else "weekday" if by_law else "weekend"
    return YearDay(day, own.get(day, by_law), why, name, english, by_law)
