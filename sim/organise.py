"""Writes the demo's organisation: the tree, who is where, rosters, a substitution and patrol plans. Safe to repeat.

Tells the simulator who its own people are by the numbers cases name them with. Who is where is `sim.organisation`'s.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

from core.config import Config
from core.errors import IllegalAct
from core.model import EVERYWHERE, Scope
from geodata.model import City
from sim.organisation import crew_of, places_of, rosters_of, units_of
from sim.staff import Worker, new_password, workers_of
from store import patrol_plans, roster_acts, simulated_staff, units
from store.acts import Act
from store.timescale import Connection

# title, hours, share of the grid's cells that must be seen
_PATROLS = (
    ("主次干道早巡", time(8, 30), time(11), 0.5),
    ("市容秩序午后巡查", time(14), time(17), 0.6),
    ("夜间安全巡查", time(19), time(22), 0.4),
)
_PATROLLED = 4  # simulated grids beside the visitor's
_AWAY = timedelta(days=3)


def organise(connection: Connection, config: Config, city: City, area: str, staff: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What the simulator must know of its people: `{crew, accounts: number → login, units: number → login of a handler}`."""
    workers, crew, password = workers_of(city), crew_of(city, area), new_password()
    act = Act("seed", Scope("system", EVERYWHERE.areas, None, "demo"), now)
    units.save_units(connection, units_of(city, area, workers), act, config.organisation)
    simulated_staff.add_people(connection, [member.row() for member in crew], password, now)
    simulated_staff.place_people(connection, [*places_of(workers), *(member.row() for member in crew)])
    visitor = str(staff.get("human", {}).get("login", ""))
    today = now.astimezone(config.area.zone).date()
    rows = list(rosters_of(city, workers, config.organisation, config.area.timezone, today, visitor))
    simulated_staff.add_rosters(connection, rows, now)
    _substitute(connection, workers, visitor, act)
    _plan(connection, workers, visitor, act, config.area.timezone)
    mine = [*(worker["name"] for worker in staff["workers"]), *(member.login for member in crew)]
    numbers = simulated_staff.numbers_of(connection, mine)
    handlers = {member.login for member in crew if member.role == "handler"}
    return {
        "crew": [{"name": member.login, "password": password} for member in crew],
        "accounts": {str(account): login for login, (account, _) in numbers.items()},
        "units": {str(unit): login for login, (_, unit) in sorted(numbers.items(), reverse=True) if unit is not None and login in handlers},
    }


def _substitute(connection: Connection, workers: Sequence[Worker], visitor: str, act: Act) -> None:
    """One grid worker is away for some days, the neighbour stands in."""
    pairs = [(one, other) for one, other in pairwise(workers) if one.area[:9] == other.area[:9]]
    absent, stand_in = next((pair for pair in pairs if visitor not in (pair[0].login, pair[1].login)), (None, None))
    if absent is None or stand_in is None:
        return
    wish = roster_acts.Substitution(absent.login, stand_in.login, act.now, act.now + _AWAY)
    try:
        roster_acts.substitute(connection, wish, Act("substitute", act.scope, act.now, "业务培训"))
    except IllegalAct:  # there from an earlier start
        return


def _plan(connection: Connection, workers: Sequence[Worker], visitor: str, act: Act, zone: str) -> None:
    if simulated_staff.has_plans(connection):
        return
    own = [worker for worker in workers if worker.login == visitor]
    others = [worker for worker in workers if worker.login != visitor]
    for worker in (*own, *others[:: max(1, len(others) // _PATROLLED)][:_PATROLLED]):
        for title, starts, ends, share in _PATROLS:
            plan = patrol_plans.Plan(worker.duty_grid, title, starts, ends, share=share, simulated=True)
            patrol_plans.add_plan(connection, plan, act, zone)
