"""What rules may ask of a device's past, and what is answered: windows of its readings, and what is usual at an hour. Decides nothing.

Aggregates only: a window of 24 hours travels as five numbers, however many readings it has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from core.model import Quality

# A window is looked at again when this part of its span has passed, and kept in as many slices.
LOOKS = 60


class WindowKey(NamedTuple):
    """The readings of one metric of one device in (until − span, until] whose quality is one of those named.

    `each`: every reading tells the sum of so long before it, and only as many are taken as do not overlap, the newest first.
    """

    device_id: int
    metric_id: int
    until: datetime
    span: timedelta
    qualities: tuple[str, ...] = (Quality.GOOD,)
    each: timedelta | None = None


class WindowAsked(NamedTuple):
    """A window to read. `interval`: between two readings of the device. `anyhow`: also if it was looked at a moment ago."""

    key: WindowKey
    interval: timedelta
    anyhow: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Of the readings of a window that have a value: how many, their sum, least and greatest, in the city's unit; None of none."""

    count: int
    sum: float | None = None
    min: float | None = None
    max: float | None = None


class BaselineKey(NamedTuple):
    """What is usual in the hour of the city's day that begins at `hour`, by the `back` days before that day."""

    device_id: int
    metric_id: int
    back: int
    hour: datetime


class Baseline(NamedTuple):
    """Of the hourly means of `days` past days before `day`: their mean and standard deviation (of a sample; None of fewer than two)."""

    mean: float
    spread: float | None
    days: int
    day: date


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the rules concerned ask for one batch."""

    windows: Sequence[WindowAsked] = ()
    baselines: Sequence[BaselineKey] = ()

    def __bool__(self) -> bool:
        return bool(self.windows or self.baselines)


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found. A window that is missing was looked at a moment ago: nothing is said of it."""

    windows: Mapping[WindowKey, Window] = field(default_factory=dict)
    baselines: Mapping[BaselineKey, Baseline] = field(default_factory=dict)
