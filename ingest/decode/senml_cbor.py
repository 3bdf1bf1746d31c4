"""SenML packs in CBOR (RFC 8428 6) → records with the labels of JSON, one after the other.

Decides which CBOR is a pack. Reads no tag but decimal fractions: a pack needs none, and some are dear to read.
"""

from collections.abc import Iterator
from io import BytesIO
from itertools import count as count_up
from typing import Any, NoReturn

from cbor2 import CBORDecodeError, CBORDecoder, CBORError

from core.errors import DecodeError
from core.model import Reason

LABELS = {-1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs", 0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut",
          8: "vd"}  # fmt: skip
TAGS_READ = [*range(300), 1004, 43_000, 55_799]  # all that the library would turn into something
DEPTH = 3  # a record, a tag, and the two numbers of a decimal fraction
RECORDS = 20_000  # of one pack: five times the values that one frame may bring
ITEMS = 64  # of one record with all that is in it: it needs ten labels at most
LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}


def records(payload: bytes) -> Iterator[Any]:
    """The records of a pack, lazily: whoever has enough stops. Raises `DecodeError` where the bytes are no CBOR."""
    stream = BytesIO(payload)
    count = _head(stream)
    decoder = CBORDecoder(stream, max_depth=DEPTH, semantic_decoders=dict.fromkeys(TAGS_READ, _refused) | {4: _decimal})
    for place in count_up():
        if place == count:
            return
        if place >= RECORDS:
            raise DecodeError(f"more than {RECORDS} records in one pack", Reason.TOO_LARGE)
        _demand_small(payload, stream.tell())
        try:
            record = decoder.decode()
        except CBORError as problem:
            if count is None and "break code" in str(problem):
                return
            raise DecodeError(f"no CBOR: {str(problem)[:200]}") from problem
        yield {LABELS.get(key, key): value for key, value in record.items()} if isinstance(record, dict) else record


def _demand_small(payload: bytes, at: int) -> None:
    """One record by its heads alone, before memory or time is spent on what it announces. Raises `DecodeError` (too_large).

    What is no CBOR is left to the reader: its words are better.
    """
    waiting: list[int | None] = [1]  # items still to come on each level; None: until a break
    for _ in range(ITEMS):
        while waiting and waiting[-1] == 0:
            waiting.pop()
        if not waiting or at >= len(payload):
            return
        kind, short, at = payload[at] >> 5, payload[at] & 31, at + 1
        if kind == 7 and short == 31 and waiting[-1] is None:
            waiting.pop()
            continue
        waiting[-1] = None if waiting[-1] is None else waiting[-1] - 1
        size = LENGTHS.get(short, 0)
        number, at = int.from_bytes(payload[at : at + size], "big") if size else short, at + size
        if 2 <= kind <= 5 and short == 31:
            waiting.append(None)
        elif 2 <= kind <= 5 and number > len(payload) - at:
            raise DecodeError(f"{number} announced where {len(payload) - at} bytes follow", Reason.TOO_LARGE)
        elif kind in (2, 3):
            at += number
        elif 4 <= kind <= 6:
            waiting.append(1 if kind == 6 else number * (kind - 3))
    if any(level != 0 for level in waiting):
        raise DecodeError(f"more than {ITEMS} items in one record", Reason.TOO_LARGE)


def _head(stream: BytesIO) -> int | None:
    """The announced number of records, None when the pack ends with a break. Raises `DecodeError` for what is no array."""
    first = stream.read(1)
    if not first or first[0] >> 5 != 4:
        raise DecodeError("a pack is an array of records")
    short = first[0] & 31
    if short < 24:
        return short
    if short == 31:
        return None
    if short not in LENGTHS:
        raise DecodeError("no CBOR: a length that is none")
    return int.from_bytes(stream.read(LENGTHS[short]), "big")


def _refused(value: object, immutable: bool) -> NoReturn:
    raise CBORDecodeError("a tag that no pack needs")


def _decimal(value: object, immutable: bool) -> float:
    """RFC 8949 3.4.4: exponent and mantissa."""
    match value:
        case [int(exponent), int(mantissa)] | (int(exponent), int(mantissa)) if abs(exponent) < 400:
            return float(f"{mantissa}e{exponent}")
    raise CBORDecodeError("no decimal fraction")
