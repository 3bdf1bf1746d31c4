"""Enterprises and sites with their risk colour; each change of it stands in a history with who, when and why.

What a field may say decides `dispatch.enterprises`. Whom to call stands with the persons: masked in lists, and a look at it is audited.
"""

from collections.abc import Collection, Mapping
from typing import Any

from core.errors import Invalid, NotAllowed, NotFound
from core.model import Scope
from dispatch.enterprises import CALLERS, EDITORS, Entry, mask_name, mask_phone
from dispatch.told_rows import Refusal, Verdict
from store import audit, persons
from store.acts import Act, demand_fresh
from store.ledgers import find_unit
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

_COLUMNS = ("name", "kind", "area", "address", "lon", "lat", "unit_id", "person_id", "note")


def list_enterprises(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """The newest first, with their contact masked and how many hazards are open there."""
    columns = wanted.columns(scope, "code", "kinds", "risks", "q")
    if columns["q"]:
        columns["q"] = f"%{_literal(columns['q'])}%"
    rows = queries.enterprises_list(connection, **columns, ended=bool(wanted.wanted.get("ended")))
    return [_shown(row, scope) for row in rows]


def _literal(words: str) -> str:
    """Words to look for, none of which is a pattern."""
    for sign in ("\\", "%", "_"):
        words = words.replace(sign, f"\\{sign}")
    return words


def get_enterprise(connection: Connection, scope: Scope, code: str) -> dict[str, Any]:
    """One enterprise with the history of its risk and its audit. Raises `NotFound`."""
    found = list_enterprises(connection, scope, Filter({"code": code, "ended": True}))
    if not found:
        raise NotFound(f"no enterprise '{code}'")
    risks = list(queries.enterprises_risks(connection, enterprise_id=found[0]["id"]))
    return {**found[0], "risks": risks, "audit": audit.of_noun(connection, "enterprise", code)}


def _shown(row: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    may = scope.role in EDITORS
    acts = ["reopen"] if row["ended_at"] else ["set_risk", "change", "end"]
    masked = {"contact": mask_name(row["contact"]), "phone": mask_phone(row["phone"])}
    return {**row, **masked, "acts": acts if may else [], "may_call": scope.role in CALLERS and bool(row["contact"] or row["phone"])}


def read_contact(connection: Connection, code: str, act: Act) -> dict[str, Any]:
    """Whom to call, in full; that somebody looked stands in the audit. Raises `NotAllowed`, `NotFound`."""
    if act.scope.role not in CALLERS:
        raise NotAllowed(f"whom to call is for {', '.join(sorted(CALLERS))}")
    row = queries.enterprises_contact(connection, code=code, areas=prefixes(act.scope))
    if row is None:
        raise NotFound(f"no contact of an enterprise '{code}'")
    audit.append(connection, act, "enterprise", code, row["area"])
    return {"contact": row["name"], "phone": row["phone"]}


def lock_enterprise(connection: Connection, scope: Scope, code: str) -> dict[str, Any]:
    """The row as it is now, ours until the commit. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.enterprises_lock(connection, code=code, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no enterprise '{code}'")
    return row


def find_version(connection: Connection, scope: Scope, code: str) -> int | None:
    """The present version of one that is there, ours until the commit."""
    row = queries.enterprises_lock(connection, code=code, areas=prefixes(scope))
    return int(row["version"]) if row else None


def put_enterprise(connection: Connection, entry: Entry, place: Mapping[str, Any], act: Act, simulated: bool = False) -> Verdict:
    """Write an enterprise down or change it: what was not told stays. `place` is area and perhaps lon, lat where these were told.

    Says what became of it. Raises `Refusal`, `NotAllowed`, and `StaleWrite` where the act names a version that is no more.
    """
    demand_editor(act)
    old = queries.enterprises_lock(connection, code=entry.code, areas=prefixes(act.scope))
    if act.expect is not None:
        demand_fresh(old or {"version": 0}, act)
    new = _new(connection, entry, place, old)
    if not act.scope.sees(new["area"]):
        raise Refusal("outside", f"area: {new['area']} is none of yours", word=new["area"])
    changed = [name for name in _COLUMNS if old is None or new[name] != old[name]]
    contact = {"name": entry.told.get("contact", ""), "phone": entry.told.get("phone", "")}
    if any(contact.values()) and _put_contact(connection, new, contact, act):
        changed.append("contact")
    _save(connection, entry.code, new, old, changed, act, simulated)
    if entry.risk is not None and entry.risk != new["risk"]:
        _put_risk(connection, new, entry.risk, entry.told.get("why") or act.note or "登记", act)
        changed.append("risk")
    if changed:
        audit.append(connection, act.named("change" if old else "add"), "enterprise", entry.code, new["area"], detail={"changed": changed})
    verdict = "created" if old is None else "changed" if changed else "unchanged"
    return Verdict(verdict, entry.code, new["name"], entry.row, tuple(changed) if old else ())


def _save(
    connection: Connection, code: str, new: dict[str, Any], old: Mapping[str, Any] | None, changed: Collection[str], act: Act,
    simulated: bool,
) -> None:  # fmt: skip
    """Adds it, or saves what changed; `new` is told its number."""
    told = {name: new[name] for name in _COLUMNS}
    if old is None:
        new["enterprise_id"] = queries.enterprises_add(connection, code=code, **told, now=act.now, simulated=simulated)
        if new["enterprise_id"] is None:
            raise Refusal("elsewhere", f"'{code}' is an enterprise of another area")
    elif changed:
        queries.enterprises_save(connection, **told, enterprise_id=new["enterprise_id"], ended_at=new["ended_at"], now=act.now)


def _new(connection: Connection, entry: Entry, place: Mapping[str, Any], old: Mapping[str, Any] | None) -> dict[str, Any]:
    base: dict[str, Any] = dict(old) if old else {"risk": None, "person_id": None, "unit_id": None, "lon": None, "lat": None}
    new = {**base, **{name: entry.told.get(name, base.get(name, "")) for name in ("name", "kind", "address", "note")}, **place}
    if missing := [name for name in ("name", "kind", "area") if not new.get(name)]:
        raise Refusal("missing", f"{missing[0]} is missing", field=missing[0])
    try:
        unit = find_unit(connection, entry.told.get("unit"))
    except Invalid as error:
        raise Refusal("unit", str(error), word=entry.told["unit"]) from None
    return {**new, "unit_id": unit["unit_id"]} if unit else new


def _put_contact(connection: Connection, new: dict[str, Any], contact: Mapping[str, str], act: Act) -> bool:
    """Whether anything of whom to call is new; what a message leaves out stays."""
    if new["person_id"] is None:
        new["person_id"] = persons.add(connection, {"": contact}, act.now).get("")
        return True
    known = queries.enterprises_contact(connection, code=new["code"], areas=prefixes(act.scope)) or {"name": "", "phone": ""}
    told = {name: contact[name] or known[name] for name in ("name", "phone")}
    if told == {name: known[name] for name in told}:
        return False
    queries.enterprises_revise_contact(connection, person_id=new["person_id"], **told)
    return True


def act_on_enterprise(connection: Connection, code: str, act: Act, risk: int | None) -> None:
    """`set_risk` (a colour or none, with a reason), `end` (it is no more, with a reason) or `reopen`.

    Raises `NotFound`, `NotAllowed`, `StaleWrite`, `Invalid`.
    """
    demand_editor(act)
    row = lock_enterprise(connection, act.scope, code)
    demand_fresh(row, act)
    if not act.note.strip():
        raise Invalid(f"'{act.act}' needs a note")
    match act.act:
        case "set_risk":
            if risk == row["risk"]:
                raise Invalid("the risk is that already")
            _put_risk(connection, row, risk, act.note, act)
        case "end" | "reopen":
            ended_at = act.now if act.act == "end" else None
            queries.enterprises_save(
                connection, **{name: row[name] for name in (*_COLUMNS, "enterprise_id")}, ended_at=ended_at, now=act.now
            )
        case _:
            raise Invalid("act: one of set_risk, end, reopen")
    audit.append(connection, act, "enterprise", code, row["area"], detail={"risk": risk} if act.act == "set_risk" else None)


def _put_risk(connection: Connection, row: Mapping[str, Any], risk: int | None, why: str, act: Act) -> None:
    queries.enterprises_save_risk(connection, enterprise_id=row["enterprise_id"], risk=risk, now=act.now)
    queries.enterprises_add_risk(
        connection, enterprise_id=row["enterprise_id"], now=act.now, account_id=act.scope.account_id, name=act.by, before=row["risk"],
        after=risk, why=why,
    )  # fmt: skip


def demand_editor(act: Act) -> None:
    """Raises `NotAllowed` for whoever does not keep the ledger."""
    if act.scope.role not in EDITORS | {"system"}:
        raise NotAllowed(f"the ledger of enterprises is kept by {', '.join(sorted(EDITORS))}")
