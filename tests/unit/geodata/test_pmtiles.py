"""A tile comes out of an archive as it went in; a broken or foreign file is refused, never guessed at."""

import gzip
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from geodata.pmtiles import Archive, read_header, tile_id


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def directory(entries: list[tuple[int, int, int, int]]) -> bytes:
    """(tile id, run, offset, length), as the specification's 4.2 writes them."""
    ids, runs, offsets, sizes = ([entry[at] for entry in entries] for at in range(4))
    steps = [ids[0], *(b - a for a, b in pairwise(ids))]
    return gzip.compress(varint(len(entries)) + b"".join(varint(n) for n in (*steps, *runs, *sizes, *(at + 1 for at in offsets))))


def archive(path: Path, tiles: dict[tuple[int, int, int], bytes], kind: int = 2, leaf: bool = False, run: int = 1) -> Path:
    body, entries = b"", []
    for place, tile in sorted((tile_id(*key), tile) for key, tile in tiles.items()):
        entries.append((place, run, len(body), len(tile)))
        body += tile
    leaves = directory(entries) if leaf else b""
    root = directory([(0, 0, 0, len(leaves))]) if leaf else directory(entries)
    places = [127, len(root), 0, 0, 127 + len(root), len(leaves), 127 + len(root) + len(leaves), len(body), 0, 0, 0]
    head = b"PMTiles\x03" + b"".join(n.to_bytes(8, "little") for n in places) + bytes([1, 2, 1, kind, 0, 5])
    bounds = b"".join(int(degrees * 1e7).to_bytes(4, "little", signed=True) for degrees in (119.5, 31.5, 120.5, 32.0))
    path.write_bytes((head + bounds).ljust(127, b"\0") + root + leaves + body)
    return path


# The values that the specification itself gives (spec v3, 4.1.1).
@pytest.mark.parametrize(
    ("z", "x", "y", "number"),
    [(0, 0, 0, 0), (1, 0, 0, 1), (1, 0, 1, 2), (1, 1, 1, 3), (1, 1, 0, 4), (2, 0, 0, 5), (12, 3423, 1763, 19078479)],
)
def test_tiles_are_numbered_as_the_format_says(z: int, x: int, y: int, number: int) -> None:
    assert tile_id(z, x, y) == number


@given(st.integers(0, 6))
@settings(max_examples=7)
def test_every_tile_of_a_zoom_has_a_number_of_its_own(z: int) -> None:
    side, first = 1 << z, ((1 << 2 * z) - 1) // 3
    assert {tile_id(z, x, y) for x in range(side) for y in range(side)} == set(range(first, first + side * side))


@pytest.mark.parametrize("leaf", [False, True])
def test_a_tile_comes_back_as_it_went_in(tmp_path: Path, leaf: bool) -> None:
    tiles = {(5, 26, 12): b"one", (5, 26, 13): b"second", (3, 6, 3): b"wide"}
    found = Archive(archive(tmp_path / "a.pmtiles", tiles, leaf=leaf))
    for (z, x, y), body in tiles.items():
        told = found.tile(z, x, y)
        assert told is not None
        assert (told.body, told.gzipped) == (body, False)
    assert found.tile(5, 0, 0) is None
    assert found.tile(12, 1, 1) is None
    assert (found.header.content, found.header.bounds) == ("raster", (119.5, 31.5, 120.5, 32.0))
    found.close()


def test_a_run_gives_the_same_tile_for_all_of_it(tmp_path: Path) -> None:
    found = Archive(archive(tmp_path / "a.pmtiles", {(2, 0, 0): b"sea"}, run=4))
    told = [found.tile(2, x, y) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    assert [one and one.body for one in told] == [b"sea"] * 4
    assert found.tile(2, 3, 3) is None
    found.close()


@pytest.mark.parametrize(("x", "y"), [(-1, 0), (4, 0), (0, 4)])
def test_a_tile_beyond_the_world_is_refused(x: int, y: int) -> None:
    with pytest.raises(Invalid):
        tile_id(2, x, y)


@pytest.mark.parametrize(
    ("head", "said"), [(b"GIF89a", "no PMTiles"), (b"PMTiles\x02", "version 2"), (b"PMTiles\x03" + bytes(119), "gzip")]
)
def test_another_file_is_refused(head: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_header(head.ljust(127, b"\0"))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_tampered_archive_answers_or_is_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = archive(tmp_path_factory.mktemp("t") / "a.pmtiles", {(5, 26, 12): b"one", (4, 3, 3): b"two"}, leaf=True)
    body = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(body[: data.draw(st.integers(1, len(body)))]))
    try:
        found = Archive(path)
        found.tile(5, 26, 12)
        found.close()
    except Invalid:
        pass
