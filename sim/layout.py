"""Puts a district's devices where they would stand: along roads, at junctions, in blocks, on banks; dense in the centre.

Pure in (city, layers, seed): the same city gets the same devices. Knows no wire and no database.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.model import Placement
from geodata.locate import Locator
from geodata.metric import Floats
from geodata.model import City, Layer
from sim.ground import Ground, survey
from sim.kinds import KINDS, counts
from sim.model import Kind, Plan, Site, Source, Spot
from sim.trucks import lay_routes

_DUST_SOURCES = 14
_SPOTS = 1500

Pick = tuple[Floats, list[str]]  # points (n, 2) in metres and what stands there


@dataclass(frozen=True)
class _Draft:
    """What every placing needs."""

    ground: Ground
    rng: np.random.Generator
    city: City
    locator: Locator
    names: dict[str, str]


def lay_out(
    city: City, layers: Sequence[Layer], centre: tuple[float, float], *, devices: int, seed: int = 1, timezone: str = "Asia/Shanghai"
) -> Plan:
    """The simulated district: about `devices` sites, dust sources, and places people may call from."""
    ground = survey(city, layers, centre)
    names = {area.code: area.name for area in city.areas}
    draft = _Draft(ground, np.random.default_rng(seed), city, Locator.of(city.cells, city.areas), names)
    many = counts(devices)
    sites = tuple(site for kind in KINDS for site in _sites(draft, kind, many[kind.name]))
    dust = [site for site in sites if site.kind == "dust"]
    district = min((area.code for area in city.areas), key=len)
    return Plan(
        district, seed, timezone, ground.plane.lon0, ground.plane.lat0, ground.radius, sites, _sources(draft, dust), _spots(draft),
        routes=lay_routes(ground, draft.locator, seed, devices),
    )  # fmt: skip


def _sites(draft: _Draft, kind: Kind, wanted: int) -> list[Site]:
    points, where = _GROUNDS[kind.ground](draft, max(wanted + 8, round(wanted * 1.3)))
    lon, lat = draft.ground.plane.to_degrees(points[:, 0], points[:, 1])
    located = draft.locator.locate_many(lon, lat)
    inside = [i for i, found in enumerate(located) if found.placement is Placement.INSIDE and found.cell_id is not None][:wanted]
    x, y = points[inside, 0], points[inside, 1]
    ground = draft.ground
    road, centre, bustle = ground.traffic_near(x, y), ground.density(x, y), ground.bustle(x, y)
    low = np.clip(0.65 * ground.water_near(x, y) + 0.5 * draft.rng.random(len(inside)), 0, 1)
    sites = []
    for n, index in enumerate(inside):
        found = located[index]
        device = _device(kind, n + 1, draft.city)
        sites.append(Site(
            device, kind.name, _name(draft, kind, where[index], found.area, n + 1), found.area, float(lon[index]), float(lat[index]),
            round(float(x[n]), 1), round(float(y[n]), 1), kind.interval_s, _gateway(kind, found.area), found.duty_grid or "",
            found.cell_id or 0, round(float(road[n]), 3), round(float(centre[n]), 3), round(float(low[n]), 3), round(float(bustle[n]), 3),
        ))  # fmt: skip
    return sites


def _device(kind: Kind, number: int, city: City) -> str:
    """An HJ 212 station is known by its MN of 24 hexadecimal characters, the others by kind and number."""
    if kind.wire == "hj212":
        district = min((area.code for area in city.areas), key=len)
        return f"A{district}{ {'dust': 'D', 'ambient': 'A', 'outlet': 'E'}[kind.name] }{number:016d}"
    return f"{kind.name}-{number:04d}"


def _gateway(kind: Kind, area: str) -> str:
    return f"gw-{area[6:9]}-{kind.domain}" if kind.wire == "gateway" else ""


def _name(draft: _Draft, kind: Kind, where: str, area: str, number: int) -> str:
    return f"{where or draft.names.get(area, area)}{kind.label}{number:03d}"


def _in_blocks(draft: _Draft, wanted: int) -> Pick:
    """Near the middles of cells, dense cells first."""
    cells, weight = draft.ground.cells, draft.ground.weight
    chosen = draft.rng.choice(len(cells), size=wanted, p=weight / weight.sum())
    return cells[chosen] + draft.rng.uniform(-42, 42, (wanted, 2)), [""] * wanted


def _picked(draft: _Draft, points: Floats, weight: Floats, wanted: int, names: Sequence[str], scatter: float) -> Pick:
    """`wanted` of the points, by weight, each once while they last, up to `scatter` metres aside."""
    if not len(points):
        return _in_blocks(draft, wanted)
    repeat = wanted > len(points)
    chosen = draft.rng.choice(len(points), size=wanted, replace=repeat, p=weight / weight.sum())
    return points[chosen] + draft.rng.normal(0, scatter * (4 if repeat else 1), (wanted, 2)), [names[i] for i in chosen]


def _on_roads(draft: _Draft, wanted: int) -> Pick:
    points, owner = draft.ground.along_roads()
    names = [draft.ground.road_name[i] for i in owner]
    return _picked(draft, points, draft.ground.density(*points.T), wanted, names, 6.0)


def _in_streets(draft: _Draft, wanted: int) -> Pick:
    """Half along the roads, half in the blocks, so that no quarter is without."""
    roads, blocks = _on_roads(draft, wanted // 2), _in_blocks(draft, wanted - wanted // 2)
    order = draft.rng.permutation(wanted)
    points, names = np.concatenate([roads[0], blocks[0]])[order], [*roads[1], *blocks[1]]
    return points, [names[i] for i in order]


def _at_junctions(draft: _Draft, wanted: int) -> Pick:
    """Three at every public place, the rest where roads meet."""
    ground = draft.ground
    places = np.repeat(ground.places, 3, axis=0)[: wanted // 2]
    at_places = places + draft.rng.normal(0, 35, places.shape)
    names = [ground.place_name[i // 3] for i in range(len(places))]
    points, owner = ground.crossings()
    roads = [f"{ground.road_name[i]}路口" if ground.road_name[i] else "" for i in owner]
    more = _picked(draft, points, ground.density(*points.T), wanted - len(places), roads, 9.0)
    return np.concatenate([at_places, more[0]]), [*names, *more[1]]


def _at_water(draft: _Draft, wanted: int) -> Pick:
    points, owner = draft.ground.along_water()
    names = [draft.ground.water_name[i] for i in owner]
    return _picked(draft, points, np.ones(len(points)), wanted, names, 3.0)


def _in_low_places(draft: _Draft, wanted: int) -> Pick:
    """Where roads run close to water, and under the expressways."""
    points, owner = draft.ground.along_roads()
    weight: Floats = np.zeros(0)
    if len(points):
        under = np.where(draft.ground.road_class[owner] == 1, 0.6, 0.1)
        weight = (draft.ground.water_near(points[:, 0], points[:, 1], 220.0) + under) * (0.25 + draft.ground.density(*points.T))
    names = [draft.ground.road_name[i] for i in owner]
    return _picked(draft, points, weight, wanted, names, 5.0)


def _at_building_sites(draft: _Draft, wanted: int) -> Pick:
    """Around the centre, where a city grows."""
    cells, weight = draft.ground.cells, draft.ground.weight
    ring = np.clip(weight * (1 - weight) * 4, 0.03, None) ** 1.5
    chosen = draft.rng.choice(len(cells), size=wanted, replace=False, p=ring / ring.sum())
    return cells[chosen], [""] * wanted


_GROUNDS: dict[str, Callable[[_Draft, int], Pick]] = {
    "block": _in_blocks, "road": _on_roads, "street": _in_streets, "junction": _at_junctions,
    "river": _at_water, "low": _in_low_places, "site": _at_building_sites,
}  # fmt: skip


def _sources(draft: _Draft, dust: Sequence[Site]) -> tuple[Source, ...]:
    """Every building site with a station raises dust, and some chimneys far out smoke."""
    rng = draft.rng
    sites = [Source(site.x, site.y, float(rng.uniform(14, 40))) for site in list(dust)[:_DUST_SOURCES]]
    far: NDArray[np.int64] = np.argsort(draft.ground.weight)[: max(20, len(draft.ground.cells) // 5)]
    works = [draft.ground.cells[i] for i in rng.choice(far, size=4)]
    return (*sites, *(Source(float(x), float(y), float(rng.uniform(40, 75))) for x, y in works))


def _spots(draft: _Draft) -> tuple[Spot, ...]:
    weight = draft.ground.weight
    size = min(_SPOTS, len(weight))
    chosen = draft.rng.choice(len(weight), size=size, replace=False, p=weight / weight.sum())
    cells = [draft.city.cells[i] for i in chosen]
    return tuple(
        Spot(cell.cell_id or 0, cell.area, cell.duty_grid or "", cell.lon, cell.lat, round(float(weight[i]), 3))
        for i, cell in zip(chosen, cells, strict=True)
    )
