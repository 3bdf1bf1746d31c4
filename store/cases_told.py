"""Who is told of what happens to a case: outbox rows in the act's own transaction, one a step and target."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from store import people
from store.acts import Act
from store.timescale import Connection, queries

_WORKERS = {"dispatch": "case_dispatched", "rework": "case_rework", "remind": "case_reminded", "expedite": "case_expedited"}
_DESK = {"ask_help": "case_help", "reopen": "case_reopened", "transfer": "case_transferred"}
_CHECKS = {"pre_checking": "case_pre_check", "checking": "case_post_check"}  # by the stage: whoever is named later is told the same


def tell(connection: Connection, row: Mapping[str, Any], act: Act, told: Mapping[str, Any]) -> None:
    """After an act: `row` as saved, `told` what the audit keeps of it."""
    if act.act in _WORKERS:
        _tell(connection, row, act, _WORKERS[act.act], workers_of(connection, row))
    elif act.act in _DESK:
        _tell(connection, row, act, _DESK[act.act], ["role:dispatcher"])
    elif "collector" in told:
        _tell(connection, row, act, _CHECKS[row["stage"]], [f"account:{told['collector']}" if told["collector"] else "role:grid_worker"])
    elif "adjustment" in told:
        _tell(connection, row, act, *_of_adjustment(connection, row, told))
    elif act.act == "comment":
        _tell(connection, row, act, "mention", [f"account:{one}" for one in people.find_mentioned(connection, act.note, row["area"])])
    for unit_id in told.get("supports", ()):
        _tell(connection, row, act, "case_support", _people_of(connection, unit_id) or [f"area:{row['area']}"])


def _of_adjustment(connection: Connection, row: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Whose turn it is, or what became of it to who asked."""
    match told["stage"]:
        case "asked":
            asker = f"account:{told['asked_by']}"
            unit = _people_of(connection, row["lead_unit"]) if row["lead_unit"] is not None else ["role:supervisor"]
            return "case_adjustment_asked", [target for target in unit if target != asker]
        case "unit_agreed":
            return "case_adjustment_asked", ["role:dispatcher"]
        case "withdrawn":
            return "case_adjustment_decided", []
        case _:
            return "case_adjustment_decided", [f"account:{told['asked_by']}"]


def workers_of(connection: Connection, row: Mapping[str, Any]) -> list[str]:
    """Whose task it is: the worker, else the handlers of the unit, else all who handle in the area."""
    if row["handler_id"] is not None:
        return [f"account:{row['handler_id']}"]
    of_unit = _people_of(connection, row["lead_unit"]) if row["lead_unit"] is not None else []
    return of_unit or [f"area:{row['area']}"]


def _people_of(connection: Connection, unit_id: int) -> list[str]:
    return [f"account:{one['account_id']}" for one in queries.cases_unit_people(connection, unit_id=unit_id)]


def _tell(connection: Connection, row: Mapping[str, Any], act: Act, template: str, targets: Iterable[str]) -> None:
    said = {"by": act.by, **({"note": act.note} if act.note else {})}
    for target in targets:
        add(connection, row, act.now, template, row["version"], target, said)


def notify(connection: Connection, row: Mapping[str, Any], now: datetime, template: str, step: int) -> None:
    """One message a step to each whose task it is."""
    for target in workers_of(connection, row):
        add(connection, row, now, template, step, target, {})


def add(
    connection: Connection, row: Mapping[str, Any], now: datetime, template: str, step: int, target: str, said: Mapping[str, Any]
) -> None:
    """One row of the outbox: a repetition of the same step for the same target is none."""
    due_at = row["due_at"].isoformat() if row["due_at"] else None
    marks = {name: row[name] for name in ("title", "area", "drill", "simulated")}
    queries.outbox_add(
        connection, now=now, dedupe_key=f"{template}/{row['case_number']}/{step}/{target}", target=target, template=template,
        severity=row["severity"],
        payload=Jsonb({"noun": "case", "number": row["case_number"], "due_at": due_at, **marks, **said}),
    )  # fmt: skip
