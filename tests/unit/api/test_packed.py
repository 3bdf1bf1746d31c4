"""An answer that many share is made once, looked at every few seconds, and made anew only when its source says something new."""

import gzip
import threading
from datetime import UTC, datetime, timedelta

import pytest

from api.packed import Packed, Shelf

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Source:
    """What the answer is made from, and how often somebody looked and made."""

    def __init__(self) -> None:
        self.word, self.looked, self.made = "one", 0, 0

    def stamp(self) -> str:
        self.looked += 1
        return self.word

    def make(self) -> bytes:
        self.made += 1
        return self.word.encode()

    def from_(self, shelf: Shelf, after_s: float, *key: str) -> Packed:
        return shelf.of(key or ("devices",), NOW + timedelta(seconds=after_s), self.stamp, self.make)


def test_it_is_made_anew_only_when_its_source_says_something_new() -> None:
    source, shelf = Source(), Shelf()
    first = source.from_(shelf, 0)
    assert (source.from_(shelf, 4), source.looked, source.made) == (first, 1, 1)
    assert (source.from_(shelf, 6), source.looked, source.made) == (first, 2, 1)
    source.word = "two"
    assert source.from_(shelf, 8) == first  # nobody looked yet
    second = source.from_(shelf, 12)
    assert (gzip.decompress(second.packed), second.plain, source.made) == (b"two", b"two", 2)
    assert second.etag != first.etag


def test_each_reader_has_what_that_reader_sees() -> None:
    source, shelf = Source(), Shelf()
    source.from_(shelf, 0, "devices", "north")
    source.word = "south"
    assert source.from_(shelf, 1, "devices", "south").plain == b"south"
    assert source.from_(shelf, 1, "devices", "north").plain == b"one"


def test_a_clock_that_went_back_and_a_full_shelf_cost_a_look_and_nothing_else() -> None:
    source, shelf = Source(), Shelf()
    source.from_(shelf, 0)
    assert source.from_(shelf, -60).plain == b"one"
    for number in range(300):
        source.from_(shelf, 0, str(number))
    made = source.made
    assert source.from_(shelf, 0).plain == b"one"
    assert source.made == made + 1


def test_large_answers_leave_by_their_weight_and_the_last_one_stays() -> None:
    source, shelf = Source(), Shelf(most_bytes=100)
    source.word = "x" * 200
    assert source.from_(shelf, 0, "large").plain == source.from_(shelf, 0, "large").plain
    assert source.made == 1
    source.from_(shelf, 0, "other")
    source.from_(shelf, 0, "large")
    assert source.made == 3


def test_while_one_answer_is_made_another_is_to_be_had_and_its_own_askers_wait_for_the_one() -> None:
    source, shelf = Source(), Shelf()
    begun, may_end = threading.Event(), threading.Event()
    bodies: list[bytes] = []

    def slow() -> bytes:
        begun.set()
        assert may_end.wait(20)
        return source.make()

    def ask() -> None:
        bodies.append(shelf.of(("slow",), NOW, source.stamp, slow).plain)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    assert begun.wait(20)
    assert shelf.of(("quick",), NOW, lambda: "", lambda: b"quick").plain == b"quick"
    may_end.set()
    for asker in askers:
        asker.join(20)
    assert (bodies, source.made) == ([b"one"] * 3, 1)


def test_what_could_not_be_made_is_tried_anew() -> None:
    source, shelf = Source(), Shelf()

    def fails() -> bytes:
        raise OSError("the source is away")

    with pytest.raises(OSError, match="the source is away"):
        shelf.of(("devices",), NOW, source.stamp, fails)
    assert source.from_(shelf, 0).plain == b"one"
