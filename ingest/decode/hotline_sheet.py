"""Hotline tickets as an Excel sheet (.xlsx): read as the CSV it would have been exported to, then `hotline_csv` goes on.

Decides which sheet, which rows are its heading (merged cells), what a cell is as text, and what is too large to be unpacked.
A body that is no workbook passes through as CSV, so that a feed may send either.
"""

import csv
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from itertools import chain, islice, pairwise
from typing import Any

from openpyxl import load_workbook

from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode import hotline_csv
from ingest.decode.hotline_fields import TEXT_LIMIT
from ingest.decode.source import Memory, Source, clean

UNPACKED_LIMIT = 24 * 1024 * 1024  # bytes of XML in all parts together: some 15,000 tickets, ten seconds of the parser
UNPACKED_RATIO = 40  # XML of real sheets is 8 to 20 times its archive; a bomb a thousand times
SMALL = 256 * 1024  # whatever its ratio, this much is read
CELLS_LIMIT = 1_000_000
TEXTS_LIMIT = 400_000  # shared and inline: 15 µs of the parser each
OTHERS_LIMIT = 50_000  # styles, merged cells, names: 25 µs each
PARTS_LIMIT = 1_000
TEXT_OUT_LIMIT = 32 * 1024 * 1024  # one shared text may stand in every cell: what comes out is bounded too
ROWS_LIMIT = 100_000
COLUMNS_LIMIT = 100
SHEETS_LOOKED_AT = 5
HEADING_WITHIN = 12  # rows: titles, dates and notes stand above the heading

_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]{0,200}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_MERGES_READ = 2_000
# Elements of which a sheet may have very many, whatever prefix its writer gives them. UTF-16, as nobody writes it, has but others.
_ORDINARY = re.compile(rb"<(?:[\w.-]{1,20}:)?(c|row|si|is|r|t|v|f)[\s/>]")
_ROW = re.compile(rb"<(?:[\w.-]{1,20}:)?row\b([^>]{0,2000})>")
_NUMBER = re.compile(rb'\sr="(\d{1,2000})"')
_VALUE = re.compile(rb"<(?:[\w.-]{1,20}:)?(?:v|is)[\s>]")
_REFUSALS_KEPT = 256
_refusals: dict[bytes, tuple[str, Reason]] = {}  # by hash: what was refused once costs no second look
_FAULTS = frozenset(("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"))

Row = list[str]


def choose(frame: Frame, source: Source) -> Source:
    """The feed whose columns the heading fits, as for CSV. Raises `DecodeError`."""
    return hotline_csv.choose(replace(frame, payload=csv_of(frame.payload)), source)


def portions(payload: bytes, most: int) -> list[tuple[int, bytes]]:
    """A sheet as one or several CSV bodies of at most `most` rows, so that the one writer does not wait for the unpacking.

    Raises `DecodeError` for what is no readable workbook.
    """
    return hotline_csv.portions(csv_of(payload), most)


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every row under the heading, a report each. Raises `DecodeError`."""
    hotline_csv.decode(index, replace(frame, payload=csv_of(frame.payload)), source, memory, out)


def csv_of(payload: bytes) -> bytes:
    """A workbook as CSV: its heading as one line, then its rows. Anything else as it is. Raises `DecodeError`."""
    if payload[:4] == _OLD:
        raise DecodeError("an .xls of before 2007: save it as .xlsx or CSV", Reason.UNSUPPORTED)
    if payload[:4] != _ZIP:
        return payload
    digest = sha256(payload).digest()
    if known := _refusals.get(digest):
        raise DecodeError(*known)
    try:
        return _converted(payload)
    except DecodeError as problem:
        for oldest in list(_refusals)[: len(_refusals) + 1 - _REFUSALS_KEPT]:
            _refusals.pop(oldest, None)
        _refusals[digest] = (str(problem), problem.reason)
        raise


@lru_cache(maxsize=1)
def _converted(payload: bytes) -> bytes:
    """Kept for a moment: choosing the feed and decoding look at the same sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            _demand_bounded(archive, len(payload))
            _demand_few(archive)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # styles and validations it does not know are nothing to us
                return _read(payload, archive)
    except DecodeError:
        raise
    except Exception as fault:  # foreign bytes in a foreign parser: whatever it says, they are no sheet
        raise DecodeError(f"no readable workbook: {type(fault).__name__}: {clean(str(fault))[:160]}") from fault


