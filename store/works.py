"""Planned works and events as they are kept: written down, changed, withdrawn, and which of them lie near something that happens.

What a field may say and what is near in time decides `dispatch.works`. Nobody here holds back an alert.
"""

from collections.abc import Mapping
from datetime import datetime
from math import cos, radians
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import errors as database_errors
from psycopg.types.json import Jsonb

from core.errors import Invalid, NotAllowed, NotFound
from core.model import Scope
from core.works_config import PlannedWorksConfig
from dispatch.told_rows import Refusal, Verdict
from dispatch.works import EDITORS, Work, at_work, demand_span, may_explain, relation, state_of
from geodata.drawn_shape import areas_along, as_geojson, distance_to, least_area, read_shape
from geodata.locate import Locator
from geodata.metric import Shape
from geodata.near import METRES_PER_DEGREE
from store import audit
from store.acts import Act, demand_fresh
from store.ledgers import find_unit
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

ACTS = ("withdraw", "reopen")
_PLACE = ("area", "areas", "shape", "lon", "lat")
_BOX = ("west", "south", "east", "north")  # of the place with its radius
_COLUMNS = ("code", "title", "kind", *_PLACE, "radius_m", "starts_at", "ends_at", "daily_from", "daily_until", "address", "unit_id",
            "operator", "note")  # fmt: skip
_TEXTS = ("code", "title", "kind", "address", "operator", "note")
_BLANK: Mapping[str, Any] = {"unit_id": None, "daily_from": None, "daily_until": None, "radius_m": 0.0, "withdrawn_at": None}
_NEAR_MOST = 200


