"""Hours beyond a limit: of each device, in the course of time, and the hours themselves, out of the measured hours (`device_hours`).

Which limits there are says `alerts.hour_limits`; an hour of which too little came neither kept a limit nor passed it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.types.json import Jsonb

from alerts.figures import LEAST_OF_HOUR
from alerts.hour_limits import HourLimit, of_permit
from core.model import Scope
from store import limits
from store.timescale import Connection, prefixes, queries

PARTS = ("beyond", "touched", "judged", "told")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which hours: those that begin in [since, until) of devices in an area, or of one device, against some limits."""

    limits: Sequence[HourLimit]
    since: datetime
    until: datetime
    area: str = ""
    device: str | None = None

    def columns(self, scope: Scope) -> dict[str, Any]:
        return {
            "limits": Jsonb([_row(one) for one in self.limits]), "since": self.since, "until": self.until, "area": f"{self.area}%",
            "areas": prefixes(scope), "device": self.device, "enough": LEAST_OF_HOUR,
        }  # fmt: skip


def _row(one: HourLimit) -> dict[str, Any]:
    scopes = {name: list(getattr(one, name)) for name in ("domains", "areas", "cells", "kinds", "tags")}
    devices = [_like(pattern) for pattern in one.devices]
    return {"limit_id": one.key, "metric": one.metric, "above": one.above, "below": one.below, "devices": devices, **scopes}


def _like(pattern: str) -> str:
    """A pattern of `core.names` as LIKE writes it."""
    for sign in ("\\", "%", "_"):
        pattern = pattern.replace(sign, f"\\{sign}")
    return pattern.replace("*", "%")


def permits(connection: Connection, day: date) -> Iterable[HourLimit]:
    """What permits in force on a day say of an hour's mean, by device."""
    for one in limits.in_force(connection, day):
        if one.limit.average == "hour":
            yield from of_permit(one.device, one.limit.metric, one.limit.most, one.limit.least, one.limit.permit)


def tally(connection: Connection, scope: Scope, asked: Asked) -> list[dict[str, Any]]:
    """Hours told, judged, beyond and touched, the worst reading, by limit and device; devices without any hour are not there."""
    if asked.since >= asked.until or not asked.limits:
        return []
    return list(queries.exceedances_tally(connection, **asked.columns(scope)))


def course(connection: Connection, scope: Scope, asked: Asked, edges: Sequence[datetime]) -> dict[int, dict[str, int]]:
    """Hours judged, beyond and touched by the number of the bucket, from 1."""
    if asked.since >= asked.until or not asked.limits:
        return {}
    rows = queries.exceedances_course(connection, **asked.columns(scope), edges=list(edges))
    return {row.pop("bucket"): dict(row) for row in rows}


def list_rows(
    connection: Connection, scope: Scope, asked: Asked, part: str, after: tuple[datetime, str, str] | None, limit: int
) -> list[dict[str, Any]]:
    """The hours of one of `PARTS`, newest first."""
    if not asked.limits:
        return []
    at, device, key = after or (asked.until, "", "")
    place = {"after_at": at, "after_device": device, "after_limit": key, "limit": limit, "part": part}
    return list(queries.exceedances_rows(connection, **asked.columns(scope), **place))
