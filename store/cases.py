"""Cases as people read them and move them through the closed loop; opening one is `store.openings`.

Every act: lock the row in the scope, ask the table and the rules about persons and evidence, compare and set the
version, audit, change log, clocks, messages: one transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.config import Config
from core.errors import IllegalAct, NotFound
from core.model import Scope
from dispatch import case_persons
from dispatch import cases as lifecycle
from store import adjustments, audit, cases_told, change_log, clocks, incidents, media, routing
from store.acts import Act, demand_fresh, demand_saved, logged
from store.cases_beside import changes_beside, lock_both
from store.cases_changes import Doing, changes_of
from store.cases_reader import Reader, acts_beside, acts_of, read_reader
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

_FILTERS = (
    *("stages", "class_code", "severity", "cell", "handler_id", "incident_id", "overdue"),
    *("unit", "source", "parent", "light", "text", "now"),
)


def list_cases(connection: Connection, scope: Scope, wanted: Filter, after: tuple[str, str] | None = None) -> list[dict[str, Any]]:
    """Newest first, in the shape screens know; `after` is (opened_at, number) of the last one seen."""
    columns, (at, number) = wanted.columns(scope, *_FILTERS), after or (None, None)
    stages = [stage for word in columns["stages"] or () for stage in (sorted(lifecycle.OPEN) if word == "open" else [word])]
    still_open = set(stages) <= lifecycle.OPEN if stages else columns["light"] is not None
    asked = {**columns, "stages": stages or None, "open": still_open, "after_at": at, "after_number": number}
    if columns["text"] or columns["unit"]:
        return [row["shape"] for row in queries.cases_list(connection, **asked)]
    queries.cases_walk(connection, sort="off", parallel="0")
    found = [row["shape"] for row in queries.cases_list(connection, **asked)]
    queries.cases_walk(connection, sort="on", parallel="2")
    return found


def get_case(connection: Connection, scope: Scope, number: str, now: datetime, config: Config) -> dict[str, Any]:
    """One case with all that hangs on it: acts, clocks, supports, adjustments, children, audit, media. Raises `NotFound`."""
    found = change_log.read(connection, "case", [number])
    if number not in found or not scope.sees(found[number]["area"]):
        raise NotFound(f"no case {number}")
    shape = found[number]
    reader = read_reader(connection, scope, [shape], config.cases)
    asked, supports = adjustments.pending(connection, number), list(queries.cases_supports(connection, case_number=number))
    return {
        **shape,
        **_words(connection, shape, supports, reader),
        "acts": list(acts_of(shape, reader)),
        "side_acts": list(acts_beside(shape, reader, asked, supports)),
        "handler": _title(connection, shape["handler_id"]),
        "unit": _unit(connection, shape["lead_unit"]),
        **_time(connection, shape, now, config),
        "supports": supports,
        "adjustments": adjustments.of_case(connection, number),
        "children": list(queries.cases_children(connection, case_number=number)),
        "proposal": routing.show(connection, shape, now, config.classes) if shape["stage"] in {"accepted", "registered"} else None,
        "audit": audit.of_noun(connection, "case", number),
        "media": media.of_case(connection, scope, number),
    }


def _time(connection: Connection, shape: Mapping[str, Any], now: datetime, config: Config) -> dict[str, Any]:
    """Its clocks, and of the whole's while it runs what is left, in seconds of its own kind."""
    found = clocks.list_clocks(connection, shape["number"], now, config)
    total = next((one for one in reversed(found) if one["clock"] == clocks.TOTAL), None)
    runs = total is not None and total["state"] == "running"
    left = {"remaining_s": total["remaining_s"], "light": total["light"]} if total and runs else {"remaining_s": None, "light": None}
    return {"clocks": found, **left}


def _words(connection: Connection, shape: Mapping[str, Any], supports: Sequence[Mapping[str, Any]], reader: Reader) -> dict[str, Any]:
    """Of a case of a confidential ticket: that it is one, and what the ticket says to those whose work it is."""
    secret = queries.cases_secret(connection, case_number=shape["number"])
    if secret is None:
        return {"confidential": False}
    units = frozenset(row["unit"] for row in supports)
    return {"confidential": True, **(secret if case_persons.may_read_secret(shape, reader.actor(shape["number"]), units) else {})}


def _title(connection: Connection, account_id: int | None) -> str | None:
    """What others may read of who handles it."""
    row = queries.cases_account(connection, account_id=account_id, login=None) if account_id is not None else None
    return str(row["title"]) if row else None


def _unit(connection: Connection, unit_id: int | None) -> dict[str, Any] | None:
    return next(iter(queries.cases_unit_names(connection, ids=[unit_id])), None) if unit_id is not None else None


