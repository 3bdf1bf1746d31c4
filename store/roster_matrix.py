"""A sheet of people and days taken over as rosters, all or nothing, and rosters as such a sheet again. Reads no cell.

Names become accounts and duty grids; a name that two bear is refused, never guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from core.errors import IllegalAct
from core.model import Scope
from core.organisation_config import OrganisationConfig
from dispatch.organisation import IN_FIELD
from dispatch.roster_matrix import Laid, Matrix, lay_out
from dispatch.roster_sheet import SheetRow
from geodata.checks import Finding
from store import roster_acts, rosters
from store.acts import Act
from store.timescale import Connection, queries

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Brought:
    """What a sheet came to: each shift of a grid as it was laid out, those that stand so already, which rosters it ended, every fault."""

    laid: tuple[Laid, ...]
    standing: tuple[Laid, ...]
    ended: tuple[int, ...]
    findings: tuple[Finding, ...]
    applied: bool


def bring(
    connection: Connection, matrix: Matrix, act: Act, config: OrganisationConfig, zone: str, *, replace: bool, apply: bool
) -> Brought:  # fmt: skip
    """Rosters from a sheet, or with a fault or without `apply` what they would be: then nothing is kept. Raises `NotAllowed`."""
    roster_acts.demand_role(act)
    grids = _grids(connection, matrix, act.scope)
    laid = lay_out(matrix, _accounts(connection, matrix, grids), {word: row["code"] for word, row in grids.items()})
    areas = {row["code"]: row["area"] for row in grids.values()}
    ended: list[int] = []
    standing: list[Laid] = []
    kept = False
    with connection.transaction() as here:
        for one in laid if not matrix.findings else ():
            try:
                for_it = roster_acts.assign_days(connection, one, areas[one.grid], act, config, zone, replace=replace)
                ended += for_it or ()
                standing += [one] if for_it is None else ()
            except IllegalAct as error:  # told with the others: looked on, so that all is known at once
                row = next(cell.row for cell in matrix.cells if cell.shift == one.shift and grids[cell.grid]["code"] == one.grid)
                matrix.refuse(row, one.grid, str(error))
        kept = apply and bool(laid) and not matrix.findings
        if not kept:
            raise psycopg.Rollback(here)
    return Brought(tuple(laid), tuple(standing), tuple(dict.fromkeys(ended)), tuple(matrix.findings), kept)


def _grids(connection: Connection, matrix: Matrix, scope: Scope) -> dict[str, dict[str, Any]]:
    """As written → the duty grid; by its code before its name."""
    rows = list(queries.rosters_grids_named(connection, words=list(matrix.grids)))
    found = {}
    for word, row in matrix.grids.items():
        fits = [one for one in rows if one["code"] == word] or [one for one in rows if one["name"] == word]
        if len(fits) != 1 or not scope.sees(fits[0]["area"]):
            matrix.refuse(
                row,
                word,
                f"{len(fits)} duty grids are called '{word}': write the code" if len(fits) > 1 else f"no duty grid is called '{word}'",
            )
        else:
            found[word] = fits[0]
    return found


def _accounts(connection: Connection, matrix: Matrix, grids: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """As written → the account; by login before title before name. Whoever does not work where the sheet puts them is a fault."""
    rows = list(queries.rosters_named(connection, words=list(matrix.people), roles=sorted(IN_FIELD)))
    found = {}
    for who, row in matrix.people.items():
        fits = next((fit for key in ("login", "title", "name") if (fit := [one for one in rows if one[key] == who])), [])
        if len(fits) != 1:
            several = f"{len(fits)} people are called '{who}': write the login (column 登录名)"
            matrix.refuse(row, who, several if fits else f"nobody who works in the field is called '{who}'")
            continue
        found[who] = int(fits[0]["account_id"])
        beyond = {cell.grid for cell in matrix.cells if cell.who == who and cell.grid in grids and not _works_in(fits[0], grids[cell.grid])}
        if beyond:
            matrix.refuse(row, who, f"does not work in {', '.join(sorted(beyond))}")
    return found


def _works_in(person: Mapping[str, Any], grid: Mapping[str, Any]) -> bool:
    return any(grid["area"].startswith(mine) for mine in person["areas"])


def rows_of(connection: Connection, scope: Scope, first: date, days: int, zone: ZoneInfo, area: str, now: datetime) -> list[SheetRow]:
    """Who serves in which duty grid on which days, by grid and person; a grid without a roster has its standing worker, and no shift."""
    found: list[SheetRow] = []
    after = ""
    while True:
        grids = rosters.list_week(connection, scope, rosters.Asked(first, days, zone, area, None, after, _PAGE), now)
        ids = {turn["account"] for grid in grids for turn in grid["turns"] if turn["account"] is not None}
        ids |= {grid["standing"]["account"] for grid in grids if grid["standing"]}
        people = {row["account_id"]: row for row in queries.rosters_people(connection, ids=sorted(ids))}
        found += [row for grid in grids for row in _rows(grid, people, first, first + timedelta(days=days))]
        if len(grids) < _PAGE:
            return found
        after = grids[-1]["duty_grid"]


def _rows(grid: Mapping[str, Any], people: Mapping[int, Mapping[str, Any]], first: date, until: date) -> Sequence[SheetRow]:
    turns: dict[int, dict[date, list[str]]] = {}
    for turn in grid["turns"]:
        if turn["account"] in people and first <= turn["day"] < until:
            turns.setdefault(turn["account"], {}).setdefault(turn["day"], []).append(turn["shift"])
    if not turns and grid["standing"]:
        turns = {grid["standing"]["account"]: {}}
    return [
        SheetRow(grid["duty_grid"], grid["name"], people[account]["login"], people[account]["title"],
                 {day: tuple(shifts) for day, shifts in served.items()})
        for account, served in turns.items()
    ]  # fmt: skip
