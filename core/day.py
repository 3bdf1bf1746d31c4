"""The city's calendar day. Decides where one day ends and the next begins, also when clocks change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Day:
    """[start, end), aware times."""

    start: datetime
    end: datetime

    def holds(self, at: datetime | None) -> bool:
        """Whether a moment lies in it; None never does."""
        return at is not None and self.start <= at < self.end


def day_of(now: datetime, zone: ZoneInfo) -> Day:
    """The day a moment lies in; one with a change of clock is 23 or 25 hours long."""
    start = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Day(start, start + timedelta(days=1))  # wall-clock arithmetic: midnight to midnight
