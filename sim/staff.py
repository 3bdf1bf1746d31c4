"""The invented people of a simulated district: an account per role for who tries the demo, and the simulator's own staff.

Names are made up. Decides logins, titles and areas; never stores anything.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geodata.model import City
from sim.chance import dice
from sim.model import Plan

# role → login of the demo account, title on the screens
DEMO: dict[str, tuple[str, str]] = {
    "wall": ("wall", "大屏"), "leader": ("leader", "区领导"), "duty": ("duty", "值班员 01"), "supervisor": ("supervisor", "督查员 01"),
    "dispatcher": ("dispatcher", "派遣员 01"), "handler": ("handler", "处置单位 01"), "admin": ("admin", "系统管理员"),
    "security_admin": ("security", "安全管理员"), "auditor": ("auditor", "审计员"),
}  # fmt: skip
# the simulator's own
STAFF: dict[str, tuple[str, str]] = {
    "duty02": ("duty", "值班员 02"), "duty03": ("duty", "值班员 03"), "supervisor02": ("supervisor", "督查员 02"),
    "dispatcher02": ("dispatcher", "派遣员 02"),
}  # fmt: skip
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏"
    "吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰飞鑫波斌宇浩凯健俊帆雪琳晨阳欣悦佳怡子涵一诺梓轩"


@dataclass(frozen=True, slots=True)
class Worker:
    """A grid worker: who, and which duty grid is theirs."""

    login: str
    title: str
    name: str
    area: str
    duty_grid: str

    def row(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def new_password() -> str:
    """Random, and of the four kinds of characters the rules ask for."""
    return f"Yp-{secrets.token_urlsafe(9)}7k"


def person_name(key: str) -> str:
    """An invented name; the same for the same key."""
    roll = dice("name", key)
    return roll.choice(_SURNAMES) + "".join(roll.choice(_GIVEN) for _ in range(roll.choice((1, 2, 2))))


def caller(key: str) -> dict[str, str]:
    """An invented caller. The number is of a block no operator hands out (199 0000 xxxx)."""
    return {"name": person_name("caller" + key), "phone": f"1990000{dice('phone', key).randrange(10_000):04d}"}


def workers_of(city: City) -> list[Worker]:
    """One grid worker per duty grid, gw001, gw002, …"""
    grids = sorted(city.duty_grids, key=lambda grid: grid.code)
    return [Worker(f"gw{n:03d}", f"网格员 {n:03d}", person_name(f"gw{n}"), grid.area, grid.code) for n, grid in enumerate(grids, 1)]


def human_grid(plan: Plan, workers: Sequence[Worker]) -> Worker | None:
    """The worker whom the demo's visitor plays: of the grid where most devices stand, so that there is work."""
    count: dict[str, int] = {}
    for site in plan.sites:
        count[site.duty_grid] = count.get(site.duty_grid, 0) + 1
    return max(workers, key=lambda worker: (count.get(worker.duty_grid, 0), worker.login), default=None)
