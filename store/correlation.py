"""What correlation knows and does: pending parts, open incidents, joining, closing what is settled. Decides nothing.

Rows that a worker holds are skipped and met again in the next round, so that neither waits for the other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from alerts.correlate import Gathered, Joining, Part
from core.config import Config, NoDataRule
from store import change_log
from store.timescale import Connection, queries

_MOST = 2_000
_UNCLASSED = 4
_SETTLED_FOR = timedelta(seconds=10)


def read_pending(connection: Connection, config: Config, since: datetime, now: datetime, most: int = _MOST) -> list[Part]:
    """Alerts and reports of no incident, stored since; when there are more than a round takes (`most` of each), the severe ones first."""
    # That neighbours are silent is no event: a street without power would be a hundred incidents of which nothing is known.
    silences = [name for name, rule in config.rules.items() if isinstance(rule, NoDataRule)]
    rows = list(queries.correlation_pending_alerts(connection, now=now, since=since, most=most, silences=silences))
    rows += queries.correlation_pending_reports(
        connection, since=since, oldest=now - config.ingest.live_for, most=most, classes=list(config.classes),
        severities=[known.severity for known in config.classes.values()], unclassed=_UNCLASSED,
    )  # fmt: skip
    return [_part(row, config) for row in rows]


def _part(row: dict[str, Any], config: Config) -> Part:
    known = config.classes.get(row["class_code"]) if row["class_code"] else None
    severity = row["severity"] or (known.severity if known else _UNCLASSED)
    return Part(**{**row, "severity": severity, "domain": row["domain"] or (known.domain if known else None)})


def read_open(connection: Connection, config: Config, since: datetime, now: datetime) -> list[Gathered]:
    """Open incidents with the time their parts cover: active alerts, and what came since."""
    rows = queries.correlation_open(connection, now=now, since=since, oldest=now - config.ingest.live_for)
    return [Gathered(**{**row, "report_ids": frozenset(row["report_ids"])}) for row in rows]


def apply(connection: Connection, joinings: Sequence[Joining], now: datetime) -> int:
    """Open and enlarge incidents, with every step in the change log; returns how many parts were joined."""
    held = [joining for joining in joinings if _hold(connection, joining)]
    for joining in held:
        ids = _ids(joining)
        before = {kind: change_log.read(connection, kind, ids[kind]) for kind in ids}
        known = [joining.incident_id] if joining.incident_id is not None else []
        incident_before = change_log.read(connection, "incident", known)
        incident_id = _open(connection, joining, now) if joining.incident_id is None else _enlarge(connection, joining, now)
        queries.correlation_join_alerts(connection, incident_id=incident_id, ids=ids["alert"], now=now)
        queries.correlation_join_reports(connection, incident_id=incident_id, ids=ids["report"])
        change_log.append(connection, "incident", incident_before, change_log.read(connection, "incident", [incident_id]), now)
        for kind in ids:
            change_log.append(connection, kind, before[kind], change_log.read(connection, kind, ids[kind]), now)
    return sum(len(joining.parts) for joining in held)


def _ids(joining: Joining) -> dict[str, list[int]]:
    return {kind: [part.part_id for part in joining.parts if part.kind == kind] for kind in ("alert", "report")}


def _hold(connection: Connection, joining: Joining) -> bool:
    """Lock the incident, if it is still open, and the parts, if all of them are still free.

    What an officer or a worker holds is met again in the next round: an incident that was closed since it was read takes
    nothing in any more, and its part opens another.
    """
    ids = _ids(joining)
    known = joining.incident_id
    if known is not None and queries.correlation_hold_incident(connection, incident_id=known) is None:
        return False
    held = len(list(queries.correlation_hold_alerts(connection, ids=ids["alert"])))
    held += len(list(queries.correlation_hold_reports(connection, ids=ids["report"])))
    return held == len(joining.parts)


def _open(connection: Connection, joining: Joining, now: datetime) -> int:
    worst = joining.worst
    simulated = all(part.simulated for part in joining.parts)
    row = queries.correlation_open_incident(
        connection, title=worst.title, class_code=worst.class_code, domain=worst.domain, severity=worst.severity, area=worst.area,
        cell_id=worst.cell_id, lon=worst.lon, lat=worst.lat, now=now, drill=worst.drill, simulated=simulated,
    )  # fmt: skip
    return int(row["incident_id"])


def _enlarge(connection: Connection, joining: Joining, now: datetime) -> int:
    assert joining.incident_id is not None
    worst, simulated = joining.worst, all(part.simulated for part in joining.parts)
    queries.correlation_worsen(
        connection, incident_id=joining.incident_id, severity=worst.severity, title=worst.title, simulated=simulated, now=now
    )
    return joining.incident_id


def close_settled(connection: Connection, now: datetime) -> int:
    """Close incidents that nobody took up and of which nothing is left; returns how many."""
    ids = [row["incident_id"] for row in queries.correlation_settled(connection, before=now - _SETTLED_FOR, most=_MOST)]
    if ids:
        before = change_log.read(connection, "incident", ids)
        queries.correlation_close(connection, ids=ids, now=now)
        change_log.append(connection, "incident", before, change_log.read(connection, "incident", ids), now)
    return len(ids)
