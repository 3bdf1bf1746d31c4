"""Draws a schematic canal, its tributary, creeks and lakes across a district. Invented from a seed: always marked 示意.

Works in metres of the local plane; knows nothing of roads.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from geodata.metric import Floats, Shape


@dataclass(frozen=True, slots=True)
class Site:
    """What all layers are drawn on: the district and its centre in metres, the view's half size, the long axis (radians)."""

    district: Shape
    centre: tuple[float, float]
    middle: tuple[float, float]
    reach: float
    axis: float


@dataclass(frozen=True, slots=True)
class Water:
    """One body of water: `kind` river or lake."""

    name: str
    kind: str
    shape: Shape


def site_of(district: Shape, centre: tuple[float, float]) -> Site:
    """The site of a district (metres): the view reaches 60 % beyond the longer half of its largest part's box."""
    main = max(shapely.get_parts(district), key=lambda part: part.area)  # far islands must not stretch the map
    west, south, east, north = main.bounds
    edge = np.asarray(shapely.get_coordinates(main.convex_hull))
    spread = np.cov((edge - edge.mean(axis=0)).T)
    values, vectors = np.linalg.eigh(spread)
    axis = float(np.arctan2(vectors[1, values.argmax()], vectors[0, values.argmax()]))
    axis = (axis + np.pi / 2) % np.pi - np.pi / 2
    reach = 0.8 * max(east - west, north - south)
    return Site(district, centre, ((west + east) / 2, (south + north) / 2), reach, axis)


def draw_water(site: Site, rng: np.random.Generator) -> list[Water]:
    """Canal, tributary, three creeks and three lakes."""
    lean = site.axis + rng.uniform(-0.12, 0.12)
    side = 1.0 if rng.random() < 0.5 else -1.0
    past = np.array(site.centre) + side * rng.uniform(1500, 1900) * np.array([-np.sin(lean), np.cos(lean)])
    canal = _course(past, lean, 5.0 * site.reach, ((7400, 420), (3100, 130)), rng)
    across = lean + np.pi / 2 + rng.uniform(-0.3, 0.3)
    joint = _along(canal, site, 0.30 if rng.random() < 0.5 else 0.42)
    tributary = _half(_course(joint, across, 4.0 * site.reach, ((4200, 330), (1500, 95)), rng), canal, joint, -side)
    bodies = [Water("运河", "river", _bed(canal, 48.0)), Water("青龙河", "river", _bed(tributary, 24.0))]
    for name, share in (("柳塘河", 0.58), ("采菱港", 0.72), ("白荡浜", 0.17)):
        at = _along(canal, site, share)
        course = _course(at, across + rng.uniform(-0.35, 0.35), 1.3 * site.reach, ((2600, 200), (1100, 70)), rng)
        bodies.append(Water(name, "river", _bed(_half(course, canal, at, side if share > 0.5 else -side), 11.0)))
    return [*bodies, *_lakes(site, shapely.union_all([body.shape for body in bodies]), rng)]


def _course(at: Floats, direction: float, length: float, waves: tuple[tuple[float, float], ...], rng: np.random.Generator) -> LineString:
    """A meandering line through a point: waves of (length, amplitude) metres whose phase drifts, so that no two bends are alike."""
    t = np.arange(-length / 2, length / 2, 45.0)
    off = np.zeros_like(t)
    for wave, height in waves:
        drift = 0.9 * np.sin(t * 2 * np.pi / (wave * 2.7) + rng.uniform(0, 2 * np.pi))
        off += height * np.sin(t * 2 * np.pi / wave + drift + rng.uniform(0, 2 * np.pi)) * (0.75 + 0.25 * np.sin(t / wave))
    off -= np.interp(0.0, t, off)
    x = at[0] + t * np.cos(direction) - off * np.sin(direction)
    y = at[1] + t * np.sin(direction) + off * np.cos(direction)
    return LineString(np.column_stack([x, y]))


def _along(line: LineString, site: Site, share: float) -> Floats:
    """The point at a share of the line's length inside the district."""
    inside = line.intersection(site.district)
    longest = max(shapely.get_parts(inside), key=lambda part: part.length, default=line)
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(longest, share, normalized=True))[0])


def _half(course: LineString, canal: LineString, at: Floats, side: float) -> LineString:
    """The part of a course from `at` away from the canal, to one side of it."""
    coords = np.asarray(course.coords)
    k = int(((coords - at) ** 2).sum(axis=1).argmin())
    parts = [coords[k:], coords[: k + 1][::-1]]
    ahead = np.asarray(canal.coords)
    direction = ahead[-1] - ahead[0]
    turns = [float(direction[0] * (p[-1] - at)[1] - direction[1] * (p[-1] - at)[0]) for p in parts]
    return LineString(parts[0] if turns[0] * side > turns[1] * side else parts[1])


def _bed(course: LineString, half_width: float) -> Polygon:
    """The water surface over a course: a band whose width swings by a fifth."""
    xy = np.asarray(course.simplify(1.5).segmentize(150.0).coords)
    step = np.gradient(xy, axis=0)
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(step[:, 0], step[:, 1])[:, None]
    distance = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    width = half_width * (1 + 0.14 * np.sin(distance / 730.0) + 0.08 * np.sin(distance / 271.0))
    band = Polygon(np.vstack([xy + normal * width[:, None], (xy - normal * width[:, None])[::-1]]))
    return band if band.is_valid else band.buffer(0)


def _lakes(site: Site, rivers: Shape, rng: np.random.Generator) -> list[Water]:
    """Three lakes inside the district, clear of the centre and of each other; the largest has an island."""
    lakes: list[Water] = []
    room = site.district.buffer(-900)
    for name, radius in (("青枫湖", 560.0), ("明月湖", 400.0), ("荷园湖", 300.0)):
        best, best_score = None, -np.inf
        for _ in range(240):
            at = np.array([rng.uniform(*room.bounds[0::2]), rng.uniform(*room.bounds[1::2])])
            point = shapely.Point(at)
            far = float(np.hypot(*(at - site.centre)))
            near_other = min((point.distance(lake.shape) for lake in lakes), default=9e9)
            if not room.contains(point) or far < 2600 or near_other < 2200:
                continue
            score = -abs(point.distance(rivers) - radius * 1.05) - 0.12 * far
            if score > best_score:
                best, best_score = at, score
        if best is not None:
            lakes.append(Water(name, "lake", _lake(best, radius, site.axis, rng, island=not lakes)))
    return lakes


def _lake(at: Floats, radius: float, axis: float, rng: np.random.Generator, island: bool) -> Polygon:
    """A smooth closed shore around a point, longer along the axis."""
    angle = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    r = np.full_like(angle, 1.0)
    for k, height in ((2, 0.16), (3, 0.14), (5, 0.07), (7, 0.03)):
        r += height * np.sin(k * angle + rng.uniform(0, 2 * np.pi))
    x, y = 1.35 * r * radius * np.cos(angle), 0.75 * r * radius * np.sin(angle)
    tilt = axis + rng.uniform(-0.5, 0.5)
    shore = np.column_stack([at[0] + x * np.cos(tilt) - y * np.sin(tilt), at[1] + x * np.sin(tilt) + y * np.cos(tilt)])
    hole = at + 0.16 * (shore - at) + np.array([radius * 0.3, radius * 0.1])
    return Polygon(shore, [hole] if island else None)
