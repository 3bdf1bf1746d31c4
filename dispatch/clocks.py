"""The clocks of a case: which run in which stage, what they used, when they turn yellow and red. Pure; reads no clock, stores nothing.

The whole's clock (`total`) runs while the case is to be handled and stands still while it is verified, checked or suspended; beside it
each stay in a phase that has a limit has a clock of its own. Nothing is lost by a pause: used + left = limit + extended, always.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Invalid
from core.work_config import Limit
from dispatch.work_calendar import WorkCalendar

TOTAL = "total"
# Which phase a stage belongs to; `suspended` belongs to the one it interrupts.
PHASES: Mapping[str, str] = {
    "reported": "accept", "pre_checking": "pre_check", "accepted": "register", "registered": "dispatch", "dispatched": "take",
    "handling": "handle", "on_site": "handle", "finished": "check", "fed_back": "check", "checking": "post_check", "checked": "close",
}  # fmt: skip
SUSPENDED = "suspended"
_ORDER = ("accept", "register", "dispatch", "take", "handle")  # in these the whole's clock runs
# Phases that a case comes back into from a side step: their clock waits and is not begun anew.
_ASIDE = {"pre_check": frozenset({"accept", "register"}), "post_check": frozenset({"check"})}
_NONE = timedelta(0)


class Light(StrEnum):
    """How a deadline is shown; colour never stands alone, the word goes with it."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. `consumed` and `extended` are time of the limit's own kind, `paused_for` passes round the clock.

    `started_at`: when it first ran; it runs since `running_since`, or stands since `paused_at`, or has ended.
    """

    name: str
    limit: Limit
    basis: str
    opened_at: datetime
    due_at: datetime
    yellow_at: datetime
    round: int = 1
    extended: timedelta = _NONE
    started_at: datetime | None = None
    consumed: timedelta = _NONE
    running_since: datetime | None = None
    paused_at: datetime | None = None
    paused_for: timedelta = _NONE
    warned_at: datetime | None = None
    overdue_at: datetime | None = None
    ended_at: datetime | None = None
    ran: tuple[tuple[datetime, datetime], ...] | None = ()  # the stretches that `consumed` is of; None: nobody kept them
    calendar: str = ""  # stamp of the one its moments are of


@dataclass(frozen=True, slots=True)
class Terms:
    """What clocks are computed with: the calendar, the share of a limit after which it is yellow, where the whole's begins to run."""

    calendar: WorkCalendar
    yellow: float = 0.8
    counts_from: str = "accept"

    def allowed(self, clock: Clock) -> timedelta:
        """All the time there is, of the unit's own kind."""
        return self.calendar.span(clock.limit) + clock.extended


def begin(terms: Terms, name: str, limit: Limit, basis: str, at: datetime, round_no: int = 1) -> Clock:
    """A clock that stands; `run` starts it. Its moments are those it would have if it ran at once."""
    return _timed(terms, Clock(name, limit, basis, at, at, at, round_no, paused_at=at, calendar=terms.calendar.stamp), at)


def run(terms: Terms, clock: Clock, at: datetime) -> Clock:
    """It goes on from what it has used; one that runs or has ended stays as it is."""
    if clock.running_since is not None or clock.ended_at is not None:
        return clock
    waited = at - clock.paused_at if clock.paused_at and clock.started_at else _NONE
    running = replace(clock, running_since=at, started_at=clock.started_at or at, paused_at=None, paused_for=clock.paused_for + waited)
    return _timed(terms, running, at)


def pause(terms: Terms, clock: Clock, at: datetime) -> Clock:
    """It stands still; what it used is kept. Past its deadline it is overdue, whether or not anybody had looked."""
    if clock.running_since is None:
        return clock
    late = clock.overdue_at or (at if at > clock.due_at else None)
    ran = clock.ran if clock.ran is None or at <= clock.running_since else (*clock.ran, (clock.running_since, at))
    return replace(clock, consumed=used(terms, clock, at), ran=ran, running_since=None, paused_at=at, overdue_at=late)


def end(terms: Terms, clock: Clock, at: datetime) -> Clock:
    """It stands still for good."""
    return clock if clock.ended_at is not None else replace(pause(terms, clock, at), ended_at=at)


def extend(terms: Terms, clock: Clock, until: datetime, at: datetime) -> Clock:
    """The deadline moves to exactly `until`; a fresh one is warned of afresh. Raises `Invalid` unless it is later than it was."""
    if until <= clock.due_at:
        raise Invalid(f"the deadline is {clock.due_at.isoformat()} already: an extension ends later")
    longer = _granted(terms, clock, until, clock.running_since or at)
    return replace(longer, warned_at=None if longer.yellow_at > at else clock.warned_at)


def _granted(terms: Terms, clock: Clock, until: datetime, at: datetime) -> Clock:
    """Its moments from `at` on, with so much more time that it is due exactly at `until`."""
    granted = terms.calendar.between(clock.due_at, until, clock.limit.unit)
    return replace(_timed(terms, replace(clock, extended=clock.extended + granted), at), due_at=until)


