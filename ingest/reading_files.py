"""Reads a table of readings that people kept by hand, CSV or Excel, into bodies for `POST /readings`.

Decides what a heading, a number and a time without an offset mean; which device is known and what is in range is the pipeline's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from math import isfinite
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import DecodeError
from geodata.tables import read_table
from ingest.decode.source import NAME_LIMIT, QUALITY_WORDS, time_of

CHINESE = {
    "device": ("设备编号", "设备编码", "设备标识", "设备id", "站点编号", "站点编码", "mn"),
    "metric": ("指标", "监测指标", "监测项目", "监测因子"),
    "value": ("数值", "监测值", "测值", "值"),
    "observed_at": ("监测时间", "采集时间", "观测时间", "时间"),
    "quality": ("数据质量", "质量", "质量标识"),
}
_HEADINGS = {name: name for name in CHINESE} | {word: name for name, words in CHINESE.items() for word in words}
_NEEDED = ("device", "metric", "observed_at")
_QUALITY = {
    "正常": "good", "有效": "good", "可疑": "suspect", "缺测": "missing", "校准": "calibration", "维护": "maintenance", "故障": "fault",
    "超量程": "out_of_range", "人工": "estimated", "估算": "estimated",
}  # fmt: skip
_SLASHED = re.compile(r"(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日?\s*(?:(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2}(?:\.\d+)?)?)?秒?)?")


@dataclass(slots=True)
class ReadingRows:
    """`taken`: (row, an element of the body's list); `refused`: (row, why); `unread`: headings nobody asked for."""

    taken: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read_readings(path: Path, zone: ZoneInfo) -> ReadingRows:
    """The rows of a file: device, metric, value, observed_at[, quality]. A time without an offset is local time in `zone`.

    An empty value is a missing one. Raises `Invalid` if the file cannot be read.
    """
    table = read_table(path, _HEADINGS, "device")
    rows = ReadingRows(unread=table.unread)
    for number, cells in table.rows:
        try:
            rows.taken.append((number, _element(cells, zone)))
        except (ValueError, DecodeError) as error:
            rows.refused.append((number, str(error)))
    return rows


def _element(cells: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    missing = [name for name in _NEEDED if name not in cells]
    if missing:
        raise ValueError(f"no {', '.join(missing)}: a reading without its {missing[0]} says nothing")
    device, metric = (str(cells[name]).strip() for name in ("device", "metric"))
    if max(len(device), len(metric)) > NAME_LIMIT:
        raise ValueError(f"device and metric have at most {NAME_LIMIT} letters")
    element = {"device": device, "metric": metric, "value": _value(cells.get("value")), "observed_at": _time(cells["observed_at"], zone)}
    if "quality" in cells:
        word = str(cells["quality"]).strip().lower()
        element["quality"] = _QUALITY.get(word, word)
        if element["quality"] not in QUALITY_WORDS:
            raise ValueError(f"quality '{word}' is none of {', '.join(sorted({str(each.value) for each in QUALITY_WORDS.values()}))}")
    return element


def _value(cell: Any) -> float | str | None:
    """A number where it is one; a text stays one: the catalogue says which the metric takes."""
    if cell is None or isinstance(cell, int | float):
        number = cell
    else:
        text = str(cell).strip()
        try:
            number = float(text.replace(",", ""))
        except ValueError:
            return text or None
    if number is not None and not isfinite(number):
        raise ValueError(f"{number} is no number")
    return number


def _time(cell: Any, zone: ZoneInfo) -> str:
    if isinstance(cell, datetime):
        at: datetime | None = cell.replace(tzinfo=zone)
    elif isinstance(cell, date):
        at = datetime(cell.year, cell.month, cell.day, tzinfo=zone)
    elif isinstance(cell, str) and (found := _SLASHED.fullmatch(cell.strip())):
        year, month, day, hour, minute = (int(part or 0) for part in found.groups()[:5])
        at = datetime(year, month, day, hour, minute, int(float(found[6] or 0)), tzinfo=zone)
    else:
        at = time_of(str(cell).strip(), zone)
    if at is None:
        raise ValueError(f"observed_at: '{cell}' is no time")
    return at.astimezone(UTC).isoformat()
