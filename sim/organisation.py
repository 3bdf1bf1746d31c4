"""The invented organisation of a simulated district: centres, departments, streets and teams, who works there, and when. Pure.

一级监督、一级指挥 at the district; departments and streets below, the teams of the streets at the level of the duty grids. Names of
departments are those districts have; people are made up. Decides who is where; never stores anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.organisation import PostEntry, UnitEntry
from core.organisation_config import OrganisationConfig
from geodata.model import City
from sim.staff import DEMO, STAFF, Worker, person_name

_HANDLER = "处置员"
_ROSTER_DAYS = 30  # it began so long ago
# code, name, English name, kind, level, parent, how many simulated handlers
_OFFICES: tuple[tuple[str, str, str, str, int, str | None, int], ...] = (
    ("QZF", "区人民政府", "District government", "centre", 2, None, 0),
    ("JD", "区城市管理监督中心", "Supervision centre", "supervision", 2, "QZF", 0),
    ("ZH", "区城市运行指挥中心", "Command centre", "command", 2, "QZF", 0),
    ("SJ", "区大数据管理中心", "Data centre", "centre", 2, "QZF", 0),
    ("CG", "区城市管理局", "Urban management", "department", 2, "QZF", 2),
    ("ZJ", "区住房和城乡建设局", "Housing and construction", "department", 2, "QZF", 2),
    ("HB", "区生态环境局", "Ecology and environment", "department", 2, "QZF", 2),
    ("SL", "区水利局", "Water resources", "department", 2, "QZF", 2),
    ("JT", "区交通运输局", "Transport", "department", 2, "QZF", 1),
    ("GA", "公安分局", "Public security", "department", 2, "QZF", 2),
    ("YJ", "区应急管理局", "Emergency management", "department", 2, "QZF", 2),
    ("SC", "区市场监督管理局", "Market regulation", "department", 2, "QZF", 1),
    ("HW", "环卫保洁队", "Street cleaning", "team", 3, "CG", 2),
    ("ZF", "综合执法大队", "Law enforcement", "team", 3, "CG", 2),
    ("SZ", "市政养护队", "Road maintenance", "team", 3, "ZJ", 2),
    ("PS", "排水抢险队", "Drainage", "team", 3, "SL", 2),
    ("GD", "供电公司", "Power supply", "company", 2, "QZF", 1),
    ("RQ", "燃气公司", "Gas supply", "company", 2, "QZF", 1),
)
_POSTS = {
    "QZF": (PostEntry("分管领导", "leader", 1, "Leader"),),
    "JD": (PostEntry("值班员", "duty", 4, "Officer on duty"), PostEntry("督查员", "supervisor", 3, "Supervisor")),
    "ZH": (PostEntry("派遣员", "dispatcher", 3, "Dispatcher"),),
    "SJ": (
        PostEntry("系统管理员", "admin", 1, "Administrator"), PostEntry("安全管理员", "security_admin", 1, "Security"),
        PostEntry("审计员", "auditor", 1, "Auditor"),
    ),
}  # fmt: skip
_PLACE_OF_ROLE = {post.role: (unit, post.name) for unit, posts in _POSTS.items() for post in posts}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the invented staff: who, and in which unit and post."""

    login: str
    role: str
    area: str
    title: str
    name: str
    unit: str
    post: str

    def row(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def streets_of(city: City) -> list[tuple[str, str]]:
    """Codes and names of the streets, in order."""
    return sorted((area.code, area.name) for area in city.areas if area.level == "street")


def units_of(city: City, area: str, workers: Sequence[Worker]) -> list[UnitEntry]:
    """The tree: offices of the district, then a street office and a grid team for each street."""
    units = [
        UnitEntry(code, name, kind, level, area, parent, english,
                  _POSTS.get(code) or ((PostEntry(_HANDLER, "handler", crew + 1, "Handler"),) if crew else ()))
        for code, name, english, kind, level, parent, crew in _OFFICES
    ]  # fmt: skip
    for code, name in streets_of(city):
        grids = sum(worker.area.startswith(code) for worker in workers)
        office = PostEntry(_HANDLER, "handler", 2, "Handler"), PostEntry("街道派遣员", "dispatcher", 1, "Street dispatcher")
        units.append(UnitEntry(street_unit(code), f"{name}办事处", "street", 3, code, "QZF", f"Street office {code[-3:]}", office))
        posts = (PostEntry("网格员", "grid_worker", grids, "Grid worker"), PostEntry("夜班网格员", "grid_worker", 2, "Night grid worker"))
        units.append(UnitEntry(team_unit(code), f"{name}网格队", "team", 4, code, street_unit(code), f"Grid team {code[-3:]}", posts))
    return units


def street_unit(street: str) -> str:
    return f"J{street[-3:]}"


def team_unit(street: str) -> str:
    return f"W{street[-3:]}"


def crew_of(city: City, area: str) -> list[Member]:
    """The simulator's own handlers in departments and streets, and two grid workers for the nights of each street."""
    return [*_handlers(city, area), *_nights(city)]


def _handlers(city: City, area: str) -> Iterator[Member]:
    for code, name, _, _, _, _, crew in _OFFICES:
        for n in range(1, crew + 1):
            login = f"{code.lower()}{n:02d}"
            yield Member(login, "handler", area, f"{name.removeprefix('区')}{_HANDLER} {n:02d}", person_name(login), code, _HANDLER)
    for code, name in streets_of(city):
        login = f"{street_unit(code).lower()}01"
        yield Member(login, "handler", code, f"{name}{_HANDLER} 01", person_name(login), street_unit(code), _HANDLER)


def _nights(city: City) -> Iterator[Member]:
    for code, name in streets_of(city):
        for n in (1, 2):
            login, title = f"yb{code[-3:]}{n}", f"{name.removesuffix('街道')}夜班 {n:02d}"
            yield Member(login, "grid_worker", code, title, person_name(login), team_unit(code), "夜班网格员")


def places_of(workers: Sequence[Worker]) -> list[dict[str, str]]:
    """Where the accounts are that were there before: the demo's and the simulator's desks, and every grid worker with the street's team."""
    desks = {login: role for role, (login, _) in DEMO.items()} | {login: role for login, (role, _) in STAFF.items()}
    placed = {login: _PLACE_OF_ROLE[role] for login, role in desks.items() if role in _PLACE_OF_ROLE}
    placed[DEMO["handler"][0]] = ("CG", _HANDLER)
    placed |= {worker.login: (team_unit(worker.area[:9]), "网格员") for worker in workers}
    return [{"login": login, "unit": unit, "post": post} for login, (unit, post) in placed.items()]


def rosters_of(
    city: City, workers: Sequence[Worker], config: OrganisationConfig, zone: str, today: date, visitor: str
) -> Iterator[dict[str, Any]]:
    """Every grid's own worker by day, the two of the street's night in turns; here and there a night without anybody, to be seen.

    The visitor's grid has no night: at all hours its cases are the visitor's."""
    shifts = list(config.shifts.items())
    since = today - timedelta(days=_ROSTER_DAYS)
    last = {worker.area[:9]: worker.login for worker in workers}  # one grid a street nobody serves by night
    bare = {login for street, login in sorted(last.items())[:2]} | {visitor}
    for worker in workers:
        street = worker.area[:9]
        for place, (name, shift) in enumerate(shifts):
            if place and worker.login in bare:
                continue
            logins = [worker.login] if place == 0 else [f"yb{street[-3:]}1", f"yb{street[-3:]}2"]
            yield {
                "duty_grid": worker.duty_grid, "area": worker.area, "shift": name, "starts": shift.starts.isoformat(),
                "ends": shift.ends.isoformat(), "zone": zone, "since": since.isoformat(), "logins": logins,
            }  # fmt: skip
