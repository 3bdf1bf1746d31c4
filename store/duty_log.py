"""The duty log (值班日志): what people write, and what the system proposes to them of their shift. Amended, never overwritten.

A shift's entries are signed with its handover: by whoever offers it, over the rows as they stand then, and by whoever accepts it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.errors import Invalid, NotAllowed, NotFound
from core.model import Scope
from dispatch.shifts import DESK
from store import audit, shifts
from store.acts import Act, demand_fresh
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

_GRAVE = 3  # incidents down to yellow are worth a line
_PROPOSED = 100
_BEFORE = timedelta(days=1)  # how far back somebody may still write down what happened


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody writes. `at` None: now, or when the proposal `origin` happened. `left_out`: that is none for the log, for `why`."""

    text: str
    at: datetime | None = None
    origin: str | None = None
    left_out: bool = False
    why: str = ""
    drill: bool = False


def list_entries(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """The newest first, each with its amendments and with who signed for it; what was left out only if `left_out` is wanted."""
    columns = wanted.columns(scope, "entry_id") | {"left_out": bool(wanted.wanted.get("left_out"))}
    return [_shown(row, scope) for row in queries.duty_log_list(connection, **columns)]


def get_entry(connection: Connection, scope: Scope, entry_id: int) -> dict[str, Any]:
    """One entry. Raises `NotFound`."""
    found = list_entries(connection, scope, Filter({"entry_id": entry_id, "left_out": True}))
    if not found:
        raise NotFound(f"no entry {entry_id}")
    return found[0]


def _shown(row: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    acts = ["amend"] if _may_amend(row, scope) else []
    return {**{name: value for name, value in row.items() if name != "written_by"}, "acts": acts}


def _may_amend(row: Mapping[str, Any], scope: Scope) -> bool:
    return scope.account_id is not None and (row["written_by"] == scope.account_id or scope.role == "supervisor")


def list_proposals(connection: Connection, scope: Scope, now: datetime) -> list[dict[str, Any]]:
    """What happened since the reader's shift began and stands in no entry yet: `{origin, at, what, title, severity, noun, key …}`."""
    shift = shifts.of(connection, scope)
    if shift is None:
        return []
    return list(
        queries.duty_log_proposals(
            connection, since=shift["began_at"], now=now, gravest=_GRAVE, areas=prefixes(scope), area=shift["area"],
            account_id=scope.account_id, limit=_PROPOSED,
        )
    )  # fmt: skip


def write(connection: Connection, entry: Entry, act: Act) -> int:
    """A line of the caller's shift, which begins with it if none is on; its id.

    Raises `NotAllowed` for whoever does not work at the desk, `Invalid` for a text, time or proposal that is none.
    """
    shifts.begin(connection, act.scope, act.now)
    shift = shifts.of(connection, act.scope)
    assert shift is not None
    proposal = _proposal(connection, entry, act) if entry.origin else None
    text = entry.text.strip() or (str(proposal["title"]) if proposal and entry.left_out else "")
    if not text:
        raise Invalid("'text' is missing: what happened?")
    if entry.left_out and not entry.why.strip():
        raise Invalid("'why' is missing: what is left out is left out for a reason")
    at = proposal["at"] if proposal else entry.at or act.now
    if at > act.now or at < act.now - _BEFORE - (act.now - shift["began_at"]):
        raise Invalid("'at' is not of this shift or the day before it")
    marks = {name: bool(proposal and proposal[name]) for name in ("drill", "simulated")}
    marks["drill"] = marks["drill"] or entry.drill
    entry_id = queries.duty_log_add(
        connection, area=shift["area"], shift_id=shift["shift_id"], at=at, now=act.now, account_id=act.scope.account_id, name=act.by,
        text=text, origin=entry.origin, left_out=entry.left_out, amends=None, why=entry.why.strip() or None, **marks,
    )  # fmt: skip
    if entry_id is None:
        raise Invalid("somebody wrote that down already")
    audit.append(connection, act.named("leave_out" if entry.left_out else "write"), "duty_entry", entry_id, shift["area"])
    return int(entry_id)


def _proposal(connection: Connection, entry: Entry, act: Act) -> dict[str, Any]:
    found = next((one for one in list_proposals(connection, act.scope, act.now) if one["origin"] == entry.origin), None)
    if found is None:
        raise Invalid(f"'{entry.origin}' is not proposed to you: it stands in the log, or it was not in your shift")
    return found


def amend(connection: Connection, entry_id: int, text: str, act: Act) -> None:
    """Put an entry right: its author's, or a supervisor's. What it said stays, and `act.note` says why it says something else now.

    Raises `NotFound`, `StaleWrite`, `NotAllowed`, `Invalid`.
    """
    if act.scope.role not in DESK or act.scope.account_id is None:
        raise NotAllowed("the duty log is of people at the desk")
    row = queries.duty_log_lock(connection, entry_id=entry_id, areas=prefixes(act.scope))
    if row is None:
        raise NotFound(f"no entry {entry_id}")
    demand_fresh(row, act)
    if not _may_amend(row, act.scope):
        raise NotAllowed("an entry is put right by its author or by a supervisor")
    if not text.strip() or not act.note.strip():
        raise Invalid("'text' is what it says now, 'note' why")
    queries.duty_log_add(
        connection, area=row["area"], shift_id=row["shift_id"], at=act.now, now=act.now, account_id=act.scope.account_id, name=act.by,
        text=text.strip(), origin=None, left_out=False, amends=entry_id, why=act.note.strip(), drill=row["drill"],
        simulated=row["simulated"],
    )  # fmt: skip
    audit.append(connection, act, "duty_entry", entry_id, row["area"])


def freeze(connection: Connection, handover_id: int, shift: Mapping[str, Any], successor: Mapping[str, Any], act: Act) -> None:
    """With the offer of a shift: what its log says now is what both will have signed."""
    rows = list(queries.duty_log_of_shift(connection, shift_id=shift["shift_id"]))
    queries.duty_log_freeze(
        connection, handover_id=handover_id, shift_id=shift["shift_id"], area=shift["area"], entries=[row["entry_id"] for row in rows],
        hash=hash_rows(rows), from_id=shift["account_id"], from_name=shift["name"], now=act.now, to_id=successor["account"],
        to_name=successor["title"],
    )  # fmt: skip


def sign(connection: Connection, handover_id: int, act: Act) -> None:
    """With the acceptance: the successor signs for what was frozen."""
    queries.duty_log_sign(connection, handover_id=handover_id, to_id=act.scope.account_id, now=act.now)


def list_signatures(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """Who signed for which entries, the newest first; `intact`: the rows are still those that were signed."""
    of = wanted.columns(scope)
    found = queries.duty_log_signatures(connection, **{name: of[name] for name in ("areas", "since", "until", "limit")})
    return [{**row, "intact": _is_intact(connection, row)} for row in list(found)]


def _is_intact(connection: Connection, signature: Mapping[str, Any]) -> bool:
    rows = queries.duty_log_of_shift(connection, shift_id=signature["shift_id"])
    return hash_rows([row for row in rows if row["entry_id"] in signature["entries"]]) == str(signature["hash"])


def hash_rows(rows: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 over the rows as JSON with sorted keys; times in UTC."""
    said = [{name: _said(value) for name, value in row.items()} for row in rows]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _said(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