def retime(terms: Terms, clock: Clock, limit: Limit, basis: str, at: datetime) -> Clock:
    """Another limit, because the class is another: what was used and granted stays; a mark whose moment is now to come is taken off."""
    # What was used in time of another kind cannot be told again from its stretches.
    ran = clock.ran if clock.limit.unit.is_work == limit.unit.is_work or not clock.ran else None
    timed = _timed(terms, replace(clock, limit=limit, basis=basis, ran=ran), clock.running_since or at)
    return replace(
        timed, warned_at=None if timed.yellow_at > at else clock.warned_at, overdue_at=None if timed.due_at > at else clock.overdue_at
    )


def recompute(terms: Terms, clock: Clock, at: datetime) -> Clock:
    """The clock by a calendar that has changed, from its start: every stretch it ran counts what that calendar says.

    A deadline that was agreed to comes no earlier; a mark whose moment is now to come is taken off, and none is set: the sweep sets
    them. What has ended stays as it was told.
    """
    if clock.ended_at is not None or clock.calendar == terms.calendar.stamp:
        return clock
    stamped, ran, since = replace(clock, calendar=terms.calendar.stamp), clock.ran, clock.running_since
    if not clock.limit.unit.is_work or (ran is None and since is None):
        return stamped
    anchor, before = _anchor(clock, at)
    timed = _timed(terms, replace(stamped, consumed=clock.consumed if ran is None else _spent(terms, clock, before)), anchor)
    spent, reached = timed.consumed if ran is None else _spent(terms, clock, ran), at if since else clock.paused_at or at
    if clock.extended and timed.due_at < clock.due_at:
        timed = _granted(terms, timed, clock.due_at, anchor)
    warned = None if timed.yellow_at > reached else clock.warned_at
    return replace(timed, consumed=spent, warned_at=warned, overdue_at=None if timed.due_at > reached else clock.overdue_at)


def _anchor(clock: Clock, at: datetime) -> tuple[datetime, tuple[tuple[datetime, datetime], ...]]:
    """When a clock began to run the last time, and the stretches it had run before."""
    ran, paused = clock.ran or (), clock.paused_at or at
    if clock.running_since is not None:
        return clock.running_since, ran
    return (ran[-1][0], ran[:-1]) if ran and ran[-1][1] >= paused else (paused, ran)


def _spent(terms: Terms, clock: Clock, stretches: Iterable[tuple[datetime, datetime]]) -> timedelta:
    return sum((terms.calendar.between(since, until, clock.limit.unit) for since, until in stretches), _NONE)


def used(terms: Terms, clock: Clock, at: datetime) -> timedelta:
    """How much of its time a clock has consumed by `at`."""
    if clock.running_since is None:
        return clock.consumed
    return clock.consumed + terms.calendar.between(clock.running_since, at, clock.limit.unit)


def remaining(terms: Terms, clock: Clock, at: datetime) -> timedelta:
    """Time left, of the unit's own kind; negative when overdue."""
    return terms.allowed(clock) - used(terms, clock, at)


def light(terms: Terms, clock: Clock, at: datetime) -> Light:
    """Red from the deadline on, yellow from the share; of a clock that stands, what it had come to."""
    if clock.running_since is None:
        share = used(terms, clock, at) / terms.allowed(clock)
        return Light.RED if clock.overdue_at or share >= 1 else Light.YELLOW if share >= terms.yellow else Light.GREEN
    return Light.RED if at >= clock.due_at else Light.YELLOW if at >= clock.yellow_at else Light.GREEN


def _timed(terms: Terms, clock: Clock, at: datetime) -> Clock:
    """Its moments, if it runs from `at` on what it has consumed."""
    allowed, unit = terms.allowed(clock), clock.limit.unit
    moments = (terms.calendar.advance(at, share * allowed - clock.consumed, unit) for share in (1, terms.yellow))
    due, yellow = moments
    return replace(clock, due_at=due, yellow_at=yellow)


Limits = Mapping[str, tuple[Limit, str]]  # phase or `total`: its limit, and where that is from


def move(terms: Terms, clocks: Iterable[Clock], stage: str, limits: Limits, at: datetime) -> list[Clock]:
    """All clocks of a case after it came into a stage: those that end, stand or go on, and a new one for the phase that begins."""
    phase = PHASES.get(stage)
    if stage == SUSPENDED:
        return [pause(terms, clock, at) for clock in clocks]
    moved = [_follow(terms, clock, phase, at) for clock in clocks]
    wanted = [TOTAL, phase] if phase else []
    for name in wanted:
        if name in limits and not any(clock.name == name and clock.ended_at is None for clock in moved):
            rounds = sum(clock.name == name for clock in moved)
            fresh = begin(terms, str(name), *limits[str(name)], at, rounds + 1)
            moved.append(_follow(terms, fresh, phase, at))
    return moved


def _follow(terms: Terms, clock: Clock, phase: str | None, at: datetime) -> Clock:
    if phase is None:
        return end(terms, clock, at)
    if clock.name == TOTAL:
        return run(terms, clock, at) if _total_runs(terms, clock, phase) else pause(terms, clock, at)
    if clock.name == phase:
        return run(terms, clock, at)
    return pause(terms, clock, at) if clock.name in _ASIDE.get(phase, ()) else end(terms, clock, at)


def _total_runs(terms: Terms, clock: Clock, phase: str) -> bool:
    """Once begun it runs wherever there is something to handle: sending a case back wins no time."""
    return phase in _ORDER and (clock.started_at is not None or _ORDER.index(phase) >= _ORDER.index(terms.counts_from))
