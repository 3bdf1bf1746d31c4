"""Cuts a real district into schematic streets, communities, duty grids and 100 m cells: the demo's city. Always marked 示意.

Names and codes of streets and communities are real, the lines between them are not: no open data has them.
The same seed gives the same city. Surveyed areas and cells are imported instead (`geodata.importing`).
"""

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geodata.boundary import Division, Names, district_boundary, district_names, urban_centre
from geodata.metric import Bools, Floats, Raster, Shape, geojson, lay_grid
from geodata.model import Area, City, DutyGrid, GridCell, Level
from geodata.outline import outlines
from geodata.regions import Labels, Sites, balanced, joined, spread_sites, warp, widened

MAX_CELLS = 999  # a cell's serial has three digits
_FULL = 820  # wanted at most, so that uneven regions stay below MAX_CELLS
_GRIDS = 2  # duty grids per community


def demo_city(code: str, seed: int = 1, cell_m: float = 100.0) -> City:
    """The schematic city of a district by its 6-digit code. Raises `NotFound` where data are missing."""
    _, boundary = district_boundary(code)
    return partition_district(district_names(code), boundary, urban_centre(code), seed, cell_m)


def partition_district(
    names: Names, boundary: Polygon | MultiPolygon, centre: tuple[float, float], seed: int = 1, cell_m: float = 100.0
) -> City:
    """Areas, cells and duty grids of a district; `boundary` and `centre` in degrees, `cell_m` in metres."""
    raster = lay_grid(boundary, cell_m)
    street_label = _streets(raster, names, centre, seed)
    divisions: list[tuple[int, Division]] = []
    community_label = np.full(raster.inside.shape, -1, dtype=np.int32)
    for index, (street, known) in enumerate(names.streets):
        inside = street_label == index
        communities = _enough(street, known, int(inside.sum()))
        local = _cut(raster, inside, [1.0] * len(communities), seed * 1000 + index)
        community_label[inside] = local[inside] + len(divisions)
        divisions.extend((index, community) for community in communities)
    grid_label = _duty_grids(raster, community_label, len(divisions), seed)
    areas = _areas(raster, names, boundary, community_label, divisions)
    cells, duty_grids = _cells(raster, names, community_label, grid_label, divisions)
    return City(areas, cells, duty_grids)


def _streets(raster: Raster, names: Names, centre: tuple[float, float], seed: int) -> Labels:
    """Street of each cell: as many cells as it has communities; towns far from the centre, with wider villages."""
    rural = np.array([street.code[6] != "0" for street, _ in names.streets])
    share = np.array([max(len(known), 1) for _, known in names.streets]) * np.where(rural, 1.6, 1.0)
    x, y = raster.plane.to_metres(np.array(centre[0]), np.array(centre[1]))
    middle = np.array([(x - raster.west) / raster.size, (y - raster.south) / raster.size])
    return _cut(raster, raster.inside, list(share), seed, middle, rural)


def _cut(raster: Raster, inside: Bools, share: list[float], seed: int, middle: Floats | None = None, outer: Bools | None = None) -> Labels:
    """Cuts the cells `inside` into regions with the shares given; with a `middle`, the `outer` ones lie farthest from it."""
    label = np.full(inside.shape, -1, dtype=np.int32)
    rng = np.random.default_rng(seed)
    x, y = warp(inside.shape[0], inside.shape[1], seed, 3.0 if middle is not None else 1.5)
    points = np.column_stack([x[inside], y[inside]])
    wanted = np.array(share) * (rng.uniform(0.82, 1.18, len(share)) if middle is None else 1.0)
    at = spread_sites(points, len(share), rng)
    if middle is not None and outer is not None:
        near_first = np.argsort(((at - middle) ** 2).sum(axis=1))
        place = np.lexsort((np.array(share), outer))
        at[place] = at[near_first]
    label[inside] = balanced(points, Sites(at, wanted / wanted.sum()))
    window = _window(inside)
    label[window] = joined(label[window])
    return label


def _window(inside: Bools) -> tuple[slice, slice]:
    """The rows and columns around the true cells, one empty cell on each side."""
    rows, columns = np.nonzero(inside)
    return slice(int(rows.min()) - 1, int(rows.max()) + 2), slice(int(columns.min()) - 1, int(columns.max()) + 2)


