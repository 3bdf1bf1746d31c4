"""Reads a list of devices from CSV, Excel or GeoJSON, row by row. Bad rows become findings; nothing is registered here.

Says what Chinese and English headings mean, and what words in their cells do.
"""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from core.errors import Invalid
from core.model import Position
from geodata.cameras import COMPASS
from geodata.checks import Finding
from geodata.datums import DATUMS
from geodata.device_fields import FIELDS, FLAGS, read_area, read_fields, read_metrics
from geodata.tables import read_table

# Ours: what a column may be called besides; the first is the template's.
CHINESE = {
    "device": ("设备编号", "设备编码", "设备标识", "设备id", "编号", "编码", "mn"),
    "name": ("设备名称", "名称", "点位名称", "站点名称"),
    "domain": ("领域", "业务领域", "所属领域"),
    "kind": ("设备类别", "类别", "设备类型", "类型"),
    "area": ("区域编码", "行政区划代码", "所属区域", "区域"),
    "lon": ("经度",),
    "lat": ("纬度",),
    "datum": ("坐标系",),
    "interval_s": ("上报间隔", "上报周期", "采集间隔", "采集周期"),
    "product": ("产品", "厂商", "生产厂家", "品牌"),
    "model": ("型号", "规格型号"),
    "firmware": ("固件版本", "固件"),
    "owner": ("权属单位", "产权单位", "责任单位", "所属单位", "管理单位"),
    "network_zone": ("网络区域", "所属网络", "网络"),
    "gateway": ("网关", "网关编号"),
    "installed_on": ("安装日期", "安装时间"),
    "calibrated_on": ("校准日期", "检定日期", "校准时间"),
    "metrics": ("监测指标", "指标"),
    "gb_id": ("国标编码", "国标编号", "国标id", "国标码", "28181编码", "gb28181编码", "视频编码", "摄像机编码", "通道编码"),
    "bearing": ("朝向", "方位角", "监视方位", "摄像机朝向", "水平方位角"),
    "angle": ("视场角", "水平视场角", "视角"),
    "reach_m": ("可视距离", "监控距离", "监视距离", "可视半径", "覆盖半径"),
    "stream_url": ("视频流地址", "流地址", "取流地址", "播放地址", "rtsp地址", "视频地址"),
    "limits": ("许可限值", "排放限值", "许可排放限值"),
    "target_class": ("水质目标", "目标水质", "目标类别", "水质类别目标"),
    "levels": ("特征水位", "特征值", "报警设定值", "设备等级值"),
    "tags": ("标签", "标记"),
    "simulated": ("模拟",),
    "drill": ("演练",),
}
HEADINGS = {name: name for name in FIELDS} | {word: name for name, words in CHINESE.items() for word in words}
_WORDS = {
    "domain": {
        **dict.fromkeys(("应急", "应急管理"), "emergency"),
        **dict.fromkeys(("城管", "城市管理", "市政"), "urban"),
        **dict.fromkeys(("环境", "环保", "生态环境"), "environment"),
        **dict.fromkeys(("水务", "水利"), "water"),
    },
    "datum": {
        "wgs-84": "wgs84",
        **dict.fromkeys(("gcj-02", "火星坐标", "高德"), "gcj02"),
        **dict.fromkeys(("bd-09", "百度", "百度坐标"), "bd09"),
        **dict.fromkeys(("国家2000", "2000国家大地坐标系"), "cgcs2000"),
    },
}
_YES, _NO = ("是", "true", "yes", "1", "y"), ("否", "false", "no", "0", "n")
_INTERVAL = re.compile(r"(\d+(?:\.\d+)?)\s*(\D*)")
_SECONDS = {"": 1, "s": 1, "秒": 1, "min": 60, "分": 60, "分钟": 60, "h": 3600, "小时": 3600, "d": 86400, "天": 86400}
_MEASURE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m|米|°|度)?", re.IGNORECASE)
_NUMBER = r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?"
_METRIC = re.compile(rf"(?:(\S+?)\s*>\s*)?([^\s~>]+)(?:\s+([^\s~]+))??(?:\s+({_NUMBER})?\s*~\s*({_NUMBER})?)?")
_EXAMPLES = (
    (
        "AQ-001|钟楼大道空气站|生态环境|微型空气站||119.9021|31.8104|wgs84|60|某厂 A 系列|A-200|2.4.1|生态环境局|政务外网||"
        "2025-06-30|2026-03-01|a34004-rtd>pm25 mg/m3 0~5; noise dB(A)"
    ),
    "WL-017|海棠路下穿积水计|水务|积水计|320404001001||||5分钟||||水务局|互联网|GW-03|||water_depth",
    (
        "CAM-021|钟楼大道路口东|城管|摄像机||119.9034|31.8112|wgs84||某厂 C 系列|||公安分局|视频专网||||"
        "|32040400001320000021|东南|60|80|rtsp://10.20.0.21/stream1"
    ),
    (
        "PK-003|某厂总排口|生态环境|污染源排口|320404001002||||10分钟||||某某水务有限公司||||"
        "|w01018-rtd>cod mg/L; w01001-rtd>ph||||||cod 小时 50 mg/L 91320404MA1XXXX001P 2025-01-01~2029-12-31; cod 日 40 mg/L; ph 6~9"
    ),
    "DM-001|童子河断面|水务|水质断面|320404001002||||4小时||||生态环境局|||||dissolved_oxygen; ammonia|||||||Ⅲ|",
    (
        "SW-001|童子河水位站|水务|水位计|320404001002||||5分钟||||水利局|||||water_level||||||||"
        "water_level 警戒水位 4.30; water_level 保证水位 4.80; water_level 汛限水位 4.10 05-01~09-30 2026年调度方案"
    ),
)


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device as a file tells it; `told` are columns of `DeviceEntry`, `metrics` fields of `MetricEntry`.

    What the file leaves out is not there.
    """

    number: int
    device: str
    told: Mapping[str, Any]
    area: str | None
    position: Position | None
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_devices(path: Path, datum: str = "cgcs2000") -> tuple[list[DeviceRow], list[Finding]]:
    """Rows taken and findings. Columns as the fields of `PUT /devices`, or `CHINESE`; `metrics` as JSON or `wire>city unit min~max;…`.

    Raises `Invalid` if the file cannot be read.
    """
    table = read_table(path, HEADINGS, "device", "gb_id")
    taken: dict[str, DeviceRow] = {}
    findings = [Finding("warning", "column", f"column '{name}' is not known and was not read") for name in table.unread]
    for number, cells in table.rows:
        if "gb_id" in cells:
            cells.setdefault("device", cells["gb_id"])  # a list of cameras may know them by nothing else
        try:
            row = _row(number, cells, datum)
        except (ValueError, Invalid) as error:
            findings.append(Finding("refused", "value", str(error), number, str(cells.get("device") or "") or None))
            continue
        if row.device in taken:
            why = f"already in line {taken[row.device].number}: the first stays"
            findings.append(Finding("refused", "duplicate", why, number, row.device))
        else:
            taken[row.device] = row
    return list(taken.values()), findings


def template() -> str:
    """A CSV to fill in, with Chinese headings and examples; opens in spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(words[0] for name, words in CHINESE.items() if name not in FLAGS)
    writer.writerows(line.split("|") for line in _EXAMPLES)
    return "\ufeff" + out.getvalue()


