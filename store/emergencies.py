"""Emergencies: declared on an incident, their level, the plan that was activated, its tasks, and a log that only grows.

Every act: lock the emergency in the scope, ask the table, compare and set, log, audit, tell, in one transaction. What a plan
proposes and who is nearest decides `dispatch.plans`.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from psycopg.types.json import Jsonb

from core.emergency_config import EmergencyConfig, PlanConfig
from core.errors import IllegalAct, Invalid, NotFound
from core.model import Scope
from dispatch import emergency as lifecycle
from dispatch import plans
from store import audit, emergency_tasks, incidents
from store.acts import Act, demand_fresh, demand_saved
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

LOGGED = {"declare": "level", "set_level": "level", "activate": "plan", "note": "note", "end": "end"}


def list_emergencies(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """Those that go on first, the gravest before."""
    stages = wanted.wanted.get("stages")
    return list(queries.emergencies_list(connection, areas=prefixes(scope), stages=stages, limit=min(wanted.limit, 1000)))


def get_emergency(connection: Connection, scope: Scope, incident_id: int, config: EmergencyConfig) -> dict[str, Any]:
    """The emergency of an incident with tasks, log and briefs, or what could be declared: `emergency` None. Raises `NotFound`."""
    incident = incidents.get_incident(connection, scope, incident_id)
    row = queries.emergencies_get(connection, incident_id=incident_id, areas=prefixes(scope))
    fitting = plans.propose(config.plans, incident["class_code"], incident["severity"])
    proposed = [{**asdict(one), **_named(config.plans[one.plan])} for one in fitting]
    told = {
        "incident": incident_id,
        "drill": incident["drill"],
        "proposed": proposed,
        "briefs": list(queries.briefs_of(connection, incident_id=incident_id)),
    }
    if row is None:
        may = incident["stage"] not in {"closed", "dismissed"} and scope.role in lifecycle.ROLES["declare"]
        return {**told, "emergency": None, "tasks": [], "log": [], "acts": ["declare"] if may else []}
    return {
        **told, "emergency": _shape(row), "acts": list(lifecycle.LIFE.allowed_acts(row["stage"], scope.role)),
        "tasks": emergency_tasks.list_tasks(connection, scope, incident_id),
        "log": list(queries.emergencies_log_of(connection, incident_id=incident_id)),
    }  # fmt: skip


def _named(plan: PlanConfig) -> dict[str, str]:
    return {"label": plan.label, "label_en": plan.label_en, "type": plan.type}


def _shape(row: Mapping[str, Any]) -> dict[str, Any]:
    return {("id" if name == "incident_id" else name): value for name, value in row.items()}


def act_on_emergency(connection: Connection, incident_id: int, act: Act, config: EmergencyConfig) -> None:
    """Declare (`type`, `level`), set_level (`level`), activate (`plan`), note, end.

    Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed` for the role, `Invalid` for a missing note, level, type or plan.
    """
    lifecycle.demand(lifecycle.ROLES, lifecycle.NEEDS_NOTE, act.act, act.scope.role, act.note)
    if act.act == "declare":
        _declare(connection, incident_id, act, config)
        return
    row = lock(connection, act.scope, incident_id)
    demand_fresh(row, act)
    stage = lifecycle.LIFE.advance(row["stage"], act.act)
    if act.act == "task":
        raise Invalid(f"a task is given by POST /incidents/{incident_id}/tasks")
    saved = {"level": row["level"], "plan": row["plan"], "commander": str(act.extra.get("commander") or row["commander"])[:80]}
    if act.act == "set_level":
        saved["level"] = _level(act)
    elif act.act == "activate":
        saved["plan"] = _plan(act, config)
    demand_saved(
        queries.emergencies_save(connection, incident_id=incident_id, version=row["version"], stage=stage, now=act.now, **saved), row
    )
    now_row = {**row, **saved, "stage": stage}
    _write(connection, now_row, act, {"level": saved["level"], "was": row["level"], "plan": saved["plan"]})
    if act.act == "end":
        emergency_tasks.call_back(connection, now_row, act)
    elif saved["plan"] in config.plans and (act.act == "activate" or saved["level"] < row["level"]):
        emergency_tasks.issue(connection, now_row, config.plans[saved["plan"]], act)
    if act.act in {"set_level", "end"}:
        _tell(connection, now_row, act, row["version"] + 1)


def _declare(connection: Connection, incident_id: int, act: Act, config: EmergencyConfig) -> None:
    incident = incidents.lock_incident(connection, act.scope, incident_id)
    if incident["stage"] in {"closed", "dismissed"}:
        raise IllegalAct("declare", incident["stage"], (), f"the incident is {incident['stage']}")
    kind, level = act.extra.get("type"), _level(act)
    if kind not in config.types:
        raise Invalid(f"type: one of {', '.join(config.types) or 'those of the configuration, which has none'}")
    shape = incidents.get_incident(connection, act.scope, incident_id)
    marks = {name: shape[name] for name in ("area", "drill", "simulated")}
    commander = str(act.extra.get("commander") or "")[:80]
    new = queries.emergencies_declare(
        connection, incident_id=incident_id, type=kind, level=level, now=act.now, by=act.by, commander=commander, **marks
    )
    if new != 1:
        raise IllegalAct("declare", "responding", tuple(lifecycle.TABLE["responding"]), "it is an emergency already")
    row = {**lock(connection, act.scope, incident_id), "title": shape["title"]}
    _write(connection, row, act, {"level": level, "was": None, "type": kind})
    _tell(connection, row, act, 1)


def lock(connection: Connection, scope: Scope, incident_id: int) -> dict[str, Any]:
    """The emergency as it is now, ours until the commit. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.emergencies_lock(connection, incident_id=incident_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"incident {incident_id} is no emergency; declare it first")
    return row


def _level(act: Act) -> int:
    level = act.extra.get("level")
    if not isinstance(level, int) or isinstance(level, bool) or not plans.GRAVEST <= level <= plans.MILDEST:
        raise Invalid("level: 1 (I, gravest) to 4 (IV)")
    return level


def _plan(act: Act, config: EmergencyConfig) -> str:
    plan = act.extra.get("plan")
    if plan not in config.plans:
        raise Invalid(f"plan: one of {', '.join(config.plans) or 'those of the configuration, which has none'}")
    return str(plan)


def _write(connection: Connection, row: Mapping[str, Any], act: Act, detail: Mapping[str, Any]) -> None:
    log(connection, row, act, LOGGED[act.act], act.note.strip(), detail)
    audit.append(connection, act, "emergency", row["incident_id"], row["area"], stages=(None, row["stage"]), detail=detail)


def log(connection: Connection, row: Mapping[str, Any], act: Act, kind: str, text: str, detail: Mapping[str, Any]) -> None:
    """A line of the log of an emergency."""
    queries.emergencies_log(
        connection,
        incident_id=row["incident_id"],
        area=row["area"],
        now=act.now,
        by=act.by,
        kind=kind,
        text=text,
        detail=Jsonb(dict(detail)),
    )


def _tell(connection: Connection, row: Mapping[str, Any], act: Act, step: int) -> None:
    """Desks and leaders hear of a level, once each."""
    template = "emergency_ended" if act.act == "end" else "emergency_level"
    title = row.get("title") or incidents.get_incident(connection, act.scope, row["incident_id"])["title"]
    payload = {"noun": "incident", "id": row["incident_id"], "title": title, "area": row["area"], "level": row["level"], "by": act.by,
               "drill": row["drill"], "simulated": row["simulated"]}  # fmt: skip
    for target in ("role:duty", "role:supervisor", "role:leader"):
        queries.outbox_add(
            connection, now=act.now, dedupe_key=f"{template}/{row['incident_id']}/{step}/{target}", target=target, template=template,
            severity=min(row["level"], 4), payload=Jsonb(payload),
        )  # fmt: skip