def _enough(street: Division, known: tuple[Division, ...], cells: int) -> list[Division]:
    """The street's communities; where the data name too few for its cells, numbered ones are added (codes from 9xx down)."""
    communities = list(known[: max(1, cells // 4)])
    taken = {community.code for community in communities}
    stem = street.name.removesuffix("街道")
    serial = 0
    while len(communities) * _FULL < cells:
        serial += 1
        code = f"{street.code}{1000 - serial:03d}"
        if code not in taken:
            communities.append(Division(code, f"{stem}第{serial}社区"))
    return communities


def _duty_grids(raster: Raster, community_label: Labels, count: int, seed: int) -> Labels:
    """Duty grid 0 … of each cell inside its community."""
    grid_label = np.full(community_label.shape, -1, dtype=np.int32)
    rows, columns = np.nonzero(community_label >= 0)
    numbers = community_label[rows, columns]
    for number in range(count):
        mine = numbers == number
        if not mine.any():
            continue
        top, left = int(rows[mine].min()) - 1, int(columns[mine].min()) - 1
        window = (slice(top, int(rows[mine].max()) + 2), slice(left, int(columns[mine].max()) + 2))
        inside = community_label[window] == number
        halves = _halves(inside, seed * 7919 + number)
        grid_label[window][inside] = halves[inside]
    return grid_label


def _halves(inside: Bools, seed: int) -> Labels:
    """Two contiguous halves across the longer side, the first in the north or west."""
    rows, columns = np.nonzero(inside)
    points = np.column_stack([columns, rows]).astype(np.float64)
    label = np.full(inside.shape, -1, dtype=np.int32)
    if len(points) < 2 * _GRIDS:
        label[inside] = 0
        return label
    at = spread_sites(points, _GRIDS, np.random.default_rng(seed))
    at = at[np.argsort(at[:, 0] - at[:, 1])]
    label[inside] = balanced(points, Sites(at, np.full(_GRIDS, 1 / _GRIDS)))
    return joined(label)


def _areas(
    raster: Raster, names: Names, boundary: Polygon | MultiPolygon, label: Labels, divisions: list[tuple[int, Division]]
) -> tuple[Area, ...]:
    """District, streets, communities. Street and community polygons tile the district."""
    shapes = outlines(raster, widened(label, 4), boundary)
    areas = [_area(names.code, names.name, "district", None, boundary, schematic=False)]
    for index, (street, _) in enumerate(names.streets):
        parts = [shapes[number] for number, (owner, _) in enumerate(divisions) if owner == index and number in shapes]
        if parts:
            areas.append(_area(street.code, street.name, "street", names.code, shapely.union_all(parts)))
    for number, (index, community) in enumerate(divisions):
        if number in shapes:
            areas.append(_area(community.code, community.name, "community", names.streets[index][0].code, shapes[number]))
    return tuple(areas)


def _area(code: str, name: str, level: Level, parent: str | None, shape: Shape, schematic: bool = True) -> Area:
    point = label_point(shape)
    return Area(code, name, level, parent, point[0], point[1], geojson(shape), schematic)


def label_point(shape: Shape) -> tuple[float, float]:
    """A point well inside (lon, lat): the middle of the largest circle that fits."""
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    first = shapely.maximum_inscribed_circle(largest, 1e-4).coords[0]
    return round(float(first[0]), 6), round(float(first[1]), 6)


def _cells(
    raster: Raster, names: Names, label: Labels, grid_label: Labels, divisions: list[tuple[int, Division]]
) -> tuple[tuple[GridCell, ...], tuple[DutyGrid, ...]]:
    """Cells numbered from west to east and from north to south inside their community, and the duty grids."""
    corner_lon, corner_lat = raster.plane.to_degrees(*raster.corners())
    centre_lon, centre_lat = raster.plane.to_degrees(*raster.centres())
    rows, columns = np.nonzero(label >= 0)
    order = np.lexsort((columns, -rows, label[rows, columns]))
    serials: dict[int, int] = {}
    cells: list[GridCell] = []
    grids: dict[str, DutyGrid] = {}
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        number = int(label[row, column])
        index, community = divisions[number]
        serial = serials[number] = serials.get(number, 0) + 1
        if serial > MAX_CELLS:
            raise ValueError(f"community {community.code} has more than {MAX_CELLS} cells")
        part = int(grid_label[row, column]) + 1
        grid = f"{community.code}G{part:02d}"
        if grid not in grids:
            name = f"{names.streets[index][0].name}·{community.name}·网格{part:02d}"
            grids[grid] = DutyGrid(grid, name, community.code, schematic=True)
        lon, lat = float(centre_lon[row, column]), float(centre_lat[row, column])
        geometry = _square(corner_lon, corner_lat, row, column)
        cells.append(GridCell(f"{community.code}{serial:03d}", community.code, grid, lon, lat, geometry, raster.size**2, schematic=True))
    return tuple(cells), tuple(grids[code] for code in sorted(grids))


def _square(lon: Floats, lat: Floats, row: int, column: int) -> dict[str, object]:
    """A cell as a GeoJSON polygon, counter-clockwise from its south-west corner (RFC 7946)."""
    corners = ((row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column), (row, column))
    return {"type": "Polygon", "coordinates": [[[float(lon[at]), float(lat[at])] for at in corners]]}
