"""Hours beyond a limit: of each device, in the course of time, and the hours themselves, out of the measured hours (`device_hours`).

Which limits there are says `alerts.hour_limits`; an hour of which too little came neither kept a limit nor passed it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import inf, nextafter
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from alerts.figures import LEAST_OF_HOUR
from alerts.hour_limits import HourLimit, OwnNumber, of_permit, own_numbers
from core.device_levels import DeviceLevel
from core.model import Scope
from store import limits
from store.device_levels import level_of
from store.hours import HOUR, hour_of
from store.timescale import Connection, prefixes, queries

PARTS = ("beyond", "touched", "judged", "told")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which hours: those that begin in [since, until) of devices in an area, or of one device, against some limits.

    `own`: what limits by name are for each device (`with_own`), on days of `zone`.
    """

    limits: Sequence[HourLimit]
    since: datetime
    until: datetime
    zone: ZoneInfo
    area: str = ""
    device: str | None = None
    own: Sequence[OwnNumber] = ()

    def columns(self, scope: Scope) -> dict[str, Any]:
        return {
            "limits": Jsonb([_row(one) for one in self.limits]), "numbers": Jsonb(list(self._numbers())), "area": f"{self.area}%",
            "areas": prefixes(scope), "device": self.device,
        }  # fmt: skip

    def _numbers(self) -> Iterable[dict[str, Any]]:
        """A level that is reached is passed: beyond it is what is beyond the number next to it."""
        upward = {one.key: one.above is not None for one in self.limits}
        for one in self.own:
            beyond = nextafter(one.number, -inf if upward[one.key] else inf)
            yield {
                "limit_id": one.key, "device": one.device, "number": one.number, "above": beyond if upward[one.key] else None,
                "below": None if upward[one.key] else beyond, "since": one.first and self._midnight(one.first),
                "until": one.last and self._midnight(one.last + timedelta(days=1)),
            }  # fmt: skip

    def _midnight(self, day: date) -> str:
        return datetime.combine(day, time(), self.zone).isoformat()


def _row(one: HourLimit) -> dict[str, Any]:
    scopes = {name: list(getattr(one, name)) for name in ("domains", "areas", "cells", "kinds", "tags")}
    devices = [_like(pattern) for pattern in one.devices]
    own = one.named is not None
    above, below = (None, None) if own else (one.above, one.below)
    return {"limit_id": one.key, "metric": one.metric, "own": own, "above": above, "below": below, "devices": devices, **scopes}


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


def with_own(connection: Connection, scope: Scope, asked: Asked) -> Asked:
    """The same with the numbers that limits by name had on its days for each device that has them; as they are entered now."""
    metrics = sorted({one.metric for one in asked.limits if one.named is not None})
    if not metrics or asked.since >= asked.until:
        return asked
    levels: dict[str, list[DeviceLevel]] = {}
    place = {"areas": prefixes(scope), "area": f"{asked.area}%", "device": asked.device}
    for row in queries.exceedances_levels(connection, metrics=metrics, **place):
        levels.setdefault(row["device"], []).append(level_of(row))
    first, last = (at.astimezone(asked.zone).date() for at in (asked.since, asked.until - timedelta(microseconds=1)))
    return replace(asked, own=tuple(own_numbers(asked.limits, levels, first, last)))


def _targets(connection: Connection, scope: Scope, asked: Asked) -> list[dict[str, Any]]:
    """Which device stands against which limit."""
    return list(queries.exceedances_targets(connection, **asked.columns(scope))) if asked.since < asked.until and asked.limits else []


_SAME = ("limit_id", "metric_id", "above", "below", "since", "until")


def _counted(
    connection: Connection, scope: Scope, asked: Asked, edges: Sequence[datetime]
) -> Iterable[tuple[str, Mapping[str, Any], list[dict[str, Any]]]]:
    """The counts of each limit, one number of its devices after the other. A day that two buckets share is read by its hours."""
    found = _targets(connection, scope, asked)
    span = {"since": asked.since, "until": asked.until}
    days = (
        [(row["day"], row["until"]) for row in queries.exceedances_days(connection, edges=list(edges) or [asked.since], **span)]
        if found
        else []
    )
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row in found:
        groups.setdefault(tuple(row[name] for name in _SAME), []).append(row["device_id"])
    for (limit_id, metric_id, above, below, first, over), devices in groups.items():
        since, until = max(asked.since, first or asked.since), min(asked.until, over or asked.until)
        whole = [(day, end) for day, end in days if since <= day and end <= until]
        number = {"metric_id": metric_id, "above": above, "below": below, "until": until}
        rows = queries.exceedances_tally(
            connection, **number, under=None if below is None else nextafter(below, -inf), devices=devices, days=[day for day, _ in whole],
            hours=hours_beside(since, until, whole), edges=list(edges), by_bucket=bool(edges), enough=LEAST_OF_HOUR,
        )  # fmt: skip
        yield limit_id, number, list(rows)


