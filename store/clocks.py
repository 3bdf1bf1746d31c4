"""The clocks of cases in their table: begun with a case, moved with every act, extended, and read with all their figures.

Whoever calls one of these holds the case's row, inside `logged`: the deadline is part of what screens show. What a clock does
when is `dispatch.clocks`; what falls due without anybody acting is `store.clock_sweep`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from psycopg.types.multirange import TimestamptzMultirange
from psycopg.types.range import Range

from core.config import Config
from core.errors import Invalid
from core.work_config import Limit, TimeUnit, round_the_clock
from dispatch import clocks
from dispatch.clocks import TOTAL as TOTAL
from dispatch.clocks import Clock, Limits, Terms
from dispatch.standards import COMPONENT, EVENT, Standard
from store import clock_sweep, standards, work_days
from store.timescale import Connection, queries

_log = structlog.get_logger(__name__)
_COLUMNS = (
    "round", "basis", "extended", "opened_at", "started_at", "consumed", "running_since", "paused_at", "paused_for", "due_at",
    "yellow_at", "warned_at", "overdue_at", "ended_at", "calendar",
)  # fmt: skip


def open_clocks(connection: Connection, number: str, class_code: str, condition_no: int | None, now: datetime, config: Config) -> datetime:
    """Begin the clocks of a new case, or follow its new class; returns the deadline, written into the case too.

    Raises `Invalid` for a class that neither the standards nor the configuration know.
    """
    case = {**queries.clocks_case(connection, case_number=number), "class_code": class_code, "condition_no": condition_no}
    terms, limits = terms_of(connection, config), _limits(connection, case, config)
    if TOTAL not in limits:
        raise Invalid(f"no class has the code '{class_code}'")
    before = _read(connection, number)
    timed = [_retimed(terms, clock, limits, now) for clock in before]
    after = clocks.move(terms, timed, case["stage"], limits, now)
    total = _write(connection, case, before, after, urgent=_is_urgent(_whole(before), *limits[TOTAL]))
    assert total is not None, "a case that is open has its clock"
    return total.due_at


def follow(
    connection: Connection, row: Mapping[str, Any], before_stage: str, after_stage: str, config: Config, now: datetime
) -> datetime | None:
    """Let the clocks follow an act from one stage to another, when the case's row has been saved.

    Begins, pauses, resumes and ends what the new stage asks for, by the calendar as it is now: a clock of another one is computed anew
    first. Work that ends past its deadline is marked and told as overdue here, the sweep will not see it. Returns the
    deadline of the whole; None for a case that never had one.
    """
    number = row["case_number"]
    before = _read(connection, number)
    case = queries.clocks_case(connection, case_number=number)
    limits = dict(_limits(connection, case, config, _whole(before)))
    if before_stage in clocks.PHASES or before_stage == clocks.SUSPENDED:
        limits.pop(TOTAL, None)  # the whole has its clock; only what was ended and is opened again gets another
    terms = terms_of(connection, config)
    present = [recomputed(terms, clock, now) for clock in before]
    clock_sweep.tell_retimed(connection, [(case, *pair) for pair in zip(before, present, strict=True)], now)
    after = clocks.move(terms, present, after_stage, limits, now)
    late = _newly_overdue(before, after)
    total = _write(connection, case, before, after)
    for clock in late:
        if clock.name != TOTAL or clock.round > 1 or case["overdue_at"] is None:
            clock_sweep.tell_overdue(connection, {**case, "clock": clock.name, "round": clock.round, "due_at": clock.due_at}, now)
    return total.due_at if total else row.get("due_at")


def extend(connection: Connection, number: str, until_at: datetime, now: datetime, config: Config) -> datetime:
    """Move the deadline of the whole, and that of the handling if it has one, to exactly `until_at`. Raises `Invalid` unless later."""
    terms, before = terms_of(connection, config), _read(connection, number)
    if not any(_is_open(clock, TOTAL) for clock in before):
        raise Invalid("this case has no clock that could be extended")
    moved = [
        clocks.extend(terms, clock, until_at, now)
        if _is_open(clock, TOTAL) or (_is_open(clock, "handle") and clock.due_at < until_at)
        else clock
        for clock in before
    ]
    _write(connection, queries.clocks_case(connection, case_number=number), before, moved)
    return until_at


def recomputed(terms: Terms, clock: Clock, now: datetime) -> Clock:
    """By the present calendar. One that it cannot reach keeps its moments: it must not hold up the others."""
    try:
        return clocks.recompute(terms, clock, now)
    except Invalid as beyond:
        _log.warning("clock_not_recomputed", clock=clock.name, due_at=clock.due_at.isoformat(), why=str(beyond))
        return replace(clock, calendar=terms.calendar.stamp)


def list_clocks(connection: Connection, number: str, now: datetime, config: Config) -> list[dict[str, Any]]:
    """Every clock of a case with the figures that explain it; `*_s` are seconds of the limit's own kind, `paused_s` round the clock."""
    terms = terms_of(connection, config)
    return [_told(terms, clock, now) for clock in _read(connection, number)]


def terms_of(connection: Connection, config: Config) -> Terms:
    """What the city computes with at this moment."""
    return Terms(work_days.calendar(connection, config), config.work.yellow_at, config.work.counts_from)


