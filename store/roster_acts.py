"""Making and ending rosters and substitutions: a shift that has its worker is refused, or taken over when that is asked for.

The database refuses what two ask for at once; here it is put into words. What a rotation means is `dispatch.rotation`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg

from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from core.organisation import RosterEntry
from core.organisation_config import OrganisationConfig
from dispatch.organisation import IN_FIELD
from dispatch.roster_matrix import Laid
from dispatch.rotation import spread
from store import audit
from store.acts import Act, demand_fresh, demand_note, demand_saved
from store.rosters import line_of
from store.timescale import Connection, prefixes, queries

ROLES = frozenset({"admin", "dispatcher", "system"})


@dataclass(frozen=True, slots=True)
class Rotation:
    """Who walks through which pattern (a shift a day, '' for none) in a duty grid. `until`: the first day after; None: it goes on."""

    duty_grid: str
    people: tuple[object, ...]  # logins, or numbers of accounts
    pattern: tuple[str, ...]
    since: date
    until: date | None = None
    anchor: date | None = None  # the day the first of them begins with the pattern: `since` unless given
    step: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Substitution:
    """Who stands in for whom, until when."""

    for_whom: object
    stand_in: object
    since: datetime
    until: datetime


def assign(
    connection: Connection, wish: Rotation, act: Act, config: OrganisationConfig, zone: str, *, replace: bool = False
) -> list[int]:  # fmt: skip
    """Write a rotation down, a roster for each shift in it; their numbers. With `replace` what was there ends where this begins.

    Raises `NotAllowed`, `NotFound` for the grid, `Invalid` for people, pattern or days, `IllegalAct` when a shift has its worker.
    """
    demand_role(act)
    grid = queries.rosters_of_grid(connection, code=wish.duty_grid)
    if grid is None or not act.scope.sees(grid["area"]):
        raise NotFound(f"no duty grid {wish.duty_grid}")
    if unknown := sorted({shift for shift in wish.pattern if shift and shift not in config.shifts}):
        raise Invalid(f"pattern: no shift is called {', '.join(unknown)}; there are {', '.join(config.shifts)}")
    if wish.until is not None and wish.until <= wish.since:
        raise Invalid("'until' must be after 'from'")
    people = [_person(connection, who, grid["area"])["account_id"] for who in wish.people]
    cycles = spread(people, wish.pattern, wish.step)
    entries = [
        RosterEntry(grid["code"], shift, config.shifts[shift].starts, config.shifts[shift].ends, wish.since, cycle,
                    wish.anchor or wish.since, wish.until, wish.note)
        for shift, cycle in cycles.items()
    ]  # fmt: skip
    return [_write(connection, entry, grid["area"], zone, act, replace)[0] for entry in entries]


def assign_days(
    connection: Connection, laid: Laid, area: str, act: Act, config: OrganisationConfig, zone: str, *, replace: bool = False
) -> list[int] | None:  # fmt: skip
    """One shift of a duty grid (of `area`, which the act's author sees) day by day, as a sheet has it; which rosters end for it.

    None: the roster that stands says the same on all of these days. Raises `NotAllowed`, `IllegalAct` when the shift has its worker
    and `replace` was not said.
    """
    demand_role(act)
    shift = config.shifts[laid.shift]
    entry = RosterEntry(laid.grid, laid.shift, shift.starts, shift.ends, laid.since, laid.cycle, laid.since, laid.until)
    if _stands(connection, entry, laid):
        return None
    return _write(connection, entry, area, zone, act, replace)[1]


def _stands(connection: Connection, entry: RosterEntry, laid: Laid) -> bool:
    """Whether one roster has the same worker at the same hours on each of the days."""
    columns = {name: getattr(entry, name) for name in ("duty_grid", "shift", "starts", "ends", "since", "until")}
    taken = list(queries.rosters_taken(connection, **columns))
    if len(taken) != 1 or any(taken[0][name] != getattr(entry, name) for name in ("shift", "starts", "ends")):
        return False
    line = line_of(taken[0])
    days = [laid.since + timedelta(days=n) for n in range(len(laid.cycle))]
    return all(line.holds(day) and line.worker(day) == account for day, account in zip(days, laid.cycle, strict=True))


def _write(connection: Connection, entry: RosterEntry, area: str, zone: str, act: Act, replace: bool) -> tuple[int, list[int]]:
    """Its number, and the numbers of those that end where it begins."""
    ended = []
    columns = {name: getattr(entry, name) for name in ("duty_grid", "shift", "starts", "ends", "since", "until")}
    for taken in queries.rosters_taken(connection, **columns):
        if not replace:
            raise _taken(connection, entry, taken)
        _make_room(connection, entry, area, taken, act)
        ended.append(int(taken["roster_id"]))
    more = {"area": area, "zone": zone, "anchor": entry.anchor, "cycle": list(entry.cycle), "note": entry.note}
    try:
        with connection.transaction():
            roster_id = int(queries.rosters_add(connection, **columns, **more, by=act.by, now=act.now))
    except psycopg.errors.ExclusionViolation:  # somebody was faster between the look and the write
        raise _taken(connection, entry, None) from None
    detail = {"duty_grid": entry.duty_grid, "shift": entry.shift, "from": entry.since.isoformat(), "cycle": list(entry.cycle)}
    audit.append(connection, act.named("assign"), "roster", roster_id, area, detail=detail)
    return roster_id, ended


def _make_room(connection: Connection, entry: RosterEntry, area: str, taken: Mapping[str, Any], act: Act) -> None:
    """End what was there the day before; what goes on after the new one goes on as a roster of its own."""
    ends = max(taken["since"], entry.since)
    demand_saved(queries.rosters_end(connection, roster_id=taken["roster_id"], version=taken["version"], until=ends), taken)
    detail = {"until": ends.isoformat(), "for": entry.shift}
    audit.append(connection, act.named("end"), "roster", taken["roster_id"], area, detail=detail)
    if entry.until is not None and (taken["until"] is None or taken["until"] > entry.until):
        rest = {name: taken[name] for name in ("shift", "starts", "ends", "zone", "until", "anchor", "cycle", "note")}
        queries.rosters_add(connection, duty_grid=entry.duty_grid, area=area, since=entry.until, **rest, by=act.by, now=act.now)


def _taken(connection: Connection, entry: RosterEntry, taken: Mapping[str, Any] | None) -> IllegalAct:
    """Who has the shift already, and what to do about it."""
    if taken is None:
        said = f"the shift '{entry.shift}' of {entry.duty_grid} was given to somebody at this moment: look again"
        return IllegalAct("assign", "taken", ("assign",), said)
    ids = [account for account in taken["cycle"] if account is not None]
    names = "、".join(dict.fromkeys(row["title"] for row in queries.rosters_people(connection, ids=ids))) or "nobody"
    days = f"since {taken['since']}" + (f" until {taken['until']}" if taken["until"] else "")
    said = f"{entry.duty_grid}: the shift '{taken['shift']}' is served by {names} {days} (roster {taken['roster_id']}); 'replace' ends it"
    return IllegalAct("assign", "taken", ("replace",), said)


def end(connection: Connection, roster_id: int, last: date, act: Act) -> None:
    """The roster holds no more from the day `last` on. Raises `NotAllowed`, `NotFound`, `StaleWrite`, `Invalid`."""
    demand_role(act)
    row = queries.rosters_lock(connection, roster_id=roster_id, areas=prefixes(act.scope))
    if row is None:
        raise NotFound(f"no roster {roster_id}")
    demand_fresh(row, act)
    if row["until"] is not None and last > row["until"]:
        raise Invalid(f"it ends on {row['until']} already")
    until = max(last, row["since"])
    demand_saved(queries.rosters_end(connection, roster_id=roster_id, version=row["version"], until=until), row)
    audit.append(connection, act.named("end"), "roster", roster_id, row["area"], detail={"until": until.isoformat()})


def substitute(connection: Connection, wish: Substitution, act: Act) -> int:
    """Somebody stands in for another; the number. `act.note` says why.

    Raises `NotAllowed`, `NotFound`, `Invalid` for people and times, `IllegalAct` when another does so already.
    """
    demand_role(act)
    demand_note(act, frozenset({"substitute"}))
    absent = _person(connection, wish.for_whom, "")
    area = absent["areas"][0]
    stand_in = _person(connection, wish.stand_in, area)
    if not act.scope.sees(area):
        raise NotAllowed(f"{absent['title']} works outside of your area")
    if stand_in["account_id"] == absent["account_id"]:
        raise Invalid("nobody stands in for himself")
    if wish.until <= wish.since or wish.until <= act.now:
        raise Invalid("'until' must be after 'from' and in the future")
    try:
        with connection.transaction():
            number = int(
                queries.substitutions_add(
                    connection, area=area, for_id=absent["account_id"], stand_in_id=stand_in["account_id"], since=wish.since,
                    until=wish.until, why=act.note.strip(), by=act.by, now=act.now,
                )
            )  # fmt: skip
    except psycopg.errors.ExclusionViolation:
        said = f"somebody stands in for {absent['title']} in this time already: end that first"
        raise IllegalAct("substitute", "taken", ("end",), said) from None
    detail = {"for": absent["account_id"], "stand_in": stand_in["account_id"], "until": wish.until.isoformat()}
    audit.append(connection, act, "substitution", number, area, detail=detail)
    return number


def end_substitution(connection: Connection, number: int, act: Act) -> None:
    """He who was away is back. Raises `NotAllowed`, `NotFound`, `StaleWrite`, `IllegalAct`."""
    demand_role(act)
    row = queries.substitutions_lock(connection, id=number, areas=prefixes(act.scope))
    if row is None:
        raise NotFound(f"no substitution {number}")
    demand_fresh(row, act)
    if row["ended_at"] is not None or row["until"] <= act.now:
        raise IllegalAct("end", "over", ())
    demand_saved(queries.substitutions_end(connection, id=number, version=row["version"], now=act.now, by=act.by), row)
    audit.append(connection, act.named("end"), "substitution", number, row["area"])


def _person(connection: Connection, who: object, area: str) -> dict[str, Any]:
    """Somebody who works in the field there, by login or number. Raises `Invalid`."""
    number = who if isinstance(who, int) and not isinstance(who, bool) and 0 < who < 2**31 else None
    row: dict[str, Any] | None = queries.rosters_person(connection, login=who if isinstance(who, str) else None, account_id=number)
    if row is None:
        raise Invalid(f"nobody has the account '{who}'")
    if row["role"] not in IN_FIELD:
        raise Invalid(f"{row['title']} is a {row['role']}: no duty grid is for that role")
    if area and not any(area.startswith(mine) for mine in row["areas"]):
        raise Invalid(f"{row['title']} does not work in {area}")
    return row


def demand_role(act: Act) -> None:
    """Raises `NotAllowed` for whoever keeps no rosters."""
    if act.scope.role not in ROLES:
        raise NotAllowed(f"rosters are not kept by the role '{act.scope.role}'")
