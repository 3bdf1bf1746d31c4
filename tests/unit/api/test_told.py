"""Pieces packed apart are one gzip stream in whatever order they are sent, and each is packed once."""

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from api.told import HEAD, Told, whole


@given(st.lists(st.binary(max_size=2000), max_size=6), st.randoms(use_true_random=False))
def test_a_reader_of_any_pieces_in_any_order_has_each_as_soon_as_it_came(plains: list[bytes], chance: object) -> None:
    pieces = [Told(plain) for plain in plains] * 2
    chance.shuffle(pieces)  # type: ignore[attr-defined]
    reader = zlib.decompressobj(31)
    assert reader.decompress(HEAD) == b""
    assert [reader.decompress(piece.packed) for piece in pieces] == [piece.plain for piece in pieces]
    assert gzip.decompress(whole(pieces)) == b"".join(piece.plain for piece in pieces)


def test_a_piece_is_packed_once_whoever_reads_it() -> None:
    piece = Told(b"320404" * 1000)
    assert piece.packed is piece.packed
    assert len(piece.packed) < len(piece.plain) / 20