def _demand_bounded(archive: zipfile.ZipFile, packed: int) -> None:
    """By the sizes its directory states; Python's reader never hands out more than is stated there."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    room = min(UNPACKED_LIMIT, max(SMALL, UNPACKED_RATIO * packed))
    if unpacked > room or len(parts) > PARTS_LIMIT:
        raise DecodeError(f"{unpacked} bytes in {len(parts)} parts when unpacked, {room} allowed", Reason.TOO_LARGE)


def _demand_few(archive: zipfile.ZipFile) -> None:
    """By the tags in all parts together: an empty cell is four bytes and five microseconds of the parser."""
    counts: Counter[bytes] = Counter()
    tags = 0
    for part in archive.infolist():
        content = archive.read(part)
        counts.update(_ORDINARY.findall(content))
        tags += content.count(b"<") - content.count(b"</")
    texts = counts[b"si"] + counts[b"is"] + counts[b"r"]
    told = ((counts[b"c"], CELLS_LIMIT, "cells"), (counts[b"row"], ROWS_LIMIT + HEADING_WITHIN, "rows"),
            (texts, TEXTS_LIMIT, "texts"), (tags - counts.total(), OTHERS_LIMIT, "other elements"))  # fmt: skip
    for count, most, what in told:
        if count > most:
            raise DecodeError(f"{count} {what}, {most} allowed", Reason.TOO_LARGE)


def _read(payload: bytes, archive: zipfile.ZipFile) -> bytes:
    book = load_workbook(io.BytesIO(payload), read_only=True, data_only=True, keep_links=False)
    sheets: list[Any] = book.worksheets[:SHEETS_LOOKED_AT]
    try:
        for sheet in sheets:
            rows = sheet.iter_rows(min_row=1, max_row=ROWS_LIMIT + 1, max_col=COLUMNS_LIMIT, values_only=True)
            top = [[_text(value) for value in row] for row in islice(rows, HEADING_WITHIN)]
            content = archive.read(sheet._worksheet_path)
            _spread(top, content)  # read-only sheets do not tell what is merged
            if heading := _heading(top):
                _demand_ordered(content)
                first, last = heading
                return _written(_names(top[first : last + 1]), top[last + 1 :], rows)
        raise DecodeError("no sheet has a heading of three columns or more", Reason.UNSUPPORTED)
    finally:
        book.close()


def _demand_ordered(sheet: bytes) -> None:
    """The reader leaves out, without a word, rows numbered lower than the one before or beyond the limit: such a sheet is refused."""
    last = 0
    for row, following in pairwise(chain(_ROW.finditer(sheet), [None])):
        assert row
        number = int(told[1]) if (told := _NUMBER.search(row[1])) else last + 1
        if number <= last:
            raise DecodeError(f"row {number} stands after row {last}")
        if number > ROWS_LIMIT and _VALUE.search(sheet, row.end(), following.start() if following else len(sheet)):
            raise DecodeError(f"a value in row {number}, {ROWS_LIMIT} rows allowed", Reason.TOO_LARGE)
        last = number


def _text(value: Any) -> str:
    """A cell as a CSV export would write it; a time by the clock of its sheet, year first."""
    if value is None or isinstance(value, str):
        text = (value or "").strip()[:TEXT_LIMIT]
        return "" if text in _FAULTS else text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else str(value)[:TEXT_LIMIT]


def _spread(top: list[Row], sheet: bytes) -> None:
    """Merged cells of the first rows: each says what its first one says."""
    for _, found in zip(range(_MERGES_READ), _MERGED.finditer(sheet), strict=False):
        left, right = (min(_column(word), COLUMNS_LIMIT) for word in (found[1], found[3]))
        above, below = int(found[2]), min(int(found[4]), len(top))
        if not 1 <= above <= below or left > len(top[above - 1]):
            continue
        text = top[above - 1][left - 1]
        for row in top[above - 1 : below]:
            row[left - 1 : min(right, len(row))] = [text] * (min(right, len(row)) - left + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _heading(top: Sequence[Row]) -> tuple[int, int] | None:
    """First and last row of the heading: the first with three different texts, and the one below when a group spans columns."""
    for place, row in enumerate(top):
        texts = [text for text in row if text]
        if len(set(texts)) >= 3:
            grouped = any(one and one == other for one, other in pairwise(row))
            return place, place + 1 if grouped and place + 1 < len(top) else place
    return None


def _names(heading: Sequence[Row]) -> Row:
    """One name a column: the lower one, with its group before it where the lower one stands twice."""
    lower = [text or heading[0][place] for place, text in enumerate(heading[-1])]
    return [
        f"{heading[0][place]}/{name}" if name and lower.count(name) > 1 and heading[0][place] not in ("", name) else name
        for place, name in enumerate(lower)
    ]


def _written(names: Row, begun: Iterable[Sequence[Any]], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV of the names and all rows to the last that says something."""
    width = max((place + 1 for place, name in enumerate(names) if name), default=0)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names[:width])
    blank = count = 0
    for row in chain(begun, rows):
        count += 1
        cells = [] if row.count(None) == len(row) else [_text(value) for value in row[:width]]
        if not any(cells):
            blank += 1
            continue
        for _ in range(blank):
            writer.writerow([""] * width)
        blank = 0
        writer.writerow(cells)
        if count > ROWS_LIMIT or buffer.tell() > TEXT_OUT_LIMIT:
            raise DecodeError(f"more than {ROWS_LIMIT} rows or {TEXT_OUT_LIMIT} letters", Reason.TOO_LARGE)
    return buffer.getvalue().encode("utf-8", "replace")
