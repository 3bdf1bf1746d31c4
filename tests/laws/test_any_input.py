"""Whatever bytes or words come in: they are what they say, or they are refused in our words."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.call import read_cursor, write_cursor
from api.photos import read_photo
from core.errors import Invalid
from ingest.decode import portions

ZONE = ZoneInfo("Asia/Shanghai")


@given(st.lists(st.one_of(st.integers(-(2**61), 2**61), st.text()), min_size=1, max_size=3))
def test_a_cursor_comes_back_as_it_went(place: list[object]) -> None:
    assert read_cursor(write_cursor(*place), *map(type, place)) == place


@given(st.text(max_size=40))
def test_any_other_cursor_is_refused_in_our_words(word: str) -> None:
    with pytest.raises(Invalid):
        read_cursor(word, int, int, str)


@given(st.binary(max_size=200))
def test_any_bytes_that_are_no_picture_are_refused_in_our_words(body: bytes) -> None:
    with pytest.raises(Invalid):
        read_photo(body, ZONE)


@given(st.binary(max_size=300), st.integers(1, 5))
def test_any_bytes_are_taken_apart_without_a_fault(body: bytes, most: int) -> None:
    assert portions("hotline-csv", body, most)
    assert portions("reports", body, most) == [(0, body)]
