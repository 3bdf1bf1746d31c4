"""The demo's map layers as GeoJSON: roads, water, places, drawn from a seed and fitted to a district. Always marked 示意.

Decides no geometry of the grid; real layers are imported instead (`geodata.importing`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape

from geodata.metric import Plane, Shape, geojson, plane_of
from geodata.model import Area, Layer
from geodata.roads import MAIN, Road, draw_roads
from geodata.water import Site, Water, draw_water, site_of

# kind, name, distance from the centre in metres (least, most)
_PLACES: tuple[tuple[str, str, float, float], ...] = (
    ("government", "区政府", 150, 700),
    ("square", "人民广场", 300, 1100),
    ("mall", "城中商业中心", 400, 1500),
    ("hospital", "第一人民医院", 700, 1900),
    ("station", "火车站", 1400, 2900),
    ("school", "实验小学", 500, 2000),
    ("school", "第一中学", 1200, 3000),
    ("museum", "博物馆", 900, 2600),
    ("hospital", "中医院", 2200, 4500),
    ("stadium", "体育中心", 2600, 5200),
    ("station", "汽车客运站", 2600, 6000),
    ("school", "职业技术学院", 4000, 9000),
    ("hospital", "第三人民医院", 5000, 12000),
    ("industry", "高新工业园", 4500, 11000),
    ("market", "灯具城", 6500, 16000),
    ("plant", "污水处理厂", 4500, 13000),
    ("plant", "自来水厂", 4000, 11000),
    ("fire", "消防救援站", 1800, 5000),
)
_APART = 620.0  # metres between places, so that labels have room


def demo_layers(boundary: Polygon | MultiPolygon, centre: tuple[float, float], areas: Sequence[Area], seed: int = 1) -> tuple[Layer, ...]:
    """Layers `water`, `roads` and `places`; `boundary` and `centre` in degrees, `areas` give the quarters."""
    plane = plane_of(boundary)
    rng = np.random.default_rng(seed)
    x, y = plane.to_metres(np.array(centre[0]), np.array(centre[1]))
    site = site_of(plane.shape_to_metres(boundary), (float(x), float(y)))
    waters = draw_water(site, rng)
    streets = [area for area in areas if area.level == "street"]
    qx, qy = plane.to_metres(np.array([a.lon for a in streets]), np.array([a.lat for a in streets]))
    roads = draw_roads(site, waters, list(zip(qx.tolist(), qy.tolist(), strict=True)), rng)
    water = [_feature(plane, body.shape, {"kind": body.kind, "name": body.name}) for body in waters]
    lines = [_feature(plane, road.shape, {"class": road.rank, "name": road.name}) for road in roads]
    points = _places(plane, site, waters, roads, rng)
    return (
        Layer("water", "水系", "polygon", _collection(water), schematic=True),
        Layer("roads", "道路", "line", _collection(lines), schematic=True),
        Layer("places", "地点", "point", _collection(points), schematic=True),
    )


def _places(plane: Plane, site: Site, waters: list[Water], roads: list[Road], rng: np.random.Generator) -> list[dict[str, Any]]:
    """Named points beside main roads, off the water, apart from each other; then the lakes' parks."""
    wet = shapely.union_all([water.shape for water in waters]).buffer(80)
    mains = shapely.union_all([road.shape for road in roads if road.rank == MAIN]).intersection(site.district)
    taken: list[tuple[float, float]] = []
    features = []
    for kind, name, least, most in _PLACES:
        for _ in range(200):
            x, y = _beside(mains, rng)
            far = float(np.hypot(x - site.centre[0], y - site.centre[1]))
            clear = all(np.hypot(x - a, y - b) > _APART for a, b in taken)
            if least <= far <= most and clear and site.district.contains(shapely.Point(x, y)) and not wet.contains(shapely.Point(x, y)):
                taken.append((x, y))
                features.append(_feature(plane, shapely.Point(x, y), {"kind": kind, "name": name}))
                break
    for lake in (water for water in waters if water.kind == "lake"):
        shore = shapely.get_coordinates(lake.shape)[0]
        features.append(_feature(plane, shapely.Point(shore), {"kind": "park", "name": lake.name.removesuffix("湖") + "公园"}))
    return features


def _beside(mains: Shape, rng: np.random.Generator) -> tuple[float, float]:
    """A random point 90 m beside a main road, on long ones oftener."""
    parts = shapely.get_parts(mains)
    length = shapely.length(parts)
    part = parts[rng.choice(len(parts), p=length / length.sum())]
    point = part.interpolate(rng.random(), normalized=True)
    angle = rng.uniform(0, 2 * np.pi)
    return float(point.x + 90 * np.cos(angle)), float(point.y + 90 * np.sin(angle))


def _feature(plane: Plane, geometry: Shape, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature in degrees with six decimals (0.1 m): a drawing needs no more."""
    degrees = shapely.transform(plane.shape_to_degrees(geometry), lambda xy: np.round(xy, 6))
    return {"type": "Feature", "properties": {**properties, "schematic": True}, "geometry": geojson(degrees)}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def bounds_of(layer: Layer) -> tuple[float, float, float, float]:
    """West, south, east, north of a layer, degrees."""
    west, south, east, north = shapely.total_bounds([shape(feature["geometry"]) for feature in layer.collection["features"]])
    return float(west), float(south), float(east), float(north)
