"""Rosters as a sheet of people and days, in the very shape that `dispatch.roster_matrix` reads. Pure: gives the bytes of a workbook."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from core.organisation_config import OrganisationConfig

HEADS = ("责任网格", "网格名称", "登录名", "姓名")
_WIDTHS = (18, 22, 16, 16)
_WEEK = "一二三四五六日"
_HEAD, _REST = PatternFill("solid", fgColor="E3F0FB"), PatternFill("solid", bgColor="F6F1E3")
_SIDE = Side("thin", color="C9D3DF")
_LINE = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_TOP = 3  # rows of heads


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One person in one duty grid: the shifts by day."""

    grid: str
    name: str
    login: str
    title: str
    shifts: Mapping[date, Sequence[str]] = field(default_factory=dict)


def write_sheet(rows: Sequence[SheetRow], first: date, days: int, config: OrganisationConfig, title: str, at: datetime) -> bytes:
    """Days as columns under a title; the cells of one duty grid are merged. `rows` come by duty grid; `at` is stamped into it."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "排班"
    span = [first + timedelta(days=n) for n in range(days)]
    page.append([title])
    page.append([*HEADS, *span])
    page.append([None] * len(HEADS) + [_WEEK[day.weekday()] for day in span])
    for row in rows:
        page.append([row.grid, row.name, row.login, row.title, *(_cell(row.shifts.get(day, ()), config) for day in span)])
    _dress(page, span)
    _merge(page, rows)
    book.properties.created = book.properties.modified = at.replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(shifts: Sequence[str], config: OrganisationConfig) -> str | None:
    return "/".join(config.shifts[shift].label if shift in config.shifts else shift for shift in shifts) or None


def _dress(page: Worksheet, span: Sequence[date]) -> None:
    """Heads that stay, days off in another colour, texts that never run as formulas."""
    page.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(HEADS) + len(span))
    page["A1"].font, page["A1"].alignment = Font(bold=True, size=14), Alignment(vertical="center")
    for number, width in enumerate(_WIDTHS, 1):
        page.column_dimensions[get_column_letter(number)].width = width
        page.merge_cells(start_row=2, end_row=_TOP, start_column=number, end_column=number)
    first, last = get_column_letter(len(HEADS) + 1), get_column_letter(len(HEADS) + len(span))
    for number in range(len(HEADS) + 1, len(HEADS) + len(span) + 1):
        page.column_dimensions[get_column_letter(number)].width = 8
        page.cell(2, number).number_format = "m/d"
    for line in page.iter_rows(min_row=2, max_row=_TOP):
        for head in line:
            head.font, head.fill, head.alignment = Font(bold=True), _HEAD, Alignment(horizontal="center", vertical="center")
    for line in page.iter_rows(min_row=_TOP + 1):
        for told in line:
            if told.data_type == "f":
                told.data_type = "s"
    until = f"{last}{page.max_row}"  # by rules: a style for each cell takes seconds
    page.conditional_formatting.add(f"{first}2:{until}", FormulaRule([f"WEEKDAY({first}$2,2)>5"], fill=_REST))  # type: ignore[no-untyped-call]
    page.conditional_formatting.add(f"A2:{until}", FormulaRule(["TRUE"], border=_LINE))  # type: ignore[no-untyped-call]
    page.freeze_panes = f"{first}{_TOP + 1}"


def _merge(page: Worksheet, rows: Sequence[SheetRow]) -> None:
    at = _TOP + 1
    for _, group in groupby(rows, key=lambda row: row.grid):
        until = at + len(list(group)) - 1
        for column in (1, 2) if until > at else ():
            page.merge_cells(start_row=at, end_row=until, start_column=column, end_column=column)
        at = until + 1
