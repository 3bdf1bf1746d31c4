"""The rows of a mapped body: of CSV with any of the usual separators, or of JSON, with their fields by name or path.

Decides how a field is found: by its whole name, by a path of steps, as a constant, as a level of the topic.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.errors import DecodeError
from core.model import Frame, Reason
from ingest.decode.iot_values import MOST, Bad, raw_of, tree_of
from ingest.decode.source import text_of

DELIMITERS = ",;\t|"
STEPS = 12  # of a path
JOINED = 8  # fields that make one value together: year+month+day+hour


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a mapping of fields, and the levels of the topic it came by."""

    fields: dict[str, Any]
    levels: list[str]

    @property
    def raw(self) -> bytes:
        return raw_of(self.fields)

    def has(self, field: str) -> bool:
        """Whether the field is there at all: one that is not says nothing, one that is empty says that a value is missing."""
        return field[:1] == "=" or self._found(field) is not _ABSENT

    def get(self, field: str) -> Any:
        """`name`, `path.of.steps`, `=constant`, `topic:2` (levels count from 1), or several joined by `+`, a space between them."""
        if field[:1] == "=":
            return field[1:]
        value = self._found(field)
        if value is not _ABSENT:
            return value
        if field.startswith("topic:") and field[6:].isdecimal():
            place = int(field[6:])
            return self.levels[place - 1] if 0 < place <= len(self.levels) else None
        parts = field.split("+")[:JOINED]
        if len(parts) == 1:
            return None
        values = [self.get(part) for part in parts]
        return None if None in values else " ".join(str(value)[:100] for value in values)

    def _found(self, field: str) -> Any:
        if field in self.fields:
            return self.fields[field]
        return step_to(self.fields, field)


class _Absent:
    """Says that a field is not there; None is a value."""


_ABSENT = _Absent()


def step_to(tree: Any, path: str) -> Any:
    """What stands at the end of a path like `data.0.value`; `_ABSENT` where it does not lead."""
    for step in path.split(".")[:STEPS]:
        if isinstance(tree, dict) and step in tree:
            tree = tree[step]
        elif isinstance(tree, list) and step.isdecimal() and int(step[:9]) < len(tree):
            tree = tree[int(step[:9])]
        else:
            return _ABSENT
    return tree


def rows_of(frame: Frame, path: str) -> Iterator[Row | Bad]:
    """The rows of a body, at most `MOST`: JSON where it begins like it, else CSV with a header. Raises `DecodeError`."""
    levels = frame.topic.split("/")[:64]
    is_json = frame.payload.lstrip()[:1] in (b"{", b"[")
    for taken, row in enumerate(_of_json(frame.payload, path) if is_json else _of_csv(frame.payload)):
        if taken >= MOST:
            yield Bad(DecodeError(f"more than {MOST} rows in one frame: the rest was not read", Reason.TOO_LARGE))
            return
        if isinstance(row, dict):
            yield Row(row, levels)
        elif row is not None:
            yield row if isinstance(row, Bad) else Bad(DecodeError(f"a row is an object, not {type(row).__name__}"), raw_of(row))


def _of_json(payload: bytes, path: str) -> Iterator[Any]:
    tree = tree_of(payload)
    if path:
        tree = step_to(tree, path)
    if tree is _ABSENT:
        raise DecodeError(f"nothing stands at '{path[:80]}'")
    yield from tree if isinstance(tree, list) else [tree]


def _of_csv(payload: bytes) -> Iterator[dict[str, str] | Bad | None]:
    """Rows as mappings of their header; None for an empty line."""
    text = text_of(payload)
    first = text[:10_000].lstrip("\r\n").partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count))
    header: list[str] = []
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Bad(DecodeError(f"no CSV: {error}"))
            continue
        if row is None:
            break
        if not header:
            header = [cell.strip() for cell in row] if any(row) else []
        else:
            yield dict(zip(header, row, strict=False)) if any(row) else None
    if not header:
        raise DecodeError("neither JSON nor CSV with a header")


def portions(payload: bytes, most: int) -> list[tuple[int, bytes]]:
    """A long CSV file as several, each with the header, so few rows each that none brings more than `MOST` values.

    With the place of each one's first row; JSON and short files stay whole. Raises `DecodeError`.
    """
    if payload.lstrip()[:1] in (b"{", b"["):
        return [(0, payload)]
    lines = list(io.StringIO(text_of(payload), newline=""))
    head = next((place for place, line in enumerate(lines) if line.strip()), 0)
    first = lines[head] if lines else ""
    columns = max(first.count(each) for each in DELIMITERS) + 1
    rows = max(1, min(most, MOST // columns))
    ends = _row_ends(lines, max(DELIMITERS, key=first.count))[1:]  # the header is row 0
    if len(ends) <= rows:
        return [(0, payload)]
    start, found = head + 1, []
    for place in range(0, len(ends), rows):
        end = ends[min(place + rows, len(ends)) - 1]
        found.append((place, (first + "".join(lines[start:end])).encode()))
        start = end
    return found


def _row_ends(lines: list[str], delimiter: str) -> list[int]:
    """After which line each row that is not empty ends: a quoted cell may hold line breaks."""
    ends: list[int] = []
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            continue
        if row is None:
            return ends
        if row:
            ends.append(rows.line_num)
