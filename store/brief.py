"""Situation briefs: gathers what is stored about an incident at a moment, and keeps it with the papers made of it.

What they say decides `dispatch.brief`. A brief is never written again: the next press of the button is the next number.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.config import Config
from core.errors import NotAllowed, NotFound
from core.model import Scope
from core.text import Text
from dispatch.brief import write_brief
from dispatch.paper import to_plain
from store import audit, emergencies, geography, incidents, incidents_around, resources
from store.acts import Act
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

MAKERS = frozenset({"duty", "dispatcher", "supervisor", "leader"})
_AROUND_M = 500.0
_NOT_TOLD = {"battery"}  # of the device itself
_WARNING_FOR = timedelta(days=3)  # one without an end is none any more
_SAID = ("id", "title", "severity", "stage", "opened_at", "drill", "simulated")
_COUNTED = ("team", "equipment", "material", "shelter", "hospital", "expert")


def write(connection: Connection, incident_id: int, act: Act, config: Config, texts: Mapping[str, Text]) -> int:
    """A new brief in every language; its id. Raises `NotFound`, `NotAllowed` for the role."""
    if act.scope.role not in MAKERS:
        raise NotAllowed(f"a brief is not for the role '{act.scope.role}'")
    row = incidents.lock_incident(connection, act.scope, incident_id)  # two at once get two numbers
    known = read_facts(connection, act.scope, incident_id, config, act)
    number = queries.briefs_next(connection, incident_id=incident_id)
    papers = {name: to_plain(write_brief(known[name], text, config.area.zone, number)) for name, text in texts.items()}
    about = {"incident_id": incident_id, "area": row["area"], "number": number, "now": act.now, "by": act.by}
    brief_id: int = queries.briefs_add(connection, **about, papers=Jsonb(papers), inputs=Jsonb(known["zh"]))
    audit.append(connection, act.named("brief"), "incident", incident_id, row["area"], detail={"brief": number})
    return brief_id


def get(connection: Connection, scope: Scope, brief_id: int) -> dict[str, Any]:
    """One brief as it was written. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.briefs_get(connection, brief_id=brief_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no brief {brief_id}")
    return row


def read_facts(connection: Connection, scope: Scope, incident_id: int, config: Config, act: Act) -> dict[str, dict[str, Any]]:
    """By language, as JSON values: labels are the only difference."""
    incident = incidents.get_incident(connection, scope, incident_id)
    told = emergencies.get_emergency(connection, scope, incident_id, config.emergency)
    near = incidents_around.find_nearby(connection, scope, incident_id, config, _AROUND_M)["devices"]
    parts = sorted([*_parts(incident, "alerts"), *_parts(incident, "reports")], key=lambda one: str(one["at"]))
    warnings = queries.briefs_warnings(
        connection, drill=incident["drill"], now=act.now, since=act.now - _WARNING_FOR, area=incident["area"]
    )
    shared = {
        "at": act.now, "by": act.by, "incident": {name: incident[name] for name in _SAID},
        "emergency": told["emergency"], "tasks": told["tasks"], "log": told["log"], "parts": parts, "channels": _count(parts),
        "cases": [{name: one[name] for name in ("number", "title", "stage", "due_at")} for one in incident["cases"]],
        "resources": _resources(connection, scope, incident, config.emergency.radius_m), "radius_m": config.emergency.radius_m,
        "warnings": list(warnings), "area_name": geography.area_name(connection, incident["area"][:6]) or config.area.name,
        "place": _place(connection, incident),
    }  # fmt: skip
    return {language: _plain({**shared, **_labelled(language, incident, told, near, config)}) for language in ("zh", "en")}


def _parts(incident: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    at = "raised_at" if kind == "alerts" else "observed_at"
    return [{"at": one[at], "title": one["title"], "channel": one.get("channel") or "sensor"} for one in incident[kind]]


def _count(parts: list[dict[str, Any]]) -> dict[str, int]:
    channels = [one["channel"] for one in parts]
    return {channel: channels.count(channel) for channel in dict.fromkeys(channels)}


def _resources(connection: Connection, scope: Scope, incident: Mapping[str, Any], radius_m: float) -> list[dict[str, Any]]:
    """Of each kind how many are near and which is nearest."""
    if incident["lon"] is None:
        return []
    near = resources.find_near(
        connection, scope, Filter({"kinds": list(_COUNTED)}, limit=1000), (incident["lon"], incident["lat"]), radius_m, None
    )
    found = []
    for kind in _COUNTED:
        of_kind = [one for one in near if one["kind"] == kind]
        if of_kind:
            found.append({"kind": kind, "count": len(of_kind), "nearest": of_kind[0]["name"], "distance_m": of_kind[0]["distance_m"]})
    return found


def _place(connection: Connection, incident: Mapping[str, Any]) -> str:
    """The addresses that were told, else the community."""
    told = [one["address"] for one in incident["reports"] if one.get("address")]
    return told[0] if told else geography.area_name(connection, incident["area"]) or ""


def _labelled(
    language: str, incident: Mapping[str, Any], told: Mapping[str, Any], near: list[dict[str, Any]], config: Config
) -> dict[str, Any]:
    """What the configuration calls in a language."""
    label = _labels(language)
    names = {name: label(plan) for name, plan in config.emergency.plans.items()}
    plan = told["emergency"]["plan"] if told["emergency"] else None
    kind = config.classes.get(incident["class_code"] or "")
    readings = [
        {"name": device["name"] or device["device"], "value": value["value"], "at": value["updated_at"], "distance_m": device["distance_m"],
         **_metric(value["metric"], config, label)}
        for device in near for value in device["values"] if value["metric"] not in _NOT_TOLD
    ]  # fmt: skip
    english, inside = language == "en", incident["area"].startswith(config.area.code)
    return {
        **({"area_name": config.area.name_en} if english and inside and config.area.name_en else {}),
        "plan_name": names.get(plan, plan) if plan else None,
        "plan_names": names,
        "steps": {step.title: step.title_en for each in config.emergency.plans.values() for step in each.steps
                  if english and step.title_en},
        "class_name": label(kind) if kind else "—",
        "readings": readings,
    }  # fmt: skip


def _metric(name: str, config: Config, label: Any) -> dict[str, str]:
    known = config.metrics.get(name)
    return {"metric": label(known) if known else name, "unit": known.unit if known else ""}


def _labels(language: str) -> Any:
    def label(thing: Any) -> str:
        return str((thing.label_en if language == "en" else "") or thing.label)

    return label


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(
        json.dumps(facts, default=lambda value: value.isoformat() if isinstance(value, datetime) else str(value))
    )
    return read
