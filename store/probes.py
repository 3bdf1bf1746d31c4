"""Proofs of the path as they are written and read: when each leg was done, which failed, how long they take. Decides no alarm."""

from datetime import datetime, timedelta
from typing import Any

from alerts.proof import Proofs
from core.config import Config
from core.probe_config import DEVICE, METRIC
from dispatch.notify import Parcel
from store import accounts
from store.acts import logged
from store.timescale import Connection, queries

SUBJECT = f"{DEVICE}/{METRIC}"
LEGS = ("wire", "rule", "screen", "notification", "whole")
_TOKEN = "path-proof"  # noqa: S105 a name
_FIGURES_OF = timedelta(hours=1)
_ABANDONED = timedelta(minutes=5)


def register(connection: Connection, config: Config, now: datetime) -> str:
    """The reserved device is in the registry, and nobody else holds its token; a fresh one."""
    queries.probes_register(connection, device=DEVICE, area=config.area.code, now=now)
    queries.probes_abandon(connection, before=now - _ABANDONED)
    queries.probes_token(connection, name=_TOKEN)
    return accounts.create_token(connection, _TOKEN, ["read", "feed"], [config.area.code], now)


def is_registered(connection: Connection, token: str, now: datetime) -> bool:
    """Whether a token is still ours: who leads meanwhile has taken another."""
    return bool(token) and accounts.find_token(connection, token, now) is not None


def begin(connection: Connection, wire: str, now: datetime) -> int:
    """A proof sets out; its number is the value that is sent."""
    number: int = queries.probes_begin(connection, wire=wire, now=now)
    return number


def note(connection: Connection, probe_id: int, *, sent_at: datetime | None = None, screen_at: datetime | None = None) -> None:
    """A leg is done."""
    if sent_at:
        queries.probes_sent(connection, probe_id=probe_id, at=sent_at)
    if screen_at:
        queries.probes_screen(connection, probe_id=probe_id, at=screen_at)


def arrive(connection: Connection, parcel: Parcel, now: datetime) -> None:
    """The end of the way: the message of a probe came to its target. What of it belongs to no proof is let pass."""
    for message in parcel.messages:
        queries.probes_arrive(connection, alert_id=message.payload["id"], now=now, told_at=message.created_at, subject=SUBJECT)


def read_state(connection: Connection, probe_id: int) -> dict[str, Any]:
    """Where a proof is by now."""
    queries.probes_find(connection, probe_id=probe_id, subject=SUBJECT)
    return dict(queries.probes_state(connection, probe_id=probe_id))


def settle(connection: Connection, probe_id: int, leg: str | None, now: datetime) -> None:
    """It went through (`leg` None), or got stuck there; what it rang is cleared."""
    ids = [row["alert_id"] for row in queries.probes_open_alerts(connection)]
    with logged(connection, "alert", ids, now):
        queries.probes_clear(connection, ids=ids, now=now)
    queries.probes_settle(connection, probe_id=probe_id, ok=leg is None, leg=leg, now=now)


def read_proofs(connection: Connection, since: datetime) -> Proofs | None:
    """What an alarm asks; None: nothing was tried since."""
    row = queries.probes_standing(connection, since=since)
    return Proofs(row["last_at"], row["failed"], row["leg"], row["since"]) if row["since"] else None


def read_path(connection: Connection, now: datetime) -> dict[str, Any]:
    """{"last": the newest proof, "ok", "age_s" of the last that went through, "failed" in the last hour,
    "legs": {leg: {"p50", "p95"} in seconds}} over the last hour; None where nothing is known."""
    last = queries.probes_last(connection)
    row = queries.probes_legs(connection, since=now - _FIGURES_OF)
    standing = queries.probes_standing(connection, since=now - _FIGURES_OF)
    legs = {leg: dict(zip(("p50", "p95"), (round(figure, 3) for figure in row[leg]), strict=True)) if row[leg] else None for leg in LEGS}
    age = (now - standing["last_at"]).total_seconds() if standing["last_at"] else None
    failed = int(queries.probes_failed(connection, since=now - _FIGURES_OF))
    return {"last": last, "ok": bool(last and last["ok"]), "age_s": age, "proofs": row["n"], "failed": failed, "legs": legs}


def forget(connection: Connection, before: datetime) -> int:
    """Drop proofs of before; returns how many."""
    return int(queries.probes_forget(connection, before=before))
