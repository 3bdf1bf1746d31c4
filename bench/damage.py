"""How a good frame is damaged: flipped, cut, spliced, repeated, digits and odd values put in, inside JSON, XML and workbooks too.

Decides by the chance it is given alone: the same seed damages alike. Reads and sends nothing.
"""

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache, reduce
from operator import getitem
from typing import Any

from ingest.decode import sl651_frame
from ingest.decode.hj212_packet import checksum

_DIGITS, _TEXT = re.compile(rb"[0-9]+"), re.compile(rb">([^<>]*)<|=\"([^\"<>]*)\"")
LONGEST = 60_000  # bytes of a damaged frame
TOKENS = (
    b"[",
    b"{",
    b'"',
    b"}",
    b"]",
    b"null",
    b"true",
    b"1e999",
    b"-",
    b"\\u0000",
    b"\\ud800",
    b"\x00",
    b"\xff",
    b"&&",
    b"##",
    b"\x7e\x7e",
    b"<a>",
    b"&lt;",
    b"]]>",
    b",",
    b"\n",
    b"2026-11-21T12:00:00Z",
    b"20261121120000",
    "红".encode(),
    b"--",
)
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1e308,
    -0.0,
    2**63,
    10**400,
    float("nan"),
    float("inf"),
    "",
    " ",
    "x" * 200,
    "\ud800",
    "\0",
    "NaN",
    "1,5",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-11-21",
    "0001-01-01T00:00:00+14:00",
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"value": {"value": 1}},
    1795233600,
    1795233600000,
    -62135596800000,
    181,
    -91,
    "119.95",
    "红",
    "Test",
    "Cancel",
    "end",
)
ODD_TEXTS = (
    b"",
    b" ",
    b"-1",
    b"1e999",
    b"NaN",
    b"9" * 400,
    b"x" * 300,
    b"&lt;",
    b"&#x10FFFF;",
    "红".encode(),
    b"9999-12-31T23:59:59+14:00",
    b"0001-01-01T00:00:00Z",
    b"2026-11-21T12:00:00",
    b"1,2 3,4 1,2",
    b"181,91 5",
    b"Test",
    b"Cancel",
    b"<a/>",
    b"<!-- -->",
    b"<![CDATA[x]]>",
)


def damaged(chance: random.Random, form: str, good: bytes, other: bytes) -> bytes:
    """The frame after one to four accidents; half of the time its checksum is made right again, so that what it says is read."""
    if (inside := next((accident for marks, accident in INSIDE.items() if good[:1] in marks), None)) and chance.random() < 0.5:
        return inside(chance, good)
    frame = good
    for _ in range(chance.randint(1, 4)):
        frame = chance.choice(ACCIDENTS)(chance, frame, other)[:LONGEST]
    mend = MENDERS.get(form)
    return mend(frame) if mend and chance.random() < 0.5 else frame


def _flip(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    changed = bytearray(frame or b"\0")
    for _ in range(chance.randint(1, 3)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    start = chance.randint(0, len(frame))
    return frame[:start] + (b"" if chance.random() < 0.3 else frame[start + chance.randint(1, 40) :])


def _splice(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    return frame[: chance.randint(0, len(frame))] + other[chance.randint(0, len(other)) :]


def _repeat(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    start = chance.randint(0, len(frame))
    end = start + chance.randint(1, 60)
    return frame[:end] + frame[start:end] * chance.choice((1, 1, 2, 5)) + frame[end:]


def _digits(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """Into a number where there is one: that is where lengths, counts and times stand."""
    place = chance.randint(0, min(len(frame), 4000))
    if run := _DIGITS.search(frame, place) or _DIGITS.search(frame):
        place = chance.randrange(*run.span())
    return frame[:place] + str(chance.getrandbits(chance.choice((3, 10, 40, 400)))).encode() + frame[place + chance.randint(0, 1) :]


def _token(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    place = chance.randint(0, len(frame))
    return frame[:place] + chance.choice(TOKENS) + frame[place + chance.randint(0, 3) :]


ACCIDENTS: tuple[Callable[[random.Random, bytes, bytes], bytes], ...] = (_flip, _cut, _splice, _repeat, _digits, _token)


def _within_json(chance: random.Random, good: bytes) -> bytes:
    """One to three values are others, of another kind, or those of a neighbour: still JSON, so that all of it is read."""
    try:
        whole = [json.loads(good)]
    except ValueError:
        return _digits(chance, good, good)
    paths = _paths(good)
    for (parent, key), (other, its) in [
        (_at(whole, chance.choice(paths)), _at(whole, chance.choice(paths))) for _ in range(chance.randint(1, 3))
    ]:
        parent[key] = other[its] if chance.random() < 0.3 and other is not whole and parent is not other[its] else chance.choice(ODD)
    try:
        return json.dumps(whole[0]).encode()
    except (ValueError, RecursionError):  # a value within itself
        return good


@lru_cache(maxsize=512)
def _paths(good: bytes) -> tuple[tuple[Any, ...], ...]:
    """Every place of a tree, as the keys that lead there; the same for all damage to a frame."""
    return tuple(_below([json.loads(good)], ()))


def _below(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield (*path, key)
        yield from _below(node[key], (*path, key))


def _at(whole: Any, path: tuple[Any, ...]) -> tuple[Any, Any]:
    """What holds a place, and its key there."""
    return reduce(getitem, path[:-1], whole), path[-1]


@lru_cache(maxsize=512)
def _spots(frame: bytes) -> list[tuple[int, int]]:
    """Where texts and attributes stand."""
    return [found.span(found.lastindex) for found in _TEXT.finditer(frame) if found.lastindex]


def _within_xml(chance: random.Random, good: bytes) -> bytes:
    """One to three texts or attributes are others: still XML."""
    frame = good
    for _ in range(chance.randint(1, 3)):
        if spots := _spots(frame):
            start, end = chance.choice(spots)
            frame = frame[:start] + chance.choice(ODD_TEXTS) + frame[end:]
    return frame


def _within_sheet(chance: random.Random, good: bytes) -> bytes:
    """A workbook of which one part had the accident: the archive around it is whole."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as before, zipfile.ZipFile(whole, "w") as after:
        unlucky = chance.choice([name for name in before.namelist() if name.endswith("sheet1.xml")] * 3 + before.namelist())
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, chance.choice(ACCIDENTS)(chance, part, part) if name == unlucky else part)
    return whole.getvalue()


INSIDE: dict[bytes, Callable[[random.Random, bytes], bytes]] = {b"[{": _within_json, b"<": _within_xml, b"P": _within_sheet}


def _mend_hj212(frame: bytes) -> bytes:
    data = frame[6 : frame.rfind(b"&&") + 2] if b"&&" in frame[6:] else frame[6:]
    return b"##%04d%s%04X" % (len(data), data, checksum(data))


def _mend_sl651(frame: bytes) -> bytes:
    return frame[:-2] + sl651_frame.checksum(frame[:-2]).to_bytes(2, "big")


MENDERS: dict[str, Callable[[bytes], bytes]] = {"hj212": _mend_hj212, "sl651": _mend_sl651}
