"""Whom a case could be given to by a dispatcher's own choice: who handles in its area, on shift, with what load and how far away.

Whether the choice holds is decided where it is made (`dispatch.routing.choose_worker`). Tells no position, only a distance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Any

from core.errors import NotAllowed, NotFound
from core.model import Scope
from dispatch.desk_tabs import STAGES
from dispatch.rotation import stand_in_for
from dispatch.routing import HANDLES
from geodata.near import distance_m
from store import change_log
from store.rosters import turns_of
from store.timescale import Connection, queries

MAY_CHOOSE = frozenset({"duty", "dispatcher", "supervisor"})  # who works where, and how far away: for those who give out work
_SEEN_FOR = timedelta(hours=12)  # where somebody was yesterday says nothing of today
_MOST_RANKED = 2000  # people of one case's area: ranked before the list is cut


@dataclass(frozen=True, slots=True)
class Asked:
    """`unit`: those of it alone; `text`: part of the name of a person, post or unit, small letters."""

    unit: int | None = None
    text: str | None = None
    limit: int = 100


def list_candidates(connection: Connection, scope: Scope, number: str, asked: Asked, now: datetime) -> tuple[list[dict[str, Any]], bool]:
    """Who may handle a case, best first: did not send it back, is on shift, is near, has little to do; and whether there are more.

    `{account, title, role, unit, unit_name, post, on_shift: {duty_grid, via} or None, at_desk, open, overdue, distance_m, seen_at,
    sent_back}`; metres from the case's place as of `seen_at`, None where one of the two is unknown.

    Raises `NotAllowed` for a role that gives out no work, `NotFound` for no such case.
    """
    if scope.role not in MAY_CHOOSE:
        raise NotAllowed(f"choosing people is not for the role '{scope.role}'")
    case = change_log.read(connection, "case", [number]).get(number)
    if case is None or not scope.sees(case["area"]):
        raise NotFound(f"no case {number}")
    rows = list(queries.candidates_list(
        connection, number=number, area=case["area"], roles=sorted(HANDLES), unit=asked.unit, text=asked.text, work=list(STAGES["work"]),
        since=now - _SEEN_FOR, now=now, most=_MOST_RANKED,
    ))  # fmt: skip
    on = on_shift(connection, [row["account"] for row in rows], now)
    ranked = sorted((_shown(row, on.get(row["account"]), case) for row in rows), key=_place)
    return ranked[: asked.limit], len(ranked) > asked.limit or len(rows) == _MOST_RANKED


def _shown(row: Mapping[str, Any], shift: Mapping[str, str] | None, case: Mapping[str, Any]) -> dict[str, Any]:
    metres = distance_m(row["lon"], row["lat"], case["lon"], case["lat"])
    told = {name: value for name, value in row.items() if name not in {"lon", "lat"}}
    return {**told, "on_shift": shift, "distance_m": None if metres == inf else round(metres)}


def _place(one: Mapping[str, Any]) -> tuple[Any, ...]:
    metres = one["distance_m"]
    return one["sent_back"], one["on_shift"] is None, metres is None, metres or 0, one["open"], one["title"], one["account"]


def on_shift(connection: Connection, accounts: Sequence[int], now: datetime) -> dict[int, dict[str, str]]:
    """Which of these work in a duty grid at this moment: `{account: {duty_grid, via}}`, as `store.rosters.on_shift` says it of the grid."""
    instead = {row["for_id"]: row["stand_in_id"] for row in queries.candidates_stand_ins(connection, now=now)}
    people = sorted({*accounts, *instead})
    standing = {row["code"]: row["worker_id"] for row in queries.candidates_grids(connection, accounts=people, today=now.date())}
    turns = turns_of(connection, standing, now)
    wanted = [
        *((grid, account, "roster") for grid, account in turns.items()),
        *((grid, worker, "standing") for grid, worker in standing.items()),
    ]
    coming = [(grid, account, via, stand_in_for(account, instead)) for grid, account, via in wanted if account is not None]
    serves = {row["account_id"] for row in queries.rosters_people(connection, ids=sorted({comes for *_, comes in coming}))}
    manned: set[str] = set()
    found: dict[int, dict[str, str]] = {}
    for grid, account, via, comes in coming:  # of a grid its roster first
        if comes in serves and grid not in manned:
            manned.add(grid)
            found.setdefault(comes, {"duty_grid": grid, "via": via if comes == account else "substitution"})
    return {account: found[account] for account in accounts if account in found}
