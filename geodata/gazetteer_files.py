"""Reads a gazetteer from CSV or GeoJSON, row by row: roads, estates, points, house numbers.

Bad rows become findings; nothing is stored here.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from core.charset import text_of
from core.errors import Invalid
from core.model import Placement
from geodata.address import fold
from geodata.checks import Finding, converted
from geodata.datums import DATUMS
from geodata.gazetteer_places import KINDS, PlaceEntry, PlaceKind
from geodata.locate import Locator
from geodata.metric import Shape

_KIND_WORDS: Mapping[str, PlaceKind] = {
    **{kind: kind for kind in KINDS}, "道路": "road", "路": "road", "街路巷": "road", "小区": "estate", "住宅小区": "estate",
    "院落": "estate", "地点": "point", "兴趣点": "point", "poi": "point", "单位": "point", "建筑物": "point",
    "门牌": "number", "门牌号": "number", "门楼牌": "number",
}  # fmt: skip
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "名称", "标准名称", "地名"), "kind": ("kind", "类型", "类别"), "aliases": ("aliases", "alias", "别名", "俗称"),
    "area": ("area", "社区编码", "区域编码"), "lon": ("lon", "lng", "经度", "x"), "lat": ("lat", "纬度", "y"), "datum": ("datum", "坐标系"),
    "road": ("road", "道路", "所在道路", "街路巷"), "number": ("number", "门牌号", "门牌号码", "号"),
}  # fmt: skip
_METRES_PER_DEGREE = 111_195.0
_LINE_STEP = 1e-5  # degrees (about a metre) a kept course may differ from the one given
_LONGEST_NAME = 100


def read_places(
    path: Path, datum: str = "cgcs2000", kind: str = "", locator: Locator | None = None
) -> tuple[dict[int, PlaceEntry], list[Finding]]:
    """Places taken by their row, in CGCS2000, and a finding for each row that was not or that is suspicious.

    Columns: name, kind, aliases (between semicolons), area, lon, lat, datum, road, number. `kind` is taken where a row names none,
    `locator` tells the area of a row without one. Raises `Invalid` if the file cannot be read.
    """
    taken: dict[tuple[str, str, str], tuple[int, PlaceEntry]] = {}
    findings: list[Finding] = []
    for number, fields, shape in _rows(path):
        text = {name: _text(fields, names) for name, names in _COLUMNS.items()}
        try:
            place = _place(text, shape, datum, kind, locator)
        except ValueError as error:
            findings.append(Finding("refused", "value", str(error), number, text["name"] or None))
            continue
        first = taken.setdefault((place.kind, place.name, place.area), (number, place))
        if first[0] != number:
            findings.append(Finding("refused", "duplicate", f"already in row {first[0]}: the first stays", number, place.name))
        elif not place.area:
            findings.append(Finding("warning", "outside", "lies in no area of ours", number, place.name))
    return dict(taken.values()), findings


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any], Shape | None]]:
    """Each row with its number: the line of a CSV file (the header is 1), the feature of a GeoJSON file (from 1)."""
    try:
        text = _decoded(path.read_bytes(), path)
        if path.suffix.lower() in (".json", ".geojson"):
            for n, feature in enumerate(json.loads(text)["features"], 1):
                geometry = feature.get("geometry")
                yield n, feature.get("properties") or {}, _shape(geometry)
            return
        reader = csv.DictReader(text.splitlines())
        if not set(_COLUMNS["name"]) & set(reader.fieldnames or ()) and not set(_COLUMNS["road"]) & set(reader.fieldnames or ()):
            raise Invalid(f"{path}: no column 'name' (or 名称); the first line names the columns")
        for fields in reader:
            yield reader.line_num, fields, None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise Invalid(f"{path}: cannot be read as CSV or GeoJSON: {error}") from error


def _decoded(raw: bytes, path: Path) -> str:
    try:
        return text_of(raw)
    except UnicodeDecodeError as error:
        raise Invalid(f"{path}: is neither UTF-8 nor GB 18030") from error


def _shape(geometry: Any) -> Shape | None:
    """A geometry, or None for none; what cannot be read is an empty one, so that its row is refused and not the file."""
    if geometry is None:
        return None
    try:
        return shapely.force_2d(shapely.geometry.shape(geometry))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return shapely.Point()


def _text(fields: Mapping[str, Any], names: Sequence[str]) -> str:
    value = next((fields[name] for name in names if fields.get(name) not in (None, "")), "")
    if isinstance(value, (list, tuple)):
        return ";".join(map(str, value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _place(text: Mapping[str, str], shape: Shape | None, datum: str, kind: str, locator: Locator | None) -> PlaceEntry:
    """Raises `ValueError` saying what is wrong."""
    road, number = text["road"], _house_number(text["number"])
    name = text["name"] or (f"{road}{number}号" if road and number is not None else "")
    if not fold(name).strip("(),-") or len(name) > _LONGEST_NAME:
        raise ValueError("no name" if not name else f"'{name[:40]}' is no name")
    datum = text["datum"] or datum
    if datum not in DATUMS:
        raise ValueError(f"datum '{datum}' is none of {', '.join(DATUMS)}")
    shape = shape if shape is not None else _point(text["lon"], text["lat"])
    if shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        raise ValueError("no geometry")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(f"lon {west} … {east}, lat {south} … {north} are no degrees")
    shape = converted(np.array([shape], dtype=object), datum)[0]
    sort = _kind(text["kind"].lower() or kind, shape, number)
    if sort == "number" and (not road or number is None):
        raise ValueError("a house number needs its road and its number")
    area = text["area"]
    if area and not area.isdigit():
        raise ValueError(f"area '{area}' is no code")
    aliases = tuple(
        dict.fromkeys(alias.strip()[:_LONGEST_NAME] for alias in text["aliases"].replace("；", ";").split(";") if alias.strip())
    )
    return entry_of(shape, name, sort, area, aliases, road=road, number=number, locator=locator)


def entry_of(
    shape: Shape, name: str, kind: PlaceKind, area: str = "", aliases: tuple[str, ...] = (), *, road: str = "", number: int | None = None,
    locator: Locator | None = None, source: str = "", schematic: bool = False,
) -> PlaceEntry:  # fmt: skip
    """A place from its geometry (degrees, CGCS2000): the point that stands for it, how far it reaches, and a road's course."""
    point = middle(shape)
    if not area and locator is not None and kind != "road":
        located = locator.locate(point.x, point.y)
        area = located.area if located.placement is Placement.INSIDE else ""
    xy = shapely.get_coordinates(shape)
    off = (xy - [point.x, point.y]) * [np.cos(np.radians(point.y)), 1.0] * _METRES_PER_DEGREE
    reach = float(np.hypot(off[:, 0], off[:, 1]).max())
    line = _course(shape) if kind == "road" else ()
    return PlaceEntry(
        name, kind, round(point.x, 7), round(point.y, 7), area, aliases, road, number, round(reach, 1), line, source, schematic
    )  # fmt: skip


