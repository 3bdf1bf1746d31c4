"""A ledger as a sheet that people open: CSV as Chinese spreadsheets read it, or Excel. Pure; which rows and columns is the caller's.

Telephone numbers inside a text are masked, and no cell is a formula: what somebody typed into a title is never run by a spreadsheet.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from dispatch.enterprises import mask_phone

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | None
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """`heads` name the columns; each row has a cell for each. Times are texts already, in the city's zone."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def write_csv(sheet: Sheet) -> bytes:
    """UTF-8 with its mark, so that spreadsheets see the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(sheet.heads)
    writer.writerows([safe(cell) for cell in row] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(sheet: Sheet, at: datetime) -> bytes:
    """One sheet with its heading frozen, filtered and as wide as its words; `at` is stamped into it."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet.name[:31]
    page.append(list(sheet.heads))
    for row in sheet.rows:
        page.append([safe(cell, formula=False) for cell in row])
    for line in page.iter_rows(min_row=2):
        for cell in line:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text stays a text, whatever it begins with
    for cell in page[1]:
        cell.font, cell.fill, cell.alignment = Font(bold=True), PatternFill("solid", fgColor="E3F0FB"), Alignment(vertical="center")
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    for number, head in enumerate(sheet.heads):
        widest = max(_length(head), *(_length(str(row[number] or "")) for row in sheet.rows), 6)
        page.column_dimensions[get_column_letter(number + 1)].width = min(widest + 2, _WIDEST)
    book.properties.created = book.properties.modified = at.replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe(cell: Cell, formula: bool = True) -> Cell:
    """A cell as it leaves the house; with `formula` a text that would be run in a CSV gets a quotation mark before it."""
    if not isinstance(cell, str):
        return cell
    masked = _MOBILE.sub(lambda found: mask_phone(found[0]) or "", cell)
    return f"'{masked}" if formula and masked.startswith(_FORMULA) else masked


def _length(words: str) -> int:
    return sum(2 if letter > "\u2e7f" else 1 for letter in words)
