"""The demo's enterprises and sites: invented names around the district, some of each kind, with a risk colour. Pure."""

from collections.abc import Iterable

from core.model import Position
from dispatch.enterprises import Entry
from geodata.model import City
from sim.chance import dice
from sim.staff import caller

_NAMES = ("兴业", "永固", "恒达", "南运河", "天成", "中吴", "新科", "锦绣", "长江", "五星", "邹区", "荷花池")
_OF_EACH = 3
_RISKS = (1, 2, 2, 3, 3, 3, 4, 4)  # few are red


def make_enterprises(city: City, kinds: Iterable[str], seed: str) -> list[tuple[Entry, dict[str, object]]]:
    """Enterprises with their place (area, lon, lat), each in a cell of the city; the same seed makes the same ones."""
    roll, made = dice(seed, "enterprises"), list[tuple[Entry, dict[str, object]]]()
    for kind in kinds:
        for number in range(_OF_EACH):
            cell, name = city.cells[roll.randrange(len(city.cells))], _NAMES[len(made) % len(_NAMES)]
            code = f"DEMO-{kind.upper()}-{number + 1:02d}"
            person = caller(code)
            told = {
                "code": code, "name": f"{name}示例企业 {len(made) + 1:02d}", "kind": kind, "note": "示意", "why": "年度安全风险评估(模拟)",
                "contact": person["name"], "phone": person["phone"],
            }  # fmt: skip
            place: dict[str, object] = {"area": cell.area, "lon": cell.lon, "lat": cell.lat}
            made.append((Entry(code, told, roll.choice(_RISKS), Position(cell.lon, cell.lat)), place))
    return made
