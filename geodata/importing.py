"""Takes a city's own areas, cells and layers from GeoJSON, Shapefile or GeoPackage, and tells what it refused and why.

The only module that knows geopandas. Converts datum and projection; never guesses either: it suspects aloud.
"""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import pyproj
import shapely

from core.errors import Invalid
from geodata.checks import Finding, converted, mended, plane_around, suspicion, tiling
from geodata.metric import Shape, geojson
from geodata.model import LEVEL_OF_LENGTH, LEVELS, Area, DutyGrid, GridCell, Layer, LayerKind

T = TypeVar("T")
Tick = Callable[[int], None]

AREA_CODE = r"\d{4}|\d{6}|\d{9}|\d{12}"
CELL_CODE = r"\d{14,16}"

# What the columns are called in files seen so far; the first that is there is taken. Options name others.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "cell_code", "CODE", "Code", "bgcode", "BGCODE", "编码", "代码", "单元网格编码", "gb"),
    "name": ("name", "NAME", "Name", "mc", "MC", "名称"),
    "area": ("area", "community", "社区编码", "社区代码", "sqcode", "SQCODE"),
    "parent": ("parent", "PARENT", "上级编码"),
    "duty_grid": ("duty_grid", "责任网格编码", "责任网格", "zrwg", "ZRWG"),
    "duty_grid_name": ("duty_grid_name", "责任网格名称"),
}
_KINDS: Mapping[str, LayerKind] = {"LineString": "line", "Polygon": "polygon", "Point": "point"}


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a file. `crs` as EPSG text where the file names none; `columns` maps our names to the file's."""

    datum: str = "cgcs2000"
    crs: str | None = None
    layer: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    code_pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a file, counted from 1, in CGCS2000 degrees."""

    number: int
    properties: Mapping[str, Any]
    shape: Shape | None

    def text(self, name: str, columns: Mapping[str, str]) -> str:
        """A property as text, by our name for it; empty where there is none. 3204.0 of a numeric column is 3204."""
        candidates = (columns[name],) if name in columns else COLUMNS.get(name, (name,))
        value = next((self.properties[column] for column in candidates if column in self.properties), None)
        if value is None or value != value:
            return ""
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


@dataclass(frozen=True, slots=True)
class Imported(Generic[T]):
    """What was taken, and what there is to tell: refused, repaired, suspicious."""

    taken: tuple[T, ...]
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> int:
        return sum(finding.verdict == "refused" for finding in self.findings)


def read_features(path: Path, options: Options) -> tuple[list[Feature], list[Finding]]:
    """All features of a file in CGCS2000 degrees. Raises `Invalid` if it cannot be read or its coordinates not be understood."""
    import geopandas  # here: it brings pandas along, half a second that whoever reads no file should not wait for

    try:
        frame = geopandas.read_file(path, layer=options.layer) if options.layer else geopandas.read_file(path)
    except Exception as error:  # whatever the driver raises: the file is not readable
        raise Invalid(f"{path}: cannot be read as GeoJSON, Shapefile or GeoPackage: {error}") from error
    if "geometry" not in frame.columns:
        raise Invalid(f"{path}: has no geometry")
    findings: list[Finding] = []
    shapes = _in_degrees(np.array(frame.geometry.array, dtype=object), frame.crs, options, findings)
    shapes = shapely.force_2d(converted(shapes, options.datum))
    rows = frame.drop(columns="geometry").to_dict("records")
    features = [Feature(n, {str(k): v for k, v in row.items()}, shape) for n, (row, shape) in enumerate(zip(rows, shapes, strict=True), 1)]
    return features, findings


def _in_degrees(shapes: Any, crs: Any, options: Options, findings: list[Finding]) -> Any:
    """Shapes as lon/lat; projected ones (EPSG 4513–4554 and any other PROJ knows) are unprojected."""
    if not len(shapes):
        return shapes
    west, south, east, north = shapely.total_bounds(shapes)
    source = pyproj.CRS.from_user_input(options.crs) if options.crs else pyproj.CRS(crs) if crs else None
    metres = max(abs(west), abs(east), abs(south), abs(north)) > 360
    if metres and (source is None or source.is_geographic):
        raise Invalid(f"coordinates are metres but no projection is named; give --crs{_zone_hint(east, north)}")
    # Surveyors write northing first: a zone-prefixed easting of eight digits, or a longitude, then stands second.
    if (metres and north > 1e7 > east) or (not metres and west > 3 and east < 54 and south > 73 and north < 136):
        shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
        findings.append(Finding("warning", "axes", "the axes were swapped (northing or latitude first): turned round"))
    if source is None or source.is_geographic:
        return shapes
    turn = pyproj.Transformer.from_crs(source, 4490, always_xy=True)
    return shapely.transform(shapes, lambda xy: np.column_stack(turn.transform(xy[:, 0], xy[:, 1])))


def _zone_hint(east: float, north: float) -> str:
    """EPSG 4513 is zone 25 of the three-degree series with the zone before the easting."""
    zone = int(max(east, north) // 1_000_000)
    return f"; the easting begins with zone {zone}: EPSG:{4513 + zone - 25}" if 25 <= zone <= 45 else ", for instance EPSG:4549"


def import_areas(path: Path, options: Options, known: Sequence[Area] = (), tick: Tick | None = None) -> Imported[Area]:
    """Areas with codes of 4, 6, 9 or 12 digits; the parent is the longest shorter code in the file or among `known`."""
    features, findings = read_features(path, options)
    taken: dict[str, Area] = {}
    for feature in features:
        code, shape = _code_and_shape(feature, options, AREA_CODE, taken, findings)
        if shape is not None:
            point = shape.representative_point()
            name = feature.text("name", options.columns) or code
            parent = feature.text("parent", options.columns) or None
            level, drawn = LEVEL_OF_LENGTH[len(code)], feature.properties.get("schematic") is True
            taken[code] = Area(code, name, level, parent, round(point.x, 7), round(point.y, 7), geojson(shape), drawn)
        if tick:
            tick(feature.number)
    codes = taken.keys() | {area.code for area in known}
    areas = [_with_parent(area, codes, findings) for area in sorted(taken.values(), key=lambda a: (LEVELS.index(a.level), a.code))]
    for level in ("street", "community"):
        _tell_tiling([(a.code, shapely.geometry.shape(a.geometry)) for a in areas if a.level == level], f"{level} areas", findings)
    _tell_suspicion([shapely.geometry.shape(a.geometry) for a in areas if a.level != "city"], known, options, findings)
    return Imported(tuple(areas), tuple(findings))


def _with_parent(area: Area, codes: Set[str], findings: list[Finding]) -> Area:
    """The area with a parent that exists, or none."""
    parent = area.parent
    if parent not in codes:
        above = [code for code in codes if len(code) < len(area.code) and area.code.startswith(code)]
        parent = max(above, key=len, default=None)
        if parent is None and area.level in ("street", "community"):
            findings.append(Finding("warning", "parent", "no area above it is known", code=area.code))
    return Area(area.code, area.name, area.level, parent, area.lon, area.lat, area.geometry, area.schematic)


def import_cells(
    path: Path, options: Options, areas: Sequence[Area], tick: Tick | None = None
) -> tuple[Imported[GridCell], tuple[DutyGrid, ...]]:
    """Cells and the duty grids they name. A cell's community: its column, else its code's first 12 digits, else where it lies."""
    features, findings = read_features(path, options)
    places = _Communities(areas)
    taken: dict[str, GridCell] = {}
    grids: dict[str, DutyGrid] = {}
    for feature in features:
        code, shape = _code_and_shape(feature, options, CELL_CODE, taken, findings)
        area = places.of(feature.text("area", options.columns), code, shape) if shape is not None else None
        if shape is not None and area is None:
            findings.append(Finding("refused", "area", "its community is not known: import areas first", feature.number, code))
        if shape is not None and area is not None:
            grid = feature.text("duty_grid", options.columns) or None
            if grid and grid not in grids:
                grids[grid] = DutyGrid(grid, feature.text("duty_grid_name", options.columns) or grid, area)
            point = shape.representative_point()
            drawn = feature.properties.get("schematic") is True
            taken[code] = GridCell(code, area, grid, round(point.x, 7), round(point.y, 7), geojson(shape), 0.0, drawn)
        if tick:
            tick(feature.number)
    cells = _measured(list(taken.values()))
    shapes = [(cell.cell_code, shapely.geometry.shape(cell.geometry)) for cell in cells]
    _tell_tiling(shapes, "cells", findings)
    _tell_suspicion([shape for _, shape in shapes], areas, options, findings)
    return Imported(tuple(cells), tuple(findings)), tuple(grids[code] for code in sorted(grids))


class _Communities:
    """Which community a cell belongs to; holds the index of their polygons."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self._codes = [area.code for area in areas if area.level == "community"]
        self._known = set(self._codes)
        self._tree = shapely.STRtree([shapely.geometry.shape(area.geometry) for area in areas if area.level == "community"])

    def of(self, told: str, code: str, shape: Shape) -> str | None:
        for candidate in (told, code[:12]):
            if candidate in self._known:
                return candidate
        hits = self._tree.query(shape.representative_point(), predicate="intersects")
        return min((self._codes[hit] for hit in hits), default=None)


