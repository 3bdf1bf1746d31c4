"""What rules are made of: whom they concern, when they hold, and limits with a severity each. Decides how these are written."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core.names import patterns
from core.setting import ClassCode, Domain, Duration, Part

_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")
_DAY_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _hours(value: object) -> object:
    """`22:00-06:00`: from the first to the second, over midnight where the second is earlier."""
    if isinstance(value, str) and not _HOURS.fullmatch(value):
        raise ValueError(f"'{value}' is no span of a day; write 07:00-21:00, or 22:00-06:00 over midnight")
    return value


def _day_of_year(value: object) -> object:
    if isinstance(value, str) and not _DAY_OF_YEAR.fullmatch(value):
        raise ValueError(f"'{value}' is no day of the year; write 04-15")
    return value


Label = Annotated[str, Field(max_length=80)]  # a line on a screen
Patterns = Annotated[tuple[str, ...], AfterValidator(patterns)]  # of names; `*` stands for any letters
Hours = Annotated[str, BeforeValidator(_hours)]
DayOfYear = Annotated[str, BeforeValidator(_day_of_year)]


class ValidTimes(Part):
    """When a rule may ring, in the city's time. What is not named does not restrict; what rings already goes on and ends as ever."""

    since: date | None = None
    until: date | None = None  # included
    days: tuple[Weekday, ...] = ()
    hours: Hours | None = None
    season: tuple[DayOfYear, DayOfYear] | None = None  # both included; over the new year where the second is earlier


class RulePart(Part):
    """What every rule says of itself. `drill`: what it raises is an exercise."""

    label: Label
    label_en: Label
    class_code: ClassCode | None = None
    owner: Annotated[str, Field(max_length=200)]
    reason: Annotated[str, Field(max_length=2000)]
    runbook: Annotated[str, Field(max_length=2000)] = ""
    enabled: bool = True
    drill: bool = False
    valid: tuple[ValidTimes, ...] = ()  # one of them suffices; none: always


class ScopedRule(RulePart):
    """Of devices: those that all of the named scopes fit; a scope that is not named fits all."""

    domains: tuple[Domain, ...] = ()
    areas: tuple[str, ...] = ()  # codes and what lies in them
    cells: tuple[str, ...] = ()  # cell codes
    kinds: tuple[str, ...] = ()  # of the registry: 水位计
    devices: Patterns = ()  # names; `*` stands for any letters
    tags: tuple[str, ...] = ()  # one of them suffices


class Level(Part):
    """One limit: beyond it for `hold` the rule asks for `severity`; it stays passed until the figure is beyond `clear` again."""

    severity: int = Field(ge=1, le=5)
    above: float | None = None
    below: float | None = None
    clear: float | None = None  # the limit itself unless given
    hold: Duration | None = None  # the rule's unless given
    label: Label = ""
    label_en: Label = ""

    @property
    def limit(self) -> float:
        return float(self.above if self.above is not None else self.below or 0.0)

    def is_beyond(self, figure: float) -> bool:
        return figure > self.limit if self.above is not None else figure < self.limit

    def is_calm(self, figure: float) -> bool:
        """On the calm side of `clear`; between it and the limit nothing changes."""
        clear = self.limit if self.clear is None else self.clear
        return figure <= clear if self.above is not None else figure >= clear


class LevelledRule(ScopedRule):
    """A figure against limits: one (`above` or `below`, `clear`, `severity` on the rule itself), or several as `levels`, mildest first."""

    severity: int | None = Field(None, ge=1, le=5)
    above: float | None = None
    below: float | None = None
    clear: float | None = None
    hold: Duration = timedelta(0)
    levels: tuple[Level, ...] = ()
    qualities: tuple[str, ...] = ("good",)

    @model_validator(mode="after")
    def _says_its_limits_once(self) -> "LevelledRule":
        for problem in self._faults():
            raise ValueError(problem)
        return self

    def _faults(self) -> Iterator[str]:
        alone = [name for name in ("severity", "above", "below", "clear") if getattr(self, name) is not None]
        if self.levels and alone:
            yield f"'levels' says it all: take away {', '.join(alone)}"
        if not self.levels and self.severity is None:
            yield "needs 'severity' with 'above' or 'below', or 'levels'"
        for one in self.limits:
            if (one.above is None) == (one.below is None):
                yield "needs exactly one of 'above' and 'below'"
        for mild, grave in zip(self.limits, self.limits[1:], strict=False):
            if (mild.above is None) != (grave.above is None):
                yield "all levels must lie on one side: a second rule for the other"
            elif grave.severity >= mild.severity or not mild.is_beyond(grave.limit):
                yield "levels go from the mildest to the gravest: each further out and of a more severe colour (a smaller number)"

    @property
    def limits(self) -> tuple[Level, ...]:
        """All limits, the mildest first; always at least one."""
        if self.levels:
            return self.levels
        return (Level(severity=self.severity or 5, above=self.above, below=self.below, clear=self.clear),)


class MetricRule(LevelledRule):
    """The figure is worked out of one metric of one device whenever that speaks; `alerts.measures` says how."""

    metric: str


class Flapping(Part):
    """An alert that rings `times` times within `within` flaps: it returns only after `calm` without a value beyond its mildest limit.

    `times` 0: none ever flaps.
    """

    times: int = Field(5, ge=0)
    within: Duration = timedelta(minutes=30)
    calm: Duration = timedelta(minutes=10)
