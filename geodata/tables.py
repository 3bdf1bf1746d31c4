"""Reads tables that people keep: CSV as spreadsheets write it, Excel sheets, GeoJSON points. Rows come with the number their owner sees.

Finds the heading by the names it is told; says nothing about what a value means.
"""

import csv
import io
import json
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from core.charset import text_of
from core.errors import Invalid

_HEADING_WITHIN = 12  # rows: titles and notes stand above the heading
_MOST_ROWS, _MOST_COLUMNS = 200_000, 100
_DELIMITERS = ",\t;"

Cells = dict[str, Any]


@dataclass(slots=True)
class Table:
    """Rows by our names of the columns, with the number of each (the line of a CSV, the row of a sheet, the feature from 1).

    Empty cells are left out. `unread` are the headings that nobody asked for.
    """

    rows: list[tuple[int, Cells]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read_table(path: Path, headings: Mapping[str, str], *keys: str, most: int = _MOST_ROWS) -> Table:
    """A file as rows. `headings`: what a column may be called (lower case) → our name; one must be among `keys`.

    Raises `Invalid` if the file is none of the three, has no heading with one of `keys`, or more than `most` rows; it reads no further.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in (".json", ".geojson"):
            return _features(path, headings, most)
        if suffix == ".xls":
            raise Invalid(f"{path}: an .xls of before 2007; save it as .xlsx or CSV")
        lines = _sheet_lines if suffix in (".xlsx", ".xlsm") else _csv_lines
        return _table(path, lines(path), headings, keys, most)
    except Invalid:
        raise
    except Exception as error:  # a foreign file in a foreign parser: whatever it says, it cannot be read
        raise Invalid(f"{path}: cannot be read as CSV, Excel or GeoJSON: {type(error).__name__}: {error}") from error


def read_lines(path: Path, columns: int = _MOST_COLUMNS, most: int = _MOST_ROWS) -> list[tuple[int, list[Any]]]:
    """A CSV or the first sheet of a workbook line by line as it stands, with the number of each.

    Raises `Invalid`, also for more than `most` lines; it reads no further.
    """
    try:
        lines = _sheet_lines(path, columns) if path.suffix.lower() in (".xlsx", ".xlsm") else _csv_lines(path)
        return [(number, list(cells)) for number, cells in _bounded(path, lines, most)]
    except Invalid:
        raise
    except Exception as error:  # a foreign file in a foreign parser: whatever it says, it cannot be read
        raise Invalid(f"{path}: cannot be read as CSV or Excel: {type(error).__name__}: {error}") from error


def _bounded(path: Path, lines: Iterable[tuple[int, Sequence[Any]]], most: int) -> Iterator[tuple[int, Sequence[Any]]]:
    """The first `most` lines; empty ones beneath, of which some sheets have a million, are looked through as far again and left out."""
    for count, (number, values) in enumerate(islice(lines, 2 * most)):
        if count < most:
            yield number, values
        elif any(value not in (None, "") for value in values):
            raise Invalid(f"{path}: more than {most} rows; split it")


def _table(path: Path, lines: Iterable[tuple[int, Sequence[Any]]], headings: Mapping[str, str], keys: Sequence[str], most: int) -> Table:
    rest = iter(lines)
    for _, line in islice(rest, _HEADING_WITHIN):
        names = [headings.get(_word(cell)) for cell in line]
        if not set(keys).isdisjoint(names):
            break
    else:
        raise Invalid(f"{path}: no column '{keys[0]}'; one of the first {_HEADING_WITHIN} lines names the columns")
    table = Table(unread=[str(cell).strip() for cell, name in zip(line, names, strict=True) if name is None and _word(cell)])
    for number, values in _bounded(path, rest, most):
        cells = {name: value for name, value in zip(names, values, strict=False) if name and value not in (None, "")}
        if cells:
            table.rows.append((number, cells))
    return table


def _word(cell: Any) -> str:
    """A heading without its case, its spaces, its star and what stands in brackets: `经度 (°) *` is `经度`."""
    word = str(cell or "").lower().strip("*＊ ")
    for opening in "(（[【":
        word = word.partition(opening)[0]
    return "".join(word.split())


def _csv_lines(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    """UTF-8, or GB 18030 as Chinese spreadsheets save it; separated by commas, tabs or semicolons."""
    text = text_of(path.read_bytes())
    top = text[:4096].splitlines()[:_HEADING_WITHIN]
    delimiter = max(_DELIMITERS, key=lambda mark: (max((line.count(mark) for line in top), default=0), mark == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for line in reader:
        yield reader.line_num, [cell.strip() for cell in line]


def _sheet_lines(path: Path, columns: int = _MOST_COLUMNS) -> Iterator[tuple[int, Sequence[Any]]]:
    """The first sheet, computed values instead of formulas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles it does not know are nothing to us
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            rows = book.worksheets[0].iter_rows(max_col=columns, values_only=True)
            for number, row in enumerate(rows, 1):
                yield number, [_cell(value) for value in row]
        finally:
            book.close()


def _cell(value: Any) -> Any:
    """Texts trimmed, whole numbers whole: a sheet keeps 60 as 60.0; a moment of midnight is a day."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value if isinstance(value, int | float | date) else None


def _features(path: Path, headings: Mapping[str, str], most: int) -> Table:
    """Point features: their properties, and their coordinates as lon and lat."""
    table = Table()
    unread: dict[str, None] = {}
    for number, feature in enumerate(json.loads(path.read_text(encoding="utf-8-sig"))["features"], 1):
        if number > most:
            raise Invalid(f"{path}: more than {most} rows; split it")
        told = feature.get("properties") or {}
        cells = {headings[_word(name)]: value for name, value in told.items() if _word(name) in headings and value not in (None, "")}
        unread |= dict.fromkeys(name for name in told if _word(name) not in headings)
        geometry = feature.get("geometry") or {}
        if geometry.get("type") == "Point":
            cells |= dict(zip(("lon", "lat"), geometry["coordinates"], strict=False))
        table.rows.append((number, cells))
    table.unread = list(unread)
    return table
