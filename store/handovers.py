"""Handing a shift over: one signs a frozen list of what is open, the other signs for it, and only then it is his.

The password is checked at the door; here stand the list, its hash in the audit, and the passing of owners and acknowledgements.
"""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import IllegalAct, Invalid, NotFound
from dispatch import shifts as lifecycle
from store import audit, duty_log, people, shifts
from store.acts import Act, demand_fresh, logged
from store.timescale import Connection, prefixes, queries


def offer(connection: Connection, act: Act, account: object) -> int:
    """Freeze what the caller holds and offer it to `account`; the id of his shift.

    Raises `IllegalAct` without a shift or with an offer that stands, `Invalid` for oneself, `NotFound` for nobody of the desk.
    """
    row = queries.shifts_of(connection, account_id=act.scope.account_id)
    if row is None:
        raise IllegalAct("offer", "ended", (), "you are not on shift")
    row = shifts.lock_shift(connection, row["shift_id"])
    demand_fresh(row, act)
    person = people.find_colleague(connection, act.scope, account)
    if person["account"] == act.scope.account_id:
        raise Invalid("a shift is handed to somebody else")
    items = [dict(item) for item in shifts.list_held(connection, row)]
    signed = lifecycle.hash_list(row["account_id"], person["account"], act.note, items, act.now)
    shifts.move(connection, row, act, {"to": person["account"], "items": len(items), "hash": signed})
    handover = queries.handovers_add(
        connection, shift_id=row["shift_id"], to_id=person["account"], to_name=person["title"], note=act.note, items=Jsonb(items),
        items_hash=signed, now=act.now,
    )  # fmt: skip
    duty_log.freeze(connection, handover["handover_id"], row, person, act)
    _tell(connection, f"account:{person['account']}", "handover_offered", handover["handover_id"], row, act, len(items))
    return int(row["shift_id"])


def answer(connection: Connection, shift_id: int, act: Act) -> dict[str, list[dict[str, Any]]]:
    """Accept or decline what was offered to the caller: `{moved, left}` of the list, each `{noun, id}`.

    What changed hands or ended since is `left`, and so is what the successor does not see: that lapses with the shift, aloud.

    Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed`, `Invalid` (no reason for declining; the list is not the one signed).
    """
    row = shifts.lock_shift(connection, shift_id)
    if row["to_id"] != act.scope.account_id:
        raise NotFound(f"no shift {shift_id} was offered to you")
    demand_fresh(row, act)
    lifecycle.demand_person(act.act, act.scope.role, act.scope.account_id, row["account_id"], row["to_id"])
    signed = lifecycle.hash_list(row["account_id"], row["to_id"], row["note"], row["items"], row["offered_at"])
    if signed != row["items_hash"]:
        raise Invalid("the list is not the one that was signed")
    shifts.move(connection, row, act, {"from": row["account_id"], "items": len(row["items"]), "hash": signed})
    template = f"handover_{lifecycle.OUTCOME[act.act]}"
    _tell(connection, f"account:{row['account_id']}", template, row["handover_id"], row, act, len(row["items"]))
    if act.act != "accept":
        return {"moved": [], "left": []}
    duty_log.sign(connection, row["handover_id"], act)
    shifts.be_on(connection, act.scope, act.now)
    return _pass_on(connection, row, act)


def _pass_on(connection: Connection, row: Mapping[str, Any], act: Act) -> dict[str, list[dict[str, Any]]]:
    moved: list[dict[str, Any]] = []
    for noun, pass_on in (("alert", queries.handovers_move_alerts), ("incident", queries.handovers_move_incidents)):
        ids = [int(item["id"]) for item in row["items"] if item["noun"] == noun]
        with logged(connection, noun, ids, act.now):
            rows = list(
                pass_on(
                    connection, ids=ids, from_id=row["account_id"], to_id=act.scope.account_id, to_name=act.by, now=act.now,
                    areas=prefixes(act.scope),
                )
            )  # fmt: skip
        for one in rows:
            detail = {"handover": row["handover_id"], "from": row["name"]}
            audit.append(connection, act.named("take_over"), noun, one[f"{noun}_id"], one["area"], detail=detail)
        moved += [{"noun": noun, "id": str(one[f"{noun}_id"])} for one in rows]
    passes = [{"noun": item["noun"], "id": item["id"]} for item in row["items"] if item["noun"] in {"alert", "incident"}]
    return {"moved": moved, "left": [item for item in passes if item not in moved]}


def _tell(connection: Connection, target: str, template: str, handover_id: int, row: Mapping[str, Any], act: Act, count: int) -> None:
    queries.outbox_add(
        connection, now=act.now, dedupe_key=f"{template}/{handover_id}/{target}", target=target, template=template, severity=4,
        payload=Jsonb({"title": act.by, "area": row["area"], "shift": row["shift_id"], "items": count, "note": act.note}),
    )  # fmt: skip
