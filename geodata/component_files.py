"""Reads a census of city components (部件) from CSV, Excel or GeoJSON points, row by row. Bad rows become findings; stores nothing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.errors import Invalid
from core.model import Position
from geodata.checks import Finding
from geodata.datums import to_cgcs2000
from geodata.tables import Cells, read_table

# What a column may be called; the first of each is the template's.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "code": ("部件编码", "部件标识码", "标识码", "部件编号", "objid", "objcode", "编码", "code"),
    "class_code": ("分类代码", "部件代码", "小类代码", "分类编码", "class_code", "class", "typeid"),
    "name": ("部件名称", "名称", "小类名称", "objname", "name"),
    "owner": ("权属单位", "产权单位", "权属单位名称", "责任单位", "养护单位", "主管部门", "owner", "deptname"),
    "lon": ("经度", "x坐标", "lon", "lng", "longitude", "x"),
    "lat": ("纬度", "y坐标", "lat", "latitude", "y"),
    "place": ("位置", "位置描述", "地址", "所在位置", "place", "address", "position"),
    "state": ("状态", "现状", "部件状态", "state", "objstate"),
    "surveyed_on": ("普查日期", "调查日期", "初始时间", "更新时间", "surveyed_on", "date"),
}
HEADINGS: Mapping[str, str] = {word: name for name, words in _WORDS.items() for word in words}
TEMPLATE = ",".join(words[0] for words in _WORDS.values()) + "\n"
_CLASS_IN_CODE = slice(6, 10)  # of 16 digits: 6 division, 2 big class, 2 small class, 6 counted


@dataclass(frozen=True, slots=True)
class Component:
    """One thing in the street, in CGCS2000 degrees. `owner` is as the census says it."""

    code: str
    class_code: str
    lon: float
    lat: float
    name: str = ""
    owner: str = ""
    place: str = ""
    state: str = ""
    surveyed_on: date | None = None


def read_components(file: Path, pattern: str, datum: str = "cgcs2000") -> tuple[list[Component], list[Finding]]:
    """Components of a file; a code that comes twice is taken once, its last row. Raises `Invalid` for a file that is no table."""
    return components_of(read_table(file, HEADINGS, "code").rows, pattern, datum)


def components_of(rows: Iterable[tuple[int, Cells]], pattern: str, datum: str) -> tuple[list[Component], list[Finding]]:
    """`pattern`: what a code must fully match."""
    known, fits = dict[str, Component](), re.compile(pattern)
    findings: list[Finding] = []
    for number, cells in rows:
        try:
            one = _component(cells, fits, datum)
        except (Invalid, ValueError) as error:
            findings.append(Finding("refused", "row", str(error), number, str(cells.get("code", ""))[:40]))
            continue
        if one.code in known:
            findings.append(Finding("warning", "twice", "its later row holds", number, one.code))
        known[one.code] = one
    return list(known.values()), findings


def _component(cells: Mapping[str, Any], fits: re.Pattern[str], datum: str) -> Component:
    code = str(cells.get("code", "")).strip()
    if not fits.fullmatch(code):
        raise Invalid(f"the code is not {fits.pattern}")
    position = _position(cells, datum)
    class_code = str(cells.get("class_code") or (code[_CLASS_IN_CODE] if len(code) == 16 and code.isdigit() else "")).strip()
    if not class_code:
        raise Invalid("no class, and the code tells none")
    texts = {name: str(cells.get(name, "")).strip()[:200] for name in ("name", "owner", "place", "state")}
    return Component(code, class_code.zfill(4) if class_code.isdigit() else class_code, position.lon, position.lat,
                     surveyed_on=_day(cells.get("surveyed_on")), **texts)  # fmt: skip


def _position(cells: Mapping[str, Any], datum: str) -> Position:
    try:
        lon, lat = float(cells["lon"]), float(cells["lat"])
    except (KeyError, TypeError, ValueError):
        raise Invalid("no position: lon and lat must be degrees") from None
    if not (70 < lon < 140 and 0 < lat < 60):
        raise Invalid(f"{lon}, {lat} are no degrees in this part of the world")
    return Position(*to_cgcs2000(lon, lat, datum))


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    digits = re.findall(r"\d+", str(value))
    return date(int(digits[0]), int(digits[1]), int(digits[2])) if len(digits) >= 3 and len(digits[0]) == 4 else None
