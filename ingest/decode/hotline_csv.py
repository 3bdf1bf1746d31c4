"""Hotline tickets as CSV: each row a report, its columns named by the feed that the header fits.

Decides encoding, feed and rows; what the cells mean is `hotline_fields`. Columns that no setting names are left out: they may
hold what nobody asked for. A time that a clock change skips or repeats is read with the offset before the change (fold 0).
"""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from zoneinfo import ZoneInfo

from core.config import FeedConfig
from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode.hotline_fields import BEGINNINGS, COLUMNS, columns_of, report_of
from ingest.decode.source import Memory, Source, clean, refuse, text_of

FORMATS = ("hotline-csv", "hotline-sheet")  # a sheet is read as the CSV it would be exported to
NEEDED = ("external_id", "title")


def choose(frame: Frame, source: Source) -> Source:
    """The feed that the frame or its topic names, else the configured one that most of the header's columns are found of.

    Raises `DecodeError` when the file is no text or no configured feed fits its header.
    """
    feeds = {name: feed for name, feed in source.config.feeds.items() if feed.format in FORMATS}
    name = next((named for named in (frame.topic, frame.feed) if named in feeds), "")
    if not name:
        header = _header(csv.reader(io.StringIO(text_of(frame.payload), newline="")))
        name = max(feeds, key=lambda each: _fit(feeds[each], header), default="")
        if not name or not _fit(feeds[name], header):
            raise DecodeError(f"no feed of tickets is configured for the header {', '.join(header)[:400]}", Reason.UNSUPPORTED)
    feed = feeds[name]
    return replace(source, name=name, feed=feed, zone=ZoneInfo(feed.timezone or source.config.area.timezone))


def portions(payload: bytes, most: int) -> list[tuple[int, bytes]]:
    """A long file as several of at most `most` rows, each with the header and the place of its first row; a short one as it is.

    One writer serves everybody: between two portions others have their turn.
    """
    if payload.count(b"\n") + payload.count(b"\r") <= most:
        return [(0, payload)]
    lines = list(io.StringIO(text_of(payload), newline=""))
    rows, ends = csv.reader(lines), []
    going = True
    while going:
        with suppress(DecodeError):  # a row that cannot be read ends a line too; it is refused, with its place, when its portion is decoded
            going = _next(rows) is not None
        if going:
            ends.append(rows.line_num)
    head = "".join(lines[: ends[0]])
    found = []
    for first in range(0, max(len(ends) - 1, 1), most):
        last = min(first + most, len(ends) - 1)
        found.append((first, (head + "".join(lines[ends[first] : ends[last]])).encode()))
    return found


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every row of a CSV file of the feed that `choose` found. Raises `DecodeError` when its columns are not there."""
    rows = csv.reader(io.StringIO(text_of(frame.payload), newline=""))
    header = _header(rows)
    places = {key: header.index(column) for key, column in columns_of(source).items() if column in header}
    missing = [key for key in NEEDED if key not in places] + ([] if places.keys() & set(BEGINNINGS) else ["observed_at"])
    if missing:
        raise DecodeError(f"feed {source.name}: no column for {', '.join(missing)} in the header {', '.join(header)[:400]}")
    item = -1
    for item, row in enumerate(_rows(rows, index, frame, source, out)):
        if not any(row):
            continue
        try:
            cells = {key: clean(row[place].strip()) for key, place in places.items() if place < len(row)}
            out.reports.append((index, report_of(cells, source)))
        except DecodeError as problem:
            refuse(out, (index, frame), source, problem.reason, str(problem), _line(row), item)
    if item < 0 and any("\n" in cell or "\r" in cell for cell in header):
        raise DecodeError("a heading of several lines and no row: is a quotation mark not closed, or a line end lost?")


def _header(rows: Iterator[list[str]]) -> list[str]:
    return [cell.strip() for cell in _next(rows) or []]


def _next(rows: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        raise DecodeError(f"no CSV: {error}") from error


def _rows(rows: Iterator[list[str]], index: int, frame: Frame, source: Source, out: Decoded) -> Iterator[list[str]]:
    """The rows after the header; what the CSV reader cannot take is refused and the next one tried."""
    item = 0
    while True:
        try:
            row = _next(rows)
            if row is None:
                return
        except DecodeError as problem:
            refuse(out, (index, frame), source, problem.reason, str(problem), item=item)
            row = []
        item += 1
        yield row


def _fit(feed: FeedConfig, header: list[str]) -> int:
    """How many of a feed's columns a header has; 0 without its id and title."""
    columns, present = feed.columns or COLUMNS, set(header)
    if not {columns.get("external_id"), columns.get("title")} <= present:
        return 0
    return sum(column in present for column in columns.values())


def _line(row: list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(row)
    return buffer.getvalue().encode("utf-8", "replace")
