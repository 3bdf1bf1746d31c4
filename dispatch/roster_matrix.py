"""A roster as districts keep it: a row a person, a column a day, a shift in each cell; heads of several rows, merged cells as they are.

Says what the sheet says, with a fault for each cell that says nothing clear. Who and where the names are is the store's to find.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from core.organisation_config import OrganisationConfig
from geodata.checks import Finding

_PERSON = {"姓名": "name", "人员": "name", "网格员": "name", "值班人员": "name", "值守人员": "name", "name": "name",
           "登录名": "login", "用户名": "login", "账号": "login", "login": "login"}  # fmt: skip
_GRID = {"责任网格", "责任网格编码", "网格", "网格编码", "网格号", "grid", "duty_grid", "duty grid"}
_AWAY = frozenset({"休", "休息", "调休", "轮休", "公休", "补休", "年假", "年休", "事假", "病假", "请假", "婚假",
                   "产假", "无", "off", "-", "—", "/", "×", "x", "0"})  # fmt: skip
_WEEKDAYS = frozenset({*"一二三四五六日天", *(f"{head}{day}" for head in ("周", "星期", "礼拜") for day in "一二三四五六日天"),
                       "mon", "tue", "wed", "thu", "fri", "sat", "sun"})  # fmt: skip
_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?")
_DAY = re.compile(r"(\d{1,2})[日号]?")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*月|$)")
_BETWEEN = re.compile(r"[\s,，;；、/|+]+")
_HEAD_WITHIN, _FEWEST_DAYS, MOST_DAYS = 15, 2, 366
Line = tuple[int, Sequence[Any]]


class Cell(NamedTuple):
    """A person's shift of a day in a duty grid, and the row that says so."""

    row: int
    grid: str
    who: str
    day: date
    shift: str


@dataclass(slots=True)
class Matrix:
    """What a sheet says: its days in order, its cells, and its faults by row. `people` and `grids` as they are written there."""

    days: list[date] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)  # → first row
    grids: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, row: int, code: str, detail: str) -> None:
        self.findings.append(Finding("refused", "row", detail, row, code))


class _Head(NamedTuple):
    """Where things stand in the sheet."""

    row: int
    days: Mapping[int, date]  # column → day
    name: int | None
    login: int | None
    grid: int | None


def read_matrix(lines: Iterable[Line], config: OrganisationConfig, month: str = "", grid: str = "") -> Matrix:
    """`month`: 2026-11, where the sheet writes days only and no year; `grid`: the duty grid of rows that name none."""
    rows, matrix = [(number, list(cells)) for number, cells in lines], Matrix()
    head = _find_head(rows, month, matrix)
    if head is None:
        return matrix
    matrix.days = sorted(head.days.values())
    words, above = shift_words(config), grid
    for number, cells in rows:
        if number <= head.row or _is_weekdays(cells, head):
            continue
        above = _text(cells, head.grid) or above
        _read_row(matrix, head, number, cells, above, words)
    if not matrix.cells and not matrix.findings:
        matrix.refuse(head.row, "", "no row gives anybody a shift")
    return matrix


def shift_words(config: OrganisationConfig) -> dict[str, str]:
    """What a shift may be called in a cell → its name: name, label, English label, and the label's first letter where it is one's own."""
    words = {word.lower(): name for name, one in config.shifts.items() for word in (name, one.label, one.label_en) if word}
    letters = [one.label[:1] for one in config.shifts.values()]
    return words | {one.label[0]: name for name, one in config.shifts.items() if letters.count(one.label[:1]) == 1}


def _find_head(rows: Sequence[tuple[int, list[Any]]], month: str, matrix: Matrix) -> _Head | None:
    """The first row with several days in it; the other heads stand in it or above, and so does the month."""
    for place, (number, cells) in enumerate(rows[:_HEAD_WITHIN]):
        columns = [column for column, cell in enumerate(cells) if _day_parts(cell)]
        if len(columns) < _FEWEST_DAYS:
            continue
        over = [above for _, above in rows[: place + 1]]
        heads = {_word(cell): column for above in over for column, cell in enumerate(above) if _word(cell) and column not in columns}
        found = {ours: heads[theirs] for theirs, ours in _PERSON.items() if theirs in heads}
        if not found:
            matrix.refuse(number, "", "no column says who: 姓名 or 登录名")
            return None
        days = _days(matrix, number, [cells[column] for column in columns], month or _month(over))
        grid = next((column for word, column in heads.items() if word in _GRID), None)
        return _Head(number, dict(zip(columns, days, strict=True)), found.get("name"), found.get("login"), grid) if days else None
    matrix.refuse(1, "", f"none of the first {_HEAD_WITHIN} rows has days for its columns")
    return None


def _month(over: Sequence[Sequence[Any]]) -> str:
    """The year and month of the title: the first that is written above the days."""
    for cells in over:
        for cell in cells:
            if isinstance(cell, str) and (found := _MONTH.search(cell)):
                return f"{found[1]}-{found[2]}"
    return ""


def _day_parts(cell: Any) -> tuple[int, ...] | None:
    """(year, month, day), (month, day) or (day,): as much as a head says; None: it is no day."""
    if isinstance(cell, date):
        return cell.year, cell.month, cell.day
    if isinstance(cell, int) and not isinstance(cell, bool):
        return (cell,) if 1 <= cell <= 31 else None
    text = str(cell or "").strip().partition("(")[0].partition("（")[0].strip().split("\n")[0]
    for pattern in (_FULL, _MONTH_DAY, _DAY):
        if match := pattern.fullmatch(text):
            parts = tuple(map(int, match.groups()))
            return parts if 1 <= parts[-1] <= 31 else None
    return None


