"""Plans that patrols are made from, day by day: each day of a plan gives one patrol, however often it is asked for."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from core.errors import Invalid, NotFound
from core.model import Scope
from core.organisation_config import PatrolConfig
from dispatch.rotation import Line, turn_of
from store import audit
from store.acts import Act
from store.patrols import area_of, demand_maker, read_stops
from store.timescale import Connection, prefixes, queries

_DAY = timedelta(days=1)
_AT_ONCE = 100
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """A patrol on some days of the week (1 Monday … 7), in hours of the city's wall clock. Stops as in `store.patrols.Task`."""

    duty_grid: str
    title: str
    starts: time
    ends: time
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    cells: tuple[int, ...] = ()
    points: tuple[tuple[str, float, float], ...] = ()
    share: float = 1.0
    simulated: bool = False


def add_plan(connection: Connection, plan: Plan, act: Act, zone: str) -> int:
    """A plan from today on; its number. Raises `NotAllowed`, `NotFound`, `Invalid`."""
    demand_maker(act.scope)
    area = area_of(connection, plan.duty_grid, act.scope)
    if not plan.title.strip() or not 0 < plan.share <= 1:
        raise Invalid("a plan needs a title and a share of its stops over 0 and at most 1")
    if not plan.weekdays or not set(plan.weekdays) <= set(range(1, 8)):
        raise Invalid("weekdays: one or more of 1 (Monday) to 7")
    stops = read_stops(connection, plan.duty_grid, plan.cells, plan.points)
    plan_id = int(
        queries.patrol_plans_add(
            connection, duty_grid=plan.duty_grid, area=area, title=plan.title.strip(), weekdays=sorted(set(plan.weekdays)),
            starts=plan.starts, ends=plan.ends, zone=zone, stops=Jsonb(stops), share=plan.share,
            simulated=plan.simulated, by=act.by, now=act.now,
        )
    )  # fmt: skip
    audit.append(connection, act.named("add"), "patrol_plan", plan_id, area, detail={"stops": len(stops)})
    return plan_id


def end_plan(connection: Connection, plan_id: int, act: Act) -> None:
    """No more patrols are made from it; those that were made stay. Raises `NotAllowed`, `NotFound`."""
    demand_maker(act.scope)
    row = queries.patrol_plans_end(connection, plan_id=plan_id, now=act.now, areas=prefixes(act.scope))
    if row is None:
        raise NotFound(f"no patrol plan {plan_id}")
    audit.append(connection, act.named("end"), "patrol_plan", plan_id, row["area"])


def list_plans(connection: Connection, scope: Scope, area: str = "") -> list[dict[str, Any]]:
    """Those that hold, in the order they were made."""
    return list(queries.patrol_plans_list(connection, areas=prefixes(scope), area=f"{area}%", limit=_MOST))


def make_due(connection: Connection, config: PatrolConfig, now: datetime) -> int:
    """The patrols of all plans whose windows begin within `ahead`; returns how many were made. A window that is over is not made up for."""
    made = 0
    for row in queries.patrol_plans_due(connection, last=(now + config.ahead).date(), limit=_AT_ONCE):
        zone = ZoneInfo(row["zone"])
        today, last = now.astimezone(zone).date(), (now + config.ahead).astimezone(zone).date()
        day = max(row["planned_to"] or today, today)
        while day <= last:
            made += _make(connection, row, day, now)
            day += _DAY
        queries.patrol_plans_planned(connection, plan_id=row["plan_id"], planned_to=day)
    return made


def _make(connection: Connection, row: dict[str, Any], day: date, now: datetime) -> int:
    window = turn_of(Line("", row["starts"], row["ends"], row["zone"], day, None, day, (None,)), day)
    if day.isoweekday() not in row["weekdays"] or window.ends <= now:
        return 0
    patrol_id = queries.patrols_add(
        connection, plan_id=row["plan_id"], duty_grid=row["duty_grid"], area=row["area"], title=row["title"], worker_id=None,
        since=window.begins, until=window.ends, stops=Jsonb(row["stops"]), share=row["share"], by=f"plan {row['plan_id']}", now=now,
        drill=False, simulated=row["simulated"],
    )  # fmt: skip
    return int(patrol_id is not None)
