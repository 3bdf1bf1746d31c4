"""What the demo's command centre keeps beside its people: screens with scenes and a playlist, routing rules, standards.

Invented, as the district is; says only what is kept, the store decides whether it may. Limits are those of the configuration.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from core.config import Config
from core.model import Scope
from core.routing_config import RoutingTimes, RoutingWords
from dispatch.standards import EVENT, Standard, parse_limit
from store import routing_rules, scenes, screens, standards
from store.acts import Act
from store.timescale import Connection

HALL, MEETING = "screen", "meeting"  # names of the tokens that open the two screens
SCENES: Mapping[str, str] = {
    "全区总览": "/wall",
    "空气质量与扬尘": "/wall/environment?measure=aqi",
    "市容与群众诉求": "/wall/urban?measure=complaints",
    "防汛积涝": "/wall/water?measure=water",
    "安全与应急": "/wall/emergency?measure=risk",
}
_TURN = ("全区总览", "市容与群众诉求", "空气质量与扬尘")
_DWELL_S = 60
_DANGEROUS = 3  # severity
_ROUTES: Mapping[str, RoutingWords] = {
    "gas": RoutingWords(
        label="燃气泄漏交燃气公司", label_en="Gas leaks to the gas company", classes=("0504",), lead_unit="RQ", support_units=("YJ",),
    ),
    "waterlogging": RoutingWords(
        label="道路积水交排水抢险队", label_en="Waterlogging to the drainage team", classes=("0502",), lead_unit="PS",
    ),
    "noise-at-night": RoutingWords(
        label="夜间噪声交综合执法", label_en="Noise at night to law enforcement", classes=("0301",), lead_unit="ZF",
        when=(RoutingTimes(hours="22:00-06:00"),),
    ),
}  # fmt: skip
# class → (condition of opening, condition of closing)
_CONDITIONS: Mapping[str, tuple[str, str]] = {
    "0101": ("垃圾满溢或散落于公共区域", "清运完毕，地面无残留"),
    "0107": ("流浪动物聚集，影响通行或有伤人危险", "动物已由专业人员带离"),
    "0301": ("噪声超过所在功能区限值，或市民反映扰民", "声源已停止或降至限值以下"),
    "0302": ("扬尘、焚烧、油烟等致污染物浓度超标", "污染源已停止，浓度回落"),
    "0303": ("水体发黑、发臭，或水质指标异常", "污染源已切断，复测正常"),
    "0401": ("占用道路、盲道、人行道经营", "摊点撤离，道路恢复通行"),
    "0403": ("机动车占用消防通道、人行道或盲道", "车辆驶离或移走"),
    "0404": ("人员密度接近承载量", "人流疏散，密度回落"),
    "0501": ("发现烟、火，或消防设施失效", "险情排除，设施恢复"),
    "0502": ("道路积水影响通行，或深度达 15 厘米", "积水排净，恢复通行"),
    "0503": ("井盖缺失、破损、移位", "井盖复位或更换，四周平整"),
    "0504": ("可燃气体浓度报警，或闻到燃气气味", "泄漏点已修复，复测合格"),
    "0505": ("河道水位达到警戒水位", "水位回落至警戒水位以下"),
    "0601": ("监测设备失联或数值失真", "设备恢复，数据可信"),
    "0699": ("不属于以上类别的诉求", "已答复并经来电人确认"),
}


def furnish(connection: Connection, config: Config, area: str, now: datetime) -> dict[str, str]:
    """Writes all of it into a city that has none; the secrets of the two screens by the names of their tokens."""
    act = Act("seed", Scope("admin", (area,), None, "demo"), now)
    standards.save(connection, EVENT, standards_of(config), "示例标准", now)
    for name, words in _ROUTES.items():
        routing_rules.save_rule(connection, name, words, config.area, act)
    numbers = {name: scenes.save_scene(connection, None, name, address, act) for name, address in SCENES.items()}
    turn = scenes.Playlist("日常轮播", tuple(numbers[name] for name in _TURN), (_DWELL_S,) * len(_TURN))
    playlist = scenes.save_playlist(connection, None, turn, act)
    hall = screens.Words("指挥大厅主屏", width=3840, height=2160)
    meeting = screens.Words("会商室屏", home="/wall", playlist_id=playlist, taken=False, width=1920, height=1080)
    return {name: screens.add_screen(connection, words, [area], "/wall", act)[1] for name, words in ((HALL, hall), (MEETING, meeting))}


def standards_of(config: Config) -> list[Standard]:
    """A row for each class that the demo knows: what is dangerous is counted day and night, the rest in office hours."""
    known = ((code, one) for code, one in config.classes.items() if code in _CONDITIONS)
    return [
        Standard(EVENT, code, one.group, one.label, *_CONDITIONS[code], parse_limit(words), words)
        for code, one in known
        if (words := f"{one.deadline / timedelta(hours=1):g}{'紧急工作时' if one.severity <= _DANGEROUS else '工作时'}")
    ]
