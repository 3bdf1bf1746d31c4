"""Reads units, people and rosters as cities keep them in Excel and CSV, row by row: what a cell means, and which row means nothing.

Whether the rows fit together and into the city is `dispatch.organisation`'s and the store's; nothing is written here.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

from core.errors import Invalid
from core.organisation import PersonEntry, PostEntry, UnitEntry
from core.organisation_config import OrganisationConfig
from dispatch.rotation import OFF
from geodata.checks import Finding
from geodata.tables import Cells, read_table

T = TypeVar("T")
UNIT = {
    "code": ("单位编码", "单位代码", "编码", "机构编码"), "name": ("单位名称", "名称", "机构名称"), "name_en": ("英文名称", "英文名"),
    "kind": ("单位类型", "类型", "类别"), "level": ("层级", "级别", "管理层级"), "parent": ("上级单位", "上级编码", "上级"),
    "area": ("区域编码", "行政区划代码", "辖区", "区域"), "posts": ("岗位",),
}  # fmt: skip
PERSON = {
    "login": ("登录名", "用户名", "账号"), "name": ("姓名",), "phone": ("手机", "手机号", "联系电话", "电话"), "role": ("角色",),
    "title": ("称谓", "显示名称", "职务"), "unit": ("单位编码", "单位", "所属单位"), "post": ("岗位",),
    "areas": ("区域编码", "负责区域", "辖区", "区域"), "duty_grid": ("责任网格", "责任网格编码"),
}  # fmt: skip
ROSTER = {
    "duty_grid": ("责任网格", "责任网格编码", "网格"), "shift": ("班次",), "people": ("人员", "值守人员", "网格员", "登录名"),
    "since": ("开始日期", "起始日期", "自"), "last": ("结束日期", "截止日期", "至"), "pattern": ("轮班规律", "轮换", "规律"),
    "step": ("错开天数", "错开"), "anchor": ("起算日期", "基准日期"), "note": ("备注",),
}  # fmt: skip
ROLE_WORDS: Mapping[str, str] = {
    "领导": "leader", "值班员": "duty", "值班": "duty", "督查员": "supervisor", "监督员": "supervisor", "督查": "supervisor",
    "派遣员": "dispatcher", "派遣": "dispatcher", "处置人员": "handler", "处置员": "handler", "处置单位": "handler",
    "网格员": "grid_worker", "系统管理员": "admin", "管理员": "admin", "安全管理员": "security_admin", "审计员": "auditor", "大屏": "wall",
}  # fmt: skip
_OFF_WORDS = frozenset({"休", "休息", "off", "-", "无"})
_BETWEEN = re.compile(r"[\s,，;；、/|]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line of a roster: who, in which pattern of shifts, from which day on. `until`: the first day after."""

    duty_grid: str
    people: tuple[str, ...]
    pattern: tuple[str, ...]
    since: date
    until: date | None = None
    anchor: date | None = None
    step: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """What a file says, by its own row numbers, and what of it says nothing."""

    taken: Mapping[int, T]
    findings: tuple[Finding, ...]


def read_units(path: Path, config: OrganisationConfig) -> Rows[UnitEntry]:
    """Raises `Invalid` if the file cannot be read."""
    return _rows(path, UNIT, "code", lambda cells: _unit(cells, config))


def read_people(path: Path) -> Rows[PersonEntry]:
    """Raises `Invalid` if the file cannot be read."""
    return _rows(path, PERSON, "login", _person)


def read_rosters(path: Path, config: OrganisationConfig) -> Rows[RosterRow]:
    """Raises `Invalid` if the file cannot be read."""
    return _rows(path, ROSTER, "duty_grid", lambda cells: _roster(cells, config), once=False)


def _rows(path: Path, columns: Mapping[str, Iterable[str]], key: str, read: Callable[[Cells], T], once: bool = True) -> Rows[T]:
    headings = {name: name for name in columns} | {word: name for name, words in columns.items() for word in words}
    table = read_table(path, headings, key)
    taken: dict[int, T] = {}
    first: dict[str, int] = {}
    findings = [Finding("warning", "column", f"column '{name}' is not known and was not read") for name in table.unread]
    for number, cells in table.rows:
        code = _text(cells, key)
        try:
            if once and code in first:
                raise Invalid(f"{key}: '{code}' stands in row {first[code]} already")
            taken[number] = read(cells)
            first[code] = number
        except Invalid as error:
            findings.append(Finding("refused", "row", str(error), number, code or None))
    return Rows(taken, tuple(findings))


def _text(cells: Cells, name: str) -> str:
    return str(cells.get(name, "")).strip()


def _needed(cells: Cells, name: str) -> str:
    if not (text := _text(cells, name)):
        raise Invalid(f"{name}: is empty")
    return text


