"""The demo's resources: invented teams, stores, shelters, hospitals and experts around the district, all named as schematic. Pure."""

from dataclasses import replace

from dispatch.resources import Resource
from geodata.model import City
from sim.chance import dice
from sim.staff import caller

# Kind, name in both languages, what it can do, how many, counted in, how many of it in the district.
_WANTED = (
    ("team", "排涝应急队", "Drainage crew", ("排涝",), 12, "人", 4),
    ("team", "交通疏导队", "Traffic crew", ("交通",), 8, "人", 4),
    ("team", "转移安置队", "Evacuation crew", ("转移",), 15, "人", 5),
    ("team", "燃气抢修队", "Gas repair crew", ("燃气",), 6, "人", 2),
    ("team", "消防救援站", "Fire station", ("消防",), 20, "人", 3),
    ("team", "市政抢险队", "Municipal repair crew", ("市政", "排涝"), 18, "人", 2),
    ("equipment", "移动泵车", "Mobile pump", ("排涝",), 2, "台", 4),
    ("equipment", "照明车", "Lighting truck", ("照明",), 1, "台", 2),
    ("equipment", "发电车", "Generator truck", ("供电",), 1, "台", 2),
    ("material", "防汛物资库", "Flood store", ("沙袋", "围挡"), 2000, "袋", 3),
    ("shelter", "应急避难场所", "Shelter", (), 500, "人", 6),
    ("hospital", "医院", "Hospital", (), 120, "张", 3),
    ("expert", "燃气专家组", "Gas experts", ("燃气",), 3, "人", 1),
    ("expert", "防汛专家组", "Flood experts", ("排涝",), 4, "人", 1),
    ("hazard", "加油加气站", "Filling station", ("危化品",), 1, "处", 4),
)


def make_resources(city: City, seed: str) -> list[Resource]:
    """Resources somewhere in the city's cells; the same seed puts them at the same places."""
    chance = dice(seed, "resources")
    made: list[Resource] = []
    for kind, name, name_en, tags, quantity, measure, count in _WANTED:
        for number in range(1, count + 1):
            cell = city.cells[chance.randrange(len(city.cells))]
            code = f"demo-{kind}-{len(made) + 1:03d}"
            one = Resource(code, kind, f"{name}{number}", cell.area, tags=tags, lon=cell.lon, lat=cell.lat)
            answers = caller(code)  # invented like whoever calls the hotline
            one = replace(one, name_en=f"{name_en} {number}", person=answers["name"], phone=answers["phone"])
            made.append(replace(one, quantity=float(quantity), measure=measure, note="示意"))
    return made
