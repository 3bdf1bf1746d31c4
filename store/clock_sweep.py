"""What falls due on the clocks of cases without anybody acting: yellow and red, each marked once and told once.

The case's row is taken first, as every act does; marks are set only where they are not set yet, in the transaction that tells.
So any number of sweepers may run and die.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from dispatch.clocks import TOTAL, Clock
from store.acts import logged
from store.timescale import Connection, queries

AT_ONCE = 500
# Phases in which nobody handles yet or any more: who is to act.
_BY_ROLE = {
    **dict.fromkeys(("accept", "pre_check", "register"), "duty"), "dispatch": "dispatcher",
    **dict.fromkeys(("check", "post_check", "close"), "supervisor"),
}  # fmt: skip


def sweep(connection: Connection, now: datetime, at_once: int = AT_ONCE) -> int:
    """Mark what turned red or yellow by `now`, of each `at_once` clocks at most; returns how many were marked."""
    return _mark_overdue(connection, now, at_once) + _mark_yellow(connection, now, at_once)


def _mark_overdue(connection: Connection, now: datetime, at_once: int) -> int:
    numbers = _taken(queries.clocks_take_overdue(connection, now=now, limit=at_once))
    if not numbers:
        return 0
    with logged(connection, "case", numbers, now):
        rows = list(queries.clocks_mark_overdue(connection, numbers=numbers, now=now))
        queries.clocks_cases_overdue(connection, numbers=[row["case_number"] for row in rows if row["clock"] == TOTAL], now=now)
    _tell(connection, rows, "overdue", now)
    return len(rows)


def _mark_yellow(connection: Connection, now: datetime, at_once: int) -> int:
    numbers = _taken(queries.clocks_take_yellow(connection, now=now, limit=at_once))
    rows = list(queries.clocks_mark_yellow(connection, numbers=numbers, now=now)) if numbers else []
    _tell(connection, rows, "yellow", now)
    return len(rows)


def _taken(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({row["case_number"] for row in rows})


def tell_overdue(connection: Connection, row: Mapping[str, Any], now: datetime) -> None:
    """The trace and the messages, the same whether the sweep or the late finish saw it first."""
    _tell(connection, [row], "overdue", now)


def tell_retimed(connection: Connection, moved: Iterable[tuple[Mapping[str, Any], Clock, Clock]], now: datetime) -> None:
    """What the audit keeps of clocks (case, before, after) that follow another calendar: from when to when, a mark taken off."""
    lines = []
    for row, old, new in moved:
        if differs(old, new):
            detail: dict[str, Any] = {"clock": new.name, "from": old.due_at.isoformat(), "to": new.due_at.isoformat()}
            if old.overdue_at and not new.overdue_at:
                detail["no_longer_overdue"] = True
            lines.append({"now": now, "act": "retime", "case_number": row["case_number"], "area": row["area"], "detail": Jsonb(detail)})
    if lines:
        queries.clocks_audit(connection, lines)


def differs(old: Clock, new: Clock) -> bool:
    """Whether screens show another deadline or mark."""
    return (old.due_at, old.overdue_at) != (new.due_at, new.overdue_at)


def _tell(connection: Connection, rows: Iterable[Mapping[str, Any]], what: str, now: datetime) -> None:
    """One message a target; of red also a line in the audit."""
    rows = list(rows)
    messages = [_message(row, what, target, now) for row in rows for target in targets(row, what)]
    if messages:
        queries.clocks_outbox(connection, messages)
    if what == "overdue" and rows:
        queries.clocks_audit(connection, [_line(row, now) for row in rows])


def targets(row: Mapping[str, Any], what: str) -> list[str]:
    """Whoever handles it, or all who could; its unit; of red the supervisors. Before and after the handling: those whose turn it is."""
    if role := _BY_ROLE.get(row["clock"]):
        return [f"role:{role}@{row['area']}"]
    told = [f"account:{row['handler_id']}" if row["handler_id"] is not None else f"area:{row['area']}"]
    if row["lead_unit"] is not None:
        told.append(f"unit:{row['lead_unit']}")
    return [*told, f"role:supervisor@{row['area']}"] if what == "overdue" else told


def _message(row: Mapping[str, Any], what: str, target: str, now: datetime) -> dict[str, Any]:
    template = f"{'case' if row['clock'] == TOTAL else 'phase'}_{what}"
    number, due_at = row["case_number"], row["due_at"].isoformat()
    named = {"noun": "case", "number": number, "title": row["title"], "area": row["area"], "due_at": due_at, "clock": row["clock"]}
    marks = {name: True for name in ("drill", "simulated") if row[name]}
    return {
        "now": now, "dedupe_key": f"{template}/{number}/{row['clock']}/{row['round']}/{due_at}/{target}", "target": target,
        "template": template, "severity": row["severity"], "payload": Jsonb(named | marks),
    }  # fmt: skip


def _line(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    of_whole = row["clock"] == TOTAL
    act, detail = ("overdue", {}) if of_whole else ("phase_overdue", {"clock": row["clock"]})
    return {"now": now, "act": act, "case_number": row["case_number"], "area": row["area"], "detail": Jsonb(detail)}
