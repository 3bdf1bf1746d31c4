"""Patrols as people make, walk and read them; what was missed is told once. Which positions count is `dispatch.patrol`'s.

Positions are personal data: they stand apart, are shown to who keeps the patrol and to who walked it, and are forgotten before the patrol.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from psycopg.types.json import Jsonb
from shapely.geometry.base import BaseGeometry

from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from core.model import EVERYWHERE, Scope
from core.organisation_config import PatrolConfig
from dispatch import patrol as lifecycle
from dispatch.patrol import GOOD, Fix, Ground, Window
from store import audit, rosters
from store.acts import Act, demand_fresh, demand_note, demand_saved
from store.timescale import Connection, prefixes, queries

MAKES = frozenset({"dispatcher", "duty", "supervisor", "admin", "system"})
READS_TRACKS = MAKES | {"auditor"}
MOST_STOPS, MOST_FIXES = 500, 2000
_SWEEP_AT_ONCE = 200
_ALL_FIXES = 20_000
_EVER, _NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """Of a list of patrols: `mine` is an account whose own and unclaimed ones are meant, `after` where the last page ended."""

    area: str = ""
    stages: Sequence[str] | None = None
    duty_grid: str | None = None
    mine: int | None = None
    since: datetime = _EVER
    until: datetime = _NEVER
    after: tuple[datetime, int] = (_EVER, 0)
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Task:
    """A patrol that somebody wants. `stops`: cells by number, points as `(name, lon, lat)`; none: every cell of the grid."""

    duty_grid: str
    title: str
    since: datetime
    until: datetime
    cells: tuple[int, ...] = ()
    points: tuple[tuple[str, float, float], ...] = ()
    share: float = 1.0
    worker: int | None = None
    drill: bool = False
    simulated: bool = False


def reads_place(scope: Scope, account_id: int | None) -> bool:
    """Whether a reader may see where somebody was: he keeps the work, or it is himself."""
    return scope.role in READS_TRACKS or (account_id is not None and scope.account_id == account_id)


def list_patrols(connection: Connection, scope: Scope, asked: Asked) -> list[dict[str, Any]]:
    """By their beginning, without the stops themselves: `stops` and `visited` are numbers."""
    rows = queries.patrols_list(
        connection, areas=prefixes(scope), area=f"{asked.area}%", stages=list(asked.stages) if asked.stages else None,
        duty_grid=asked.duty_grid, mine=asked.mine, since=asked.since, until=asked.until, after_at=asked.after[0], after_id=asked.after[1],
        limit=asked.limit,
    )  # fmt: skip
    return [{**row, "acts": _acts(row, scope)} for row in rows]


def get_patrol(connection: Connection, scope: Scope, patrol_id: int) -> dict[str, Any]:
    """One with its stops, acts, audit and, for who may see it, its track. Raises `NotFound`."""
    found = read_patrol(connection, scope, patrol_id)
    may = reads_place(scope, found["account"])
    track = list(queries.patrols_track(connection, patrol_id=patrol_id, limit=_ALL_FIXES)) if may else []
    return {**found, "track": track, "audit": audit.of_noun(connection, "patrol", patrol_id)}


def read_patrol(connection: Connection, scope: Scope, patrol_id: int) -> dict[str, Any]:
    """One with its stops (`visited` or not) and acts, as a phone that walks it needs it. Raises `NotFound`."""
    row = queries.patrols_get(connection, patrol_id=patrol_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no patrol {patrol_id}")
    stops = [{**stop, "visited": place in row["visited"]} for place, stop in enumerate(row["stops"])]
    return {**row, "stops": stops, "acts": _acts(row, scope)}


def last_verdict(connection: Connection, patrol_id: int) -> str | None:
    """Of its last position in time; None before the first."""
    row = queries.patrols_last_verdict(connection, patrol_id=patrol_id)
    return str(row["verdict"]) if row else None


def _acts(row: Mapping[str, Any], scope: Scope) -> list[str]:
    walks = ["check_in"] if row["stage"] in ("planned", "under_way") and scope.role in lifecycle.WALKS else []
    return [*lifecycle.allowed_acts(row["stage"], scope.role), *walks]


def add_patrol(connection: Connection, task: Task, act: Act) -> int:
    """A patrol to be walked; its number. Raises `NotAllowed`, `NotFound` for the grid, `Invalid` for times, stops, share or worker."""
    demand_maker(act.scope)
    area = area_of(connection, task.duty_grid, act.scope)
    if not task.title.strip() or not 0 < task.share <= 1:
        raise Invalid("a patrol needs a title and a share of its stops over 0 and at most 1")
    if task.until <= max(task.since, act.now):
        raise Invalid("'until' must be after 'from' and in the future")
    if task.worker is not None:
        worker = queries.rosters_account(connection, account_id=task.worker)
        if worker is None or worker["role"] not in lifecycle.WALKS or not any(area.startswith(mine) for mine in worker["areas"]):
            raise Invalid(f"the account {task.worker} works in no duty grid of {area}")
    stops = read_stops(connection, task.duty_grid, task.cells, task.points)
    patrol_id = int(
        queries.patrols_add(
            connection, plan_id=None, duty_grid=task.duty_grid, area=area, title=task.title.strip(), worker_id=task.worker,
            since=task.since, until=task.until, stops=Jsonb(stops), share=task.share, by=act.by, now=act.now, drill=task.drill,
            simulated=task.simulated,
        )
    )  # fmt: skip
    audit.append(connection, act.named("add"), "patrol", patrol_id, area, stages=(None, "planned"), detail={"stops": len(stops)})
    return patrol_id


def area_of(connection: Connection, duty_grid: str, scope: Scope) -> str:
    """The area of a duty grid of the scope. Raises `NotFound`."""
    grid = queries.rosters_of_grid(connection, code=duty_grid)
    if grid is None or not scope.sees(grid["area"]):
        raise NotFound(f"no duty grid {duty_grid}")
    return str(grid["area"])


def read_stops(
    connection: Connection, duty_grid: str, cells: Sequence[int], points: Sequence[tuple[str, float, float]]
) -> list[dict[str, Any]]:
    """Where to be seen, as it is stored. Raises `Invalid`: no stop, too many, a cell of another grid."""
    if cells or points:
        rows = list(queries.patrols_cells(connection, ids=list(cells)))
        known = {row["cell_id"] for row in rows if row["duty_grid"] == duty_grid}
        if strange := [str(cell) for cell in cells if cell not in known]:
            raise Invalid(f"cells: {', '.join(strange[:10])} lie not in {duty_grid}")
    else:
        rows = list(queries.patrols_cells_of_grid(connection, duty_grid=duty_grid))
    stops = [{"kind": "cell", "cell_id": row["cell_id"], "name": row["cell_code"], "lon": row["lon"], "lat": row["lat"]} for row in rows]
    stops += [{"kind": "point", "name": name, "lon": lon, "lat": lat} for name, lon, lat in points]
    if not 0 < len(stops) <= MOST_STOPS:
        raise Invalid(f"a patrol has from 1 to {MOST_STOPS} stops, not {len(stops)}")
    return stops


def check_in(connection: Connection, patrol_id: int, fixes: Sequence[Fix], act: Act, limits: PatrolConfig) -> dict[str, int]:
    """Take positions of a phone, each once; how many got which verdict. The first good one begins the patrol, the last stop ends it.

    Raises `NotFound`, `NotAllowed` for whoever is not its worker, `IllegalAct` when it was cancelled or is over for good, `Invalid`.
    """
    if not fixes or len(fixes) > MOST_FIXES:
        raise Invalid(f"from 1 to {MOST_FIXES} positions at a time")
    row = _lock(connection, act.scope, patrol_id)
    account_id = _walker(connection, row, act)
    if row["stage"] == "cancelled" or act.now > row["until"] + limits.most_late:
        raise IllegalAct("check_in", row["stage"], ())
    times = [fix.at for fix in fixes]
    known = {one["at"] for one in queries.patrols_known(connection, patrol_id=patrol_id, account_id=account_id, times=times)}
    fresh = {fix.at: fix for fix in fixes if fix.at not in known}
    if not fresh:
        return {}
    last = queries.patrols_last_good(connection, patrol_id=patrol_id, at=min(fresh))
    ground = _ground(connection, row)
    judged = lifecycle.judge_track(
        fresh.values(), Fix(**last) if last else None, ground, Window(row["since"], row["until"]), limits, act.now
    )
    of = {"patrol_id": patrol_id, "account_id": account_id, "now": act.now}
    rows = [
        {**of, "at": fix.at, "lon": fix.lon, "lat": fix.lat, "accuracy_m": fix.accuracy_m, "verdict": verdict} for fix, verdict in judged
    ]
    queries.patrols_add_fix(connection, rows)
    _follow(connection, row, account_id, [fix for fix, verdict in judged if verdict == GOOD], ground, act, limits)
    return {verdict: sum(one == verdict for _, one in judged) for verdict in lifecycle.VERDICTS if any(one == verdict for _, one in judged)}


def _walker(connection: Connection, row: Mapping[str, Any], act: Act) -> int:
    """Who walks it: whom it was given to, or whoever is on shift; one that was given to nobody is anybody's of the area."""
    scope = act.scope
    if scope.account_id is None or scope.role not in lifecycle.WALKS:
        raise NotAllowed("a patrol is walked by a person who works in duty grids")
    if row["worker_id"] not in (None, scope.account_id):
        here = rosters.on_shift(connection, row["duty_grid"], act.now)
        if here is None or here["account_id"] != scope.account_id:
            raise NotAllowed("this patrol is somebody else's")
    return scope.account_id


