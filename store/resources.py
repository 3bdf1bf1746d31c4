"""Teams, equipment, materials, shelters, hospitals, experts, contacts and hazards: the ledger, and what is near a place.

Whom to call is personal data of its own: it is read one at a time by who commands, and every look is audited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any

from psycopg.errors import InsufficientPrivilege

from core.errors import Invalid, NotAllowed, NotFound
from core.model import Scope
from dispatch.resources import Resource
from geodata.near import METRES_PER_DEGREE, distance_m
from store import audit
from store.acts import Act, demand_fresh
from store.lists import MOST, Filter
from store.timescale import Connection, prefixes, queries

MAY_KEEP = frozenset({"admin", "supervisor"})
MAY_CALL = frozenset({"duty", "supervisor", "dispatcher", "leader"})
_FARTHEST_M = 50_000.0
_MEASURED = 20_000  # of those in the box: more than any district has of one kind


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows were new, changed, and named no more by the file that had named them."""

    new: int = 0
    changed: int = 0
    ended: int = 0


def list_resources(connection: Connection, scope: Scope, wanted: Filter, after: str = "") -> list[dict[str, Any]]:
    """By code, `after` the last one seen."""
    rows = queries.resources_list(connection, **_columns(scope, wanted), **_box(None), after=after, limit=min(wanted.limit, MOST))
    return [_shown(row, scope) for row in rows]


def get_resource(connection: Connection, scope: Scope, code: str) -> dict[str, Any]:
    """One of them, also one that is out, with its audit. Raises `NotFound`."""
    found = list_resources(connection, scope, Filter({"code": code, "out": True}))
    if not found:
        raise NotFound(f"no resource {code}")
    return {**found[0], "audit": audit.of_noun(connection, "resource", code)}


