"""Who serves which shift when: a pattern of days spread over people, by the wall clock of a zone. Pure; knows neither grid nor name.

A shift of a day is one person's or nobody's by the way it is written down: `cycle` holds one account a day. What may still be wrong,
a day without anybody or two shifts whose hours meet, is found and named; nothing is mended in silence. Zones without summer time are
meant; in others a turn lasts as long as the wall clock says, an hour more or less on two nights of the year.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from core.errors import Invalid

OFF = ""
_DAY = timedelta(days=1)
_MOST_STAND_INS = 8  # one stands in for who stands in for … : a longer chain is a mistake


@dataclass(frozen=True, slots=True)
class Line:
    """One shift of one duty grid from day to day. `until`: the first day after, None: until further notice. None in `cycle`: nobody."""

    shift: str
    starts: time
    ends: time
    zone: str
    since: date
    until: date | None
    anchor: date
    cycle: tuple[int | None, ...]

    def worker(self, day: date) -> int | None:
        """Whose turn it is that begins on a day."""
        return self.cycle[(day - self.anchor).days % len(self.cycle)]

    def holds(self, day: date) -> bool:
        """Whether a turn begins on that day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Turn:
    """One shift of one day: `account` None: nobody. Moments in UTC, the end is no longer of it."""

    shift: str
    day: date
    begins: datetime
    ends: datetime
    account: int | None


@dataclass(frozen=True, slots=True)
class Flaw:
    """A span in which there is not exactly one: a `gap` has nobody, an `overlap` names all who are on."""

    kind: str
    begins: datetime
    ends: datetime
    accounts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody serves for another until a moment."""

    for_id: int
    stand_in_id: int
    since: datetime
    until: datetime


def spread(people: Sequence[int], pattern: Sequence[str], step: int | None = None) -> dict[str, tuple[int | None, ...]]:
    """The cycle of each shift when all walk through `pattern` (a shift's name a day, `OFF` for none), each `step` days after the last.

    Without a `step` they are spread evenly. Raises `Invalid` when two would serve one shift of a day, or nobody any.
    """
    length = len(pattern)
    if not people or not any(pattern):
        raise Invalid("a rotation needs people and a pattern with a shift in it")
    if len(set(people)) != len(people):
        raise Invalid("somebody stands in the rotation twice")
    each = step if step is not None else max(1, length // len(people))
    cycles: dict[str, list[int | None]] = {shift: [None] * length for shift in dict.fromkeys(pattern) if shift != OFF}
    for place, person in enumerate(people):
        for day in range(length):
            shift = pattern[(day - place * each) % length]
            if shift == OFF:
                continue
            if (other := cycles[shift][day]) is not None:
                who = f"{people.index(other) + 1} and {place + 1}"
                raise Invalid(f"day {day + 1} of the pattern: persons {who} would both serve '{shift}'; spread them by another step")
            cycles[shift][day] = person
    return {shift: tuple(cycle) for shift, cycle in cycles.items()}


def turn_of(line: Line, day: date) -> Turn:
    """The turn that begins on a day."""
    zone = ZoneInfo(line.zone)
    last = day if line.starts < line.ends else day + _DAY
    begins, ends = datetime.combine(day, line.starts, zone), datetime.combine(last, line.ends, zone)
    return Turn(line.shift, day, begins.astimezone(UTC), ends.astimezone(UTC), line.worker(day))


def turns_between(lines: Iterable[Line], since: datetime, until: datetime) -> list[Turn]:
    """All turns that touch a span, by their beginning; days without anybody are among them."""
    found = [turn for line in lines for turn in _turns(line, since, until) if turn.begins < until and turn.ends > since]
    return sorted(found, key=lambda turn: (turn.begins, turn.ends, turn.shift))


def _turns(line: Line, since: datetime, until: datetime) -> Iterator[Turn]:
    zone = ZoneInfo(line.zone)
    day, last = since.astimezone(zone).date() - _DAY, until.astimezone(zone).date()  # yesterday's night reaches into today
    while day <= last:
        if line.holds(day):
            yield turn_of(line, day)
        day += _DAY


def turn_at(lines: Iterable[Line], now: datetime) -> Turn | None:
    """The turn of a moment that has somebody; of two whose hours meet, the one that began last."""
    here = [turn for turn in turns_between(lines, now, now + timedelta(microseconds=1)) if turn.account is not None]
    return here[-1] if here else None


def find_flaws(turns: Iterable[Turn], since: datetime, until: datetime) -> list[Flaw]:
    """Where in a span there is nobody, or more than one person."""
    manned = [turn for turn in turns if turn.account is not None]
    edges = sorted({since, until, *(at for turn in manned for at in (turn.begins, turn.ends) if since < at < until)})
    flaws: list[Flaw] = []
    for begins, ends in pairwise(edges):
        here = tuple(sorted({turn.account for turn in manned if turn.account is not None and turn.begins <= begins and ends <= turn.ends}))
        if len(here) == 1:
            continue
        kind = "overlap" if here else "gap"
        if flaws and (flaws[-1].kind, flaws[-1].ends, flaws[-1].accounts) == (kind, begins, here):
            begins = flaws.pop().begins
        flaws.append(Flaw(kind, begins, ends, here))
    return flaws


def stand_in_for(account: int, stand_ins: Mapping[int, int]) -> int:
    """Who really comes: `stand_ins` are those of the moment, by whom they replace. In a circle everybody does his own work."""
    who = account
    for _ in range(_MOST_STAND_INS):
        if who not in stand_ins:
            return who
        who = stand_ins[who]
    return account
