"""What citizens tell 12345 and what cameras see: about the troubles near by, and about the rest of life. Pure.

Callers and texts are invented. A trouble that many notice is told more than once, so that the platform has something to join.
"""

import math
from collections.abc import Sequence
from random import Random

from sim.chance import dice, poisson, trait
from sim.kinds import KIND_OF
from sim.model import Call, Plan, Sighting, Site, Spot, Trouble

_HOUR = 3600.0
_METRES_PER_DEGREE = 111_195.0
CALLS_PER_DAY = 110.0
SIGHTINGS_PER_DAY = 70.0

# trouble → (class, chance that somebody calls, what is said)
_SAID: dict[str, tuple[str, float, tuple[str, ...]]] = {
    "gas leak": ("0504", 0.75, ("闻到很浓的煤气味", "楼道里有燃气味", "门口一股煤气味，担心泄漏")),
    "smoke": ("0501", 0.35, ("看到窗户往外冒烟", "楼下有人烧东西，烟很大")),
    "manhole": ("0503", 0.4, ("井盖翘起来了", "窨井盖移位，有安全隐患", "井盖松动，车压过哐哐响")),
    "full bin": ("0101", 0.14, ("垃圾桶满了没人清", "垃圾堆到路边了，有异味")),
    "crowd": ("0404", 0.3, ("这里人太多，挤得走不动",)),
    "site dust": ("0302", 0.35, ("工地扬尘很大，窗户都不敢开", "渣土车撒漏，灰很大")),
    "loud works": ("0301", 0.4, ("工地噪声太大，影响休息", "广场舞音响太吵", "夜里还在施工，吵得睡不着")),
    "blocked drain": ("0502", 0.8, ("路面积水，电动车过不去", "下水道堵了，水漫到路上")),
    "starved water": ("0303", 0.3, ("河水发黑有臭味", "河里有死鱼")),
    "haze": ("0302", 0.06, ("天灰蒙蒙的，一股焦味", "空气很呛，老人咳嗽")),
    "low pressure": ("0501", 0.06, ("消防栓没有水压",)),
}
CLASS_OF = {kind: code for kind, (code, _, _) in _SAID.items()}
# everything else: class, weight, what is said
_REST: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("0101", 18, ("小区门口有大件垃圾", "绿化带里有建筑垃圾", "垃圾没有及时清运")),
    ("0107", 5, ("小区有流浪狗，怕咬到孩子", "流浪猫太多")),
    ("0301", 14, ("楼上装修太吵", "商铺喇叭声音太大", "饭店排风机噪声大")),
    ("0302", 4, ("烧烤摊油烟呛人", "有人露天焚烧秸秆")),
    ("0401", 16, ("商户占道经营，行人没法走", "流动摊贩占了人行道", "水果摊占用盲道")),
    ("0403", 20, ("消防通道被车堵了", "人行道上停满了车", "车辆违停挡住出口")),
    ("0503", 3, ("井盖破损", "雨水篦子缺失")),
    ("0699", 20, ("咨询医保报销流程", "咨询公积金提取", "路灯不亮", "咨询入学报名时间", "公交站牌看不清", "树枝遮挡信号灯")),
)
_SEEN: dict[str, tuple[str, float]] = {"smoke": ("smoke", 0.55), "full bin": ("garbage", 0.2), "crowd": ("person", 0.5)}
_LABELS: tuple[tuple[str, float], ...] = (("car", 9), ("truck", 3), ("dog", 3), ("garbage", 6), ("person", 4), ("smoke", 0.35))


def calls_about(trouble: Trouble, site: Site, speed: float) -> list[Call]:
    """The calls a trouble causes: none, one or two, minutes after it is felt, from within 150 m."""
    class_code, chance, said = _SAID.get(trouble.kind, ("", 0.0, ()))
    found = []
    for n in range(2):
        if trait(trouble.key, f"call{n}") < chance * (1.0 if n == 0 else 0.35):
            roll = dice("call", trouble.key, n)
            at = trouble.starts_at + trouble.grows_for * 0.7 + roll.uniform(120, 900) / speed
            lon, lat = _near(roll, site.lon, site.lat, 150)
            title, key = f"{_place(site)}{roll.choice(said)}", f"{trouble.key}-{n}".replace(" ", "-")
            found.append(Call(key, at, class_code, title, _story(roll, title), _place(site), site.area, lon, lat, site.cell_id))
    return found


