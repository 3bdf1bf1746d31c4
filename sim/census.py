"""The demo's census of city components: invented lamps, manholes, hydrants and trees about the cells, named as schematic. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta

from geodata.component_files import Component
from geodata.model import City
from sim.chance import dice

MANY = 3_000
# Class, name, whose it is, its share of all.
_WANTED = (
    ("0101", "上水井盖", "市政公用中心", 12),
    ("0103", "雨水井盖", "市政公用中心", 20),
    ("0104", "雨水箅子", "市政公用中心", 18),
    ("0111", "燃气井盖", "燃气公司", 7),
    ("0113", "消火栓", "消防救援大队", 5),
    ("0118", "路灯", "照明管理所", 26),
    ("0402", "行道树", "园林绿化中心", 12),
)
_STATES = (("完好", 95), ("破损", 3), ("", 2))
_JITTER = 0.0004  # degrees: within the cell
_SURVEY_DAYS = 120


def make_components(city: City, seed: str, surveyed: date) -> list[Component]:
    """Components somewhere in the city's cells; the same seed puts them at the same places. `surveyed`: the last day of the census."""
    return list(_components(city, seed, surveyed))


def _components(city: City, seed: str, surveyed: date) -> Iterator[Component]:
    chance = dice(seed, "census")
    division = seed[:6].ljust(6, "0")
    kinds, states = ([share for *_, share in table] for table in (_WANTED, _STATES))
    for number in range(1, MANY + 1):
        [(class_code, name, owner, _)] = chance.choices(_WANTED, kinds)
        [(state, _)] = chance.choices(_STATES, states)
        cell = city.cells[chance.randrange(len(city.cells))]
        lon, lat = (round(at + chance.uniform(-_JITTER, _JITTER), 6) for at in (cell.lon, cell.lat))
        day = surveyed - timedelta(days=chance.randrange(_SURVEY_DAYS))
        yield Component(f"{division}{class_code}{number:06d}", class_code, lon, lat, name, owner, "示意", state, day)
