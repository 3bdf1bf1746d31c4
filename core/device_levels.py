"""Levels that belong to a device: 警戒水位 of a river gauge, 汛限水位 of a reservoir by season, H and HH of a gas detector.

Decides which number holds on a day. Never compares a value with it: the rule names the level and says what passing it means.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DeviceLevel:
    """One number: in the city's unit of `metric`. `season`: first and last day of the year as MM-DD, over the new year where the second
    is earlier; None: all year. `since` and `until` are days; all included. `source`: who says so (汛期调度运用计划 2026).
    """

    metric: str
    level: str
    value: float
    season: tuple[str, str] | None = None
    source: str | None = None
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        if (self.since is not None and day < self.since) or (self.until is not None and day > self.until):
            return False
        if self.season is None:
            return True
        first, last = self.season
        today = f"{day:%m-%d}"
        return first <= today <= last if first <= last else today >= first or today <= last


def holding(levels: Iterable[DeviceLevel], metric: str, day: date) -> dict[str, float]:
    """The number of each level of a metric on a day: in season that of the season, else that of the year.

    Of several seasons the lowest (as a flood plan does), of several years' numbers the one that began last.
    """
    found: dict[str, DeviceLevel] = {}
    for one in levels:
        if one.metric == metric and one.holds(day):
            other = found.get(one.level)
            if other is None or _before(one, other):
                found[one.level] = one
    return {name: one.value for name, one in found.items()}


def _before(one: DeviceLevel, other: DeviceLevel) -> bool:
    if (one.season is None) != (other.season is None):
        return one.season is not None
    if one.season is not None:
        return one.value < other.value
    return (one.since or date.min) > (other.since or date.min)
