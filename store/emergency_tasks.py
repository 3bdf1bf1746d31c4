"""Tasks of an emergency: given by a plan or by hand, and what teams say of them. Each word is a line of the emergency's log.

A step of a plan is issued once however often a level changes: the database refuses the second.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.emergency_config import PlanConfig
from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from core.model import EVERYWHERE, Scope
from dispatch import emergency as lifecycle
from dispatch import plans
from store import audit
from store.acts import Act, demand_fresh, demand_saved
from store.timescale import Connection, prefixes, queries

_LONGEST = 500
_NAMED = 5  # tasks in one line of the log
_TO_UNIT = frozenset({"plan_step", "plan_step_cancelled"})


def list_tasks(connection: Connection, scope: Scope, incident_id: int) -> list[dict[str, Any]]:
    """Open ones first, by their time; each with the acts of the reader."""
    rows, units = list(queries.emergencies_tasks(connection, incident_id=incident_id)), _units_of(connection, scope)
    mine = {row["id"] for row in rows if lifecycle.speaks_for(scope.role, units, row["unit_id"])}
    return [{**row, "acts": list(lifecycle.TASK_LIFE.allowed_acts(row["stage"], scope.role)) if row["id"] in mine else []} for row in rows]


def _units_of(connection: Connection, scope: Scope) -> frozenset[int]:
    """The reader's unit, those above it, those below it."""
    return frozenset(row["unit_id"] for row in queries.emergencies_units_of(connection, account_id=scope.account_id))


