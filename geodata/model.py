"""What a city is made of on the map: areas, grid cells, duty grids, layers, and where a point was found.

Geometries are GeoJSON mappings in CGCS2000 lon/lat, ready to be stored and sent. Nothing here computes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.model import Placement

Level = Literal["city", "district", "street", "community"]
LayerKind = Literal["line", "polygon", "point"]
Geometry = dict[str, Any]

LEVEL_OF_LENGTH: dict[int, Level] = {4: "city", 6: "district", 9: "street", 12: "community"}
LEVELS: tuple[Level, ...] = ("city", "district", "street", "community")


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative area; `lon`/`lat` is a point inside it for its label."""

    code: str
    name: str
    level: Level
    parent: str | None
    lon: float
    lat: float
    geometry: Geometry
    schematic: bool = False


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of the grid. `area` is its community; `cell_id` is the store's number, None before it is saved."""

    cell_code: str
    area: str
    duty_grid: str | None
    lon: float
    lat: float
    geometry: Geometry
    area_m2: float
    schematic: bool = False
    cell_id: int | None = None


@dataclass(frozen=True, slots=True)
class DutyGrid:
    """A set of cells one grid worker answers for; `area` is its community."""

    code: str
    name: str
    area: str
    schematic: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """A named map layer; `collection` is a GeoJSON FeatureCollection."""

    name: str
    label: str
    kind: LayerKind
    collection: Mapping[str, Any]
    schematic: bool = False


@dataclass(frozen=True, slots=True)
class City:
    """All places of one installation, areas from the widest to the narrowest."""

    areas: tuple[Area, ...]
    cells: tuple[GridCell, ...]
    duty_grids: tuple[DutyGrid, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point was found. Without a cell `area` is the district for points inside, else empty."""

    placement: Placement
    cell_id: int | None = None
    cell_code: str | None = None
    area: str = ""
    duty_grid: str | None = None
