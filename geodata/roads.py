"""Draws a schematic road network: rings, radials, a main grid that widens outwards, and minor streets block by block.

Invented from a seed, always marked 示意. Works in metres of the local plane; bridges cross rivers, only expressways cross a lake.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString

from geodata.metric import Floats, Shape
from geodata.water import Site, Water

EXPRESSWAY, MAIN, MINOR = 1, 2, 3

_ALONG = ("人民", "中山", "建设", "长江", "文化", "新华", "和平", "光明", "振兴", "星港", "青枫", "玉龙", "梧桐", "勤业", "松涛")
_ACROSS = ("解放", "怀德", "通江", "迎春", "龙城", "晋陵", "学府", "会馆", "清潭", "茶花", "月季", "运河", "永宁", "昆仑", "工业")
_SPOKES = ("飞龙大道", "迎宾大道", "金陵快速路", "龙江快速路", "江南大道", "腾龙大道")


@dataclass(frozen=True, slots=True)
class Road:
    """One named road or one block's minor streets; `rank` 1 expressway, 2 main, 3 minor."""

    name: str
    rank: int
    shape: Shape


def draw_roads(site: Site, waters: list[Water], quarters: list[tuple[float, float]], rng: np.random.Generator) -> list[Road]:
    """The network; `quarters` (metres) are the middles of streets, around which minor streets are denser."""
    view = shapely.Point(site.middle).buffer(1.25 * site.reach)
    bend = _Bend(site, rng)
    lakes = shapely.union_all([w.shape for w in waters if w.kind == "lake"]).buffer(60)
    wet = shapely.union_all([w.shape for w in waters]).buffer(14)
    mains = [Road(r.name, r.rank, bend(r.shape)) for r in (*_rings(site), *_spokes(site, rng), *_main_grid(site, rng))]
    dry = view.difference(lakes)
    mains = [Road(r.name, r.rank, r.shape.intersection(view if r.rank == EXPRESSWAY else dry)) for r in mains]
    mains = _thinned([road for road in mains if not road.shape.is_empty], site, rng)
    return [*_minors(site, mains, wet, quarters, rng), *sorted(mains, key=lambda road: -road.rank)]


