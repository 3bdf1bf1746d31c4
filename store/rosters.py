"""Who is on shift in a duty grid: its rosters, who stands in for whom, and the grid's standing worker where no roster holds.

That a shift of a day has one worker is the database's law (0029_organisation.sql); days and hours are `dispatch.rotation`'s.
Nothing is written here: see `store.roster_acts`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from core.model import Scope
from dispatch.rotation import Line, Turn, find_flaws, stand_in_for, turn_at, turns_between
from store.timescale import Connection, prefixes, queries

_DAY = timedelta(days=1)
_MOST_STAND_INS = 8
_ALL = 10_000


class Asked(NamedTuple):
    """A part of the roster: days from `first` on by the wall clock of `zone`, grids after `after`."""

    first: date
    days: int
    zone: ZoneInfo
    area: str = ""
    duty_grid: str | None = None
    after: str = ""
    limit: int = 100

    @property
    def span(self) -> tuple[datetime, datetime]:
        return (
            datetime.combine(self.first, time(0), self.zone),
            datetime.combine(self.first + self.days * _DAY, time(0), self.zone),
        )


def on_shift(connection: Connection, cell_or_grid: int | str, now: datetime) -> dict[str, Any] | None:
    """Who works in a cell (its number) or a duty grid (its code) at this moment; None: nobody.

    `{account_id, login, title, role, areas, unit_id, duty_grid, shift, via}`; `via` is `roster`, `substitution` or `standing` (the worker
    of the grid itself, also in hours no roster covers; `shift` is then None). Whoever was disabled is nobody.
    """
    of_cell = isinstance(cell_or_grid, int)
    grid = queries.rosters_of_cell(connection, cell_id=cell_or_grid) if of_cell else queries.rosters_of_grid(connection, code=cell_or_grid)
    if grid is None:
        return None
    turn = turn_at([line_of(row) for row in _rows(connection, [grid["code"]], now, now)], now)
    wanted: list[tuple[int | None, str | None, str]] = [(turn.account, turn.shift, "roster")] if turn else []
    for account_id, shift, via in [*wanted, (grid["worker_id"], None, "standing")]:
        comes = _comes(connection, account_id, now) if account_id is not None else None
        if row := queries.rosters_account(connection, account_id=comes):
            return {**row, "duty_grid": grid["code"], "shift": shift, "via": via if comes == account_id else "substitution"}
    return None


def turns_of(connection: Connection, grids: Iterable[str], now: datetime) -> dict[str, int]:
    """Whom the rosters of some duty grids name for this moment, by grid; whether they come is not asked."""
    lines: dict[str, list[Line]] = {}
    for row in _rows(connection, grids, now, now):
        lines.setdefault(row["duty_grid"], []).append(line_of(row))
    turns = {grid: turn_at(of_grid, now) for grid, of_grid in lines.items()}
    return {grid: turn.account for grid, turn in turns.items() if turn is not None and turn.account is not None}


def _comes(connection: Connection, account_id: int, now: datetime) -> int:
    """Who really comes at this moment."""
    found: dict[int, int] = {}
    who = account_id
    while who not in found and len(found) < _MOST_STAND_INS:
        row = queries.rosters_stand_in(connection, account_id=who, now=now)
        if row is None:
            break
        found[who] = row["stand_in_id"]
        who = found[who]
    return stand_in_for(account_id, found)


def _rows(connection: Connection, grids: Iterable[str], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Rosters of some duty grids that may touch a span."""
    return list(queries.rosters_lines(connection, grids=list(grids), first=(since - 2 * _DAY).date(), last=(until + _DAY).date()))


def line_of(row: Mapping[str, Any]) -> Line:
    """A row of `rosters` as the pure part knows it."""
    hours = (row["starts"], row["ends"], row["zone"])
    return Line(row["shift"], *hours, row["since"], row["until"], row["anchor"], tuple(row["cycle"]))


def list_week(connection: Connection, scope: Scope, asked: Asked, now: datetime) -> list[dict[str, Any]]:
    """The duty grids of an area with their turns and flaws in a span of days.

    `{duty_grid, name, area, street, standing, rostered, turns: [{shift, day, begins, ends, account, title, roster, version, stand_ins}],
    flaws: [{kind, begins, ends, titles}]}`. A grid without any roster has its standing worker at all hours, and is one gap without one.
    """
    since, until = asked.span
    grids = list(
        queries.rosters_grids(
            connection, areas=prefixes(scope), area=f"{asked.area}%", duty_grid=asked.duty_grid, after=asked.after, limit=asked.limit
        )
    )
    rows = _rows(connection, [grid["duty_grid"] for grid in grids], since, until)
    ids = {account for row in rows for account in row["cycle"] if account is not None}
    people = {row["account_id"]: row["title"] for row in queries.rosters_people(connection, ids=sorted(ids))}
    stand_ins = list_substitutions(connection, scope, now, since, until)
    by_grid: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_grid.setdefault(row["duty_grid"], []).append(row)
    return [_grid(grid, by_grid.get(grid["duty_grid"], ()), people, stand_ins, (since, until)) for grid in grids]


def _grid(
    grid: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], people: Mapping[int, str], stand_ins: Sequence[Mapping[str, Any]],
    span: tuple[datetime, datetime],
) -> dict[str, Any]:  # fmt: skip
    found = [(turn, row) for row in rows for turn in turns_between([line_of(row)], *span)]
    found = sorted(((_present(turn, people), row) for turn, row in found), key=lambda one: (one[0].begins, one[0].shift))
    standing = {"account": grid["worker_id"], "title": grid["worker"]} if grid["worker"] is not None else None
    flaws = find_flaws([turn for turn, _ in found], *span) if found or standing is None else []
    return {
        **{name: grid[name] for name in ("duty_grid", "name", "area", "street")},
        "standing": standing,
        "rostered": bool(found),
        "turns": [_turn(turn, row, people, stand_ins) for turn, row in found],
        "flaws": [
            {"kind": flaw.kind, "begins": flaw.begins, "ends": flaw.ends, "titles": [people[account] for account in flaw.accounts]}
            for flaw in flaws
        ],
    }


def _present(turn: Turn, people: Mapping[int, str]) -> Turn:
    """Whoever was disabled serves no more."""
    return turn if turn.account in people else Turn(turn.shift, turn.day, turn.begins, turn.ends, None)


def _turn(turn: Turn, row: Mapping[str, Any], people: Mapping[int, str], stand_ins: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    instead = [
        {"title": one["stand_in"], "from": one["from"], "until": one["ended_at"] or one["until"]}
        for one in stand_ins
        if one["for_id"] == turn.account and one["from"] < turn.ends and (one["ended_at"] or one["until"]) > turn.begins
    ]
    return {
        "shift": turn.shift, "day": turn.day, "begins": turn.begins, "ends": turn.ends, "account": turn.account,
        "title": people.get(turn.account) if turn.account is not None else None, "roster": row["roster_id"], "version": row["version"],
        "stand_ins": instead,
    }  # fmt: skip


def list_substitutions(
    connection: Connection, scope: Scope, now: datetime, since: datetime, until: datetime, area: str = ""
) -> list[dict[str, Any]]:
    """Who stands in for whom in a span, by its beginning: `{id, for_id, for, stand_in_id, stand_in, from, until, why, state, …}`."""
    rows = queries.substitutions_list(connection, now=now, since=since, until=until, area=f"{area}%", limit=_ALL)
    return [row for row in rows if any(row["area"].startswith(mine) or mine.startswith(row["area"]) for mine in scope.areas)]