def list_works(connection: Connection, scope: Scope, wanted: Filter, now: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The newest first, each with its `state` and whether somebody is `at_work` there now."""
    columns = wanted.columns(scope, "work_id", "kinds", "states", "q")
    if columns["q"]:
        columns["q"] = f"%{_literal(columns['q'])}%"
    rows = queries.works_list(connection, **columns, area_code=wanted.area, now=now)
    return [_shown(row, scope, now, zone) for row in rows]


def _literal(words: str) -> str:
    """Words to look for, none of which is a pattern."""
    for sign in ("\\", "%", "_"):
        words = words.replace(sign, f"\\{sign}")
    return words


def get_work(connection: Connection, scope: Scope, work_id: int, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """One with its audit. Raises `NotFound`."""
    found = list_works(connection, scope, Filter({"work_id": work_id}), now, zone)
    if not found:
        raise NotFound(f"no planned work {work_id}")
    return {**found[0], "audit": audit.of_noun(connection, "work", str(work_id))}


def _shown(row: Mapping[str, Any], scope: Scope, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    told = {**_told(row, now, zone), "acts": []}
    if scope.role in EDITORS and all(scope.sees(code) for code in row["areas"]):
        told["acts"] = ["reopen"] if row["withdrawn_at"] else ["change", "withdraw"]
    return told


def _told(row: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """A row as it is sent: its daily hours as one text."""
    first, last = row["daily_from"], row["daily_until"]
    told = {name: value for name, value in row.items() if name not in {"daily_from", "daily_until"}}
    told["hours"] = f"{first:%H:%M}-{last:%H:%M}" if first else ""
    told["state"] = state_of(row["starts_at"], row["ends_at"], row["withdrawn_at"], now)
    told["at_work"] = at_work(row, now, zone)
    return told


def find_near(
    connection: Connection, scope: Scope, place: tuple[float, float], span: tuple[datetime, datetime], class_code: str | None,
    config: PlannedWorksConfig, now: datetime, zone: ZoneInfo,
) -> list[dict[str, Any]]:  # fmt: skip
    """What is planned within its kind's reach of a place at some time of a span: first what may explain `class_code`, then the nearest.

    Each with `distance_m`, `relation` (during, beside, after) and `likely`.
    """
    since, until = span
    farthest = max(kind.reach_m for kind in config.kinds.values())
    box = _widened((*place, *place), farthest)
    rows = queries.works_near(connection, areas=prefixes(scope), since=since - config.linger, until=until, limit=_NEAR_MOST, **box)
    found = []
    for row in rows:
        kind = config.kinds.get(row["kind"])
        metres = max(0.0, distance_to(read_shape(row["shape"]), *place) - row["radius_m"])
        how = relation(row, since, until, config.linger, zone)
        if how and metres <= (kind.reach_m if kind else _usual(config)):
            told = {name: value for name, value in _told(row, now, zone).items() if name != "shape"}
            found.append({**told, "distance_m": round(metres, 1), "relation": how, "likely": may_explain(kind, class_code)})
    return sorted(found, key=lambda one: (not one["likely"], one["relation"] != "during", one["distance_m"]))


def _usual(config: PlannedWorksConfig) -> float:
    """How far one of a kind that is configured no more is felt."""
    return min(kind.reach_m for kind in config.kinds.values())


def _widened(bounds: tuple[float, float, float, float], metres: float) -> dict[str, float]:
    """A box in degrees (west, south, east, north), so many metres wider on each side."""
    west, south, east, north = bounds
    up, aside = metres / METRES_PER_DEGREE, metres / METRES_PER_DEGREE / max(cos(radians((south + north) / 2)), 0.01)
    return {"west": west - aside, "east": east + aside, "south": south - up, "north": north + up}


def put_work(connection: Connection, work: Work, locator: Locator, act: Act, *, work_id: int | None = None, only_new: bool = False,
             simulated: bool = False, source: str = "hand") -> tuple[int, Verdict]:  # fmt: skip
    """Write one down, or change the one of `work_id` or of its code: what was not told stays. Its number, and what became of it.

    Raises `Refusal`, `NotAllowed`, `NotFound` for a number nobody has, `StaleWrite` where the act names a version that is no more.
    """
    demand_editor(act)
    old = _find(connection, act.scope, work_id, work.code) if work_id is not None or work.code else None
    if work_id is not None and old is None:
        raise NotFound(f"no planned work {work_id}")
    if only_new and old is not None:
        raise Refusal("taken", f"'{work.code}' stands in the list already: change it by its number, {old['work_id']}", word=work.code)
    if old is not None:
        demand_fresh(old, act)
    new = _new(connection, work, locator, old)
    for code in {*new["areas"], *(old["areas"] if old else ())}:
        if not act.scope.sees(code):
            raise Refusal("outside", f"shape: it touches {code}, which is none of yours", word=code)
    changed = [name for name in _COLUMNS if old is None or new[name] != old[name]]
    number = _save(connection, new, old, changed, act, simulated, source)
    if changed:
        detail = {"changed": list(_words_of(changed))} if old else None
        audit.append(connection, act.named("change" if old else "add"), "work", number, new["area"], detail=detail)
    verdict = "created" if old is None else "changed" if changed else "unchanged"
    return number, Verdict(verdict, new["code"] or "", new["title"], work.row, _words_of(changed) if old else ())


def _words_of(changed: list[str]) -> tuple[str, ...]:
    """Changed columns as people call them: a place has many."""
    named = {**dict.fromkeys(_PLACE, "shape"), "daily_from": "hours", "daily_until": "hours", "unit_id": "unit"}
    return tuple(dict.fromkeys(named.get(name, name) for name in changed))


def _find(connection: Connection, scope: Scope, work_id: int | None, code: str) -> dict[str, Any] | None:
    row: dict[str, Any] | None = queries.works_lock(
        connection, work_id=work_id, code=code if work_id is None else None, areas=prefixes(scope)
    )
    return row


def _new(connection: Connection, work: Work, locator: Locator, old: Mapping[str, Any] | None) -> dict[str, Any]:
    new: dict[str, Any] = {**_BLANK, **(old or {})}
    new |= {name: work.told.get(name, new.get(name, "")) for name in _TEXTS}
    new["code"] = new["code"] or None
    if work.shape is not None:
        new |= _place_of(work.shape, locator)
    if work.hours is not None:
        new["daily_from"], new["daily_until"] = work.hours or (None, None)
    new |= {name: value for name in ("radius_m", "starts_at", "ends_at") if (value := getattr(work, name)) is not None}
    if missing := [name for name in ("title", "kind", "starts_at", "ends_at", "shape") if not new.get(name)]:
        raise Refusal("missing", f"{missing[0]} is missing", field=missing[0])
    demand_span(new["starts_at"], new["ends_at"])
    new |= _widened(read_shape(new["shape"]).bounds, new["radius_m"])
    try:
        unit = find_unit(connection, work.told.get("unit"))  # none wanted and none told are two things
    except Invalid as error:
        raise Refusal("unit", str(error), word=work.told["unit"]) from None
    return {**new, "unit_id": unit["unit_id"] if unit else None} if "unit" in work.told else new


def _place_of(drawn: Shape, locator: Locator) -> dict[str, Any]:
    """The columns of a place. Raises `Refusal` for one that touches no area of the city."""
    areas = areas_along(drawn, locator)
    if not areas:
        raise Refusal("nowhere", "shape: it lies outside the city")
    inner = drawn.representative_point()
    return {"shape": as_geojson(drawn), "areas": list(areas), "area": least_area(areas) or areas[0], "lon": inner.x, "lat": inner.y}


def _save(
    connection: Connection, new: dict[str, Any], old: Mapping[str, Any] | None, changed: list[str], act: Act, simulated: bool, source: str
) -> int:
    """Adds it, or saves what changed; its number."""
    told = {name: new[name] for name in (*_COLUMNS, *_BOX)} | {"shape": Jsonb(new["shape"])}
    if old is None:
        number = queries.works_add(connection, **told, source=source, now=act.now, simulated=simulated)
        if number is None:
            raise Refusal("elsewhere", f"'{new['code']}' is a work of another area")
        return int(number)
    if changed:
        try:
            queries.works_save(connection, **told, withdrawn_at=new["withdrawn_at"], work_id=old["work_id"], now=act.now)
        except database_errors.UniqueViolation:
            raise Refusal("elsewhere", f"'{new['code']}' is another work's code") from None
    return int(old["work_id"])


def act_on_work(connection: Connection, work_id: int, act: Act) -> None:
    """`withdraw` (it does not take place, or ended early) or `reopen`, each with a reason.

    Raises `NotFound`, `NotAllowed`, `StaleWrite`, `Invalid`.
    """
    demand_editor(act)
    row = _find(connection, act.scope, work_id, "")
    if row is None:
        raise NotFound(f"no planned work {work_id}")
    demand_fresh(row, act)
    if act.act not in ACTS or (act.act == "withdraw") == (row["withdrawn_at"] is not None):
        raise Invalid("act: withdraw one that stands, reopen one that was withdrawn")
    if not act.note.strip():
        raise Invalid(f"'{act.act}' needs a note")
    if not all(act.scope.sees(code) for code in row["areas"]):
        raise NotAllowed("it reaches beyond your areas")
    told = {name: row[name] for name in (*_COLUMNS, *_BOX)} | {"shape": Jsonb(row["shape"])}
    withdrawn_at = act.now if act.act == "withdraw" else None
    queries.works_save(connection, **told, withdrawn_at=withdrawn_at, work_id=work_id, now=act.now)
    audit.append(connection, act, "work", work_id, row["area"])


def demand_editor(act: Act) -> None:
    """Raises `NotAllowed` for whoever does not keep planned works."""
    if act.scope.role not in EDITORS | {"system"}:
        raise NotAllowed(f"planned works are kept by {', '.join(sorted(EDITORS))}")
