"""Class standards (立案、处置和结案标准): what a city's table says of each class × condition and its limit. Pure; reads no file.

A blank cell is merged from above; what belongs to a condition is never taken from another class. A table with a fault gives nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from core.work_config import Limit, TimeUnit

EVENT, COMPONENT = "event", "component"
PHASE_HEADINGS = {
    "accept": "受理时限", "pre_check": "核实时限", "register": "立案时限", "dispatch": "派遣时限",
    "take": "接单时限", "handle": "现场处置时限", "check": "核查派发时限", "post_check": "核查时限", "close": "结案时限",
}  # fmt: skip
_NAMES: Mapping[str, tuple[str, ...]] = {
    "big": ("大类代码", "大类编码", "big_code"),
    "big_name": ("大类名称", "大类", "big_name"),
    "small": ("小类代码", "小类编码", "small_code", "class_code"),
    "name": ("小类名称", "小类", "name"),
    "units": ("处置单位", "责任单位", "处置责任单位", "units"),
    "authorities": ("主管部门", "主管单位", "authorities"),
    "condition": ("立案条件", "condition"),
    "closing": ("结案条件", "结案标准", "closing"),
    "limit": ("处置时限", "处理时限", "limit"),
    "lead_unit": ("主办单位编码", "lead_unit"),
    **{phase: (heading, f"{phase}_limit") for phase, heading in PHASE_HEADINGS.items()},
}
HEADINGS = {word: ours for ours, words in _NAMES.items() for word in words}
KEYS = ("small", "name")
_OF_CLASS = ("big", "big_name", "small", "name")
_OF_MANY = ("units", "authorities")  # may be merged over several classes
_LIMIT = re.compile(
    r"(\d+(?:\.\d+)?)\s*个?(紧急工作小?时|紧急小时|紧急工作日|紧急天|工作小?时|小时|分钟|工作日|天|自然日)"
    r"(?:之内|以内|内)?([^\d时日天]{0,20})"
)  # fmt: skip
_UNITS = {
    **dict.fromkeys(("紧急工作时", "紧急工作小时", "紧急小时"), (TimeUnit.URGENT_HOURS, 1.0)),
    **dict.fromkeys(("紧急工作日", "紧急天"), (TimeUnit.URGENT_DAYS, 1.0)),
    **dict.fromkeys(("工作时", "工作小时", "小时"), (TimeUnit.WORK_HOURS, 1.0)),
    **dict.fromkeys(("工作日", "天"), (TimeUnit.WORK_DAYS, 1.0)),
    "自然日": (TimeUnit.NATURAL_DAYS, 1.0),
    "分钟": (TimeUnit.WORK_HOURS, 1 / 60),
}
_BROKEN = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_SEPARATORS = re.compile(r"[、,，;；\n]+")


@dataclass(frozen=True, slots=True)
class Standard:
    """A class under a condition. `condition_no` stays with its condition from one import to the next; 0: not yet numbered."""

    kind: str
    class_code: str
    big_name: str
    name: str
    condition: str
    closing: str
    limit: Limit
    limit_text: str
    stage_limits: Mapping[str, Limit] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    lead_unit: str | None = None
    condition_no: int = 0


class Fault(NamedTuple):
    """What cannot be read, by the number of its row and the heading of its column."""

    row: int
    column: str
    text: str


def parse_limit(text: str) -> Limit:
    """`2紧急工作时`, `3天`, `5自然日`, `30分钟`; bare hours and days are working ones. A word of what is to be done by then may follow.

    Raises `ValueError` for anything else; 日 alone is refused, it may mean either.
    """
    match = _LIMIT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise ValueError(f"'{text}' is no limit; write 2紧急工作时, 1紧急工作日, 4小时, 3天 or 5自然日")
    unit, share = _UNITS[match[2]]
    return Limit(float(match[1]) * share, unit)


def read_rows(rows: Iterable[tuple[int, Mapping[str, Any]]], kind: str) -> tuple[list[Standard], list[Fault]]:
    """Every row as a standard, and every fault there is; `rows` by our names of the columns, blank cells left out."""
    taken: list[Standard] = []
    faults: list[Fault] = []
    above: dict[str, str] = {}
    seen: dict[tuple[str, str], int] = {}
    for number, cells in rows:
        here = {name: str(value).strip() for name, value in cells.items()}
        above = _merged(above, here)
        found = _standard(above, frozenset(here), kind, number, faults)
        if found is None:
            continue
        if (first := seen.setdefault((found.class_code, found.condition), number)) != number:
            faults.append(Fault(number, "立案条件", f"the same condition of class {found.class_code} stands in row {first}"))
        taken.append(found)
    return ([] if faults else taken), faults


def _merged(above: Mapping[str, str], here: Mapping[str, str]) -> dict[str, str]:
    """What a row says with the cells merged from above: in a new class only what may span several."""
    if "big" in here or "small" in here or "name" in here:
        kept = ("big", "big_name", *_OF_MANY) if "big" not in here else _OF_MANY
        return {name: above[name] for name in kept if name in above} | dict(here)
    return {**above, "condition": "", **here}


def _standard(cells: Mapping[str, str], own: frozenset[str], kind: str, row: int, faults: list[Fault]) -> Standard | None:
    """`own`: the cells that are not merged from above; a limit that cannot be read is told where it stands, once."""
    before = len(faults)
    faults.extend(Fault(row, _NAMES[name][0], "is empty") for name in (*_OF_CLASS, "condition", "limit") if not cells.get(name))
    code = _code(cells.get("big", ""), cells.get("small", ""))
    if code is None and len(faults) == before:
        faults.append(Fault(row, "小类代码", f"'{cells['big']}' and '{cells['small']}' are no codes of two digits each"))
    limits: dict[str, Limit] = {}
    for name in ("limit", *PHASE_HEADINGS):
        try:
            limits |= {name: parse_limit(cells[name])} if cells.get(name) else {}
        except ValueError as error:
            faults.extend([Fault(row, _NAMES[name][0], str(error))] if name in own else [])
    if len(faults) > before or code is None or "limit" not in limits:
        return None
    return Standard(
        kind, code, _title(cells["big_name"]), _title(cells["name"]), cells["condition"], cells.get("closing", ""), limits.pop("limit"),
        cells["limit"], limits, _split(cells.get("units", "")), _split(cells.get("authorities", "")), cells.get("lead_unit") or None,
    )  # fmt: skip


def _code(big: str, small: str) -> str | None:
    """Four digits; spreadsheets lose leading zeros, and some tables write the whole code as the small one."""
    big, small = big.zfill(2), small.zfill(2)
    code = small if len(small) == 4 and small.startswith(big) else big + small
    return code if len(code) == 4 and code.isascii() and code.isdigit() else None


def _title(text: str) -> str:
    """A name without the line breaks that a narrow cell gave it."""
    return _BROKEN.sub("", text)


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for word in _SEPARATORS.split(text) if (part := word.strip())))


def number_conditions(standards: Sequence[Standard], known: Iterable[tuple[str, str, int]]) -> list[Standard]:
    """Every condition with its number: what was known (code, condition, number) keeps it, the new ones go on after the highest."""
    numbers = {(code, condition): number for code, condition, number in known}
    highest: dict[str, int] = {}
    for (code, _), number in numbers.items():
        highest[code] = max(highest.get(code, 0), number)
    numbered = []
    for one in standards:
        key = (one.class_code, one.condition)
        if key not in numbers:
            highest[one.class_code] = numbers[key] = highest.get(one.class_code, 0) + 1
        numbered.append(replace(one, condition_no=numbers[key]))
    return numbered
