"""Hazards (隐患) as people find, assign, rectify, verify and close them; their law is `dispatch.hazards`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from core.ledger_config import LedgerConfig
from core.model import EVERYWHERE, Scope
from dispatch import hazards as lifecycle
from store import audit, enterprises
from store.acts import Act, demand_fresh, demand_saved
from store.ledgers import find_unit, tell, tell_handling
from store.lists import Filter
from store.media import ADDRESS, Medium, veiled
from store.timescale import Connection, prefixes, queries

_SWEEP_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A hazard as somebody tells it. `place` is area and perhaps cell_id, lon, lat; `enterprise` the code of where it is."""

    title: str
    level: str
    place: Mapping[str, Any]
    text: str = ""
    address: str = ""
    enterprise: str | None = None
    drill: bool = False
    plan: Mapping[str, Any] = field(default_factory=dict)


def list_hazards(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """Newest first, each with what the reader may do."""
    columns = wanted.columns(scope, "stages", "level", "unit_id", "enterprise", "overdue", "hazard_id")
    return [_shown(row, scope) for row in queries.hazards_list(connection, **columns)]


def get_hazard(connection: Connection, scope: Scope, hazard_id: int) -> dict[str, Any]:
    """One hazard with its acts, pictures and audit. Raises `NotFound`."""
    found = list_hazards(connection, scope, Filter({"hazard_id": hazard_id}))
    if not found:
        raise NotFound(f"no hazard {hazard_id}")
    photos = [
        {**row, "url": None if row["ended_at"] else f"{ADDRESS}{row['media_id']}"}
        for row in veiled(scope, queries.hazards_photos(connection, hazard_id=hazard_id))
    ]
    return {**found[0], "photos": photos, "audit": audit.of_noun(connection, "hazard", hazard_id)}


def _shown(row: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    acts = lifecycle.allowed_to(row["stage"], scope.role, scope.account_id, row["rectified_by"], row["level"])
    return {**{name: value for name, value in row.items() if name != "rectified_by"}, "acts": list(acts)}


def find_hazard(connection: Connection, found: Found, act: Act, config: LedgerConfig) -> int:
    """Write down a hazard; with a `plan` (unit, until, measures) by one who may, it is assigned at once. Returns its id.

    Raises `NotAllowed`, `NotFound` (the enterprise), `Invalid`.
    """
    if act.scope.role not in lifecycle.FINDERS or act.scope.account_id is None:
        raise NotAllowed(f"a hazard is written down by a person who is one of {', '.join(sorted(lifecycle.FINDERS))}")
    if found.level not in lifecycle.LEVELS:
        raise Invalid(f"level: one of {', '.join(lifecycle.LEVELS)}")
    if not act.scope.sees(found.place["area"]):
        raise Invalid(f"it is in {found.place['area']}, which is none of yours")
    enterprise = enterprises.lock_enterprise(connection, act.scope, found.enterprise) if found.enterprise else None
    hazard_id: int = queries.hazards_add(
        connection, title=found.title, text=found.text, level=found.level, address=found.address, drill=found.drill,
        **{name: found.place.get(name) for name in ("area", "cell_id", "lon", "lat")},
        enterprise_id=enterprise and enterprise["enterprise_id"], now=act.now, account_id=act.scope.account_id, name=act.by,
    )  # fmt: skip
    audit.append(connection, act.named("find"), "hazard", hazard_id, found.place["area"], stages=(None, "found"))
    if found.plan:
        planned = Act("assign", act.scope, act.now, extra=found.plan, address=act.address)
        act_on_hazard(connection, hazard_id, planned, config)
    return hazard_id


def act_on_hazard(connection: Connection, hazard_id: int, act: Act, config: LedgerConfig) -> None:
    """Move a hazard. `assign` takes `unit`, `until`, `measures` and `level` in `act.extra`; what it leaves out stays as it was.

    Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed`, `Invalid` (unit, time, note, photo).
    """
    row = lock_hazard(connection, act.scope, hazard_id)
    demand_fresh(row, act)
    try:
        stage = lifecycle.advance(row["stage"], act.act)
    except IllegalAct:
        allowed = lifecycle.allowed_to(row["stage"], act.scope.role, act.scope.account_id, row["rectified_by"], row["level"])
        raise IllegalAct(act.act, row["stage"], allowed) from None
    lifecycle.demand_person(act.act, act.scope.role, act.scope.account_id, row["rectified_by"], row["level"])
    photos = queries.hazards_photos_after(connection, hazard_id=hazard_id, key=str(hazard_id))["photos"]
    lifecycle.demand_evidence(act.act, act.note, photos if act.act in lifecycle.NEEDS_PHOTO else 0)
    saved = _saved(connection, row, act, stage, config)
    demand_saved(queries.hazards_save(connection, hazard_id=hazard_id, version=row["version"], stage=stage, now=act.now, **saved), row)
    detail = {name: saved[name] for name in ("unit_id", "level") if saved[name] != row[name]}
    audit.append(connection, act, "hazard", hazard_id, row["area"], stages=(row["stage"], stage), detail=detail)
    if act.act in {"assign", "return"}:
        template = "hazard_assigned" if act.act == "assign" else "hazard_returned"
        told = {**row, **saved, "lead_unit": saved["unit_id"]}
        tell_handling(connection, told, template, f"{hazard_id}/{row['version'] + 1}", _payload(told, act.by), act.now)


def lock_hazard(connection: Connection, scope: Scope, hazard_id: int) -> dict[str, Any]:
    """The row as it is now, ours until the commit. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.hazards_lock(connection, hazard_id=hazard_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no hazard {hazard_id}")
    return row


_KEPT = (
    "level", "unit_id", "measures", "due_at", "overdue_at", "rectified_at", "rectified_by", "rectified_name", "verified_at", "verified_by",
    "verified_name", "returns",
)  # fmt: skip


def _saved(connection: Connection, row: Mapping[str, Any], act: Act, stage: str, config: LedgerConfig) -> dict[str, Any]:
    """What an act writes besides the stage."""
    saved: dict[str, Any] = {**{name: row[name] for name in _KEPT}, "ended_at": None if stage in lifecycle.OPEN else act.now}
    match act.act:
        case "assign":
            saved |= _plan(connection, row, act, config)
        case "rectify":
            late = row["due_at"] is not None and row["overdue_at"] is None and act.now > row["due_at"]
            saved |= {"rectified_at": act.now, "rectified_by": act.scope.account_id, "rectified_name": act.by}
            saved |= {"overdue_at": act.now} if late else {}
        case "verify":
            saved |= {"verified_at": act.now, "verified_by": act.scope.account_id, "verified_name": act.by}
        case "return":
            # Who rectified it stays known: he does not verify the next round either.
            saved |= {"returns": row["returns"] + 1, "rectified_at": None, "verified_at": None, "verified_by": None, "verified_name": None}
    return saved


def _plan(connection: Connection, row: Mapping[str, Any], act: Act, config: LedgerConfig) -> dict[str, Any]:
    """Owner, term and measures. A new term may be missed anew. Raises `Invalid`."""
    extra = act.extra
    unit = find_unit(connection, extra.get("unit"))
    unit_id = unit["unit_id"] if unit else row["unit_id"]
    if unit_id is None:
        raise Invalid("'unit' is missing: whose hazard is it?")
    level = extra.get("level") or row["level"]
    if level not in lifecycle.LEVELS:
        raise Invalid(f"level: one of {', '.join(lifecycle.LEVELS)}")
    term = config.major_hazard_for if level == "major" else config.hazard_for
    due_at: datetime = extra.get("until") or row["due_at"] or act.now + term
    if due_at <= act.now and due_at != row["due_at"]:
        raise Invalid("'until' is over already")
    overdue_at = row["overdue_at"] if due_at == row["due_at"] else None
    measures = extra.get("measures") or row["measures"]
    return {"unit_id": unit_id, "level": level, "due_at": due_at, "overdue_at": overdue_at, "measures": measures}


def add_photo(connection: Connection, hazard_id: int, medium: Medium, act: Act) -> None:
    """Remember a picture of a hazard that the caller sees. Raises `NotFound`, `NotAllowed` for a role that only looks."""
    row = lock_hazard(connection, act.scope, hazard_id)
    if act.scope.role not in lifecycle.FINDERS:
        raise NotAllowed(f"pictures are not for the role '{act.scope.role}'")
    columns = {name: getattr(medium, name) for name in ("media_id", "sha256", "kind", "bytes", "role", "lon", "lat", "taken_at")}
    queries.hazards_add_photo(connection, **columns, area=row["area"], hazard_id=hazard_id, now=act.now, created_by=act.scope.account_id)
    audit.append(connection, act, "hazard", hazard_id, row["area"], detail={"media_id": medium.media_id, "role": medium.role})


def mark_overdue(connection: Connection, now: datetime) -> int:
    """Hazards that nobody put right in time: marked once, told once to the owner and to the supervisors. Returns how many."""
    rows = list(queries.hazards_overdue(connection, now=now, limit=_SWEEP_AT_ONCE))
    queries.hazards_mark_overdue(connection, [{"hazard_id": row["hazard_id"], "now": now} for row in rows])
    for row in rows:
        audit.append(connection, Act("overdue", EVERYWHERE, now), "hazard", row["hazard_id"], row["area"])
        key = f"{row['hazard_id']}/{row['due_at'].isoformat()}"
        tell_handling(connection, row, "hazard_overdue", key, _payload(row), now)
        tell(connection, "role:supervisor", row, "hazard_overdue", key, _payload(row), now)
    return len(rows)


def _payload(row: Mapping[str, Any], by: str = "") -> dict[str, Any]:
    return {"noun": "hazard", "hazard": row["hazard_id"], "due_at": row["due_at"].isoformat() if row["due_at"] else None, "by": by}