def _measured(cells: list[GridCell]) -> list[GridCell]:
    """Cells with their areas in square metres."""
    if not cells:
        return []
    shapes = [shapely.geometry.shape(cell.geometry) for cell in cells]
    plane = plane_around(shapes)
    areas = np.round(shapely.area(plane.shapes_to_metres(np.array(shapes, dtype=object))), 1).tolist()
    return [
        GridCell(cell.cell_code, cell.area, cell.duty_grid, cell.lon, cell.lat, cell.geometry, area, cell.schematic)
        for cell, area in zip(cells, areas, strict=True)
    ]


def import_layer(path: Path, options: Options, name: str, label: str) -> Imported[Layer]:
    """One named layer with all its properties; features of another kind than the first are refused."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name) or name in ("cells", "areas"):
        raise Invalid(f"'{name}' cannot name a layer: small Latin letters, digits and _, and not cells or areas")
    features, findings = read_features(path, options)
    kind: LayerKind | None = None
    kept: list[dict[str, Any]] = []
    for feature in features:
        shape = feature.shape
        found = _KINDS.get(shape.geom_type.removeprefix("Multi")) if shape is not None and not shape.is_empty else None
        if shape is None or found is None or (kind is not None and found != kind):
            what = "no geometry" if shape is None or shape.is_empty else shape.geom_type
            why = f"{what} in a layer of {kind or 'lines, polygons or points'}"
            findings.append(Finding("refused", "geometry", why, feature.number))
            continue
        kind = found
        rounded = shapely.transform(shape, lambda xy: np.round(xy, 7))
        kept.append({"type": "Feature", "properties": _plain(feature.properties), "geometry": geojson(rounded)})
    if kind is None:
        return Imported((), tuple(findings))
    return Imported((Layer(name, label, kind, {"type": "FeatureCollection", "features": kept}),), tuple(findings))


def _plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties as JSON can hold them; missing ones are left out."""
    plain: dict[str, Any] = {}
    for key, value in properties.items():
        if value is None or value != value:
            continue
        plain[key] = value if isinstance(value, (str, bool, int, float)) else value.item() if isinstance(value, np.generic) else str(value)
    return plain


