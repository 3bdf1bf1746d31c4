"""Routing rules as admins read and write them: each revision is kept with who and why; a withdrawn rule proposes nothing.

What was sent back counts against the rule whose proposal the dispatcher followed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.config import AreaConfig
from core.errors import Invalid, NotFound, StaleWrite
from core.routing_config import RoutingWords
from store import audit
from store.acts import Act
from store.timescale import Connection, queries

COUNTED_FOR = timedelta(days=90)
_MOST_HISTORY = 200


def list_rules(connection: Connection, now: datetime, withdrawn: bool = False) -> dict[str, Any]:
    """All rules with how many of the cases they gave out in 90 days came back, and the same by what decided."""
    rows = list(queries.routing_list(connection, since=now - COUNTED_FOR, withdrawn=withdrawn, rule=None))
    bases = queries.routing_bases(connection, since=now - COUNTED_FOR)
    return {"rules": [_counted(row) for row in rows], "by": [_counted(row) for row in bases], "days": COUNTED_FOR.days}


def get_rule(connection: Connection, name: str, now: datetime) -> dict[str, Any]:
    """One rule with its history, newest first. Raises `NotFound`."""
    found = next(iter(queries.routing_list(connection, since=now - COUNTED_FOR, withdrawn=True, rule=name)), None)
    if found is None:
        raise NotFound(f"no routing rule is called '{name}'")
    return {**_counted(found), "history": list(queries.routing_history(connection, rule=name, limit=_MOST_HISTORY))}


def _counted(row: dict[str, Any]) -> dict[str, Any]:
    """The mis-dispatch rate beside what it is of; None while nothing was given out."""
    rate = round(row["sent_back"] / row["dispatched"], 4) if row["dispatched"] else None
    return {**row, "misdispatch_rate": rate}


def save_rule(connection: Connection, name: str, words: RoutingWords, area: AreaConfig, act: Act) -> int:
    """New, or changed, or brought back; its revision. `act.expect` is the revision its author saw (0: there was none).

    Raises `StaleWrite`, `Invalid` for a unit or worker that is not there and without a reason for a change.
    """
    revision = _next_revision(connection, name, act)
    lead = _units(connection, [words.lead_unit] if words.lead_unit else [], "lead_unit")
    supports = _units(connection, words.support_units, "support_units")
    queries.routing_save(
        connection, rule=name, label=words.label, label_en=words.label_en, classes=list(words.classes), areas=list(words.areas),
        times=Jsonb([span.model_dump(mode="json", exclude_defaults=True) for span in words.when]), lead_unit=lead[0] if lead else None,
        support_units=supports, worker_id=_worker(connection, words.worker), on_shift=words.on_shift, automatic=words.automatic,
        enabled=words.enabled, zone=area.timezone, revision=revision, now=act.now,
    )  # fmt: skip
    _keep(connection, name, revision, words, area, act)
    return revision


def withdraw_rule(connection: Connection, name: str, area: AreaConfig, act: Act) -> None:
    """It proposes nothing from now on; its history stays. Raises `NotFound`, `StaleWrite`, `Invalid` without a reason."""
    if queries.routing_revision(connection, rule=name) is None:
        raise NotFound(f"no routing rule is called '{name}'")
    revision = _next_revision(connection, name, act)
    queries.routing_withdraw(connection, rule=name, now=act.now, revision=revision)
    _keep(connection, name, revision, None, area, act)


def _next_revision(connection: Connection, name: str, act: Act) -> int:
    row = queries.routing_revision(connection, rule=name)
    present = int(row["revision"]) if row else 0
    if act.expect is not None and act.expect != present:
        raise StaleWrite(str(present))
    if row and not act.note.strip():
        raise Invalid("why: say why, for those who read the history")
    return present + 1


def _keep(connection: Connection, name: str, revision: int, words: RoutingWords | None, area: AreaConfig, act: Act) -> None:
    body = Jsonb(words.model_dump(mode="json", exclude_defaults=True)) if words else None
    queries.routing_keep(
        connection, rule=name, revision=revision, body=body, now=act.now, by=act.by, by_id=act.scope.account_id, why=act.note
    )
    audit.append(connection, act, "routing", name, area.code, detail={"revision": revision})


def _units(connection: Connection, codes: Sequence[str], field: str) -> list[int]:
    known = {row["code"]: row["unit_id"] for row in queries.routing_units(connection, codes=list(codes))}
    if missing := [code for code in codes if code not in known]:
        raise Invalid(f"{field}: no unit {', '.join(missing)}")
    return [known[code] for code in codes]


def _worker(connection: Connection, login: str | None) -> int | None:
    if login is None:
        return None
    row = queries.cases_account(connection, account_id=None, login=login)
    if row is None or row["role"] not in {"handler", "grid_worker"}:
        raise Invalid(f"worker: '{login}' is no active handler or grid worker")
    return int(row["account_id"])
