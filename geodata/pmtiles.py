"""Reads single tiles out of a PMTiles archive, version 3 (github.com/protomaps/PMTiles, spec/v3). Nothing is ever written.

An archive is one file: a header, directories of runs of tiles along a Hilbert curve, and the tiles. Only what is asked for is read.
"""

import gzip
import os
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from core.errors import Invalid

_HEADER: Final = 127
_NONE, _GZIP = 1, 2
TYPES: Final = {1: "application/vnd.mapbox-vector-tile", 2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif"}
VECTOR: Final = TYPES[1]
_DEEPEST = 4  # directories below one another; the format means at most 3
_KEPT = 64
_LARGEST = 32 << 20  # of an unpacked directory: a tampered file fills no memory


@dataclass(frozen=True, slots=True)
class Header:
    """Where things lie (byte offsets and lengths), what the tiles are and how they are packed; bounds in degrees."""

    root: tuple[int, int]
    leaves: int
    tiles: int
    packed_directories: int
    packed_tiles: int
    media_type: str
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]

    @property
    def content(self) -> str:
        """`vector` or `raster`."""
        return "vector" if self.media_type == VECTOR else "raster"


@dataclass(frozen=True, slots=True)
class Tile:
    """Its bytes as they lie in the archive; `gzipped`: a reader is told so."""

    body: bytes
    gzipped: bool


_Entry = tuple[int, int, int, int]  # first tile id, run length (0: a directory), offset, length


def tile_id(z: int, x: int, y: int) -> int:
    """The place of a tile on the curve: all of the zooms above it, then Hilbert's order of its own (spec v3, 4.1)."""
    if not 0 <= z <= 26 or not (0 <= x < 1 << z and 0 <= y < 1 << z):
        raise Invalid(f"there is no tile {z}/{x}/{y}")
    found = ((1 << 2 * z) - 1) // 3
    side = 1 << z >> 1
    while side > 0:
        right, low = int(x & side > 0), int(y & side > 0)
        found += side * side * ((3 * right) ^ low)
        if not low:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side >>= 1
    return found


class Archive:
    """One file, read by any number of threads. Holds a descriptor: close it. Raises `Invalid` for what is no archive."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise Invalid(f"{path}: {error.strerror}") from error
        self._lock = threading.Lock()
        self._directories: OrderedDict[tuple[int, int], tuple[_Entry, ...]] = OrderedDict()
        told = os.fstat(self._file)
        self.version = f"{told.st_mtime_ns:x}-{told.st_size:x}"
        try:
            self.header = read_header(self._read(0, _HEADER))
        except Invalid as error:
            self.close()
            raise Invalid(f"{path}: {error}") from error

    def close(self) -> None:
        os.close(self._file)

    def tile(self, z: int, x: int, y: int) -> Tile | None:
        """A tile, or None where the archive has none. Raises `Invalid` for a tile that cannot be or a broken archive."""
        wanted = tile_id(z, x, y)
        at, size = self.header.root
        for _ in range(_DEEPEST):
            entry = _find(self._directory(at, size), wanted)
            if entry is None:
                return None
            _, run, offset, length = entry
            if run:
                return Tile(self._read(self.header.tiles + offset, length), self.header.packed_tiles == _GZIP)
            at, size = self.header.leaves + offset, length
        raise Invalid("directories below directories: the archive is broken")

    def _directory(self, at: int, size: int) -> tuple[_Entry, ...]:
        with self._lock:
            if (known := self._directories.get((at, size))) is not None:
                self._directories.move_to_end((at, size))
                return known
        body = self._read(at, size)
        entries = tuple(read_directory(unpack(body) if self.header.packed_directories == _GZIP else body))
        with self._lock:
            self._directories[at, size] = entries
            while len(self._directories) > _KEPT:
                self._directories.popitem(last=False)
        return entries

    def _read(self, at: int, size: int) -> bytes:
        body = os.pread(self._file, size, at) if 0 <= size <= _LARGEST else b""
        if len(body) != size:
            raise Invalid("the archive ends too early")
        return body


def unpack(body: bytes) -> bytes:
    """Raises `Invalid` for what is not gzip, or grows beyond any directory."""
    try:
        with gzip.GzipFile(fileobj=BytesIO(body)) as packed:
            plain = packed.read(_LARGEST + 1)
    except (OSError, EOFError) as error:
        raise Invalid(f"a directory cannot be unpacked: {error}") from error
    if len(plain) > _LARGEST:
        raise Invalid("a directory is too large")
    return plain


def read_header(head: bytes) -> Header:
    """Raises `Invalid` for another format, another version, or a compression we do not read."""
    if head[:7] != b"PMTiles":
        raise Invalid("this is no PMTiles archive")
    if head[7] != 3:
        raise Invalid(f"PMTiles of version {head[7]}; version 3 is read")
    root, root_size, _, _, leaves, _, tiles = (int.from_bytes(head[at : at + 8], "little") for at in range(8, 64, 8))
    directories, packed, kind, least, most = head[97], head[98], head[99], head[100], head[101]
    if directories not in (_NONE, _GZIP) or packed not in (0, _NONE, _GZIP):
        raise Invalid("only gzip and unpacked archives are read")
    if kind not in TYPES:
        raise Invalid("the archive does not say what its tiles are")
    west, south, east, north = (int.from_bytes(head[at : at + 4], "little", signed=True) / 1e7 for at in range(102, 118, 4))
    return Header((root, root_size), leaves, tiles, directories, packed, TYPES[kind], least, most, (west, south, east, north))


def read_directory(body: bytes) -> Iterator[_Entry]:
    """The entries of an unpacked directory (spec v3, 4.2): columns of varints, ids as differences, offsets that may follow on."""
    numbers = _varints(body)
    try:
        count = next(numbers)
        if count > len(body):
            raise Invalid("a directory tells of more entries than it holds")
        steps, runs, sizes, offsets = ([next(numbers) for _ in range(count)] for _ in range(4))
    except StopIteration as error:
        raise Invalid("a directory ends too early") from error
    first = end = 0
    for step, run, size, offset in zip(steps, runs, sizes, offsets, strict=True):
        first += step
        at = offset - 1 if offset else end
        end = at + size
        yield first, run, at, size


def _varints(body: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in body:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0


def _find(entries: tuple[_Entry, ...], wanted: int) -> _Entry | None:
    place = bisect_right(entries, wanted, key=lambda entry: entry[0]) - 1
    if place < 0:
        return None
    entry = entries[place]
    return entry if entry[1] == 0 or wanted < entry[0] + entry[1] else None
