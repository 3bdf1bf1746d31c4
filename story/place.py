"""The city of a story: two streets of two communities each, cells of 200 m, and one person of each role. Builds it; decides nothing."""

import math
from collections.abc import Iterator
from datetime import datetime
from functools import cache

from core.config import Config
from geodata.model import Area, City, DutyGrid, Geometry, GridCell, Level
from store.accounts import Account, add_account
from store.geography import save_city
from store.timescale import Connection

LON, LAT = 119.95, 31.79  # the middle
SIDE_M, CELL_M = 4000, 200  # of the whole square, and of a cell
_METRES_PER_DEGREE = 111_320.0
# Of nobody: the database is thrown away. Argon2id of "Story-2026" at its cheapest: a handover asks for it four times.
_HASH = "$argon2id$v=19$m=8,t=1,p=1$cXmRn0bD3/LsnUC1BdfdTg$sj8YsPpYyQ3LJQo4Ft+lo7TdFZddDbi9tCQqAhJPmZ0"
PEOPLE = {
    "duty1": "duty", "duty2": "duty", "duty3": "duty", "supervisor": "supervisor", "supervisor2": "supervisor",
    "dispatcher": "dispatcher", "leader": "leader", "admin": "admin", "worker": "grid_worker", "worker2": "grid_worker",
    "handler": "handler", "handler2": "handler",
}  # fmt: skip


def degrees(east_m: float, north_m: float) -> tuple[float, float]:
    """Metres from the middle → longitude and latitude."""
    return LON + east_m / (_METRES_PER_DEGREE * math.cos(math.radians(LAT))), LAT + north_m / _METRES_PER_DEGREE


def build(connection: Connection, config: Config, now: datetime) -> tuple[Account, ...]:
    """Save the city and its people."""
    save_city(connection, _city(config.area.code, config.area.name), now)
    areas = (config.area.code,)
    ids = {login: add_account(connection, login, _HASH, role, areas, login, now) for login, role in PEOPLE.items()}
    return tuple(Account(ids[login], login, role, areas, login) for login, role in PEOPLE.items())


@cache
def _city(code: str, name: str) -> City:
    half = SIDE_M / 2
    areas = [_area(code, name, "district", None, (-half, -half, half, half))]
    cells: list[GridCell] = []
    grids: list[DutyGrid] = []
    for number, (west, south) in enumerate(((-half, -half), (-half, 0), (0, -half), (0, 0))):
        street, community = f"{code}00{number // 2 + 1}", f"{code}00{number // 2 + 1}00{number % 2 + 1}"
        if number % 2 == 0:
            areas.append(_area(street, f"{number // 2 + 1}号街道", "street", code, (west, -half, west + half, half)))
        areas.append(_area(community, f"{number + 1}号社区", "community", street, (west, south, west + half, south + half)))
        grids.append(DutyGrid(f"{community}G", f"责任网格{number + 1}", community))
        cells += _cells(community, west, south)
    return City(tuple(areas), tuple(cells), tuple(grids))


def _cells(community: str, west: float, south: float) -> Iterator[GridCell]:
    across = int(SIDE_M / 2 / CELL_M)
    for number in range(across * across):
        corner = west + number % across * CELL_M, south + number // across * CELL_M
        lon, lat = degrees(corner[0] + CELL_M / 2, corner[1] + CELL_M / 2)
        shape = _square(*corner, corner[0] + CELL_M, corner[1] + CELL_M)
        yield GridCell(f"{community}{number + 1:03d}", community, f"{community}G", lon, lat, shape, CELL_M * CELL_M)


def _area(code: str, name: str, level: Level, parent: str | None, box: tuple[float, float, float, float]) -> Area:
    lon, lat = degrees((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    return Area(code, name, level, parent, lon, lat, _square(*box))


def _square(west: float, south: float, east: float, north: float) -> Geometry:
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [[list(degrees(*corner)) for corner in corners]]}
