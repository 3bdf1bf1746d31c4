"""Writes a plan's devices into the registry, marked simulated: what they are, what they measure, the levels that are their own.

Decides how a kind is told to the registry; safe to repeat.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from core.config import Config
from sim.kinds import HJ212_CODES, KIND_OF, RIVER_LEVELS, RIVER_LEVELS_SOURCE
from sim.model import Plan, Site
from sim.trucks import rows_of
from store import simulation
from store.timescale import Connection

_STAND_INS = 900_000  # serials of cameras that only a drill has


def register(connection: Connection, config: Config, plan: Plan, now: datetime, *, drill: bool = False) -> None:
    """The plan's devices with their metrics and levels; who is there takes the plan's words. `drill`: all they say is an exercise."""
    simulation.save_metrics(connection, config.metrics)
    rows = [
        {
            "device": site.device, "name": site.name, "domain": KIND_OF[site.kind].domain, "area": site.area, "cell_id": site.cell_id,
            "lon": site.lon, "lat": site.lat, "interval_s": site.interval_s, "kind": KIND_OF[site.kind].label,
            "model": site.kind, "gateway": site.gateway or None, "gb_id": _gb_id(config.area.code, site, drill),
            "drill": drill,
        }
        for site in plan.sites
    ]  # fmt: skip
    metrics = [entry for site in plan.sites for entry in _measures(site)]
    trucks, driven = rows_of(plan.routes)
    rows, metrics = [*rows, *({**truck, "drill": drill} for truck in trucks)], [*metrics, *driven]
    wire_names = {str(entry["metric"]) for entry in metrics} - config.metrics.keys()
    simulation.save_wire_metrics(connection, sorted(wire_names))
    simulation.save_devices(connection, rows, metrics, now)
    simulation.save_levels(connection, _levels(plan), now)


def _levels(plan: Plan) -> list[dict[str, Any]]:
    """Every gauge on the district's rivers has those of the canal, which its sluices hold at one level."""
    return [
        {"device": site.device, "metric": "water_level", "level": level, "value": value, "source": RIVER_LEVELS_SOURCE}
        for site in plan.sites if site.kind == "river" for level, value in RIVER_LEVELS.items()
    ]  # fmt: skip


def _gb_id(area: str, site: Site, drill: bool) -> str | None:
    """A camera's number as GB/T 28181 builds it: district, basic unit 01, industry 00 (public), type 132 (IP camera), network 0, serial."""
    if site.kind != "camera":
        return None
    return f"{area}01001320{int(site.device.rpartition('-')[2]) + (_STAND_INS if drill else 0):06d}"


def _measures(site: Site) -> Iterator[dict[str, str | None]]:
    """What the registry knows of a device's metrics; for an HJ 212 station the wire's name leads to the city's."""
    kind = KIND_OF[site.kind]
    for metric in (*kind.metrics, *(("battery",) if kind.battery else ())):
        if kind.wire == "hj212":
            yield {"device": site.device, "metric": f"{HJ212_CODES[metric]}-rtd".lower(), "name": metric}
        else:
            yield {"device": site.device, "metric": metric, "name": None}