def _told(terms: Terms, clock: Clock, now: datetime) -> dict[str, Any]:
    paused = clock.paused_for + (now - clock.paused_at if clock.paused_at and clock.started_at and not clock.ended_at else now - now)
    return {
        "clock": clock.name, "round": clock.round, "amount": clock.limit.amount, "unit": clock.limit.unit, "basis": clock.basis,
        "started_at": clock.started_at, "due_at": clock.due_at, "yellow_at": clock.yellow_at, "paused_at": clock.paused_at,
        "state": "ended" if clock.ended_at else "running" if clock.running_since else "paused",
        "light": clocks.light(terms, clock, now), "allowed_s": terms.allowed(clock).total_seconds(),
        "extended_s": clock.extended.total_seconds(), "consumed_s": clocks.used(terms, clock, now).total_seconds(),
        "remaining_s": clocks.remaining(terms, clock, now).total_seconds(), "paused_s": paused.total_seconds(),
        "warned_at": clock.warned_at, "overdue_at": clock.overdue_at, "ended_at": clock.ended_at,
    }  # fmt: skip


def _limits(connection: Connection, case: Mapping[str, Any], config: Config, last: Clock | None = None) -> Limits:
    """Of the whole and of each phase: the standard's row first, then the configuration.

    A case that has a clock, its `last`, keeps a limit although its class was dropped: of the ended row, else of that clock.
    """
    code = case["class_code"]
    row = _standard(connection, case)
    if row is None and last and code not in config.classes:
        row = _standard(connection, case, ended=True)
    limits = {phase: (limit, "config") for phase, limit in config.work.limits.given.items()}
    if row:
        limits |= {phase: (limit, "standard") for phase, limit in row.stage_limits.items()}
        return {**limits, TOTAL: (row.limit, "standard")}
    if code in config.classes:
        return {**limits, TOTAL: (round_the_clock(config.classes[code].deadline), "class")}
    return {**limits, TOTAL: (last.limit, last.basis)} if last else limits


def _standard(connection: Connection, case: Mapping[str, Any], ended: bool = False) -> Standard | None:
    kinds = (COMPONENT, EVENT) if case["of_component"] else (EVENT, COMPONENT) if case["component_code"] else (EVENT,)
    found = (standards.find(connection, kind, case["class_code"], case["condition_no"], ended) for kind in kinds)
    return next((row for row in found if row), None)


def _retimed(terms: Terms, clock: Clock, limits: Limits, now: datetime) -> Clock:
    if clock.ended_at is not None or clock.name not in limits or limits[clock.name][0] == clock.limit:
        return clock
    return clocks.retime(terms, clock, *limits[clock.name], now)


def _is_urgent(last: Clock | None, limit: Limit, basis: str) -> bool | None:
    """What the city's table counts day and night is urgent, and no more once its class is another; else whoever opened the case said so."""
    if basis == "standard" and limit.unit.is_urgent:
        return True
    return False if last and last.basis == "standard" and last.limit.unit.is_urgent else None


def _whole(found: Sequence[Clock]) -> Clock | None:
    """The whole's clock, of its last round."""
    return max((clock for clock in found if clock.name == TOTAL), key=lambda clock: clock.round, default=None)


def _is_open(clock: Clock, name: str) -> bool:
    return clock.name == name and clock.ended_at is None


def _newly_overdue(before: Sequence[Clock], after: Sequence[Clock]) -> list[Clock]:
    known = {(clock.name, clock.round) for clock in before if clock.overdue_at}
    return [clock for clock in after if clock.overdue_at and (clock.name, clock.round) not in known]


def _read(connection: Connection, number: str) -> list[Clock]:
    return [clock_of(row) for row in queries.clocks_of(connection, case_number=number)]


def clock_of(row: Mapping[str, Any]) -> Clock:
    """A row of the table."""
    ran = row["ran"] if row["ran"] is None else tuple((one.lower, one.upper) for one in row["ran"])
    limit = Limit(row["amount"], TimeUnit(row["unit"]))
    return Clock(name=row["clock"], limit=limit, ran=ran, **{name: row[name] for name in _COLUMNS})


def _write(
    connection: Connection, case: Mapping[str, Any], before: Sequence[Clock], after: Sequence[Clock], urgent: bool | None = None
) -> Clock | None:
    """Save what changed, and in the case what screens show of the whole's clock; returns that."""
    changed = [clock for clock in after if clock not in before]
    if changed:
        queries.clocks_put(connection, [row_of(case["case_number"], clock) for clock in changed])
    total = _whole(after)
    if total and (total in changed or urgent is not None):
        queries.clocks_set_case(
            connection, case_number=case["case_number"], due_at=total.due_at, yellow_at=total.yellow_at, paused_at=total.paused_at,
            overdue_at=total.overdue_at, urgent=urgent,
        )  # fmt: skip
    return total


def row_of(number: str, clock: Clock) -> dict[str, Any]:
    """The row of a clock."""
    ran = clock.ran if clock.ran is None else TimestamptzMultirange(Range(since, until) for since, until in clock.ran)
    named = {name: getattr(clock, name) for name in _COLUMNS} | {"ran": ran}
    return {"case_number": number, "clock": clock.name, "amount": clock.limit.amount, "unit": clock.limit.unit, **named}
