"""Working time as a number line: every moment has a position in seconds worked, every position a moment. Pure; reads no clock.

Adding a limit is a step on that line and back again, so that adding and taking away the same are the identity on working moments.
What a limit of each unit means is told in docs/clocks.md.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from zoneinfo import ZoneInfo

from chinese_calendar import constants as china

from core.errors import Invalid
from core.work_config import Limit, TimeUnit, WorkConfig

FIRST, LAST = 2015, 2049  # years a calendar reaches over
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
KNOWN = (min(china.holidays).year, max(china.holidays).year)  # years whose public holidays and make-up days the library has
_LENGTH = {TimeUnit.URGENT_HOURS: timedelta(hours=1), TimeUnit.WORK_HOURS: timedelta(hours=1)}
OwnDays = tuple[tuple[date, bool], ...]


def is_work_day(day: date, holidays: str, own: Mapping[date, bool]) -> bool:
    """The city's own table first, then the country's holidays and make-up days where they are known, else Monday to Friday."""
    if day in own:
        return own[day]
    if holidays == "china" and KNOWN[0] <= day.year <= KNOWN[1]:
        return day in china.workdays or (day.weekday() < 5 and day not in china.holidays)
    return day.weekday() < 5


def unknown_years(holidays: str, own: OwnDays, first: int, last: int) -> list[int]:
    """Years from `first` to `last` of which only weekends are known: neither the library nor the city's table has them."""
    told = {day.year for day, _ in own}
    if holidays != "china":
        return []
    return [year for year in range(first, last + 1) if not KNOWN[0] <= year <= KNOWN[1] and year not in told]


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Stretches of working time, in microseconds since 1970: where each begins and ends, and how much was worked before it.

    A moment works when a stretch holds it, its end left out. Methods raise `Invalid` beyond the years 2015 to 2049.
    """

    begins: tuple[int, ...]
    ends: tuple[int, ...]
    worked: tuple[int, ...]  # before the stretch; one more at the end: all there is
    day_for: timedelta
    stamp: str = ""  # of two calendars that differ anywhere another one

    def span(self, limit: Limit) -> timedelta:
        """How much time of its own kind a limit is: of work units the time worked."""
        day = self.day_for if limit.unit.is_work else timedelta(days=1)
        return limit.amount * _LENGTH.get(limit.unit, day)

    def add(self, start: datetime, limit: Limit) -> datetime:
        """The first moment at which the limit has run out that began at `start`."""
        return self.advance(start, self.span(limit), limit.unit)

    def subtract(self, end: datetime, limit: Limit) -> datetime:
        """The last moment from which the limit runs until `end`."""
        return self.advance(end, -self.span(limit), limit.unit)

    def advance(self, start: datetime, span: timedelta, unit: TimeUnit) -> datetime:
        """The first moment `span` of the unit's own time after `start`; of a negative one the last so much before."""
        if not span or not unit.is_work:
            return start + span
        position = self._position(start) + span // _TICK
        return _EPOCH + (self._first_at(position) if span > timedelta(0) else self._last_at(position)) * _TICK

    def between(self, start: datetime, end: datetime, unit: TimeUnit) -> timedelta:
        """How much of the unit's own time runs from `start` to `end`; negative when `end` is the earlier."""
        return (self._position(end) - self._position(start)) * _TICK if unit.is_work else end - start

    def works(self, at: datetime) -> bool:
        """Whether a moment is in office hours."""
        tick = self._tick(at)
        return tick < self.ends[bisect_right(self.begins, tick) - 1]

    def _tick(self, at: datetime) -> int:
        tick = (at - _EPOCH) // _TICK
        if not self.begins[0] <= tick < self.ends[-1]:
            raise Invalid(f"the work calendar reaches from {FIRST} to {LAST}: {at:%Y-%m-%d} is beyond it")
        return tick

    def _position(self, at: datetime) -> int:
        tick = self._tick(at)
        stretch = bisect_right(self.begins, tick) - 1
        return self.worked[stretch] + min(tick, self.ends[stretch]) - self.begins[stretch]

    def _first_at(self, position: int) -> int:
        return self._at(position, bisect_left(self.worked, position) - 1)

    def _last_at(self, position: int) -> int:
        return self._at(position, bisect_right(self.worked, position) - 1)

    def _at(self, position: int, stretch: int) -> int:
        if not 0 <= stretch < len(self.begins):
            raise Invalid(f"the work calendar reaches from {FIRST} to {LAST}: that is beyond it")
        return self.begins[stretch] + position - self.worked[stretch]


def build(work: WorkConfig, zone: str, own: OwnDays = ()) -> WorkCalendar:
    """The calendar of a city in its zone, corrected by its own days; built once for each of them (about 50 ms)."""
    return _built(work.model_dump_json(include={"hours", "seasons", "holidays"}), zone, own)


@lru_cache(maxsize=32)
def _built(work: str, zone: str, own: OwnDays) -> WorkCalendar:
    config = WorkConfig.model_validate_json(work)
    begins, ends, worked = [], [], [0]
    for begin, end in _stretches(config, ZoneInfo(zone), dict(own)):
        begins.append(begin)
        ends.append(end)
        worked.append(worked[-1] + end - begin)
    stamp = sha256(repr((begins, ends, config.day_for)).encode()).hexdigest()[:16]
    return WorkCalendar(tuple(begins), tuple(ends), tuple(worked), config.day_for, stamp)


def _stretches(work: WorkConfig, zone: ZoneInfo, own: Mapping[date, bool]) -> Iterator[tuple[int, int]]:
    day = date(FIRST, 1, 1)
    while day.year <= LAST:
        if is_work_day(day, work.holidays, own):
            midnight = datetime.combine(day, time())
            for span in work.spans_on(day):
                begin, end = (((midnight + at).replace(tzinfo=zone) - _EPOCH) // _TICK for at in span)
                if begin < end:  # a clock put forward may swallow it
                    yield begin, end
        day += timedelta(days=1)
