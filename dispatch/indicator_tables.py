"""A city's tables of indicators: what their rows say of definitions and of values. Pure; reads no file.

Nothing of a table with a fault is taken: a figure that leaders read is not half imported.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from core.evaluation_config import PeriodsConfig
from core.indicator_config import CardConfig
from dispatch.periods import period_of
from dispatch.standards import Fault

_NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "definitions": {
        "code": ("编码", "指标编码", "代码", "code"), "label": ("名称", "指标名称", "指标", "name", "label"),
        "label_en": ("英文名称", "英文", "label_en"), "group": ("分组", "类别", "group"), "unit": ("单位", "计量单位", "unit"),
        "unit_en": ("英文单位", "unit_en"), "owner_en": ("英文责任单位", "owner_en"),
        "decimals": ("小数位", "小数", "decimals"), "period": ("周期", "统计周期", "period"), "owner": ("责任单位", "责任部门", "owner"),
        "target": ("目标", "目标值", "target"), "good": ("方向", "good"), "formula": ("公式", "计算公式", "口径", "formula"),
        "formula_en": ("英文公式", "formula_en"),
    },
    "values": {
        "code": ("编码", "指标编码", "代码", "code"), "area": ("区域", "区域编码", "地区", "area"),
        "period": ("时期", "期别", "日期", "period", "date"),
        "value": ("数值", "值", "指标值", "value"), "numerator": ("分子", "numerator"), "denominator": ("分母", "denominator"),
        "note": ("备注", "说明", "note"),
    },
}  # fmt: skip
HEADINGS = {kind: {word: ours for ours, words in names.items() for word in words} for kind, names in _NAMES.items()}
KEYS = ("code",)
_GROUPS = {"观全面": "coverage", "管到位": "control", "防见效": "prevention", "经济运行": "economy", "经济": "economy", "其他": "other"}
_PERIODS = {"日": "day", "周": "week", "月": "month", "季": "quarter", "季度": "quarter", "年": "year", "年度": "year"}
_GOOD = {"越高越好": 1, "正向": 1, "越低越好": -1, "负向": -1, "中性": 0}
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_UTC = ZoneInfo("UTC")  # a calendar day is the same everywhere
_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")
_FORMS = {
    "year": re.compile(r"(\d{4})年?"),
    "quarter": re.compile(r"(\d{4})\s*(?:年|-)?\s*(?:第?([1-4一二三四])季度?|Q([1-4]))", re.IGNORECASE),
    "month": re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})月?"),
    "day": re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One value as a table tells it."""

    code: str
    area: str
    period: str
    first: date
    value: float
    numerator: float | None = None
    denominator: float | None = None
    note: str = ""


def read_definitions(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> tuple[dict[str, CardConfig], list[Fault]]:
    """Cards of imported indicators by code; a code may stand in the table once."""
    found: dict[str, CardConfig] = {}
    faults: list[Fault] = []
    for number, cells in rows:
        code = str(cells.get("code", "")).strip().lower()
        if not _CODE.fullmatch(code):
            faults.append(Fault(number, "编码", f"'{code}' is no code; write letters, digits and _, a letter first"))
        elif code in found:
            faults.append(Fault(number, "编码", f"{code} stands here twice"))
        else:
            try:
                found[code] = CardConfig.model_validate({"source": "imported", **_card(cells)})
            except ValidationError as error:
                faults += [Fault(number, _column("definitions", str(one["loc"][0])), str(one["msg"])) for one in error.errors()]
    return ({} if faults else found), faults


def _card(cells: Mapping[str, Any]) -> dict[str, Any]:
    """A row's cells in the words of a card; a word of ours is taken as it is."""
    words: Mapping[str, Mapping[str, Any]] = {"group": _GROUPS, "period": _PERIODS, "good": _GOOD}
    told = {name: value for name, value in cells.items() if name != "code" and name in _NAMES["definitions"]}
    for name, known in words.items():
        if name in told:
            told[name] = known.get(str(told[name]).strip(), told[name])
    for name in ("label", "label_en", "unit", "unit_en", "owner", "owner_en", "formula", "formula_en"):
        if name in told:
            told[name] = str(told[name]).strip()
    return told


def _column(kind: str, name: str) -> str:
    return _NAMES[kind].get(name, (name,))[0]


def read_values(
    rows: Iterable[tuple[int, Mapping[str, Any]]], kind_of: Callable[[str], str | None], city: str
) -> tuple[list[Row], list[Fault]]:
    """Values of indicators others compute. `kind_of` tells an indicator's kind of period (None: no such indicator); no area: the city's."""
    found: dict[tuple[str, str, date], Row] = {}
    faults: list[Fault] = []
    for number, cells in rows:
        code = str(cells.get("code", "")).strip().lower()
        kind = kind_of(code)
        if kind is None:
            faults.append(Fault(number, "编码", f"'{code}' is no indicator that is imported"))
            continue
        first, value = read_period(cells.get("period"), kind), _number(cells.get("value"))
        if first is None:
            faults.append(Fault(number, "时期", f"'{cells.get('period', '')}' is no {kind}; write {_EXAMPLES[kind]}"))
        if value is None:
            faults.append(Fault(number, "数值", f"'{cells.get('value', '')}' is no number"))
        if first is None or value is None:
            continue
        area = str(cells.get("area", "")).strip() or city
        if (code, area, first) in found:
            faults.append(Fault(number, "时期", f"{code} of {area} in {first} stands here twice"))
        parts = {name: _number(cells.get(name)) for name in ("numerator", "denominator")}
        found[code, area, first] = Row(code, area, kind, first, value, **parts, note=str(cells.get("note", ""))[:400])
    return ([] if faults else list(found.values())), faults


_EXAMPLES = {"year": "2026", "quarter": "2026Q3", "month": "2026-10", "day": "2026-10-01", "week": "a day of it: 2026-10-01"}


def read_period(word: Any, kind: str) -> date | None:
    """The day that names a period of a kind; None for what is none. A workbook's date names the period it lies in."""
    day = date(word.year, word.month, word.day) if isinstance(word, date) else _read_day(str("" if word is None else word).strip(), kind)
    return None if day is None else period_of(kind, day, PeriodsConfig(), _UTC).first


def _read_day(text: str, kind: str) -> date | None:
    """Some day of the period that a text names; a whole day names it in every kind."""
    match = _FORMS["day" if kind == "week" else kind].fullmatch(text) or _FORMS["day"].fullmatch(text)
    if match is None:
        return None
    year, *rest = (part for part in match.groups() if part is not None)
    if kind == "quarter" and match.re is _FORMS["quarter"]:
        rest = [str((_QUARTERS.get(rest[0]) or int(rest[0])) * 3 - 2)]
    try:
        return date(int(year), *(int(part) for part in (*rest, 1, 1)[:2]))
    except ValueError:
        return None


def _number(value: Any) -> float | None:
    """A finite number; thousands may be parted by commas, per cent stays per cent."""
    try:
        number = float(str(value).strip().replace(",", "").removesuffix("%"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