def hours_beside(since: datetime, until: datetime, days: Iterable[tuple[datetime, datetime]]) -> list[datetime]:
    """The hours that begin in [since, until) and in none of `days`, which are in their order."""
    found: list[datetime] = []
    at = hour_of(since) if since == hour_of(since) else hour_of(since) + HOUR
    for first, over in (*days, (until, until)):
        while at < first:
            found.append(at)
            at += HOUR
        at = max(at, over)
    return found


def tally(connection: Connection, scope: Scope, asked: Asked) -> list[dict[str, Any]]:
    """Hours told, judged, beyond and touched, the worst reading, by limit and device; devices without any hour are not there."""
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for limit_id, number, counted in _counted(connection, scope, asked, ()):
        last = _last(connection, number, counted)
        for row in counted:
            key, one = (limit_id, row["device_id"]), {**row, "limit_id": limit_id, "last_at": last.get(row["device_id"])}
            rows[key] = _together(rows[key], one, number["above"] is not None) if key in rows else one
    known = queries.exceedances_of_devices(connection, devices=sorted({device for _, device in rows}))
    devices = {row["device_id"]: row for row in known}
    return [{**row, **devices[row["device_id"]]} for row in rows.values()]


def _last(connection: Connection, number: Mapping[str, Any], counted: Iterable[Mapping[str, Any]]) -> dict[int, datetime]:
    """The last hour with a reading beyond, by device."""
    touched = [row for row in counted if row["last_at"] is not None]
    if not touched:
        return {}
    of = {"devices": [row["device_id"] for row in touched], "days": [row["last_at"] for row in touched]}
    return {row["device_id"]: row["last_at"] for row in queries.exceedances_last(connection, **number, **of)}


def _together(one: dict[str, Any], other: dict[str, Any], upward: bool) -> dict[str, Any]:
    """A device whose own number was another at another time."""
    last = [row["last_at"] for row in (one, other) if row["last_at"] is not None]
    return {
        **one, **{name: one[name] + other[name] for name in PARTS}, "last_at": max(last, default=None),
        "worst": (max if upward else min)(one["worst"], other["worst"]),
    }  # fmt: skip


def course(connection: Connection, scope: Scope, asked: Asked, edges: Sequence[datetime]) -> dict[int, dict[str, int]]:
    """Hours judged, beyond and touched by the number of the bucket, from 1."""
    sums: dict[int, dict[str, int]] = {}
    for _, _, counted in _counted(connection, scope, asked, edges):
        for row in counted:
            bucket = sums.setdefault(row["bucket"], dict.fromkeys(("judged", "beyond", "touched"), 0))
            for name in bucket:
                bucket[name] += row[name]
    return sums


_COLUMNS = {
    "limit_ids": "limit_id", "devices": "device_id", "metrics": "metric_id", "numbers": "number", "aboves": "above", "belows": "below",
    "sinces": "since", "untils": "until",
}  # fmt: skip


def list_rows(
    connection: Connection, scope: Scope, asked: Asked, part: str, after: tuple[datetime, str, str] | None, limit: int
) -> list[dict[str, Any]]:
    """The hours of one of `PARTS`, newest first; of many days as many are read as a page needs."""
    at, device, key = after or (asked.until, "", "")
    upto = min(asked.until, at + HOUR)
    known = _targets(connection, scope, asked)
    columns = {name: [row[column] for row in known] for name, column in _COLUMNS.items()}
    place = {"after_at": at, "after_device": device, "after_limit": key, "limit": limit, "part": part, "enough": LEAST_OF_HOUR}
    rows: list[dict[str, Any]] = []
    for since in _back(asked.since, upto) if known else ():
        rows = list(queries.exceedances_rows(connection, **columns, **place, hours=hours_beside(since, upto, ())))
        if len(rows) >= limit:
            break
    return rows


def _back(since: datetime, until: datetime) -> Iterable[datetime]:
    """Ever longer stretches before `until`, the last one whole."""
    days = 1
    while until - timedelta(days=days) > since:
        yield until - timedelta(days=days)
        days *= 4
    yield since