class _Bend:
    """Long gentle waves that take the ruler out of straight lines; the same for all roads, so crossings stay crossings."""

    def __init__(self, site: Site, rng: np.random.Generator) -> None:
        waves = ((15000, 420), (8200, 210), (3600, 70), (1900, 26))
        self._waves = [(length, height, *rng.uniform(0, 2 * np.pi, 3)) for length, height in waves]
        self._at = np.array(site.centre)

    def __call__(self, shape: Shape) -> Shape:
        return shapely.transform(shapely.segmentize(shape, 110.0), self._move).simplify(2.5)

    def _move(self, xy: Floats) -> Floats:
        off = np.zeros_like(xy)
        x, y = (xy - self._at).T
        for length, height, angle, first, second in self._waves:
            phase = (x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / length
            off[:, 0] += height * np.sin(phase + first)
            off[:, 1] += height * np.sin(phase * 0.83 + second)
        return np.asarray(xy + off)


def _rings(site: Site) -> list[Road]:
    """Three rings around the centre, rounded squares turned with the long axis."""
    sizes = (("环城路", MAIN, 1350.0, 1150.0), ("内环高架", EXPRESSWAY, 3300.0, 2500.0), ("绕城高速", EXPRESSWAY, 9600.0, 7000.0))
    angle = np.linspace(0, 2 * np.pi, 121)
    rings = []
    for name, rank, long, short in sizes:
        x = long * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.62
        y = short * np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.62
        rings.append(Road(name, rank, LineString(_turn(site, np.column_stack([x, y])))))
    return rings


def _spokes(site: Site, rng: np.random.Generator) -> list[Road]:
    """Expressways and avenues that leave the ring between the directions of the grid."""
    start = rng.uniform(0.45, 0.75)
    inner = shapely.Polygon(shapely.get_coordinates(_rings(site)[1].shape))
    roads = []
    for k, name in enumerate(_SPOKES):
        angle = start + k * 2 * np.pi / len(_SPOKES) + rng.uniform(-0.16, 0.16)
        t = np.linspace(0, 1, 40)
        radius = 1200.0 + t * 1.9 * site.reach
        swing = angle + 0.35 * rng.uniform(-1, 1) * t**1.4
        xy = np.column_stack([radius * np.cos(swing), radius * np.sin(swing)])
        shape = LineString(_turn(site, xy)).difference(inner)
        roads.append(Road(name, EXPRESSWAY if "快速" in name else MAIN, shape))
    return roads


def _main_grid(site: Site, rng: np.random.Generator) -> list[Road]:
    """Main roads along and across the long axis; the farther out, the wider apart and the sooner they end."""
    roads = []
    for names, along, first in ((_ALONG, True, 780.0), (_ACROSS, False, 860.0)):
        offsets = _offsets(first, 1.9 * site.reach, rng)
        for k, offset in enumerate(offsets):
            stem = names[k % len(names)] + ("" if k < len(names) else "新")
            low, high = (-site.reach * rng.uniform(1.1, 2.0), site.reach * rng.uniform(1.1, 2.0))
            for start, end, side in ((low, 0.0, "西" if along else "南"), (0.0, high, "东" if along else "北")):
                t = np.linspace(start, end, max(2, round((end - start) / 100.0)))
                lean = offset * (1 + 0.035 * np.abs(t) / 4000.0)  # the grid opens outwards like a fan
                xy = np.column_stack([t, lean] if along else [lean, t])
                roads.append(Road(f"{stem}{side}路", MAIN, LineString(_turn(site, xy))))
    return roads


def _offsets(first: float, reach: float, rng: np.random.Generator) -> list[float]:
    """Distances of parallel roads from the centre line, on both sides, the nearest first."""
    offsets = [0.0]
    for side in (1.0, -1.0):
        at, gap = 0.0, first
        while at < reach:
            at += gap * rng.uniform(0.86, 1.16)
            gap = min(gap * 1.2, 3600.0)
            offsets.append(side * at)
    return sorted(offsets, key=abs)


def _thinned(roads: list[Road], site: Site, rng: np.random.Generator) -> list[Road]:
    """Takes stretches of the main grid away where four ways meet at both ends: towns are full of T-junctions."""
    parts = shapely.get_parts(shapely.union_all([road.shape for road in roads]))
    fixed = shapely.union_all([road.shape for road in roads if road.rank == EXPRESSWAY or road.name == "环城路" or road.name in _SPOKES])
    ends = [tuple(np.round(shapely.get_coordinates(part)[at], 0).tolist() for at in (0, -1)) for part in parts]
    degree: dict[tuple[float, ...], int] = {}
    for first, last in ((tuple(a), tuple(b)) for a, b in ends):
        degree[first] = degree.get(first, 0) + 1
        degree[last] = degree.get(last, 0) + 1
    kept = np.ones(len(parts), dtype=np.bool_)
    for k in rng.permutation(len(parts)):
        middle = shapely.line_interpolate_point(parts[k], 0.5, normalized=True)
        far = float(np.hypot(middle.x - site.centre[0], middle.y - site.centre[1]))
        first, last = (tuple(end) for end in ends[k])
        if rng.random() > min(0.55, far / 9000.0) or min(degree[first], degree[last]) < 4 or middle.distance(fixed) < 5:
            continue
        degree[first], degree[last] = degree[first] - 1, degree[last] - 1
        kept[k] = False
    return _regrouped(parts[kept], roads)


def _regrouped(parts: NDArray[Any], roads: list[Road]) -> list[Road]:
    """The stretches of a network given back to the roads they came from."""
    middles = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    which, owner = shapely.STRtree([road.shape for road in roads]).query_nearest(middles, all_matches=False)
    shapes = [shapely.line_merge(shapely.multilinestrings(parts[which[owner == k]])) for k in range(len(roads))]
    return [Road(road.name, road.rank, shape) for road, shape in zip(roads, shapes, strict=True) if not shape.is_empty]


def _turn(site: Site, xy: Floats) -> Floats:
    """From axes along and across the district to the plane."""
    c, s = np.cos(site.axis), np.sin(site.axis)
    turned: Floats = np.column_stack([site.centre[0] + xy[:, 0] * c - xy[:, 1] * s, site.centre[1] + xy[:, 0] * s + xy[:, 1] * c])
    return turned


def _minors(site: Site, mains: list[Road], wet: Shape, quarters: list[tuple[float, float]], rng: np.random.Generator) -> list[Road]:
    """Minor streets of every block between main roads, dense in the middle and around the quarters."""
    lines = shapely.union_all([road.shape for road in mains])
    around = site.district.buffer(2500)
    shapely.prepare(wet)
    roads = []
    for block in shapely.get_parts(shapely.polygonize(shapely.get_parts(lines).tolist())):
        if block.area < 40_000 or not block.intersects(around):
            continue
        streets = _block_streets(block, _spacing(block.centroid, site, quarters), rng)
        streets = shapely.difference(streets, wet)
        kept = [part for part in shapely.get_parts(streets) if part.length > 90]
        if kept:
            roads.append(Road("", MINOR, shapely.multilinestrings(kept)))
    return roads


def _spacing(at: shapely.Point, site: Site, quarters: list[tuple[float, float]]) -> float:
    """Metres between minor streets: 190 in the old town, up to 900 in the fields."""
    density = np.exp(-np.hypot(at.x - site.centre[0], at.y - site.centre[1]) / 5200.0)
    for x, y in quarters:
        density = max(density, 0.62 * np.exp(-np.hypot(at.x - x, at.y - y) / 1900.0))
    return float(np.clip(175.0 / max(density, 0.05), 190.0, 900.0))


def _block_streets(block: Shape, spacing: float, rng: np.random.Generator) -> Shape:
    """Streets in both directions of the block's own rectangle; some end halfway at a cross street."""
    box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(block))
    corner, first, second = box[0], box[1] - box[0], box[3] - box[0]
    lines = []
    for side, cross, stretch in ((first, second, 1.0), (second, first, 1.45)):
        length, depth = float(np.hypot(*side)), float(np.hypot(*cross))
        count = int(length // (spacing * stretch))
        crossings = max(int(depth // (spacing * (2.45 - stretch))), 1)
        for k in range(1, count + 1):
            at = corner + side * (k + rng.uniform(-0.16, 0.16)) / (count + 1)
            ends = (0.0, 1.0)
            if crossings > 2 and rng.random() < 0.42:
                cut = rng.integers(1, crossings) / crossings
                ends = (0.0, cut) if rng.random() < 0.5 else (cut, 1.0)
            lines.append(LineString([at + cross * ends[0], at + cross * ends[1]]))
    return shapely.intersection(shapely.multilinestrings(lines), block) if lines else LineString()