def act_on_case(connection: Connection, number: str, act: Act, config: Config) -> None:
    """Do one act of the table. What it takes of `act.extra`: docs/cases.md.

    Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed` (role, person), `Invalid` (note, photo, names).
    """
    if act.act == "link_parent":
        lock_both(connection, number, act.extra.get("parent"), prefixes(act.scope))
    row = lock_case(connection, act.scope, number)
    if act.act != "comment":  # a word is never too late
        demand_fresh(row, act)
    reader = read_reader(connection, act.scope, [_shape(row)], config.cases)
    _carry_out(connection, row, act, _demand(connection, row, act, reader), reader, config)


def act_by_machine(connection: Connection, number: str, act: Act, config: Config) -> None:
    """What follows without a person: a suspension over, a dispatch by rule. The table holds; nobody's role is asked. Raises as above."""
    row = lock_case(connection, act.scope, number)
    after = lifecycle.advance(row["stage"], act.act, row["kept_stage"])
    _carry_out(connection, row, act, after, Reader(act.scope), config)


def lock_case(connection: Connection, scope: Scope, number: str) -> dict[str, Any]:
    """The row as it is now, ours until the commit. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.cases_lock(connection, case_number=number, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no case {number}")
    return row


def _shape(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "number": row["case_number"]}


def _demand(connection: Connection, row: Mapping[str, Any], act: Act, reader: Reader) -> str:
    """The next stage, when table, role, person and evidence all agree."""
    shape = _shape(row)
    try:
        after = lifecycle.advance(row["stage"], act.act, row["kept_stage"])
    except IllegalAct:
        raise IllegalAct(act.act, row["stage"], acts_of(shape, reader)) from None
    lifecycle.demand_role(act.act, row["stage"], act.scope.role)
    case_persons.demand_person(act.act, row, reader.actor(row["case_number"]))
    feedback = row["case_number"] in reader.feedback
    if row["stage"] == "finished" and act.act in {"check", "post_check"} and feedback:
        raise IllegalAct(act.act, row["stage"], acts_of(shape, reader), "the unit's feedback comes before the check")
    photos = queries.cases_photos_after(connection, case_number=row["case_number"])["photos"] if act.act in lifecycle.NEEDS_PHOTO else 0
    lifecycle.demand_evidence(act.act, act.note, photos, lifecycle.skipped(row["stage"], after, row["kept_stage"], feedback))
    return after


def _carry_out(connection: Connection, row: dict[str, Any], act: Act, after: str, reader: Reader, config: Config) -> None:
    """Write what an allowed act does, and all that follows from it."""
    number = row["case_number"]
    doing = Doing(connection, row, act, reader.actor(number), after, config)
    columns = {"stage": after, **(changes_beside(doing) if doing.beside else changes_of(doing))}
    saved = {**row, **columns, "version": row["version"] + 1}
    with logged(connection, "case", [number], act.now):
        changes = Jsonb({name: _plain(value) for name, value in columns.items()})
        demand_saved(queries.cases_save(connection, case_number=number, version=row["version"], now=act.now, changes=changes), row)
        _write_down(doing, saved, number in reader.feedback)
        saved["due_at"] = _follow_clocks(doing, saved)
    cases_told.tell(connection, saved, act, doing.told)
    if after not in lifecycle.OPEN and not doing.beside and row["incident_id"] is not None:
        incidents.follow_case(connection, row["incident_id"], act)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _write_down(doing: Doing, saved: Mapping[str, Any], feedback: bool) -> None:
    """The act, with the stages it left out (where it is due the unit's `feedback` too); an agreed suspension is a line of its own."""
    connection, row, act = doing.connection, doing.row, doing.act
    before, after, number = row["stage"], saved["stage"], row["case_number"]
    skipped = () if doing.beside else lifecycle.skipped(before, after, row["kept_stage"], feedback)
    detail = {**doing.told, **({"skipped": list(skipped)} if skipped else {})}
    audit.append(connection, act, "case", number, saved["area"], stages=(before, doing.after), detail=detail)
    if doing.beside and after != before:
        audit.append(connection, act.named("suspend"), "case", number, saved["area"], stages=(before, after))


def _follow_clocks(doing: Doing, saved: Mapping[str, Any]) -> datetime | None:
    """The deadline after the act."""
    connection, row, act, config = doing.connection, doing.row, doing.act, doing.config
    number, due_at = row["case_number"], row["due_at"]
    if act.act == "classify":
        due_at = clocks.open_clocks(connection, number, saved["class_code"], saved["condition_no"], act.now, config)
    elif doing.told.get("kind") == "extension" and doing.told["stage"] == "agreed":
        due_at = clocks.extend(connection, number, datetime.fromisoformat(doing.told["until_at"]), act.now, config)
    elif not doing.beside or saved["stage"] != row["stage"]:
        due_at = clocks.follow(connection, row, row["stage"], saved["stage"], config, act.now)
    return due_at  # type: ignore[no-any-return]


def notify(connection: Connection, row: Mapping[str, Any], now: datetime, template: str, step: int) -> None:
    """One message a step to each whose task the case is."""
    cases_told.notify(connection, row, now, template, step)
