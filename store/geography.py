"""Saves and reads the map: areas, cells, duty grids, layers. A re-import keeps the number of every cell whose code stays.

What lay in a cell that goes finds its new one in the same transaction, so nothing ever points at a cell that is not there.
Functions over a `Connection`; whoever calls them owns the transaction.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from core.model import Placement, Scope
from geodata.locate import Locator
from geodata.model import LEVELS, Area, City, DutyGrid, GridCell, Layer, Located
from store.timescale import Connection, queries, sql

_NOUNS = ("reports", "alerts", "incidents", "cases", "devices")


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did, in rows; `held` names areas that were left out but still carry something."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    moved: int = 0
    held: tuple[str, ...] = ()


def save_city(connection: Connection, city: City, now: datetime) -> Saved:
    """Replaces all areas, duty grids and cells by those of `city`, and places every device anew."""
    _upsert_areas(connection, city.areas, now)
    _upsert_duty_grids(connection, city.duty_grids)
    saved = save_cells(connection, city.cells, now)
    remove_duty_grids(connection, [grid.code for grid in city.duty_grids])
    held = _remove_areas(connection, [area.code for area in city.areas])
    moved = place_devices(connection, load_locator(connection), now)
    return Saved(saved.added, saved.changed, saved.removed, saved.moved + moved, held)


def save_areas(connection: Connection, areas: Sequence[Area], now: datetime) -> Saved:
    """Replaces the areas; an area left out stays while cells, duty grids or areas lie in it (`held`)."""
    before = {row["code"] for row in queries.geography_held_areas(connection, kept=[])}
    _upsert_areas(connection, areas, now)
    kept = {area.code for area in areas}
    held = _remove_areas(connection, sorted(kept))
    moved = place_devices(connection, load_locator(connection), now)
    return Saved(len(kept - before), len(kept & before), len(before - kept) - len(held), moved, held)


def save_duty_grids(connection: Connection, duty_grids: Sequence[DutyGrid]) -> None:
    """Adds or changes duty grids; `remove_duty_grids` takes the empty ones away."""
    _upsert_duty_grids(connection, duty_grids)


def save_cells(connection: Connection, cells: Sequence[GridCell], now: datetime) -> Saved:
    """Replaces the cells; what lay in a cell that goes is placed anew by its coordinates. Their areas must be there."""
    queries.geography_stage_cells(connection)
    with connection.cursor() as cursor, cursor.copy(sql("geography_copy_cells")) as copy:
        for place, cell in enumerate(cells):
            geometry = json.dumps(cell.geometry, separators=(",", ":"))
            copy.write_row((place, cell.cell_code, cell.area, cell.duty_grid, cell.lon, cell.lat, geometry, cell.area_m2, cell.schematic))
    changed = queries.geography_change_cells(connection)
    added = queries.geography_add_cells(connection)
    gone = [row["cell_id"] for row in queries.geography_gone_cells(connection)]
    queries.geography_drop_stage(connection)
    moved = _leave_cells(connection, gone, now) if gone else 0
    if gone or added or changed:
        queries.geography_forget_values(connection)
    return Saved(added, changed, len(gone), moved)


def save_layer(connection: Connection, layer: Layer, now: datetime) -> None:
    """Adds or replaces one layer by its name."""
    geometry = json.dumps(layer.collection, ensure_ascii=False, separators=(",", ":"))
    queries.geography_save_layer(
        connection, name=layer.name, label=layer.label, kind=layer.kind, geometry=geometry, schematic=layer.schematic, now=now
    )


def remove_duty_grids(connection: Connection, kept: Sequence[str]) -> int:
    """Removes duty grids without cells that are not `kept`; cases that named one keep their cell."""
    queries.geography_release_duty_grids(connection, kept=list(kept))
    return int(queries.geography_remove_duty_grids(connection, kept=list(kept)))


def place_devices(connection: Connection, locator: Locator, now: datetime) -> int:
    """Gives every device with coordinates its cell and placement anew; the number that changed."""
    rows = list(queries.geography_placed(connection))
    places = _places(locator, rows)
    moved = 0
    for row, place in zip(rows, places, strict=True):
        moved += queries.geography_place_device(
            connection, id=row["id"], cell_id=place.cell_id, area=place.area, placement=place.placement, now=now
        )
    return moved


def load_locator(connection: Connection) -> Locator:
    """The locator of the stored cells and the stored boundary."""
    rows = list(queries.geography_cells(connection))
    found = [Located(Placement.INSIDE, row["cell_id"], row["cell_code"], row["area"], row["duty_grid"]) for row in rows]
    shapes = shapely.from_geojson(np.array([row["geometry"] for row in rows], dtype=object))
    widest = list(queries.geography_boundary(connection))
    boundary = shapely.union_all([shapely.from_geojson(row["geometry"]) for row in widest]) if widest else None
    return Locator(found, shapes, widest[0]["code"] if widest else "", boundary)


def load_city(connection: Connection) -> City:
    """All areas, cells (with their numbers) and duty grids as stored."""
    cells = [GridCell(**{**row, "geometry": json.loads(row["geometry"])}) for row in queries.geography_cells(connection)]
    rows = queries.geography_duty_grids(connection)
    grids = [DutyGrid(row["code"], row["name"], row["area"], row["schematic"]) for row in rows]
    return City(load_areas(connection), tuple(cells), tuple(grids))


def load_areas(connection: Connection) -> tuple[Area, ...]:
    """All areas, the widest first."""
    return tuple(Area(**{**row, "geometry": json.loads(row["geometry"])}) for row in queries.geography_areas(connection))


def list_layers(connection: Connection) -> list[dict[str, Any]]:
    """All layers: name, label, kind, schematic, updated_at."""
    return list(queries.geography_layer_list(connection))


def layer_text(connection: Connection, name: str, scope: Scope) -> str | None:
    """A layer as GeoJSON text, ready to send: `cells`, `areas` (what the scope sees) or a named one. None: no such layer."""
    if name == "cells":
        text = queries.geography_cells_layer(connection, areas=_patterns(scope))
    elif name == "areas":
        text = queries.geography_areas_layer(connection, areas=_patterns(scope), prefixes=list(scope.areas))
    else:
        text = queries.geography_layer(connection, name=name)
    return None if text is None else str(text)


def read_cells_seen(connection: Connection, scope: Scope) -> tuple[list[int], list[str], NDArray[Any]]:
    """Numbers, areas and shapes (degrees) of the cells a scope sees, by area."""
    rows = list(queries.geography_cells_seen(connection, areas=_patterns(scope)))
    shapes = shapely.from_geojson(np.array([row["geometry"] for row in rows], dtype=object), on_invalid="ignore")
    return [row["cell_id"] for row in rows], [row["area"] for row in rows], shapes


def _patterns(scope: Scope) -> list[str]:
    return [f"{area}%" for area in scope.areas]


def _upsert_areas(connection: Connection, areas: Iterable[Area], now: datetime) -> None:
    """The widest first: each names its parent."""
    rows = [_area_row(area, now) for area in sorted(areas, key=lambda area: LEVELS.index(area.level))]
    with connection.cursor() as cursor:
        cursor.executemany(sql("geography_save_area"), rows)


def _area_row(area: Area, now: datetime) -> Mapping[str, Any]:
    return {
        "code": area.code, "name": area.name, "level": area.level, "parent": area.parent, "lon": area.lon, "lat": area.lat,
        "geometry": json.dumps(area.geometry, separators=(",", ":")), "schematic": area.schematic, "now": now,
    }  # fmt: skip


def _upsert_duty_grids(connection: Connection, duty_grids: Iterable[DutyGrid]) -> None:
    rows = [{"code": grid.code, "name": grid.name, "area": grid.area, "schematic": grid.schematic} for grid in duty_grids]
    with connection.cursor() as cursor:
        cursor.executemany(sql("geography_save_duty_grid"), rows)


def _remove_areas(connection: Connection, kept: list[str]) -> tuple[str, ...]:
    for level in reversed(LEVELS):
        queries.geography_remove_areas(connection, level=level, kept=kept)
    return tuple(row["code"] for row in queries.geography_held_areas(connection, kept=kept))


def _leave_cells(connection: Connection, gone: list[int], now: datetime) -> int:
    """Empties cells before they go: each noun in them gets the cell its coordinates now lie in, or none."""
    with connection.cursor() as cursor:
        lost = {noun: list(getattr(queries, f"geography_lost_{noun}")(connection, cell_ids=gone)) for noun in _NOUNS}
        for noun, rows in lost.items():
            cursor.executemany(sql(f"geography_move_{noun}"), [{"id": row["id"], "cell_id": None, "now": now} for row in rows])
        queries.geography_remove_cells(connection, cell_ids=gone)
        locator = load_locator(connection)
        for noun, rows in lost.items():
            placed = zip(rows, _places(locator, rows), strict=True)
            moves = [{"id": row["id"], "cell_id": place.cell_id, "now": now} for row, place in placed if place.cell_id]
            cursor.executemany(sql(f"geography_move_{noun}"), moves)
    return sum(len(rows) for rows in lost.values())


def _places(locator: Locator, rows: Sequence[Mapping[str, Any]]) -> list[Located]:
    return locator.locate_many([row["lon"] for row in rows], [row["lat"] for row in rows])


def geography_version(connection: Connection) -> str:
    """A word that changes whenever areas or cells were imported anew."""
    return str(queries.geography_version(connection))


def area_name(connection: Connection, code: str) -> str | None:
    """What an area is called; None where it was never imported."""
    name: str | None = queries.geography_area_name(connection, code=code)
    return name
