"""Simulated sanitation trucks: each goes up and down one road, stops at bins, and tells its place every few seconds over MQTT.

Where a truck is, is a function of its route and the time; only `run` knows a wire and waits.
"""

import asyncio
import time
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from geodata.locate import Locator
from geodata.near import bearing_deg, distance_m
from sim import wire
from sim.chance import trait
from sim.ground import Ground
from sim.kinds import TRUCK
from sim.model import Plan, Route
from sim.mqtt import Fleet

LEAST_M = 900.0  # a road worth a truck
GAP_M = 60.0  # points of a road farther apart than this are two roads
LEG_M, DRIVES_S, STOPS_S = 160.0, 32.0, 18.0  # from bin to bin at 18 km/h, and how long one takes
_MOST = 24
_DIGITS = 6


def lay_routes(ground: Ground, locator: Locator, seed: int, devices: int) -> tuple[Route, ...]:
    """A truck for about 200 devices, three at least, each on a long road of its own; none where there is no road or shall be no device."""
    points, owner = ground.along_roads()
    roads = [run for index in dict.fromkeys(owner.tolist()) for run in _runs(points[owner == index]) if len(run) * 45 >= LEAST_M]
    many = min(_MOST, max(3, devices // 200)) if devices else 0
    chosen = np.random.default_rng([seed, 7]).permutation(len(roads))[:many]
    routes = [_route(ground, locator, roads[index], number) for number, index in enumerate(chosen.tolist(), 1)]
    return tuple(route for route in routes if route)


def _runs(points: Any) -> list[Any]:
    """A road's points, cut where it leaves the district and comes back."""
    steps = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.zeros(0)
    return [run for run in np.split(points, np.flatnonzero(steps > GAP_M) + 1) if len(run) > 1]


def _route(ground: Ground, locator: Locator, run: Any, number: int) -> Route | None:
    lon, lat = ground.plane.to_degrees(run[:, 0], run[:, 1])
    home = locator.locate(float(lon[0]), float(lat[0]))
    if home.cell_id is None or not home.area:
        return None
    way = tuple(zip(lon.tolist(), lat.tolist(), strict=True))
    return Route(f"truck-{number:03d}", f"{TRUCK.label}{number:03d}", home.area, home.cell_id, way)


def drive(route: Route, t: float) -> dict[str, float]:
    """Where a truck is at `t` (epoch s), degrees; its speed in km/h, and its course in degrees from north."""
    lengths = [0.0]
    for (x0, y0), (x1, y1) in pairwise(route.way):
        lengths.append(lengths[-1] + distance_m(x0, y0, x1, y1))
    legs, part = divmod(t + trait(route.device, "start") * 1e5, DRIVES_S + STOPS_S)
    gone = LEG_M * (legs + min(1.0, part / DRIVES_S))
    turn, along = divmod(gone, lengths[-1])
    back = turn % 2 == 1
    along = lengths[-1] - along if back else along
    place = min(len(route.way) - 2, max(0, bisect_right(lengths, along) - 1))
    (x0, y0), (x1, y1) = route.way[place], route.way[place + 1]
    share = (along - lengths[place]) / (lengths[place + 1] - lengths[place])
    course = bearing_deg(x1, y1, x0, y0) if back else bearing_deg(x0, y0, x1, y1)
    speed = 3.6 * LEG_M / DRIVES_S if part < DRIVES_S else 0.0
    return {
        "lon": round(x0 + (x1 - x0) * share, _DIGITS),
        "lat": round(y0 + (y1 - y0) * share, _DIGITS),
        "speed": speed,
        "course": round(course, 1),
    }


def rows_of(routes: Sequence[Route]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The trucks as devices of the registry, and what each measures."""
    devices = [
        {"device": one.device, "name": one.name, "domain": TRUCK.domain, "area": one.area, "cell_id": one.cell_id, "lon": one.way[0][0],
         "lat": one.way[0][1], "interval_s": TRUCK.interval_s, "kind": TRUCK.label, "model": TRUCK.name, "gateway": None, "gb_id": None}
        for one in routes
    ]  # fmt: skip
    return devices, [{"device": one.device, "metric": metric, "name": None} for one in routes for metric in TRUCK.metrics]


async def run(plan: Plan, fleet: Fleet) -> None:
    """Tell every truck's place, each at its own moment, for ever."""
    zone = ZoneInfo(plan.timezone)
    if plan.routes:
        fleet.open(_FLEET)
    while plan.routes:
        began = time.time()
        for place, route in enumerate(plan.routes):
            at = began + TRUCK.interval_s * place / len(plan.routes)
            await asyncio.sleep(max(0.0, at - time.time()))
            now = time.time()
            topic = f"city/{route.area}/{TRUCK.domain}/{route.device}/telemetry"
            fleet.publish(_FLEET, topic, wire.payload(wire.telemetry(drive(route, now), datetime.fromtimestamp(now, UTC).astimezone(zone))))
        await asyncio.sleep(max(0.0, began + TRUCK.interval_s - time.time()))


_FLEET = "trucks"  # one connection for all of them: their platform
