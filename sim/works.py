"""The demo's planned works and events: invented ones somewhere in the district, under way, planned and over. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

import shapely

from dispatch.works import Work
from geodata.metric import Shape
from geodata.model import City
from sim.chance import dice


class _Kind(NamedTuple):
    kind: str
    title: str
    operator: str
    note: str
    days: tuple[int, int]  # from, until, beside today
    hours: tuple[time, time] | None
    length_m: float  # of a line; 0: a point


_NIGHT, _DAY, _EVENING = (time(22), time(6)), (time(8), time(18)), (time(18), time(23))
_WANTED = (
    _Kind("road", "路面铣刨与沥青摊铺", "示例市政工程公司", "占用两条车道，夜间有噪声", (-3, 9), _NIGHT, 600),
    _Kind("road", "人行道翻修", "示例市政工程公司", "占用人行道与一条非机动车道", (-10, 20), _DAY, 350),
    _Kind("pipes", "雨污水管网改造", "示例排水公司", "开挖路段可能积水，井盖临时移位", (-20, 40), None, 800),
    _Kind("pipes", "燃气中压管更换", "示例燃气公司", "可能有短时燃气气味", (2, 6), _DAY, 300),
    _Kind("building", "商业综合体基坑施工", "示例建设集团", "渣土运输与扬尘", (-90, 180), _DAY, 0),
    _Kind("building", "安置房二期", "示例建设集团", "塔吊作业，日间噪声", (-200, 100), _DAY, 0),
    _Kind("demolition", "旧厂房拆除", "示例拆除公司", "喷雾降尘，周边 300 米扬尘", (-1, 4), _DAY, 0),
    _Kind("power", "10 kV 线路检修停电", "示例供电公司", "沿线设备可能离线", (1, 2), _DAY, 500),
    _Kind("water", "主管阀门更换停水", "示例自来水公司", "消火栓水压下降", (-1, 1), _NIGHT, 400),
    _Kind("upkeep", "视频杆件检修", "示例运维公司", "摄像机短时离线", (-1, 2), _DAY, 0),
    _Kind("event", "周末音乐会", "示例文化公司", "约 8,000 人，散场时交通管制", (0, 1), _EVENING, 0),
    _Kind("event", "半程马拉松", "示例体育中心", "沿线封路", (6, 7), (time(6), time(12)), 5000),
    _Kind("event", "秋季招聘会", "示例会展中心", "", (-8, -6), _DAY, 0),
)  # fmt: skip
_HEARD = frozenset({"road", "pipes", "building"})
_RADIUS_M = {"building": 60.0, "demolition": 80.0, "event": 150.0}
_METRES_PER_DEGREE = 111_320.0


def make_works(city: City, seed: str, now: datetime, loud: Sequence[tuple[float, float]] = ()) -> Iterator[Work]:
    """Works somewhere in the city's cells, those that are heard at places that are `loud`; the same seed puts them at the same places.

    `now` with the city's offset.
    """
    roll = dice(seed, "works")
    inner = sorted(city.cells, key=lambda one: one.cell_code)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for number, one in enumerate(_WANTED, 1):
        cell = inner[roll.randrange(len(inner))]
        place = roll.choice(loud) if loud and one.kind in _HEARD else (cell.lon, cell.lat)
        starts, ends = (midnight + timedelta(days=days) for days in one.days)
        told = {"code": f"DEMO-SG-{number:03d}", "title": f"{one.title}（示意）", "kind": one.kind}
        told |= {"operator": one.operator, "note": one.note}
        yield Work(told, _shape(place, one.length_m, roll.random()), _RADIUS_M.get(one.kind), starts, ends, one.hours)


def _shape(place: tuple[float, float], length_m: float, turn: float) -> Shape:
    """A point, or a line through it, mostly east or north as roads are."""
    if not length_m:
        return shapely.Point(place)
    half = min(length_m, 900.0) / 2 / _METRES_PER_DEGREE
    east, north = (half, half * 0.15) if turn < 0.5 else (half * 0.12, half)
    lon, lat = place
    return shapely.LineString([(lon - east, lat - north), place, (lon + east, lat + north)])