def _row(number: int, cells: Mapping[str, Any], datum: str) -> DeviceRow:
    """Raises `ValueError` or `Invalid` saying what is wrong."""
    fields = {name: _value(name, cell) for name, cell in cells.items()}
    metrics = read_metrics(fields.pop("metrics", None))
    position = _position(fields.pop("lon", None), fields.pop("lat", None), fields.pop("datum", None) or datum)
    area = read_area(fields.pop("area", None))
    told = read_fields(fields)
    return DeviceRow(number, told["device"], told, area, position, metrics)


def _value(name: str, cell: Any) -> Any:
    """A cell as its field wants it."""
    if name == "metrics":
        return _metrics(cell)
    if name == "interval_s":
        return _interval(cell)
    if name in ("bearing", "angle", "reach_m"):
        return _measure(name, cell)
    if name == "gb_id" and not isinstance(cell, str):
        return cell  # refused: a sheet has rounded it
    if name in FLAGS:
        return _flag(name, cell)
    if isinstance(cell, date) or name in ("lon", "lat"):
        return cell
    text = str(cell).strip()
    return _WORDS[name].get(text.lower(), text.lower()) if name in _WORDS else text


def _interval(cell: Any) -> float:
    """Seconds, or `5分钟`."""
    found = _INTERVAL.fullmatch(str(cell).strip())
    if not found or found[2].lower() not in _SECONDS:
        raise ValueError(f"interval_s '{cell}' is neither seconds nor like 5分钟")
    return float(found[1]) * _SECONDS[found[2].lower()]


def _measure(name: str, cell: Any) -> float:
    """A number, perhaps with its unit; a direction also in words (东南, SE)."""
    word = str(cell).strip().lower()
    if name == "bearing" and (heading := COMPASS.get(word.replace("正", "").replace("偏", "").removesuffix("向"))) is not None:
        return heading
    found = _MEASURE.fullmatch(word)
    if not found:
        raise ValueError(f"{name} '{cell}' is no number" + (" and no direction like 东南" if name == "bearing" else ""))
    return float(found[1])


def _flag(name: str, cell: Any) -> bool:
    word = str(cell).strip().lower()
    if word not in (*_YES, *_NO):
        raise ValueError(f"{name} '{cell}' is neither 是 nor 否")
    return word in _YES


def _position(lon: Any, lat: Any, datum: str) -> Position | None:
    if lon is None and lat is None:
        return None
    if datum not in DATUMS:
        raise ValueError(f"datum '{datum}' is none of {', '.join(DATUMS)}")
    try:
        x, y = float(lon), float(lat)
    except (TypeError, ValueError):
        x = y = float("nan")
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise ValueError(f"lon {lon or '–'}, lat {lat or '–'} are no degrees")
    return Position(x, y, datum)


def _metrics(cell: Any) -> Any:
    """A JSON object as it is; else `wire>city unit min~max` between semicolons, of which only a name must be there."""
    if not isinstance(cell, str):
        return cell
    if cell.lstrip().startswith("{"):
        return json.loads(cell)
    found: dict[str, dict[str, Any]] = {}
    for part in re.split(r"[;；\n]", cell.replace("～", "~").replace("＞", ">")):
        if not part.strip():
            continue
        match = _METRIC.fullmatch(part.strip())
        if not match:
            raise ValueError(f"metrics: '{part.strip()}' is not like 'wire>name unit min~max'")
        wire, name, unit, low, high = match.groups()
        told = {"name": name if wire else None, "unit": unit, "min": low and float(low), "max": high and float(high)}
        found[wire or name] = {key: value for key, value in told.items() if value is not None}
    return found