def _code_and_shape(
    feature: Feature, options: Options, pattern: str, taken: Mapping[str, object], findings: list[Finding]
) -> tuple[str, Any]:
    """A feature's code and valid polygon, or None for the polygon with the refusal noted."""
    code = feature.text("code", options.columns)
    wanted = options.code_pattern or pattern
    shape, why = mended(feature.shape)
    if not re.fullmatch(wanted, code):
        why = f"'{code}' is no code like {wanted}" if code else "no code"
        findings.append(Finding("refused", "code", why, feature.number, code or None))
    elif code in taken:
        findings.append(Finding("refused", "duplicate", "this code was there already: the first stays", feature.number, code))
    elif shape is None:
        findings.append(Finding("refused", "geometry", why, feature.number, code))
    else:
        if why:
            findings.append(Finding("repaired", "geometry", why, feature.number, code))
        return code, shapely.transform(shape, lambda xy: np.round(xy, 7))
    return code, None


def _tell_tiling(shapes: Sequence[tuple[str, Shape]], what: str, findings: list[Finding]) -> None:
    """Notes overlaps pair by pair (the ten worst) and gaps, with their areas."""
    found = tiling([shape for _, shape in shapes])
    for first, second, area in found.pairs[:10]:
        findings.append(Finding("warning", "overlap", f"shares {area:,.0f} m² with {shapes[second][0]}", code=shapes[first][0]))
    if len(found.pairs) > 10:
        findings.append(Finding("warning", "overlap", f"{len(found.pairs)} pairs of {what} overlap, {found.overlap_m2:,.0f} m² in all"))
    if found.gap_m2 > 1:
        findings.append(Finding("warning", "gap", f"{found.gap_m2:,.0f} m² between the {what} belong to none of {found.area_m2:,.0f} m²"))


def _tell_suspicion(shapes: Sequence[Shape], areas: Sequence[Area], options: Options, findings: list[Finding]) -> None:
    """Compares with the district already known."""
    districts = [shapely.geometry.shape(area.geometry) for area in areas if area.level == "district"]
    if districts and (why := suspicion(shapes, shapely.union_all(districts), options.datum)):
        findings.append(Finding("warning", "datum", why))
