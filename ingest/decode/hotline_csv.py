"""Hotline tickets as CSV: each row a report, its columns named by the feed that the header fits.

Decides encoding, feed, times and classes of the rows. Columns that no setting names are left out: they may hold what
nobody asked for. A time that a clock change skips or repeats is read with the offset before the change (fold 0).
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.config import FeedConfig
from core.errors import DecodeError
from core.model import Channel, Decoded, Frame, Position, Reason, Report
from ingest.decode.source import NAME_LIMIT, Memory, Source, clean, position_of, refuse

NEEDED = ("external_id", "title", "observed_at")
NAMED = ("external_id", "title", "text", "class", "observed_at", "ended_at", "address", "lon", "lat", "caller_name", "caller_phone")
TEXT_LIMIT = 20_000


def choose(frame: Frame, source: Source) -> Source:
    """The feed that the frame or its topic names, else the configured one that most of the header's columns are found of.

    Raises `DecodeError` when the file is no text or no configured feed fits its header.
    """
    feeds = {name: feed for name, feed in source.config.feeds.items() if feed.format == "hotline-csv"}
    name = next((named for named in (frame.topic, frame.feed) if named in feeds), "")
    if not name:
        header = _header(csv.reader(io.StringIO(_text(frame.payload), newline="")))
        name = max(feeds, key=lambda each: _fit(feeds[each], header), default="")
        if not name or not _fit(feeds[name], header):
            raise DecodeError(f"no hotline-csv feed is configured for the header {', '.join(header)[:400]}", Reason.UNSUPPORTED)
    feed = feeds[name]
    return replace(source, name=name, feed=feed, zone=ZoneInfo(feed.timezone or source.config.area.timezone))


def portions(payload: bytes, most: int) -> list[tuple[int, bytes]]:
    """A long file as several of at most `most` rows, each with the header and the place of its first row; a short one as it is.

    One writer serves everybody: between two portions others have their turn.
    """
    if payload.count(b"\n") + payload.count(b"\r") <= most:
        return [(0, payload)]
    lines = list(io.StringIO(_text(payload), newline=""))
    rows, ends = csv.reader(lines), []
    while True:
        try:
            if _next(rows) is None:
                break
        except DecodeError:
            pass  # told again, with its place, when its portion is decoded
        ends.append(rows.line_num)
    head = "".join(lines[: ends[0]])
    found = []
    for first in range(0, max(len(ends) - 1, 1), most):
        last = min(first + most, len(ends) - 1)
        found.append((first, (head + "".join(lines[ends[first] : ends[last]])).encode()))
    return found


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every row of a CSV file of the feed that `choose` found. Raises `DecodeError` when its columns are not there."""
    rows = csv.reader(io.StringIO(_text(frame.payload), newline=""))
    header = _header(rows)
    places = {key: header.index(column) for key, column in source.feed.columns.items() if column in header}
    missing = [key for key in NEEDED if key not in places]
    if missing:
        raise DecodeError(f"feed {source.name}: no column for {', '.join(missing)} in the header {', '.join(header)[:400]}")
    for item, row in enumerate(_rows(rows, index, frame, source, out)):
        if not any(row):
            continue
        try:
            cells = {key: clean(row[place].strip()) for key, place in places.items() if place < len(row)}
            out.reports.append((index, _report(cells, source)))
        except DecodeError as problem:
            refuse(out, (index, frame), source, problem.reason, str(problem), _line(row), item)


def _text(payload: bytes) -> str:
    """UTF-8 with or without mark, else GB18030 (which holds GBK and GB 2312)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return payload.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DecodeError("neither UTF-8 nor GB18030")


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
    columns, present = feed.columns, set(header)
    if not {columns.get("external_id"), columns.get("title")} <= present:
        return 0
    return sum(column in present for column in columns.values())


def _report(cells: dict[str, str], source: Source) -> Report:
    for key in NEEDED:
        if not cells.get(key):
            raise DecodeError(f"{source.feed.columns[key]} is empty")
    observed_at = _time(cells["observed_at"], source)
    class_code, extra = _class(cells, source)
    extra |= {key: value[:NAME_LIMIT] for key, value in cells.items() if key not in NAMED and value}
    ended_at = _ended_at(cells, source, extra)
    if ended_at and ended_at < observed_at:
        extra["ended_before_opened"] = True
    return Report(
        source=source.name,
        external_id=cells["external_id"][:NAME_LIMIT],
        channel=Channel.HOTLINE,
        title=" ".join(cells["title"].split())[:NAME_LIMIT],
        observed_at=observed_at,
        class_code=class_code,
        text=cells.get("text", "")[:TEXT_LIMIT] or None,
        position=_position(cells, source, extra),
        address=cells.get("address", "")[:500] or None,
        extra=extra,
        caller={key: value for key in ("name", "phone") if (value := cells.get(f"caller_{key}", "")[:NAME_LIMIT])},
        ended=ended_at is not None,
    )


def _class(cells: dict[str, str], source: Source) -> tuple[str | None, dict[str, Any]]:
    """The city's class for the wording of this hotline: by its class column, else by its title."""
    word = cells.get("class") or cells["title"]
    code = source.feed.classes.get(word) or (word if word in source.config.classes else None)
    return code, {} if code or "class" not in cells or not word else {"class": word[:NAME_LIMIT]}


def _time(text: str, source: Source) -> datetime:
    """A cell's time in UTC. A feed that lies about its offset is read as local time of its zone, whatever it says."""
    try:
        form = source.feed.time_format
        at = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 the zone follows
        if at.tzinfo is None or source.feed.lies_about_offset:
            at = at.replace(tzinfo=source.zone, fold=0)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DecodeError(f"'{text[:40]}' is no time as {source.feed.time_format or 'ISO 8601'}") from error


def _ended_at(cells: dict[str, str], source: Source, extra: dict[str, Any]) -> datetime | None:
    """When it was closed; an unreadable closing time does not cost the ticket."""
    if not cells.get("ended_at"):
        return None
    try:
        ended_at = _time(cells["ended_at"], source)
    except DecodeError as problem:
        extra["ended_at_refused"] = str(problem)
        return None
    extra["ended_at"] = ended_at.isoformat()
    return ended_at


def _position(cells: dict[str, str], source: Source, extra: dict[str, Any]) -> Position | None:
    """0/0 is passed on as given: the store lists it as placement zero."""
    if not cells.get("lon") or not cells.get("lat"):
        return None
    try:
        return position_of(float(cells["lon"]), float(cells["lat"]), None, source)
    except (ValueError, DecodeError):
        extra["position_refused"] = f"{cells['lon'][:40]}, {cells['lat'][:40]}"
        return None


def _line(row: list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(row)
    return buffer.getvalue().encode("utf-8", "replace")
