"""City components as surveyed: taken from a census in one go, found again by place. Whose one is is matched to a unit by its name."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any

from core.errors import NotFound
from core.model import Scope
from geodata.component_files import Component
from geodata.locate import Locator
from geodata.near import METRES_PER_DEGREE, distance_m
from store.timescale import Connection, prefixes, queries

_AT_ONCE = 5_000
_COPY = "copy components_in (code, class_code, name, owner, owner_unit, place, state, area, cell_id, lon, lat, surveyed_on) from stdin"


@dataclass(frozen=True, slots=True)
class Saved:
    """What an import did. `outside`: codes in no area of the city, left out; `unowned`: owners that are no unit's name, with how many."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    outside: tuple[str, ...] = ()
    unowned: tuple[tuple[str, int], ...] = ()


def save(
    connection: Connection, found: Sequence[Component], locator: Locator, now: datetime, tick: Callable[[int], None], *,
    is_whole: bool = False,
) -> Saved:  # fmt: skip
    """Take a census; 100,000 rows are a COPY and one statement. `is_whole`: what its classes had and it does not name is gone."""
    owners, outside, unowned = _owners(connection), list[str](), Counter[str]()
    queries.components_stage(connection)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for done, (one, area, cell_id) in enumerate(_located(found, locator), 1):
            if area is None:
                outside.append(one.code)
                continue
            unit = owners.get(one.owner.strip().lower())
            unowned.update([one.owner] if unit is None and one.owner else [])
            copy.write_row((one.code, one.class_code, one.name, one.owner, unit, one.place, one.state, area, cell_id, one.lon, one.lat,
                            one.surveyed_on))  # fmt: skip
            if done % _AT_ONCE == 0:
                tick(done)
    told = queries.components_take(connection, now=now)
    removed = queries.components_remove(connection, now=now) if is_whole else 0
    unchanged = len(found) - len(outside) - told["added"] - told["changed"]
    return Saved(told["added"], told["changed"], unchanged, int(removed), tuple(outside), tuple(unowned.most_common()))


def _located(found: Sequence[Component], locator: Locator) -> Iterator[tuple[Component, str | None, int | None]]:
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        places = locator.locate_many([one.lon for one in some], [one.lat for one in some])
        yield from ((one, place.area or None, place.cell_id) for one, place in zip(some, places, strict=True))


def _owners(connection: Connection) -> dict[str, int]:
    """Unit by code and by every name, in small letters."""
    rows = list(queries.components_owners(connection))
    return {row[name].strip().lower(): row["unit_id"] for row in rows for name in ("name_en", "name", "code") if row[name]}


def find_near(
    connection: Connection, scope: Scope, lon: float, lat: float, radius_m: float, class_code: str | None, limit: int
) -> list[dict[str, Any]]:
    """Components within metres, the nearest first, each with `distance_m` and the unit that owns it."""
    squeeze = max(cos(radians(lat)), 0.01)
    north, east = radius_m / METRES_PER_DEGREE, radius_m / METRES_PER_DEGREE / squeeze
    rows = queries.components_near(
        connection, lon=lon, lat=lat, squeeze=squeeze, west=lon - east, east=lon + east, south=lat - north, north=lat + north,
        class_code=class_code, areas=prefixes(scope), limit=limit,
    )  # fmt: skip
    told = [{**row, "distance_m": round(distance_m(row["lon"], row["lat"], lon, lat), 1)} for row in rows]
    return [row for row in told if row["distance_m"] <= radius_m]


def get_component(connection: Connection, scope: Scope, code: str) -> dict[str, Any]:
    """One component. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.components_one(connection, code=code, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no component {code}")
    return row
