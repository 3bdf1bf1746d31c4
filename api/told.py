"""Bytes that many readers are told: packed once for all of them, whatever else each one's stream holds. Decides nothing about the content.

Every piece ends in a full flush and refers to nothing before it (RFC 1951), so pieces packed apart make one gzip stream in any order.
"""

import struct
import zlib
from collections.abc import Sequence

HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"  # RFC 1952, 2.3: deflate, no name, no time
_LAST = b"\x03\x00"  # an empty block that says it is the last
_LEVEL = 1  # a live stream is packed while its readers wait


class Told:
    """A piece as it is (`plain`) and packed (`packed`, made when first asked for)."""

    __slots__ = ("_packed", "plain")

    def __init__(self, plain: bytes) -> None:
        self.plain = plain
        self._packed: bytes | None = None

    @property
    def packed(self) -> bytes:
        if self._packed is None:
            packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
            self._packed = packer.compress(self.plain) + packer.flush(zlib.Z_FULL_FLUSH)
        return self._packed


def whole(pieces: Sequence[Told]) -> bytes:
    """A gzip file of some pieces: what has an end ends with its checksum; a live stream has none."""
    checksum, size = 0, 0
    for piece in pieces:
        checksum, size = zlib.crc32(piece.plain, checksum), size + len(piece.plain)
    return b"".join([HEAD, *(piece.packed for piece in pieces), _LAST, struct.pack("<II", checksum, size & 0xFFFFFFFF)])