def _shown(row: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """What one reader may do with it: `change` it, and `may_call` whom it names."""
    may_call = row["has_contact"] and scope.role in MAY_CALL and scope.account_id is not None
    told = {name: value for name, value in row.items() if name != "has_contact"}
    return {**told, "may_call": may_call, "acts": ["change"] if scope.role in MAY_KEEP else []}


def find_near(
    connection: Connection, scope: Scope, wanted: Filter, place: tuple[float, float], radius_m: float | None, count: int | None
) -> list[dict[str, Any]]:
    """The nearest first, each with `distance_m`: within a radius, or the nearest `count`, or both. Raises `Invalid` for neither."""
    if radius_m is None and count is None:
        raise Invalid("near needs radius (metres) or n (how many)")
    reach = min(radius_m or _FARTHEST_M, _FARTHEST_M)
    rows = queries.resources_list(connection, **_columns(scope, wanted), **_box((*place, reach)), after="", limit=_MEASURED)
    measured = ({**_shown(row, scope), "distance_m": round(distance_m(row["lon"], row["lat"], *place), 1)} for row in rows)
    near = sorted((row for row in measured if row["distance_m"] <= reach), key=lambda row: (row["distance_m"], row["code"]))
    return near[: min(count or MOST, MOST)]


def _columns(scope: Scope, wanted: Filter) -> dict[str, Any]:
    also_out = bool(wanted.wanted.get("out"))
    names = {name: wanted.wanted.get(name) for name in ("code", "kinds", "tag", "q")}
    return {"areas": prefixes(scope), "area": f"{wanted.area}%", "also_out": also_out, **names}


def _box(circle: tuple[float, float, float] | None) -> dict[str, float | None]:
    if circle is None:
        return dict.fromkeys(("west", "east", "south", "north"))
    lon, lat, reach = circle
    high = reach / METRES_PER_DEGREE
    wide = high / max(cos(radians(lat)), 0.01)
    return {"west": lon - wide, "east": lon + wide, "south": lat - high, "north": lat + high}


def keep(connection: Connection, resource: Resource, act: Act) -> bool:
    """Add one by hand, or change it from the version the act names; whether it is new.

    Raises `NotAllowed` for role or area, `StaleWrite` when somebody was faster, `Invalid` for a unit nobody knows.
    """
    _demand_keeper(act.scope)
    if not act.scope.sees(resource.area):
        raise NotAllowed(f"{resource.area} is outside your area")
    _demand_units(connection, [resource])
    demand_fresh(queries.resources_lock(connection, code=resource.code, areas=prefixes(act.scope)) or {"version": 0}, act)
    try:
        new = _save(connection, resource, act.now, "hand")
    except InsufficientPrivilege as error:  # row security: there is one, but not here
        raise NotAllowed(f"'{resource.code}' is a resource of another area") from error
    audit.append(connection, act, "resource", resource.code, resource.area, detail={"kind": resource.kind, "out": resource.out})
    return new


def _demand_keeper(scope: Scope) -> None:
    if scope.role not in MAY_KEEP:
        raise NotAllowed(f"resources are kept by {', '.join(sorted(MAY_KEEP))}, not by '{scope.role}'")


def find_version(connection: Connection, scope: Scope, code: str) -> int | None:
    """The present version of one that is there, ours until the commit. Raises `NotAllowed` for who changes none."""
    _demand_keeper(scope)
    queries.resources_turn(connection, code=code)
    row = queries.resources_lock(connection, code=code, areas=prefixes(scope))
    return int(row["version"]) if row else None


def keep_all(connection: Connection, resources: Sequence[Resource], source: str, now: datetime) -> Kept:
    """All rows of a file; what the same file named before and names no more is out from now on. Raises `Invalid` for unknown units."""
    _demand_units(connection, resources)
    new = sum(_save(connection, one, now, source) for one in resources)
    ended = len(list(queries.resources_end(connection, source=source, codes=[one.code for one in resources], now=now)))
    return Kept(new, len(resources) - new, ended)


def _demand_units(connection: Connection, resources: Sequence[Resource]) -> None:
    named = sorted({one.unit for one in resources if one.unit})
    known = {row["code"] for row in queries.resources_known_units(connection, codes=named)}
    if missing := [code for code in named if code not in known]:
        raise Invalid(f"no unit has the code {', '.join(missing[:10])}; import the units first: ./yiping import units FILE")


def _save(connection: Connection, one: Resource, now: datetime, source: str) -> bool:
    person_id = _save_person(connection, one) if one.person or one.phone else None
    columns = {name: getattr(one, name) for name in (
        "code", "kind", "name", "name_en", "unit", "area", "lon", "lat", "address", "quantity", "measure", "note",
    )}  # fmt: skip
    row = queries.resources_save(
        connection, tags=list(one.tags), person_id=person_id, source=source, out_at=now if one.out else None, now=now, **columns
    )
    return bool(row["new"])


def _save_person(connection: Connection, one: Resource) -> int:
    """One person a resource: whoever is named anew takes the place of the one before."""
    row = queries.resources_person_of(connection, code=one.code, areas=["%"])
    if row is None or row["person_id"] is None:
        return int(queries.resources_person(connection, name=one.person, phone=one.phone)["person_id"])
    queries.resources_person_save(connection, person_id=row["person_id"], name=one.person, phone=one.phone)
    return int(row["person_id"])


def read_contact(connection: Connection, code: str, act: Act) -> dict[str, str]:
    """Whom to call. Raises `NotAllowed` for the role, `NotFound` without a resource or a person."""
    if act.scope.role not in MAY_CALL or act.scope.account_id is None:
        raise NotAllowed("whom to call is for those who command")
    row = queries.resources_person_of(connection, code=code, areas=prefixes(act.scope))
    if row is None or row["person_id"] is None:
        raise NotFound(f"resource {code} names nobody to call" if row else f"no resource {code}")
    audit.append(connection, act, "resource", code, row["area"])
    return {"name": row["name"], "phone": row["phone"]}