def middle(shape: Shape) -> shapely.Point:
    """The point that stands for a geometry: half way along the longest line, a point inside a polygon."""
    if shape.geom_type in ("LineString", "MultiLineString"):
        parts = shapely.get_parts(shape)
        longest = parts[int(np.argmax(shapely.length(parts)))]
        return shapely.Point(longest.interpolate(0.5, normalized=True))
    return shape if isinstance(shape, shapely.Point) else shape.representative_point()


def _course(shape: Shape) -> tuple[tuple[tuple[float, float], ...], ...]:
    lines = [part for part in shapely.get_parts(shape.simplify(_LINE_STEP)) if part.geom_type == "LineString"]
    return tuple(tuple((round(float(x), 6), round(float(y), 6)) for x, y in part.coords) for part in lines)


def _point(lon: str, lat: str) -> shapely.Point:
    if not lon or not lat:
        raise ValueError("no position")
    x, y = float(lon), float(lat)
    if not (isfinite(x) and isfinite(y)) or (x, y) == (0.0, 0.0):
        raise ValueError(f"lon {lon}, lat {lat} are no position")
    return shapely.Point(x, y)


def _house_number(text: str) -> int | None:
    """12, 12号, 12-1号: the number. Raises `ValueError` for what is none."""
    digits = fold(text).removesuffix("号").removesuffix("弄").split("-")[0]
    if not digits:
        return None
    if not digits.isdigit() or len(digits) > 5:
        raise ValueError(f"'{text}' is no house number")
    return int(digits)


def _kind(word: str, shape: Shape, number: int | None) -> PlaceKind:
    if word and word not in _KIND_WORDS:
        raise ValueError(f"kind '{word}' is none of {', '.join(KINDS)}")
    if word:
        return _KIND_WORDS[word]
    if shape.geom_type in ("LineString", "MultiLineString"):
        return "road"
    return "number" if number is not None else "point" if shape.geom_type in ("Point", "MultiPoint") else "estate"