def _unit(cells: Cells, config: OrganisationConfig) -> UnitEntry:
    kinds = {word: name for name, kind in config.kinds.items() for word in (name, kind.label, kind.label_en.lower())}
    kind = _needed(cells, "kind")
    if kind.lower() not in kinds and kind not in kinds:
        raise Invalid(f"kind: '{kind}' is none of {', '.join(one.label for one in config.kinds.values())}")
    posts = tuple(_post(word) for word in re.split(r"[;；\n]+", _text(cells, "posts")) if word.strip())
    return UnitEntry(
        _needed(cells, "code"), _needed(cells, "name"), kinds.get(kind) or kinds[kind.lower()], _level(_needed(cells, "level"), config),
        _needed(cells, "area"), _text(cells, "parent") or None, _text(cells, "name_en"), posts,
    )  # fmt: skip


def _level(word: str, config: OrganisationConfig) -> int:
    """A number from the top, or what the level is called."""
    if _DIGITS.fullmatch(word):
        return int(word)
    for number, level in enumerate(config.levels, 1):
        if word in (level.label, level.label_en):
            return number
    raise Invalid(f"level: '{word}' is none of {', '.join(level.label for level in config.levels)}")


def _post(word: str) -> PostEntry:
    """`网格员 4`, `派遣员`, `班长 网格员 1`: a name, the role when the name is none, how many."""
    words = word.split()
    seats = int(words.pop()) if len(words) > 1 and _DIGITS.fullmatch(words[-1]) else 1
    role = role_of(words.pop()) if len(words) > 1 else role_of(words[0])
    return PostEntry(" ".join(words), role, seats)


def role_of(word: str) -> str:
    """A role by its name in either language. Raises `Invalid`."""
    if word in ROLE_WORDS.values():
        return word
    if word not in ROLE_WORDS:
        raise Invalid(f"role: '{word}' is none of {', '.join(ROLE_WORDS)}")
    return ROLE_WORDS[word]


def _person(cells: Cells) -> PersonEntry:
    unit, post = _text(cells, "unit") or None, _text(cells, "post") or None
    name, phone, grid = _text(cells, "name"), _text(cells, "phone"), _text(cells, "duty_grid") or None
    role = role_of(_needed(cells, "role"))
    return PersonEntry(_needed(cells, "login"), role, _list(cells, "areas"), _text(cells, "title"), unit, post, name, phone, grid)


def _list(cells: Cells, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in _BETWEEN.split(_text(cells, name)) if word))


def _roster(cells: Cells, config: OrganisationConfig) -> RosterRow:
    people, pattern = _list(cells, "people"), _pattern(cells, config)
    if not people:
        raise Invalid("people: is empty")
    if len(people) > 1 and "pattern" not in cells:
        raise Invalid("people: more than one needs a pattern of shifts")
    since, last = _day(cells, "since"), _day(cells, "last") if "last" in cells else None
    if last is not None and last < since:
        raise Invalid(f"last: {last} is before {since}")
    step = _text(cells, "step")
    if step and not (_DIGITS.fullmatch(step) and 0 < int(step) < 366):
        raise Invalid(f"step: '{step}' is no number of days")
    return RosterRow(
        _needed(cells, "duty_grid"), people, pattern, since, last + timedelta(days=1) if last else None,
        _day(cells, "anchor") if "anchor" in cells else None, int(step) if step else None, _text(cells, "note"),
    )  # fmt: skip


def _pattern(cells: Cells, config: OrganisationConfig) -> tuple[str, ...]:
    """`白班 白班 夜班 夜班 休 休`, or as letters `白白夜夜休休`; a shift alone is a pattern of one day."""
    words = {word: name for name, shift in config.shifts.items() for word in (name, shift.label, shift.label_en.lower())}
    said = _text(cells, "pattern") or _needed(cells, "shift")
    parts = [part for part in _BETWEEN.split(said) if part]
    letters = {shift.label[0]: name for name, shift in config.shifts.items()} | {"休": OFF}
    if len(parts) == 1 and parts[0].lower() not in words and set(parts[0]) <= letters.keys():
        return tuple(letters[letter] for letter in parts[0])
    unknown = [part for part in parts if part.lower() not in words and part.lower() not in _OFF_WORDS]
    if unknown:
        raise Invalid(f"pattern: '{unknown[0]}' is none of {', '.join(shift.label for shift in config.shifts.values())}, 休")
    return tuple(OFF if part.lower() in _OFF_WORDS else words[part.lower()] for part in parts)


def _day(cells: Cells, name: str) -> date:
    """A day as sheets and people write it: a date, 2026-11-23, 2026/11/23, 2026年11月23日."""
    value: Any = cells.get(name)
    if isinstance(value, date):
        return value
    parts = _DIGITS.findall(str(value or ""))
    try:
        return date(*map(int, parts)) if len(parts) == 3 else date.fromisoformat(str(value or ""))
    except ValueError:
        raise Invalid(f"{name}: '{value or ''}' is no day; write 2026-11-23") from None
