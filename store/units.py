"""The tree of units, its posts and its people: read with what each has to do, changed one at a time.

What fits into it is decided by `dispatch.organisation`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from core.model import Scope
from core.organisation import PersonEntry, PostEntry, Standing, UnitEntry
from core.organisation_config import OrganisationConfig
from dispatch.organisation import faults_of_person, faults_of_unit, path_of
from store import accounts, audit
from store.acts import Act
from store.timescale import Connection, prefixes, queries

ROLES = frozenset({"admin", "system"})
_SUMS = ("people", "in_field", "at_desk", "open", "overdue")


def list_tree(connection: Connection, scope: Scope, *, disabled: bool = False) -> list[dict[str, Any]]:
    """Every unit in the order of the tree: `{unit_id, code, name, name_en, kind, level, parent, area, area_name, depth, posts, …}`.

    `people`, `in_field`, `at_desk`, `open` and `overdue` cases are its own, `below` holds them with all under it. Loads are of the
    reader's areas, drills are in none.
    """
    rows = [row for row in queries.units_all(connection, code=None) if disabled or row["disabled_at"] is None]
    people = {row["unit_id"]: row for row in queries.units_people(connection)}
    load = {row["unit_id"]: row for row in queries.units_load(connection, areas=prefixes(scope))}
    nothing = dict.fromkeys(_SUMS, 0)
    units = {row["code"]: {**row, **nothing, **_sums(people, row), **_sums(load, row)} for row in rows}
    children: dict[str | None, list[str]] = {}
    for unit in units.values():
        children.setdefault(unit["parent"] if unit["parent"] in units else None, []).append(unit["code"])
    return list(_walk(units, children, None, 0))


def _sums(of: Mapping[int, Mapping[str, Any]], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in of.get(row["unit_id"], {}).items() if name in _SUMS}


def _walk(
    units: Mapping[str, dict[str, Any]], children: Mapping[str | None, list[str]], parent: str | None, depth: int
) -> Iterable[dict[str, Any]]:
    """Depth first; what lies under a unit follows it."""
    for code in children.get(parent, ()):
        under = list(_walk(units, children, code, depth + 1))
        near = [unit for unit in under if unit["depth"] == depth + 1]
        below = {name: units[code][name] + sum(unit["below"][name] for unit in near) for name in _SUMS}
        yield {**units[code], "depth": depth, "below": below}
        yield from under


def get_unit(connection: Connection, scope: Scope, code: str) -> dict[str, Any]:
    """One unit with its `members`: `{account, title, role, areas, post, at_desk, open, duty_grids}`. Raises `NotFound`."""
    found = next((unit for unit in list_tree(connection, scope, disabled=True) if unit["code"] == code), None)
    if found is None:
        raise NotFound(f"no unit {code}")
    return {**found, "members": people_of(connection, scope, found["unit_id"]), "audit": audit.of_noun(connection, "unit", code)}


def people_of(connection: Connection, scope: Scope, unit_id: int) -> list[dict[str, Any]]:
    """Who works in a unit, by post. Logins only for an admin: he gives them out."""
    return [_shown(row, scope) for row in queries.units_members(connection, unit_id=unit_id)]


def list_unplaced(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """Accounts that belong to no unit."""
    return [_shown(row, scope) for row in queries.units_unplaced(connection)]


def _shown(row: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "login" or scope.role in ROLES}


def units_below(connection: Connection, unit_id: int) -> tuple[int, ...]:
    """A unit and all under it."""
    return tuple(row["unit_id"] for row in queries.units_below(connection, unit_id=unit_id))


def standing(connection: Connection) -> Standing:
    """What is there now, to check what is to come against. Disabled units are not."""
    units = {row["code"]: _entry(row) for row in queries.units_all(connection, code=None) if row["disabled_at"] is None}
    return Standing(units, frozenset(row["code"] for row in queries.units_areas(connection)))


def _entry(row: Mapping[str, Any]) -> UnitEntry:
    posts = tuple(PostEntry(one["name"], one["role"], one["seats"], one["name_en"]) for one in row["posts"] if one["seats"] > 0)
    return UnitEntry(row["code"], row["name"], row["kind"], row["level"], row["area"], row["parent"], row["name_en"], posts)


def save_unit(connection: Connection, entry: UnitEntry, act: Act, config: OrganisationConfig) -> int:
    """Make or change a unit and its posts; its number. A unit that was ended begins anew. Raises as `save_units`."""
    return save_units(connection, [entry], act, config)[entry.code]


def save_units(connection: Connection, entries: Sequence[UnitEntry], act: Act, config: OrganisationConfig) -> dict[str, int]:
    """Make or change several, in whatever order they come: children may stand before their parents. Their numbers by code.

    Raises `NotAllowed`, `Invalid` with every fault, `IllegalAct` for a post that would go while somebody holds it.
    """
    demand_admin(act.scope)
    queries.units_lock(connection)  # two moves at once could close a circle
    known = standing(connection)
    coming = Standing({**known.units, **{entry.code: entry for entry in entries}}, known.areas)
    if faults := [fault for entry in entries for fault in faults_of_unit(entry, coming, config)]:
        raise Invalid("; ".join(faults))
    numbers: dict[str, int] = {}
    for entry in sorted(entries, key=lambda entry: len(path_of(entry.code, coming.units))):
        columns = {name: getattr(entry, name) for name in ("code", "name", "name_en", "kind", "level", "parent", "area")}
        numbers[entry.code] = int(queries.units_save(connection, **columns))
        before = known.units.get(entry.code)
        if before is None or before.posts != entry.posts:
            _save_posts(connection, numbers[entry.code], entry.posts)
        if entry != before:
            detail = {"kind": entry.kind, "level": entry.level, "parent": entry.parent, "posts": [post.name for post in entry.posts]}
            audit.append(connection, act.named("change" if before else "add"), "unit", entry.code, entry.area, detail=detail)
    return numbers


def _save_posts(connection: Connection, unit_id: int, posts: Iterable[PostEntry]) -> None:
    kept = [post.name for post in posts]
    held = [f"'{row['name']}' ({row['held']})" for row in queries.units_held_posts(connection, unit_id=unit_id, kept=kept)]
    if held:
        raise IllegalAct("change", "held", ("move",), f"somebody holds the post {', '.join(held)}: move them first")
    queries.units_shut_posts(connection, unit_id=unit_id, kept=kept)
    for post in posts:
        queries.units_save_post(connection, unit_id=unit_id, name=post.name, name_en=post.name_en, role=post.role, seats=post.seats)


def end_unit(connection: Connection, code: str, act: Act) -> None:
    """Nothing is given to a unit any more. Raises `NotFound`, `NotAllowed`, `IllegalAct` while it has units, people or open cases."""
    demand_admin(act.scope)
    queries.units_lock(connection)
    busy = queries.units_busy(connection, code=code)
    if busy is None:
        raise NotFound(f"no unit {code}")
    if left := [f"{count} {what}" for what, count in busy.items() if count]:
        raise IllegalAct("end", "busy", (), f"'{code}' still has {', '.join(left)}")
    queries.units_end(connection, code=code, now=act.now)
    audit.append(connection, act.named("end"), "unit", code)


def place_person(connection: Connection, account_id: int, unit: str | None, post: str | None, act: Act) -> None:
    """Move somebody to a unit and a post of it, or out of all (None). Raises `NotAllowed`, `NotFound`, `Invalid`."""
    demand_admin(act.scope)
    person = queries.units_person(connection, account_id=account_id)
    if person is None:
        raise NotFound(f"nobody has the account {account_id}")
    known = standing(connection)
    entry = PersonEntry(person["login"], person["role"], tuple(person["areas"]), unit=unit, post=post)
    if faults := list(faults_of_person(entry, known, frozenset(accounts.ROLES))):
        raise Invalid("; ".join(faults))
    queries.units_place(connection, account_id=account_id, unit=unit, post=post)
    audit.append(connection, act.named("move"), "account", person["login"], person["areas"][0], detail={"unit": unit, "post": post})


def demand_admin(scope: Scope) -> None:
    """Raises `NotAllowed` for whoever does not keep the organisation."""
    if scope.role not in ROLES:
        raise NotAllowed(f"the organisation is not kept by the role '{scope.role}'")
