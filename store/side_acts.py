"""What the desk does to an alert or an incident without moving it: take it, give it to somebody, call for help, say something.

The row is locked and the act allowed before one of these is called; each writes what it does, the audit and the change log.
"""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import Invalid, NotAllowed
from store import audit, comments, escalations, people
from store.acts import Act, demand_saved, logged
from store.timescale import Connection, queries

ACTS = ("take", "assign", "escalate", "comment")


def carry_out(connection: Connection, noun: str, row: Mapping[str, Any], act: Act) -> None:
    """Do one of `ACTS`. Raises `NotAllowed` when a token takes, `Invalid` or `NotFound` for whom something cannot be given to."""
    noun_id = row[f"{noun}_id"]
    with logged(connection, noun, [noun_id], act.now):
        detail = _DOES[act.act](connection, noun, row, act)
    audit.append(connection, act, noun, noun_id, row["area"], detail=detail)


def _take(connection: Connection, noun: str, row: Mapping[str, Any], act: Act) -> dict[str, Any]:
    if act.scope.account_id is None:
        raise NotAllowed("a person takes something: a system's token cannot")
    return _own(connection, noun, row, act, act.scope.account_id, act.by)


def _assign(connection: Connection, noun: str, row: Mapping[str, Any], act: Act) -> dict[str, Any]:
    if "account" not in act.extra:
        raise Invalid("'assign' needs an account; null: nobody's any more")
    wanted = act.extra["account"]
    if wanted is None:
        return _own(connection, noun, row, act, None, None)
    person = people.find_person(connection, wanted, row["area"])
    detail = _own(connection, noun, row, act, person["account"], person["title"])
    if person["account"] != act.scope.account_id:
        _tell(connection, noun, row, act, "assigned", f"account:{person['account']}")
    return detail


def _own(connection: Connection, noun: str, row: Mapping[str, Any], act: Act, owner_id: int | None, owner: str | None) -> dict[str, Any]:
    key = f"{noun}_id"
    save = queries.alerts_own if noun == "alert" else queries.incidents_own
    demand_saved(save(connection, version=row["version"], now=act.now, owner_id=owner_id, owner=owner, **{key: row[key]}), row)
    return {"owner_id": owner_id, "owner": owner, "from": row["owner"]}


def _escalate(connection: Connection, noun: str, row: Mapping[str, Any], act: Act) -> dict[str, Any]:
    _touch(connection, noun, row, act, 1)
    escalations.escalate_now(connection, noun, row, act)
    return {}


def _comment(connection: Connection, noun: str, row: Mapping[str, Any], act: Act) -> dict[str, Any]:
    _touch(connection, noun, row, act, 0)
    return {"comment": comments.add_comment(connection, noun, row[f"{noun}_id"], row, act)}


def _touch(connection: Connection, noun: str, row: Mapping[str, Any], act: Act, moved: int) -> None:
    key = f"{noun}_id"
    save = queries.alerts_touch if noun == "alert" else queries.incidents_touch
    demand_saved(save(connection, version=row["version"], now=act.now, moved=moved, **{key: row[key]}), row)


def _tell(connection: Connection, noun: str, row: Mapping[str, Any], act: Act, template: str, target: str) -> None:
    """One message an act and target, under an id that a repeated delivery shares."""
    noun_id = row[f"{noun}_id"]
    queries.outbox_add(
        connection, now=act.now, dedupe_key=f"{template}/{noun}/{noun_id}/{row['version'] + 1}/{target}", target=target, template=template,
        severity=row["severity"],
        payload=Jsonb({**comments.told_of(noun, row), "by": act.by, "note": act.note}),
    )  # fmt: skip


_DOES = {"take": _take, "assign": _assign, "escalate": _escalate, "comment": _comment}
