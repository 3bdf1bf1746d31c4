"""SenML packs in CBOR (RFC 8428 6) → records with the labels of JSON, one after the other.

Decides which CBOR is a pack. Reads no tag but decimal fractions: a pack needs none, and some are dear to read.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, NoReturn

from cbor2 import CBORDecodeError, CBORDecoder, CBORError

from core.errors import DecodeError

LABELS = {-1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs", 0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut",
          8: "vd"}  # fmt: skip
TAGS_READ = [*range(300), 1004, 43_000, 55_799]  # all that the library would turn into something
DEPTH = 3  # a record, a tag, and the two numbers of a decimal fraction
LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}


def records(payload: bytes) -> Iterator[Any]:
    """The records of a pack, lazily: whoever has enough stops. Raises `DecodeError` where the bytes are no CBOR."""
    stream = BytesIO(payload)
    count = _head(stream)
    decoder = CBORDecoder(stream, max_depth=DEPTH, semantic_decoders=dict.fromkeys(TAGS_READ, _refused) | {4: _decimal})
    while count is None or count > 0:
        try:
            record = decoder.decode()
        except CBORError as problem:
            if count is None and "break code" in str(problem):
                return
            raise DecodeError(f"no CBOR: {str(problem)[:200]}") from problem
        yield {LABELS.get(key, key): value for key, value in record.items()} if isinstance(record, dict) else record
        count = None if count is None else count - 1


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