def _days(matrix: Matrix, row: int, cells: Sequence[Any], month: str) -> list[date]:
    """The columns' days. A day below the one before it is of the next month, a month below of the next year."""
    parts = [_day_parts(cell) or () for cell in cells]
    said = _MONTH.fullmatch(month.strip())
    if any(len(one) < 3 for one in parts[:1]) and said is None:
        matrix.refuse(row, "", "of which month are these days? Write 2026年11月 above them, or days with their year")
        return []
    at = (int(said[1]), int(said[2]), 0) if said else (0, 0, 0)
    days: list[date] = []
    for one in parts:
        at = _go_on(at, one)
        try:
            days.append(date(*at))
        except ValueError:
            matrix.refuse(row, "", f"{at[0]}-{at[1]:02}-{at[2]:02} is no day")
            return []
    if any(later <= earlier for earlier, later in pairwise(days)) or (days[-1] - days[0]).days >= MOST_DAYS:
        matrix.refuse(row, "", f"the days stand in their order, each once, and over at most {MOST_DAYS} days")
        return []
    return days


def _go_on(at: tuple[int, int, int], parts: tuple[int, ...]) -> tuple[int, int, int]:
    year, month, day = at
    if len(parts) == 3:
        return parts[0], parts[1], parts[2]
    if len(parts) == 2:
        return (year + 1 if day and parts[0] < month else year), parts[0], parts[1]
    over = parts[0] < day
    return (year + 1 if over and month == 12 else year), (month % 12 + 1 if over else month), parts[0]


def _word(cell: Any) -> str:
    return "".join(str(cell or "").split()).strip("*＊").lower() if isinstance(cell, str) else ""


def _text(cells: Sequence[Any], column: int | None) -> str:
    return str(cells[column] if column is not None and column < len(cells) and cells[column] is not None else "").strip()


def _is_weekdays(cells: Sequence[Any], head: _Head) -> bool:
    said = [_word(cells[column]) for column in head.days if column < len(cells) and cells[column] not in (None, "")]
    return bool(said) and all(word in _WEEKDAYS for word in said)


def _read_row(matrix: Matrix, head: _Head, row: int, cells: Sequence[Any], grid: str, words: Mapping[str, str]) -> None:
    """One person's days. A row that names nobody and gives no shift is a note."""
    who = _text(cells, head.login) or _text(cells, head.name)
    turns = [(day, *_shifts(_text(cells, column), words)) for column, day in head.days.items()]
    unknown = [(day, word) for day, _, word in turns if word]
    if not who or (len(unknown) == sum(bool(word or shifts) for _, shifts, word in turns) and _is_sum(who)):
        if any(shifts for _, shifts, _ in turns):
            matrix.refuse(row, "", "gives shifts to nobody: the name is missing")
        return
    if unknown:
        day, word = unknown[0]
        more = f", and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        matrix.refuse(row, who, f"{day:%m-%d}: '{word}' is none of {', '.join(words)}, 休{more}")
        return
    found = [(day, shift) for day, shifts, _ in turns for shift in shifts]
    if found and not grid:
        matrix.refuse(row, who, "in which duty grid? Add a column 责任网格, or name one for the whole sheet")
        return
    if found:
        matrix.people.setdefault(who, row)
        matrix.grids.setdefault(grid, row)
    matrix.cells += [Cell(row, grid, who, day, shift) for day, shift in found]


def _is_sum(word: str) -> bool:
    return word.strip("：: ") in {"合计", "小计", "总计", "人数", "备注", "说明", "注"} or word[:2] in {"备注", "说明", "注："}


def _shifts(text: str, words: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """The shifts of a cell (`白`, `白班`, `白/夜`), and a word of it that is none."""
    if text.lower() in _AWAY or not text:
        return (), ""
    parts = [part.lower() for part in ([text] if text.lower() in words else _BETWEEN.split(text)) if part]
    unknown = next((part for part in parts if part not in words and part not in _AWAY), "")
    return tuple(dict.fromkeys(words[part] for part in parts if part in words)), unknown


@dataclass(frozen=True, slots=True)
class Laid:
    """One shift of a duty grid over the days of a sheet: an account or nobody a day, as a roster keeps it. `until`: the first day after."""

    grid: str
    shift: str
    since: date
    until: date
    cycle: tuple[int | None, ...]

    @property
    def served(self) -> int:
        """On how many days somebody comes."""
        return sum(one is not None for one in self.cycle)


def lay_out(matrix: Matrix, accounts: Mapping[str, int], grids: Mapping[str, str]) -> list[Laid]:
    """The cells by duty grid and shift, where every name is known; two for one shift of a day are told as a fault of the later row."""
    if not matrix.days:
        return []
    first, length = matrix.days[0], (matrix.days[-1] - matrix.days[0]).days + 1
    taken: dict[tuple[str, str, date], Cell] = {}
    for cell in matrix.cells:
        if cell.grid not in grids or cell.who not in accounts:
            continue
        other = taken.setdefault((grids[cell.grid], cell.shift, cell.day), cell)
        if accounts[other.who] != accounts[cell.who]:
            matrix.refuse(cell.row, cell.who, f"{cell.day:%m-%d}: '{cell.shift}' of {cell.grid} is {other.who}'s in row {other.row}")
    cycles: dict[tuple[str, str], list[int | None]] = {}
    for (grid, shift, day), cell in taken.items():
        cycles.setdefault((grid, shift), [None] * length)[(day - first).days] = accounts[cell.who]
    return [Laid(grid, shift, first, first + timedelta(days=length), tuple(cycle)) for (grid, shift), cycle in cycles.items()]