def _follow(
    connection: Connection, row: Mapping[str, Any], account_id: int, good: Iterable[Fix], ground: Ground, act: Act, limits: PatrolConfig
) -> None:
    """What good positions make of the patrol; those that came before and after the visit of others count together."""
    good = list(good)
    if not good:
        return
    visited = sorted(set(row["visited"]) | lifecycle.find_visited(good, ground, limits))
    stage, ended_at = row["stage"], None
    if stage == "planned":
        stage = lifecycle.advance(stage, "begin")
    if stage in ("under_way", "missed") and lifecycle.is_enough(visited, len(row["stops"]), row["share"]):
        stage, ended_at = lifecycle.advance(stage, "complete"), max(fix.at for fix in good)
    began_at = min([fix.at for fix in good] + ([row["began_at"]] if row["began_at"] else []))
    _save(connection, {**row, "worker_id": account_id, "began_at": began_at}, act, stage, visited, ended_at)


def _save(
    connection: Connection, row: Mapping[str, Any], act: Act, stage: str, visited: Sequence[int], ended_at: datetime | None, why: str = ""
) -> None:
    saved = queries.patrols_save(
        connection, patrol_id=row["patrol_id"], version=row["version"], stage=stage, visited=list(visited), worker_id=row["worker_id"],
        began_at=row["began_at"], ended_at=ended_at, why=why,
    )  # fmt: skip
    demand_saved(saved, row)
    if stage != row["stage"]:
        detail = {"visited": len(visited), "stops": len(row["stops"])}
        audit.append(connection, act, "patrol", row["patrol_id"], row["area"], stages=(row["stage"], stage), detail=detail)


