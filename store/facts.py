"""Gathers what rules may know: what fell due, open alerts, waits, who is silent. Reads and locks; decides nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import psycopg
from psycopg.rows import DictRow

from core.facts import DueDevice, Facts, Gateway, KnownDevice, Listening, Moved, OpenAlert, StateMoved, Wait
from core.model import QUALITY_OF_CODE, Presence
from store import arrays, cameras
from store.registry import Registry
from store.timescale import Connection, queries, sql

Rows: TypeAlias = psycopg.Cursor[DictRow]

DUE_AT_ONCE = 500  # devices and waits looked at with each batch: a tick must stay short


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions sent with a batch in one round trip; their answers are read afterwards."""

    at: datetime
    due_devices: Rows
    due_waits: Rows
    alerts: Rows
    waits: Rows


def ask(connection: Connection, devices: Iterable[int], now: datetime) -> Asked:
    """What fell due, and what is open for these devices. To be called within a pipeline of the connection."""
    of = {"devices": arrays.int4s(sorted(devices)), "subjects": []}
    return Asked(
        now,
        connection.execute(sql("facts_due_devices"), {"now": now, "limit": DUE_AT_ONCE}),
        connection.execute(sql("facts_due_waits"), {"now": now, "limit": DUE_AT_ONCE}),
        connection.execute(sql("facts_alerts"), of),
        connection.execute(sql("facts_waits"), of),
    )


def read_due(connection: Connection, asked: Asked, registry: Registry) -> Moved:
    """Devices and waits whose moment has come, locked; those another worker holds were skipped."""
    device_rows, wait_rows = asked.due_devices.fetchall(), asked.due_waits.fetchall()
    if not device_rows and not wait_rows:
        return Moved()
    known = registry.known(connection, {row["device"] for row in (*device_rows, *wait_rows)})
    metrics = registry.metrics(connection) if wait_rows else {}
    behind = gateways(connection, [row for row in device_rows if row["seen_at"] + known[row["device"]].interval < asked.at], registry)
    return Moved(
        due_devices=[_due_device(known[row["device"]], row, behind.get(row["gateway"] or "")) for row in device_rows],
        due_waits=[
            StateMoved(
                known[row["device"]],
                metrics[row["metric"]],
                row["value"],
                QUALITY_OF_CODE[row["quality"]],
                row["observed_at"],
                changed_at=row["changed_at"],
            )
            for row in wait_rows
        ],
    )


def _due_device(device: KnownDevice, row: DictRow, gateway: Gateway | None) -> DueDevice:
    heard = Listening("", row["since"], row["until"]) if row["since"] else None
    offline = row["presence"] == "offline"
    return DueDevice(device, row["seen_at"], row["silent"], offline, heard, gateway, row["inhibited"], row["deaf"])


def gateways(connection: Connection, rows: Sequence[Mapping[str, Any]], registry: Registry) -> dict[str, Gateway]:
    """The gateways of devices that may be silent, as far as they are registered themselves; nobody asks for those that speak."""
    names = sorted({row["gateway"] for row in rows if row["gateway"]})
    if not names:
        return {}
    known = registry.known(connection, names)
    found = list(queries.facts_gateways(connection, gateways=names))
    return {row["device"]: Gateway(**{**row, "device": known[row["device"]]}) for row in found if row["device"] in known}


def presences(
    connection: Connection, told: Iterable[Presence], known: dict[str, KnownDevice], now: datetime, registry: Registry | None = None,
    feeds: Sequence[str] = (),
) -> list[DueDevice]:  # fmt: skip
    """Write down who said it is online or offline; returns those that left, with their gateways where there is a registry to ask.

    `feeds`: of each frame of the batch.
    """
    gone: dict[int, KnownDevice] = {}
    for presence in sorted(told, key=lambda one: (one.device, one.at)):
        device = known.get(presence.device)
        if device is None:
            continue
        word = "online" if presence.online else "offline"
        told_now = queries.presence_set(connection, presence=word, at=presence.at, device_id=device.device_id)
        if told_now:
            if told_now["changed"]:
                queries.presence_change(connection, device_id=device.device_id, now=now)
                feed = feeds[presence.frame] if presence.frame < len(feeds) else None
                cameras.hear(connection, device.device_id, presence.online, presence.at, feed)
            gone.pop(device.device_id, None)
            if not presence.online:
                gone[device.device_id] = device
    if not gone:
        return []
    rows = list(queries.facts_gone(connection, devices=sorted(gone)))
    behind = gateways(connection, rows, registry) if registry else {}
    return [
        DueDevice(gone[row["device_id"]], row["seen_at"], row["silent"], True, gateway=behind.get(row["gateway"] or "")) for row in rows
    ]


def gather(connection: Connection, moved: Moved, asked: Asked, rings_on_reports: bool) -> Facts:
    """All that the rules concerned may need to know of a batch."""
    quiet = {item.device.device_id for item in (*moved.due_devices, *moved.gone)} | {device.device_id for device in moved.back}
    devices = sorted(quiet | {state.device.device_id for state in moved.due_waits})
    subjects = [f"report:{item.report.source}/{item.report.external_id}" for item in moved.reports] if rings_on_reports else []
    alerts, waits = asked.alerts.fetchall(), asked.waits.fetchall()
    if devices or subjects:
        alerts += queries.facts_alerts(connection, devices=devices, subjects=subjects)
    if devices:
        waits += queries.facts_waits(connection, devices=devices)
    rung = queries.facts_rung(connection, subjects=subjects) if subjects else ()
    return Facts(
        moved,
        {(row["rule"], row["subject"]): OpenAlert(**{**row, "rings": tuple(row["rings"])}) for row in alerts},
        {(row["rule"], row["subject"], row["level"]): Wait(**row) for row in waits},
        frozenset((row["rule"], row["subject"]) for row in rung),
    )