def calls_of_hour(plan: Plan, hour: int, speed: float, offset_s: float) -> list[Call]:
    """The calls of an hour (epoch hours) that no sensor knows of; half of them come with the hotline's hourly list."""
    roll = dice("calls", plan.seed, hour)
    local = (hour + offset_s / _HOUR) % 24
    peaks = math.exp(-((local - 10) ** 2) / 7) + 0.9 * math.exp(-((local - 16) ** 2) / 10) + 0.5 * math.exp(-((local - 20.5) ** 2) / 4)
    busy = 0.15 + 1.5 * peaks
    many = poisson(roll, CALLS_PER_DAY / 24 * len(plan.sites) / 5000 * busy * speed)
    weights = [spot.weight for spot in plan.spots]
    return [_call(roll, plan, hour, n, weights) for n in range(many)] if plan.spots else []


def _call(roll: Random, plan: Plan, hour: int, n: int, weights: Sequence[float]) -> Call:
    spot: Spot = roll.choices(plan.spots, weights)[0]
    class_code, _, said = roll.choices(_REST, [weight for _, weight, _ in _REST])[0]
    title = roll.choice(said)
    lon, lat = _near(roll, spot.lon, spot.lat, 60)
    at = (hour + roll.random()) * _HOUR
    return Call(f"{hour}-{n}", at, class_code, title, _story(roll, title), "", spot.area, lon, lat, spot.cell_id, batch=roll.random() < 0.5)


def sightings_about(trouble: Trouble, site: Site, cameras: Sequence[Site], speed: float) -> list[Sighting]:
    """A camera within 400 m may see it too."""
    label, chance = (trouble.seen, 1.0) if trouble.seen else _SEEN.get(trouble.kind, ("", 0.0))
    if not label or trait(trouble.key, "seen") >= chance or not cameras:
        return []
    camera = min(cameras, key=lambda each: math.hypot(each.x - site.x, each.y - site.y))
    if math.hypot(camera.x - site.x, camera.y - site.y) > 400:
        return []
    roll = dice("seen", trouble.key)
    at = trouble.starts_at + trouble.grows_for + roll.uniform(20, 120) / speed
    lasts, score = min(trouble.lasts_for, 240.0), round(roll.uniform(0.62, 0.93), 3)
    return [Sighting(trouble.key.replace(" ", "-"), at, lasts, camera.device, label, score)]


def sightings_of_hour(seed: int, cameras: Sequence[Site], hour: int, speed: float, offset_s: float) -> list[Sighting]:
    """What cameras report in an hour (epoch hours) besides; some of it with a score that nobody should trust."""
    roll = dice("sightings", seed, hour)
    local = (hour + offset_s / _HOUR) % 24
    awake = 1.4 if 7 <= local < 21 else 0.35
    found = []
    for n in range(poisson(roll, SIGHTINGS_PER_DAY / 24 * len(cameras) / 400 * awake * speed)):
        label = roll.choices([name for name, _ in _LABELS], [weight for _, weight in _LABELS])[0]
        at = (hour + roll.random()) * _HOUR
        camera = roll.choice(cameras).device
        found.append(Sighting(f"{hour}-{n}", at, roll.uniform(8, 90), camera, label, round(roll.triangular(0.35, 0.97, 0.78), 3)))
    return found


def _near(roll: Random, lon: float, lat: float, metres: float) -> tuple[float, float]:
    dx, dy = roll.uniform(-metres, metres), roll.uniform(-metres, metres)
    return round(lon + dx / _METRES_PER_DEGREE / math.cos(math.radians(lat)), 6), round(lat + dy / _METRES_PER_DEGREE, 6)


def _place(site: Site) -> str:
    """The place in a device's name, without what it is and its number."""
    return site.name.split(KIND_OF[site.kind].label)[0]


def _story(roll: Random, title: str) -> str:
    since = roll.choice(("刚才", "今天早上开始", "已经半个多小时了", "这几天一直这样", "昨晚到现在"))
    wish = roll.choice(("希望尽快处理。", "请派人来看看。", "要求回复处理结果。", "望有关部门解决。"))
    return f"市民来电反映：{title}，{since}，{wish}"