def get_task(connection: Connection, scope: Scope, task_id: int) -> dict[str, Any]:
    """One task with the acts of the reader. Raises `NotFound`."""
    row = queries.emergencies_task_lock(connection, task_id=task_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no task {task_id}")
    return next(one for one in list_tasks(connection, scope, row["incident_id"]) if one["id"] == task_id)


def issue(connection: Connection, emergency: Mapping[str, Any], plan: PlanConfig, act: Act) -> int:
    """The tasks of a plan at the emergency's level that were not issued yet, each to the nearest who fits. Returns how many."""
    tasks = plans.tasks_of(plan, emergency["level"])
    place = queries.incidents_lock(connection, incident_id=emergency["incident_id"], areas=prefixes(act.scope))
    kinds = sorted({task.kind for task in tasks})
    found = list(queries.emergencies_candidates(connection, areas=prefixes(act.scope), kinds=kinds))
    busy = _busy(connection, [row["resource_id"] for row in found])
    candidates = [plans.Candidate(**{**row, "tags": tuple(row["tags"])}, busy=row["resource_id"] in busy) for row in found]
    lon, lat = (place["lon"], place["lat"]) if place else (None, None)
    count = 0
    for task, resource_id in plans.assign(tasks, candidates, lon, lat):
        given = {"title": task.title, "text": task.text, "resource_id": resource_id, "unit_id": None}
        due = plans.due_at(task, act.now)
        count += _add(connection, emergency, act, {**given, "plan": emergency["plan"], "step": task.step, "due_at": due}) is not None
    return count


def _busy(connection: Connection, resources: list[int]) -> set[int]:
    """Which of these, locked, have an open task anywhere."""
    return {row["id"] for row in queries.emergencies_busy(connection, ids=resources)}


def give(connection: Connection, emergency: Mapping[str, Any], act: Act) -> int:
    """A task by hand: `act.extra` has title, text, resource_id or unit_id, due_at, `also` for one who is out already.

    Raises `Invalid`, `NotFound`, `IllegalAct`, also for a resource that is busy without `also`.
    """
    lifecycle.demand(lifecycle.ROLES, lifecycle.NEEDS_NOTE, "task", act.scope.role, "-")
    lifecycle.LIFE.advance(emergency["stage"], "task")
    title, extra = str(act.extra.get("title") or "").strip(), act.extra
    if not title or len(title) > _LONGEST:
        raise Invalid(f"title: what is to be done, in at most {_LONGEST} letters")
    resource = extra.get("resource_id")
    if resource is not None and queries.emergencies_resource(connection, resource_id=resource, areas=prefixes(act.scope)) is None:
        raise NotFound(f"no resource {resource} that can be sent")
    if resource is not None and extra.get("also") is not True and _busy(connection, [resource]):
        raise IllegalAct("task", "busy", (), f"resource {resource} has an open task already; `also` gives it a second one")
    given = {"title": title, "text": str(extra.get("text") or "")[:2000], "resource_id": resource, "unit_id": extra.get("unit_id")}
    task_id = _add(connection, emergency, act, {**given, "plan": None, "step": None, "due_at": extra.get("due_at")})
    assert task_id is not None
    return task_id


def _add(connection: Connection, emergency: Mapping[str, Any], act: Act, task: Mapping[str, Any]) -> int | None:
    """The number of a new task; None where this step stands already."""
    found: int | None = queries.emergencies_task_add(
        connection, incident_id=emergency["incident_id"], area=emergency["area"], now=act.now, by=act.by, **task
    )
    if found is None:
        return None
    told = queries.emergencies_task_lock(connection, task_id=found, areas=["%"])
    _log(connection, told, act.named("issue"), "")
    audit.append(connection, act.named("issue"), "task", found, emergency["area"], stages=(None, "issued"))
    _tell(connection, told, act.now, "plan_step")
    return found


def act_on_task(connection: Connection, task_id: int, act: Act) -> int:
    """What a team says of its task, or the command of it; the number of its incident.

    Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed` for the role or another's task, `Invalid` without the words an act needs.
    """
    row = queries.emergencies_task_lock(connection, task_id=task_id, areas=prefixes(act.scope))
    if row is None:
        raise NotFound(f"no task {task_id}")
    demand_fresh(row, act)
    stage = lifecycle.TASK_LIFE.advance(row["stage"], act.act)
    lifecycle.demand(lifecycle.TASK_ROLES, lifecycle.TASK_NEEDS_NOTE, act.act, act.scope.role, act.note)
    if not lifecycle.speaks_for(act.scope.role, _units_of(connection, act.scope), row["unit_id"]):
        raise NotAllowed(f"task {task_id} is not of your unit")
    ended = not lifecycle.TASKS[stage]
    feedback = act.note.strip() or row["feedback"]
    saved = queries.emergencies_task_save(
        connection, task_id=task_id, version=row["version"], stage=stage, feedback=feedback, ended=ended, now=act.now
    )
    demand_saved(saved, row)
    _log(connection, row, act, act.note.strip())
    audit.append(connection, act, "task", task_id, row["area"], stages=(row["stage"], stage))
    if stage in {"refused", "cancelled"}:
        _tell(connection, row, act.now, f"plan_step_{stage}")
    return int(row["incident_id"])


def call_back(connection: Connection, emergency: Mapping[str, Any], act: Act) -> None:
    """The emergency is over: whoever is still out is told, and has no open task any more. Of them all the log has one line."""
    rows = list(queries.emergencies_open_tasks(connection, incident_id=emergency["incident_id"]))
    for row in rows:
        audit.append(connection, act.named("cancel"), "task", row["task_id"], emergency["area"], stages=(None, "cancelled"))
        _tell(connection, {**row, "level": emergency["level"], **_marks(emergency)}, act.now, "plan_step_cancelled")
    queries.emergencies_call_back(connection, incident_id=emergency["incident_id"], now=act.now)
    if rows:
        more = f" +{len(rows) - _NAMED}" if len(rows) > _NAMED else ""
        told = {"task_id": [row["task_id"] for row in rows], "title": "、".join(row["title"] for row in rows[:_NAMED]) + more}
        of = {"incident_id": emergency["incident_id"], "area": emergency["area"], "resource": None}
        _log(connection, {**told, **of}, act.named("cancel"), "")


def mark_overdue(connection: Connection, now: datetime, limit: int = 500) -> int:
    """Each once, whoever sweeps: the row is locked, and marked in the transaction that tells."""
    rows = list(queries.emergencies_overdue(connection, now=now, limit=limit))
    for row in rows:
        queries.emergencies_mark_overdue(connection, task_id=row["task_id"], now=now)
        audit.append(connection, Act("overdue", EVERYWHERE, now), "task", row["task_id"], row["area"])
        _tell(connection, row, now, "plan_step_overdue")
    return len(rows)


def _marks(emergency: Mapping[str, Any]) -> dict[str, Any]:
    return {name: emergency[name] for name in ("drill", "simulated")}


def _log(connection: Connection, row: Mapping[str, Any], act: Act, text: str) -> None:
    detail = {"task": row["task_id"], "act": act.act, "title": row["title"], "resource": row["resource"]}
    queries.emergencies_log(
        connection, incident_id=row["incident_id"], area=row["area"], now=act.now, by=act.by, kind="task", text=text, detail=Jsonb(detail)
    )


def _tell(connection: Connection, row: Mapping[str, Any], now: datetime, template: str) -> None:
    """What is given or called back to the unit that has it, all else and what nobody has to the desk: somebody must know."""
    target = f"unit:{row['unit_id']}" if row["unit_id"] is not None and template in _TO_UNIT else "role:duty"
    payload = {
        "noun": "incident",
        "id": row["incident_id"],
        "task": row["task_id"],
        "title": row["title"],
        "area": row["area"],
        **_marks(row),
    }
    queries.outbox_add(
        connection, now=now, dedupe_key=f"{template}/{row['task_id']}/{target}", target=target, template=template,
        severity=min(row["level"], 4), payload=Jsonb({**payload, **_marks(row)}),
    )  # fmt: skip
