"""Stamps in JSON, XML, lines of `key=value` and CSV, found where they stand, so that every other byte stays as it was.

Decides by the name beside a value whether it may be a stamp: identifiers never are, bare digits only under the name of a time.
Multipart bodies are read the same way: their pictures hold nothing that looks like it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.shift_stamps import Stamps

_KEYED = re.compile(
    rb'(?:"((?:[^"\\]|\\.){1,200})"\s*:\s*)?(?:"(\d[^"\\]{7,63})"(?!\s*:)|(\d{10,16}(?:\.\d{1,12})?)(?=[\s,}\]]|\Z))'  # JSON
    rb"|>\s*(\d[^<>]{7,63}?)\s*</(?:[\w.-]{1,64}:)?([\w.-]{1,64})"  # XML: an element's text
    # attributes, lines of key=value
    rb"|(?<![\w.:\[\]-])([\w.:\[\]-]{1,64})\s?=\s?(?:([\"'])(\d[^\"'<>]{7,63})\7|(\d[^\"'<>\r\n]{7,63}?)(?=[\r\n]|\Z))",
)
_IDENTIFIER = re.compile(r"(?:^|[_-])id$|[a-z]I[dD]$|[Ii]dentifier$|[Uu]uid$|编号$|_no$|^SN$")
_TIME = re.compile(
    r"time|date|stamp|clock|utc|epoch|seen|since|expires|onset|effective|^(?:b?ts?|at|sent|start|end|begin)$|_at$|[a-z]At$|时|日期",
    re.IGNORECASE,
)
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(slots=True)
class Names:
    """What the names beside values say. `columns` are the feed's: its own fields by those of its sender."""

    columns: Mapping[str, str]
    _times: frozenset[str] = field(init=False)
    _others: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        last = {ours: theirs.rpartition(".")[2] for ours, theirs in self.columns.items()}
        self._times = frozenset(theirs for ours, theirs in last.items() if ours.endswith("_at"))
        self._others = frozenset(last.values()) - self._times

    def may_be(self, name: str) -> bool:
        """Whether a whole written time beside this name is a stamp."""
        return name in self._times or not (name in self._others or _IDENTIFIER.search(name))

    def is_time(self, name: str) -> bool:
        """Whether bare digits beside this name are a stamp."""
        return name in self._times or (self.may_be(name) and _TIME.search(name) is not None)


def shift_keyed(payload: bytes, stamps: Stamps, names: Names) -> bytes:
    """JSON, XML and lines of `key=value`, also as parts of something else."""

    def moved(found: re.Match[bytes]) -> bytes:
        group = next(number for number in (2, 3, 4, 8, 9) if found[number])
        name = _name(found[1] if group in (2, 3) else found[5] if group == 4 else found[6])
        if not names.may_be(name):
            return found[0]
        text, certain = found[group].decode("utf-8", "replace"), names.is_time(name)
        new = stamps.text(text, certain) if group != 3 else stamps.number(text) if certain else None
        if new is None:
            return found[0]
        start, end = found.start(group) - found.start(), found.end(group) - found.start()
        return found[0][:start] + new.encode() + found[0][end:]

    return _KEYED.sub(moved, payload)


def _name(key: bytes | None) -> str:
    """A key as text, its last step; JSON may write it in escapes."""
    if not key:
        return ""
    if b"\\" in key:
        try:
            return str(json.loads(b'"' + key + b'"'))
        except ValueError:
            return ""
    return key.decode("utf-8", "replace").rpartition(".")[2]


def is_table(payload: bytes) -> bool:
    """Whether a body of a format that may come as CSV is CSV."""
    return not payload.startswith(_BINARY) and payload.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"[", b"<", b"-", b"")


def shift_table(payload: bytes, stamps: Stamps, names: Names) -> bytes:
    """CSV: the cells below the names of times. The header is the first row that names one; without it nothing moves."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = payload.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _shift_cells(text, stamps, names).encode(encoding)
    return payload


def _shift_cells(text: str, stamps: Stamps, names: Names) -> str:
    first = text[:10_000].lstrip("\ufeff\r\n").partition("\n")[0]
    comma = max(",;\t|", key=first.count)
    cells = re.compile(rf'("(?:[^"]|"")*"|[^{comma}\r\n"]*)({re.escape(comma)}|\r\n|\n|\r|\Z)')
    header: set[int] = set()
    done: list[str] = []
    row: list[str] = []
    place, column, named = 0, 0, False
    while place < len(text) and (found := cells.match(text, place)):
        cell, end = found[1], found[2]
        if named:
            cell = _shift_cell(cell, stamps) if column in header else cell
        else:
            row.append(cell.strip('" \t\ufeff'))
        done.append(cell + end)
        place, column = found.end(), column + 1
        if end != comma:
            if not named:
                header, row = {at for at, name in enumerate(row) if names.is_time(name)}, []
                named = bool(header)
            column = 0
    return "".join(done) + text[place:]


def _shift_cell(cell: str, stamps: Stamps) -> str:
    bare = cell.strip('" \t')
    new = stamps.text(bare) if bare else None
    return cell if new is None else cell.replace(bare, new, 1)