def _lock(connection: Connection, scope: Scope, patrol_id: int) -> dict[str, Any]:
    row: dict[str, Any] | None = queries.patrols_lock(connection, patrol_id=patrol_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no patrol {patrol_id}")
    return row


def _ground(connection: Connection, row: Mapping[str, Any]) -> Ground:
    """Outlines of the grid and the stops; of a cell that is gone its middle stays."""
    shapes = {
        one["cell_id"]: shapely.from_geojson(one["geometry"])
        for one in queries.patrols_cells_of_grid(connection, duty_grid=row["duty_grid"])
    }
    stops: list[BaseGeometry] = [shapes.get(stop.get("cell_id")) or shapely.Point(stop["lon"], stop["lat"]) for stop in row["stops"]]
    return lifecycle.ground_of(shapely.union_all(np.array(list(shapes.values()), dtype=object)), stops)


def cancel(connection: Connection, patrol_id: int, act: Act) -> None:
    """Nobody need walk it; `act.note` says why. Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed`, `Invalid`."""
    row = _lock(connection, act.scope, patrol_id)
    demand_fresh(row, act)
    stage = lifecycle.advance(row["stage"], act.act)
    if act.scope.role not in lifecycle.ROLES.get(act.act, ()):
        raise NotAllowed(f"'{act.act}' is not for the role '{act.scope.role}'")
    demand_note(act, lifecycle.NEEDS_NOTE)
    _save(connection, row, act, stage, row["visited"], act.now, act.note.strip())


def sweep(connection: Connection, now: datetime) -> int:
    """Mark patrols whose window passed before enough was visited, and tell who directs and who should have walked; returns how many."""
    rows = list(queries.patrols_overdue(connection, now=now, limit=_SWEEP_AT_ONCE))
    for row in rows:
        _save(connection, row, Act("miss", EVERYWHERE, now), lifecycle.advance(row["stage"], "miss"), row["visited"], now)
        payload = {
            "title": row["title"], "area": row["area"], "grid": row["duty_grid"], "patrol": row["patrol_id"],
            "visited": len(row["visited"]), "stops": len(row["stops"]), "drill": row["drill"], "simulated": row["simulated"],
        }  # fmt: skip
        for target in ("role:dispatcher", *([f"account:{row['worker_id']}"] if row["worker_id"] is not None else [])):
            queries.outbox_add(
                connection, now=now, dedupe_key=f"patrol_missed/{row['patrol_id']}/{target}", target=target, template="patrol_missed",
                payload=Jsonb(payload), severity=4,
            )  # fmt: skip
    return len(rows)


def forget_tracks(connection: Connection, before: datetime) -> int:
    """Drop positions from before a moment; what was visited stays with the patrol."""
    return int(queries.patrols_forget_fixes(connection, before=before))


def demand_maker(scope: Scope) -> None:
    """Raises `NotAllowed` for whoever does not direct patrols."""
    if scope.role not in MAKES:
        raise NotAllowed(f"patrols are not made by the role '{scope.role}'")
