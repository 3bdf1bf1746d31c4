"""Settings of rules that measure one metric of one device by more than its value: its rise, what is usual, its standing still, what fell.

Decides what such a rule must say of itself; `alerts.measures` gives it its meaning. Docs: docs/rules.md.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from core.rule_parts import Level, MetricRule
from core.setting import Duration, Part, duration

LONGEST_SPAN = timedelta(days=3)
_SECONDS = ("above", "below", "clear")


def _span(value: timedelta) -> timedelta:
    if not timedelta(seconds=10) <= value <= LONGEST_SPAN:
        raise ValueError("a span is 10 s to 3 days")
    return value


class RateRule(MetricRule):
    """Rings when a metric rises within `span` by more than `above`, or falls by more than `below` (a number below zero).

    The figure is the value less the lowest (for a fall: the highest) of the span, in the metric's unit per span.
    """

    kind: Literal["rate"]
    span: Duration
    complete: float = Field(0.75, gt=0, le=1)

    _in_reach = field_validator("span")(_span)

    def _faults(self) -> Iterator[str]:
        yield from super()._faults()
        for one in self.limits:
            if one.above is not None and one.above <= 0:
                yield "'above' is a rise: more than 0"
            if one.below is not None and one.below >= 0:
                yield "'below' is a fall: less than 0"


class DeviationRule(MetricRule):
    """Rings when a value is far from what is usual at this hour of the city's day: by the hourly means of the `days` past days.

    `by`: `spread` in standard deviations of those means, `percent` of their mean. Fewer than `least_days` with data: not known.
    """

    kind: Literal["deviation"]
    by: Literal["spread", "percent"] = "spread"
    days: int = Field(14, ge=2, le=60)
    least_days: int = Field(7, ge=2, le=60)
    least_spread: float = Field(0.0, ge=0)  # a smaller deviation counts as this, in the metric's unit

    def _faults(self) -> Iterator[str]:
        yield from super()._faults()
        if self.least_days > self.days:
            yield f"'least_days' ({self.least_days}) is more than 'days' ({self.days})"


class StuckRule(MetricRule):
    """Rings when readings come and the value has been the same for more than `above` (`6h`, or seconds); not at the values of `except`.

    The figure is seconds since the value changed.
    """

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    kind: Literal["stuck"]
    resting: tuple[float, ...] = Field((), alias="except")  # a word of the language: no field may be called so

    @model_validator(mode="before")
    @classmethod
    def _durations(cls, told: Any) -> Any:
        return _in_seconds(told)

    def _faults(self) -> Iterator[str]:
        yield from super()._faults()
        if any(one.above is None or one.above <= 0 for one in self.limits):
            yield "'above' is how long a value may stand still: more than 0"


class FurtherSpan(Part):
    """What stands for the rule's levels in another span: the same number of limits, in the order of the levels."""

    span: Duration
    limits: tuple[float, ...] = Field(min_length=1)

    _in_reach = field_validator("span")(_span)


class WindowRule(MetricRule):
    """Rings for a metric folded over `span`; `further` spans have limits of their own, and the one that is passed the furthest counts.

    `each`: every reading tells the sum of so long before it (小时雨量: 1h). A gap leaves at least what was measured.
    """

    kind: Literal["window"]
    fold: Literal["sum", "mean", "min", "max"]
    span: Duration
    each: Duration | None = None
    further: tuple[FurtherSpan, ...] = ()
    complete: float = Field(0.75, gt=0, le=1)

    _in_reach = field_validator("span")(_span)

    def _faults(self) -> Iterator[str]:
        yield from super()._faults()
        if self.each is not None and (self.fold != "sum" or not timedelta(0) < self.each <= self.span):
            yield "'each' is for sums, and not longer than the span"
        for one in self.further:
            if len(one.limits) != len(self.limits):
                yield f"the span of {one.span} needs a limit for each of the {len(self.limits)} levels"
            elif any(limit.above is None or limit.above <= 0 for limit in self.limits) or min(one.limits) <= 0:
                yield "'further' compares amounts: levels with 'above', all more than 0"
            elif any(grave <= mild for mild, grave in pairwise(one.limits)):
                yield f"the limits of the span of {one.span} rise from the mildest to the gravest"


class NamedLevel(Level):
    """A level of the device's own by its name. `above` (or `below`) and `clear` are counted from it: 0 is the level, -0.3 beneath it."""

    named: str = Field(min_length=1, max_length=40)


class NamedLevelRule(MetricRule):
    """Rings when a value reaches levels that are the device's own (`levels` of `PUT /devices`): 警戒水位, 汛限水位 of the season, H and HH.

    A device that lacks a level cannot pass it; one that has none of them is left alone.
    """

    kind: Literal["named_level"]
    levels: tuple[NamedLevel, ...] = Field(min_length=1)

    def _faults(self) -> Iterator[str]:
        alone = [name for name in ("severity", "above", "below", "clear") if getattr(self, name) is not None]
        if alone:
            yield f"'levels' says it all: take away {', '.join(alone)}"
        if any((one.above is None) == (one.below is None) for one in self.levels):
            yield "each level needs exactly one of 'above' and 'below': 0 is the device's own level"
        for mild, grave in pairwise(self.levels):
            if (mild.above is None) != (grave.above is None):
                yield "all levels must lie on one side: a second rule for the other"
            elif grave.severity >= mild.severity:
                yield "levels go from the mildest to the gravest: each of a more severe colour (a smaller number)"


def _in_seconds(told: Any) -> Any:
    """`6h` → 21600, on the rule and in its levels."""
    if not isinstance(told, Mapping):
        return told
    fields = dict(told)
    for name in _SECONDS:
        if isinstance(value := fields.get(name), str):
            span = duration(value)
            fields[name] = span.total_seconds() if isinstance(span, timedelta) else value
    if isinstance(levels := fields.get("levels"), list | tuple):
        fields["levels"] = [_in_seconds(one) for one in levels]
    return fields


MeasureRule = RateRule | DeviationRule | StuckRule | WindowRule | NamedLevelRule
AnyMeasure = Annotated[MeasureRule, Field(discriminator="kind")]
