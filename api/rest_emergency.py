"""Emergencies over HTTP: the plans, what is declared on an incident, tasks and what teams say of them."""

from collections.abc import Mapping
from typing import Any

from api.call import PAGE, Answer, Call, Param, read_filter, read_params, read_time
from api.problems import read_etag
from api.rest_alerts import act_of, acted, read_act, shown
from core.errors import Invalid
from store import emergencies, emergency_tasks
from store.acts import Act

EMERGENCY_PARAMS = (Param("stage", "responding, ended", "list"), PAGE[0])
_ACT_FIELDS = ("type", "level", "plan", "commander")
_TASK_FIELDS = ("title", "text", "resource_id", "unit_id", "due_at", "also")


def list_plans(call: Call) -> Answer:
    """The library as the configuration in force has it."""
    settings = call.config.emergency
    plans = [{"plan": name, **plan.model_dump(mode="json")} for name, plan in settings.plans.items()]
    return Answer({"plans": plans, "types": {name: kind.model_dump() for name, kind in settings.types.items()}})


def list_emergencies(call: Call) -> Answer:
    wanted = read_params(EMERGENCY_PARAMS, call.query)
    return Answer({"emergencies": emergencies.list_emergencies(call.connection, call.scope, read_filter(wanted))})


def get_emergency(call: Call) -> Answer:
    found = _read(call)
    standing = found["emergency"]
    return shown({**found, "version": standing["version"]}) if standing else Answer(found)


def _read(call: Call) -> dict[str, Any]:
    found = emergencies.get_emergency(call.connection, call.scope, call.number("id"), call.config.emergency)
    return {**found, "version": found["emergency"]["version"] if found["emergency"] else 0}


def act_on_emergency(call: Call) -> Answer:
    """What became of it: as `GET` shows it."""
    act = _with_own(call, _ACT_FIELDS)
    return acted(
        call, lambda: emergencies.act_on_emergency(call.connection, call.number("id"), act, call.config.emergency), lambda: _read(call)
    )


def _with_own(call: Call, names: tuple[str, ...], act: str | None = None) -> Act:
    """An act with fields of its own. Raises `Invalid` for a field that nobody knows."""
    fields = call.fields()
    own = {name: fields.pop(name) for name in names if name in fields}
    if act is not None:
        fields["act"] = act
    read = act_of(call, fields, read_etag(call.headers.get("If-Match")))
    return Act(read.act, read.scope, read.now, read.note, read.expect, {**read.extra, **own}, read.address)


def give_task(call: Call) -> Answer:
    act = _with_own(call, _TASK_FIELDS, "task")
    row = emergencies.lock(call.connection, call.scope, call.number("id"))
    task_id = emergency_tasks.give(call.connection, row, Act(act.act, act.scope, act.now, act.note, None, _dated(act.extra), act.address))
    return shown(emergency_tasks.get_task(call.connection, call.scope, task_id), 201)


def _dated(fields: Mapping[str, Any]) -> dict[str, Any]:
    due = fields.get("due_at")
    for name in ("resource_id", "unit_id"):
        if fields.get(name) is not None and (not isinstance(fields[name], int) or isinstance(fields[name], bool)):
            raise Invalid(f"{name}: the number of one")
    if not isinstance(fields.get("also", False), bool):
        raise Invalid("also: true or false")
    return {**fields, "due_at": read_time("due_at", due) if due is not None else None}


def act_on_task(call: Call) -> Answer:
    task_id, act = call.number("id"), read_act(call)
    return acted(
        call,
        lambda: emergency_tasks.act_on_task(call.connection, task_id, act),
        lambda: emergency_tasks.get_task(call.connection, call.scope, task_id),
    )
