"""Tickets of the hotline as rows: read, acted on by the desk, written; what the platform is to know waits in the outbox.

A ticket changes and what the platform is to know of it are one transaction. Nothing here leaves the house (`answering`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.config import Config
from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from core.hotline_config import HotlineConfig
from core.model import Scope
from core.notify_config import HOTLINE
from dispatch import hotline as lifecycle
from store import audit, reports
from store.acts import Act, demand_fresh, demand_saved
from store.timescale import Connection, prefixes, queries

_COLUMNS = (
    "stage", "area", "case_number", "appeal_type", "confidential", "due_at", "accepted_at", "dispatched_at", "replied_at", "closed_at",
    "revisited_at", "result", "reply", "why", "merged_into",
)  # fmt: skip
# The moment a stage is first reached by; a reopened ticket has no end.
_MOMENTS = {
    "accepted": "accepted_at",
    "dispatched": "dispatched_at",
    "replied": "replied_at",
    "closed": "closed_at",
    "revisited": "revisited_at",
}
_NOT_OVER = frozenset({"new", "accepted", "dispatched", "handling", "supervised", "disputed"})
Row = dict[str, Any]


def act_on_ticket(connection: Connection, ticket_id: int, act: Act, config: Config) -> None:
    """Accept, answer, reply, return (退单), merge (并单) or close. `act.extra["into"]`: the number or id of the ticket it is merged into.

    Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed` for the role, `Invalid` without a note or a ticket to merge into.
    """
    row = lock(connection, act.scope, ticket_id=ticket_id)
    demand_fresh(row, act)
    stage = lifecycle.advance(row["stage"], act.act)
    if act.scope.role not in lifecycle.ROLES[act.act]:
        raise NotAllowed(f"'{act.act}' is not for the role '{act.scope.role}'")
    lifecycle.demand_answerable(act.act, row, config.hotline)
    lifecycle.demand_note(act.act, act.note)
    after = {**row, **_said(connection, row, act)}
    change(connection, row, after, stage, config.hotline, act)
    if act.act == "answer":
        _confirm(connection, row, act, config)


def _said(connection: Connection, row: Row, act: Act) -> dict[str, Any]:
    """What an act writes besides the stage."""
    if act.act in {"answer", "reply"}:
        return {"reply": act.note.strip()[:2_000]}
    if act.act == "return":
        return {"why": act.note.strip()[:2_000]}
    if act.act == "merge":
        other = _other(connection, row, act)
        return {"why": act.note.strip()[:2_000], "merged_into": other["ticket_id"], "merged_no": other["ticket_no"]}
    return {}


def _other(connection: Connection, row: Row, act: Act) -> Row:
    """The ticket another one is merged into. Raises `Invalid`, `NotFound`, `IllegalAct`."""
    wanted = act.extra.get("into")
    if not isinstance(wanted, str | int) or isinstance(wanted, bool):
        raise Invalid("'merge' needs 'into': the number of the ticket it repeats")
    number = wanted if isinstance(wanted, int) else None
    other = queries.hotline_other(connection, ticket_id=number, ticket_no=None if number else str(wanted), areas=prefixes(act.scope))
    if other is None:
        raise NotFound(f"no ticket {wanted}")
    if other["ticket_id"] == row["ticket_id"] or other["stage"] in {"merged", "cancelled", "returned"}:
        raise IllegalAct("merge", row["stage"], (), f"ticket {other['ticket_no']} takes none: it is '{other['stage']}' or the same")
    return dict(other)


def _confirm(connection: Connection, row: Row, act: Act, config: Config) -> None:
    """The report behind a plain enquiry needs nobody any more."""
    report = reports.lock_report(connection, act.scope, row["report_id"])
    if report["stage"] == "open":
        reports.act_on_report(connection, row["report_id"], act.named("confirm"), config.classes, _unplaced)


def _unplaced(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    raise Invalid("an answer places nothing")


def move(connection: Connection, ticket_id: int, stage: str, config: HotlineConfig, act: Act) -> None:
    """What the platform's own word makes of a ticket (its revisit); the same stage changes nothing."""
    row = lock(connection, act.scope, ticket_id=ticket_id)
    if stage != row["stage"]:
        change(connection, row, row, stage, config, act)


def change(connection: Connection, row: Row, after: Row, stage: str, config: HotlineConfig, act: Act) -> None:
    """Write what is new, and what the platform is to know of it, once a version."""
    moved = stage != row["stage"]
    after = {**after, "stage": stage}
    if moved and (moment := _MOMENTS.get(stage)):
        after[moment] = act.now
    if stage in _NOT_OVER:
        after["closed_at"] = None
    said = after["reply"] != row["reply"]
    if not moved and not said and all(after[name] == row[name] for name in _COLUMNS):
        return
    columns = {name: after[name] for name in _COLUMNS}
    demand_saved(queries.hotline_save(connection, ticket_id=row["ticket_id"], version=row["version"], now=act.now, **columns), row)
    if moved or said:
        detail = {"case_number": after["case_number"]} if after["case_number"] else {}
        audit.append(connection, act, "ticket", row["ticket_id"], after["area"], stages=(row["stage"], stage), detail=detail)
        if config.request_of(lifecycle.kind_of(stage)) is not None and stage != "revisited":
            queue(connection, {**after, "merged_into": after.get("merged_no")}, row["version"] + 1, config, act.now)


def queue(
    connection: Connection, ticket: Row, version: int | str, config: HotlineConfig, now: datetime, kind: str | None = None
) -> None:  # fmt: skip
    """What the platform is to know, in the outbox: once a version. `kind`: of what is told anew."""
    target = f"{HOTLINE}/ticket:{ticket['ticket_id']}"
    facts = lifecycle.facts_of(ticket, config, now)
    facts = {**facts, "kind": kind or facts["kind"]}
    payload = {
        "noun": "ticket", "id": ticket["ticket_id"], "title": ticket["ticket_no"], "number": ticket["case_number"],
        "at": now.isoformat(), **facts,
        "drill": ticket["drill"], "simulated": ticket["simulated"],
    }  # fmt: skip
    queries.outbox_add(
        connection, now=now, dedupe_key=f"{HOTLINE}/{ticket['source']}/{ticket['ticket_no']}/{version}", target=target,
        template=f"hotline_{facts['kind']}", severity=4, payload=Jsonb(payload),
    )  # fmt: skip


def tell(connection: Connection, ticket: Mapping[str, Any], template: str, step: int, now: datetime) -> None:
    """The supervisors' desks hear of it; of a confidential ticket only the number."""
    title = ticket["ticket_no"] if ticket["confidential"] else f"{ticket['ticket_no']} {ticket['title']}"
    payload = {"noun": "ticket", "id": ticket["ticket_id"], "title": title, "area": ticket["area"]}
    marks = {name: True for name in ("drill", "simulated") if ticket[name]}
    queries.outbox_add(
        connection, now=now, dedupe_key=f"{template}/{ticket['ticket_id']}/{step}", target="role:supervisor", template=template, severity=3,
        payload=Jsonb(payload | marks),
    )  # fmt: skip


def tell_dissatisfied(connection: Connection, scope: Scope, ticket_id: int, revisit_id: int, now: datetime) -> None:
    """A caller says that it is not solved, or that they are not content."""
    tell(connection, lock(connection, scope, ticket_id=ticket_id), "hotline_dissatisfied", revisit_id, now)


def lock(connection: Connection, scope: Scope, *, ticket_id: int | None = None, report_id: int | None = None) -> Row:
    row: Row | None = queries.hotline_lock(connection, ticket_id=ticket_id, report_id=report_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no ticket {ticket_id or report_id}")
    return row
