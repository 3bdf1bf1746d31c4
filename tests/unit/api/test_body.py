"""How long a body may take to come, and what is unpacked of it."""

import asyncio
import gzip
import zlib
from collections.abc import Coroutine
from typing import Any

import pytest
from starlette.requests import Request

from api.body import Pace, read_body
from api.problems import TooLarge, TooSlow, problem_of
from core.errors import Invalid


class Told(asyncio.SelectorEventLoop):
    """A loop whose clock is told how late it is: nobody waits, and a machine that pauses makes nothing late."""

    now = 0.0

    def time(self) -> float:
        return self.now

    async def pass_by(self, seconds: float) -> None:
        self.now += seconds
        for _ in range(2):  # in the first round it is found that a time is up, in the second it is acted on
            await asyncio.sleep(0)


def run(work: Coroutine[Any, Any, bytes]) -> tuple[bytes | Exception, float]:
    """What came of it, and the seconds it took by the clock it was told."""
    loop = Told()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        try:
            return runner.run(work), loop.now
        except TooSlow as error:
            return error, loop.now


def body(packing: str, *chunks: bytes, rest: float | None = None, every: float = 0) -> Request:
    """One that comes in `chunks`, one each `every` seconds; after the last one `rest` seconds pass before it is whole."""
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks] + [{"type": "http.request", "body": b""}]

    async def receive() -> Any:
        if pause := every if len(waiting) > 1 else rest or 0:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, Told)
            await loop.pass_by(pause)
        return waiting.pop(0)

    return Request({"type": "http", "method": "POST", "headers": [(b"content-encoding", packing.encode())]}, receive)


def unpacked(packing: str, *chunks: bytes, most: int = 1000) -> bytes:
    return asyncio.run(read_body(body(packing, *chunks), most))


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_every_member_of_a_gzip_body_is_read(size: int) -> None:
    packed = gzip.compress(b"one,") + gzip.compress(b"") + b"\0\0" + gzip.compress(b"two") + b"\0"
    assert unpacked("gzip", *(packed[at : at + size] for at in range(0, len(packed), size))) == b"one,two"
    assert unpacked("deflate", zlib.compress(b"three")) == b"three"


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(b"one")[:-1], gzip.compress(b"one") + gzip.compress(b"two")[:12], gzip.compress(b"one") + b"rubbish", b"x", b""],
    ids=["cut", "second cut", "rubbish after", "no gzip", "empty"],
)
def test_a_compressed_body_that_breaks_off_or_is_followed_by_something_else_is_refused(packed: bytes) -> None:
    with pytest.raises(Invalid):
        unpacked("gzip", packed)


def test_a_bomb_is_cut_one_byte_beyond_what_is_taken_also_in_its_second_member() -> None:
    assert len(unpacked("gzip", gzip.compress(b"x" * 500_000))) == 1001
    assert len(unpacked("gzip", gzip.compress(b"x" * 600), gzip.compress(b"x" * 500_000))) == 1001
    with pytest.raises(TooLarge):
        unpacked("identity", b"x" * 2001)


def test_a_body_that_does_not_come_is_given_up_and_its_connection_ends() -> None:
    slow, _ = run(read_body(body("identity", b"x", rest=60), 1000, Pace(10, 1000)))
    assert isinstance(slow, TooSlow)
    problem = problem_of(slow)
    assert (problem.status, problem.headers) == (408, {"Connection": "close"})


def test_bytes_that_keep_coming_too_slowly_buy_no_time_beyond_the_rate() -> None:
    slow, took = run(read_body(body("identity", *[b"x"] * 10_000, every=0.1), 100_000, Pace(2, 10_000)))
    assert isinstance(slow, TooSlow)
    assert took == pytest.approx(2, abs=0.11)


def test_who_came_fast_and_stops_has_no_more_time_than_who_never_began() -> None:
    slow, _ = run(read_body(body("identity", b"x" * 1_000_000, rest=11), 1_000_000, Pace(10, 1000)))
    assert isinstance(slow, TooSlow), "by what it brought it had a thousand seconds"


def test_a_long_body_at_the_rate_has_the_time_it_needs() -> None:
    came, took = run(read_body(body("identity", *[b"x" * 1000] * 20, every=0.5), 100_000, Pace(2, 2_000)))
    assert isinstance(came, bytes)
    assert (len(came), took) == (20_000, 10.0)
