"""Settings of working time: office hours, whose holidays hold, how long a stage of a case may last. Decides no deadline.

A limit is `30m`, `24h`, `7d` (round the clock) or an amount and one of the five units: `4 work_hours`, `3 work_days`.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from core.setting import Part, duration

_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z_]+)")
MOST = 3650  # of any unit: ten years of days is no limit but a slip of the pen


class TimeUnit(StrEnum):
    """What a limit is counted in. 紧急工作时 and 紧急工作日 run day and night, 工作时 and 工作日 in office hours; 自然日 is 24 hours."""

    URGENT_HOURS = "urgent_hours"
    URGENT_DAYS = "urgent_days"
    WORK_HOURS = "work_hours"
    WORK_DAYS = "work_days"
    NATURAL_DAYS = "natural_days"

    @property
    def is_work(self) -> bool:
        """Whether it stands still outside office hours."""
        return self in (TimeUnit.WORK_HOURS, TimeUnit.WORK_DAYS)

    @property
    def is_urgent(self) -> bool:
        return self in (TimeUnit.URGENT_HOURS, TimeUnit.URGENT_DAYS)


@dataclass(frozen=True, slots=True)
class Limit:
    """So much time. Raises `ValueError` unless 0 < amount ≤ 3650."""

    amount: float
    unit: TimeUnit

    def __post_init__(self) -> None:
        if not 0 < self.amount <= MOST:
            raise ValueError(f"a limit is more than 0 and at most {MOST} {self.unit}, not {self.amount:g}")

    def __str__(self) -> str:
        return f"{self.amount!r} {self.unit}".replace(".0 ", " ", 1)


def round_the_clock(span: timedelta) -> Limit:
    """A duration as a limit that never stands still: in days where it is whole ones."""
    days = span / timedelta(days=1)
    return Limit(days, TimeUnit.NATURAL_DAYS) if days == int(days) else Limit(span / timedelta(hours=1), TimeUnit.URGENT_HOURS)


def limit_of(text: str) -> Limit:
    """A limit as the configuration and the store write it. Raises `ValueError`."""
    match = _LIMIT.fullmatch(text.strip())
    if match and match[2] in set(TimeUnit):
        return Limit(float(match[1]), TimeUnit(match[2]))
    try:
        span = duration(text)
    except ValueError:
        raise ValueError(f"'{text}' is no limit; write 30m, 24h, or an amount of {', '.join(TimeUnit)}") from None
    assert isinstance(span, timedelta)
    return round_the_clock(span)


def _limit(value: object) -> object:
    return limit_of(value) if isinstance(value, str) else value


LimitText = Annotated[Limit, BeforeValidator(_limit), PlainSerializer(str, return_type=str, when_used="json")]
Span = tuple[timedelta, timedelta]  # from midnight


def office_hours(text: str) -> Span:
    """`09:00-12:00` as two spans from midnight. Raises `ValueError`."""
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' are no hours; write 09:00-12:00")
    begin, end = (timedelta(hours=int(match[k]), minutes=int(match[k + 1])) for k in (1, 3))
    if not timedelta(0) <= begin < end <= timedelta(days=1) or max(match[2], match[4]) > "59":
        raise ValueError(f"'{text}' ends before it begins, or is no time of a day")
    return begin, end


def _in_order(hours: tuple[str, ...]) -> tuple[str, ...]:
    spans = [office_hours(one) for one in hours]
    if any(earlier[1] > later[0] for earlier, later in pairwise(spans)):
        raise ValueError("office hours stand in the order of the day and do not overlap")
    return hours


def _length(hours: tuple[str, ...]) -> timedelta:
    return sum((end - begin for begin, end in map(office_hours, hours)), timedelta())


Hours = Annotated[tuple[str, ...], Field(min_length=1)]


def _month_and_day(value: str) -> str:
    date.fromisoformat(f"2004-{value}")  # a leap year: 02-29 is a day
    return value


class SeasonConfig(Part):
    """Other office hours from one day of the year to another, both included; it may go over New Year."""

    since: str
    until: str
    hours: Hours

    _day = field_validator("since", "until")(_month_and_day)
    _order = field_validator("hours")(_in_order)

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        at = f"{day:%m-%d}"
        return self.since <= at <= self.until if self.since <= self.until else not self.until < at < self.since


_CHECK = Limit(0.5, TimeUnit.URGENT_HOURS)  # a check task is done in 30 minutes


class PhaseLimits(Part):
    """How long a case may stay in a phase: `30m`, `1d` round the clock, or `4 work_hours`, `3 work_days`. Without one it has no clock."""

    accept: LimitText | None = None
    pre_check: LimitText | None = _CHECK
    register_: LimitText | None = Field(None, alias="register")
    dispatch: LimitText | None = None
    take: LimitText | None = None
    handle: LimitText | None = None
    check: LimitText | None = None
    post_check: LimitText | None = _CHECK
    close: LimitText | None = None

    @property
    def given(self) -> dict[str, Limit]:
        """Those there are, by phase."""
        return {field.alias or name: limit for name, field in type(self).model_fields.items() if (limit := getattr(self, name))}


class WorkConfig(Part):
    """Working time. A work day is as long in every season, so that so many of them are one amount of time.

    `counts_from`: the phase with which the limit of the whole begins to run.
    """

    hours: Hours = ("09:00-12:00", "13:30-17:30")
    seasons: tuple[SeasonConfig, ...] = ()  # the first that holds a day counts
    holidays: Literal["china", "weekends"] = "china"
    yellow_at: float = Field(0.8, gt=0, lt=1)
    counts_from: Literal["accept", "register", "dispatch", "take"] = "accept"
    limits: PhaseLimits = PhaseLimits()

    _order = field_validator("hours")(_in_order)

    @model_validator(mode="after")
    def _one_length(self) -> "WorkConfig":
        if any(_length(season.hours) != self.day_for for season in self.seasons):
            raise ValueError("a work day must be as long in every season: what would '3 work days' be from one into the other?")
        return self

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """Office hours of a work day, from midnight."""
        hours = next((season.hours for season in self.seasons if season.holds(day)), self.hours)
        return tuple(office_hours(one) for one in hours)

    @property
    def day_for(self) -> timedelta:
        """How long a work day is."""
        return _length(self.hours)


__all__ = ["Limit", "LimitText", "PhaseLimits", "SeasonConfig", "TimeUnit", "WorkConfig", "limit_of", "office_hours", "round_the_clock"]
