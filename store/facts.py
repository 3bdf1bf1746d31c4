"""Gathers what rules may know: what fell due, open alerts, waits, who is silent. Reads and locks; decides nothing."""

from collections.abc import Iterable
from datetime import datetime

from core.facts import DueDevice, Facts, KnownDevice, Moved, OpenAlert, StateMoved, Wait
from core.model import QUALITY_OF_CODE, Presence
from store.registry import Registry
from store.timescale import Connection, queries


def due(connection: Connection, registry: Registry, now: datetime, limit: int) -> Moved:
    """Devices and waits whose moment has come, locked; those another worker holds are skipped."""
    device_rows = list(queries.facts_due_devices(connection, now=now, limit=limit))
    wait_rows = list(queries.facts_due_waits(connection, now=now, limit=limit))
    if not device_rows and not wait_rows:
        return Moved()
    known = registry.known(connection, {row["device"] for row in (*device_rows, *wait_rows)})
    metrics = registry.metrics(connection) if wait_rows else {}
    return Moved(
        due_devices=[DueDevice(known[row["device"]], row["seen_at"], row["silent"], row["presence"] == "offline") for row in device_rows],
        due_waits=[
            StateMoved(known[row["device"]], metrics[row["metric"]], row["value"], QUALITY_OF_CODE[row["quality"]], row["observed_at"])
            for row in wait_rows
        ],
    )


def presences(connection: Connection, told: Iterable[Presence], known: dict[str, KnownDevice], now: datetime) -> list[DueDevice]:
    """Write down who said it is online or offline; returns those that left and are not yet known as silent."""
    gone: dict[int, KnownDevice] = {}
    for presence in sorted(told, key=lambda one: (one.device, one.at)):
        device = known.get(presence.device)
        if device is None:
            continue
        word = "online" if presence.online else "offline"
        if queries.presence_set(connection, presence=word, at=presence.at, device_id=device.device_id):
            gone.pop(device.device_id, None)
            if not presence.online:
                gone[device.device_id] = device
    if not gone:
        return []
    rows = queries.facts_gone(connection, devices=sorted(gone))
    return [DueDevice(gone[row["device_id"]], row["seen_at"], row["silent"], True) for row in rows]


def gather(connection: Connection, moved: Moved, rule_metrics: frozenset[str], rings_on_reports: bool) -> Facts:
    """All that the rules concerned may need to know of a batch."""
    quiet = {item.device.device_id for item in (*moved.due_devices, *moved.gone)}
    devices = sorted(quiet | {state.device.device_id for state in moved.due_waits})
    subjects = [f"report:{item.report.source}/{item.report.external_id}" for item in moved.reports] if rings_on_reports else []
    alerts = list(queries.facts_alerts(connection, devices=devices, subjects=subjects)) if devices or subjects else []
    waits = list(queries.facts_waits(connection, devices=devices)) if devices else []
    if moved.silent or any(state.metric.metric in rule_metrics for state in moved.states):
        alerts += queries.facts_alerts_staged(connection)
        waits += queries.facts_waits_staged(connection)
    rung = queries.facts_rung(connection, subjects=subjects) if subjects else ()
    return Facts(
        moved,
        {(row["rule"], row["subject"]): OpenAlert(**row) for row in alerts},
        {(row["rule"], row["subject"]): Wait(**row) for row in waits},
        frozenset((row["rule"], row["subject"]) for row in rung),
    )
