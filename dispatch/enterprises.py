"""Enterprises and sites as people write them, in a request or in a file: which fields there are and what each may say.

Pure, and so are the masks of contacts; what is already known of one, and where it lies, is for whoever stores it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import Invalid
from core.ledger_config import EnterpriseKindConfig
from core.model import Position
from dispatch.told_rows import Refusal, Verdict, refused, told_kind, told_position, told_text
from geodata.tables import Cells, read_table

EDITORS = frozenset({"duty", "dispatcher", "supervisor"})
CALLERS = EDITORS | {"leader"}  # who may read whom to call in full
# Longest text of each, in letters.
TEXTS: Mapping[str, int] = {"code": 40, "name": 200, "kind": 60, "address": 300, "note": 1000, "contact": 60, "phone": 40, "unit": 60}
FIELDS = frozenset({*TEXTS, "risk", "why", "lon", "lat", "datum", "area"})
RISKS: Mapping[str, int] = {
    **dict.fromkeys(("1", "红", "红色", "重大", "重大风险", "red"), 1),
    **dict.fromkeys(("2", "橙", "橙色", "较大", "较大风险", "orange"), 2),
    **dict.fromkeys(("3", "黄", "黄色", "一般", "一般风险", "yellow"), 3),
    **dict.fromkeys(("4", "蓝", "蓝色", "低", "低风险", "blue"), 4),
}  # fmt: skip
# Ours: what a column may be called besides; the first is the template's.
CHINESE: Mapping[str, tuple[str, ...]] = {
    "code": ("统一社会信用代码", "企业编码", "企业代码", "编码", "信用代码"), "name": ("企业名称", "单位名称", "名称", "场所名称"),
    "kind": ("企业类型", "类型", "类别", "场所类型"), "risk": ("风险等级", "风险颜色", "安全风险等级", "四色等级"),
    "address": ("地址", "企业地址", "生产地址", "经营地址"), "area": ("区域编码", "行政区划代码", "所属街道", "区域"), "lon": ("经度",),
    "lat": ("纬度",), "datum": ("坐标系",), "unit": ("监管单位", "主管部门", "监管部门"), "contact": ("联系人", "负责人", "安全负责人"),
    "phone": ("联系电话", "电话", "手机"), "note": ("备注", "说明"), "why": ("评级依据", "定级依据", "风险说明"),
}  # fmt: skip
_TEMPLATE = ("code", "name", "kind", "risk", "why", "address", "lon", "lat", "datum", "unit", "contact", "phone", "note")
TEMPLATE = tuple(CHINESE[name][0] for name in _TEMPLATE)  # the headings of a file to fill in
HEADINGS = {name: name for name in FIELDS} | {word: name for name, words in CHINESE.items() for word in words}


@dataclass(frozen=True, slots=True)
class Entry:
    """One enterprise as it was told; `told` are texts by field, and what is left out is not there. `risk` 1 red … 4 blue."""

    code: str
    told: Mapping[str, str] = field(default_factory=dict)
    risk: int | None = None
    position: Position | None = None
    row: int = 0


def read_entry(fields: Mapping[str, Any], kinds: Mapping[str, EnterpriseKindConfig], row: int = 0, datum: str = "cgcs2000") -> Entry:
    """An enterprise from its fields. Raises `Invalid` naming the field and what it may say."""
    if unknown := sorted(fields.keys() - FIELDS):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(FIELDS))}")
    told = {name: text for name in (*TEXTS, "area", "why") if (text := told_text(name, fields.get(name), TEXTS.get(name, 1000)))}
    if not told.get("code"):
        raise Refusal("missing", "code is missing: the credit code, or one of your own", field="code")
    if "kind" in told:
        told["kind"] = told_kind(told["kind"], kinds)
    if "area" in told and not told["area"].isdigit():
        raise Refusal("area", f"area: '{told['area']}' is no code of an area", word=told["area"])
    return Entry(told["code"], told, read_risk(fields.get("risk")), told_position(fields, datum), row)


def read_risk(value: object) -> int | None:
    """红 橙 黄 蓝, their words of risk, or 1 to 4; None for nothing. Raises `Invalid`."""
    if value is None or value == "":
        return None
    word = str(value).strip().lower()
    if word not in RISKS:
        raise Refusal("risk", f"risk: '{value}' is none of 红 橙 黄 蓝 (1 to 4)", word=word)
    return RISKS[word]


def read_enterprises(
    path: Path, kinds: Mapping[str, EnterpriseKindConfig], datum: str = "cgcs2000", most: int = 200_000
) -> tuple[list[Entry], list[Verdict]]:
    """The rows of a CSV, an Excel sheet or GeoJSON points, and which cannot be taken.

    Raises `Invalid` if the file cannot be read or has more than `most`.
    """
    taken: dict[str, Entry] = {}
    refusals = []
    for number, cells in read_table(path, HEADINGS, "code", most=most).rows:
        try:
            entry = _of_row(cells, kinds, number, datum)
            if earlier := taken.get(entry.code):
                raise Refusal("twice", f"'{entry.code}' stands in row {earlier.row} already", row=earlier.row)
            taken[entry.code] = entry
        except Invalid as error:
            refusals.append(refused(error, str(cells.get("code", "")), str(cells.get("name", "")), number))
    return list(taken.values()), refusals


def _of_row(cells: Cells, kinds: Mapping[str, EnterpriseKindConfig], number: int, datum: str) -> Entry:
    return read_entry({name: value for name, value in cells.items() if value not in (None, "")}, kinds, number, datum)


def mask_name(name: str | None) -> str | None:
    """张三丰 → 张**; what is one letter long stays unknown."""
    return name and (name[0] + "*" * min(len(name) - 1, 2) if len(name) > 1 else "*")


def mask_phone(phone: str | None) -> str | None:
    """13812345678 → 138****5678; a short one shows its last two digits."""
    if not phone:
        return phone
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * max(len(phone) - 2, 2) + phone[-2:]
