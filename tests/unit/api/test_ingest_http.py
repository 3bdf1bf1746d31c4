"""What an HTTP feed is answered, and how the collector shares a transaction."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from api.collector import MOST_BYTES, Collector
from api.ingest_http import Feeds, verdict
from core.config import Config
from core.errors import StoreUnavailable
from core.model import Frame, Reason, Rejected, Taken

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def frame(word: str) -> Frame:
    return Frame("http-readings", word.encode(), NOON)


def refused(reason: Reason, index: int | None) -> Rejected:
    return Rejected("http-readings", reason, "why", b"", NOON, index=index)


def test_a_part_refused_leaves_the_answer_at_200_with_its_index() -> None:
    status, body = verdict(Taken(1, 0, (refused(Reason.RANGE, 1),)))
    assert status == 200
    assert body["rejected"] == [{"index": 1, "reason": "range", "detail": "why"}]


@pytest.mark.parametrize(("reason", "status"), [(Reason.UNDECODABLE, 400), (Reason.TOO_LARGE, 413), (Reason.UNSUPPORTED, 415)])
def test_a_body_refused_as_a_whole_is_a_problem(reason: Reason, status: int) -> None:
    assert verdict(Taken(rejected=(refused(reason, None),)))[0] == status


def test_a_report_that_was_known_is_200_and_a_new_one_201() -> None:
    assert verdict(Taken(accepted=1, created=1), created=True)[0] == 201
    assert verdict(Taken(duplicates=1), created=True)[0] == 200


def test_a_long_list_of_refusals_is_cut_and_says_how_many_more_there_are() -> None:
    _, body = verdict(Taken(1, 0, tuple(refused(Reason.RANGE, place) for place in range(5_000))))
    assert [each["index"] for each in body["rejected"]] == list(range(1_001))
    assert body["rejected_more"] == 3_999
    assert "rejected_more" not in verdict(Taken(1, 0, (refused(Reason.RANGE, 1),)))[1]


@pytest.mark.parametrize(("accepted", "batches"), [(0, 1), (1, 6)])
def test_a_file_of_which_nothing_can_be_used_is_not_read_to_its_end(config: Config, accepted: int, batches: int) -> None:
    seen: list[int] = []

    def write(frames: Sequence[Frame]) -> list[Taken]:
        seen.append(len(frames))
        return [Taken(accepted, 0, tuple(refused(Reason.UNDECODABLE, place) for place in range(1_000))) for _ in frames]

    async def store() -> Taken:
        collector = Collector(write)
        task = asyncio.ensure_future(collector.run())
        try:
            whole = Frame("http-hotline-csv", b"a,b\n" + b"x,y\n" * 6_000, NOON)
            return await Feeds(collector, None, config, lambda: NOON).store(whole)  # type: ignore[arg-type]
        finally:
            task.cancel()

    taken = asyncio.run(store())
    assert len(seen) == batches
    assert len(taken.rejected) == (6_000 if accepted else 1_001)
    assert accepted or (taken.rejected[-1].index, taken.rejected[-1].reason) == (None, Reason.TOO_LARGE)


async def together(collector: Collector, words: Sequence[str]) -> list[Taken | BaseException]:
    task = asyncio.ensure_future(collector.run())
    try:
        return await asyncio.gather(*(collector.store(frame(word)) for word in words), return_exceptions=True)
    finally:
        task.cancel()


def test_requests_that_arrive_together_share_a_batch_and_each_gets_its_own_answer() -> None:
    batches: list[int] = []

    def write(frames: Sequence[Frame]) -> list[Taken]:
        batches.append(len(frames))
        return [Taken(accepted=int(each.payload)) for each in frames]

    found = asyncio.run(together(Collector(write), [str(n) for n in range(100)]))
    assert [taken.accepted for taken in found if isinstance(taken, Taken)] == list(range(100))
    assert len(batches) < 5


def test_one_request_that_breaks_the_writer_does_not_break_its_neighbours() -> None:
    def write(frames: Sequence[Frame]) -> list[Taken]:
        if any(each.payload == b"bad" for each in frames):
            raise RuntimeError("a fault of ours")
        return [Taken(accepted=1) for _ in frames]

    found = asyncio.run(together(Collector(write), ["good", "bad", "good"]))
    assert [type(each).__name__ for each in found] == ["Taken", "RuntimeError", "Taken"]


def test_a_store_that_is_away_is_told_to_every_request() -> None:
    def write(frames: Sequence[Frame]) -> list[Taken]:
        raise StoreUnavailable("away")

    found = asyncio.run(together(Collector(write), ["a", "b"]))
    assert all(isinstance(each, StoreUnavailable) for each in found)


def test_large_bodies_that_arrive_together_are_several_batches_and_small_ones_one() -> None:
    batches: list[int] = []

    def write(frames: Sequence[Frame]) -> list[Taken]:
        batches.append(len(frames))
        return [Taken(accepted=1) for _ in frames]

    found = asyncio.run(together(Collector(write), ["x" * (MOST_BYTES // 2)] * 5 + ["x" * (2 * MOST_BYTES)]))
    assert [taken for taken in found if not isinstance(taken, Taken)] == []
    assert batches == [2, 2, 1, 1]


def test_a_long_file_is_stored_in_portions_and_answered_as_one(config: Config) -> None:
    sizes: list[int] = []

    class Store:
        async def store(self, frame: Frame) -> Taken:
            rows = frame.payload.count(b"\n") - 1
            sizes.append(rows)
            return Taken(rows - 1, 1, (refused(Reason.RANGE, 1),), rows - 2)

    header = ",".join(config.feeds["hotline"].columns.values())
    payload = (header + "\n" + "".join(f"{n},{'主题' * 20}\n" for n in range(2500))).encode()
    feeds = Feeds(Store(), None, config, lambda: NOON)  # type: ignore[arg-type]
    taken = asyncio.run(feeds.store(Frame("hotline-csv", payload, NOON)))
    assert sizes == [1000, 1000, 500]
    assert (taken.accepted, taken.duplicates, taken.created) == (2497, 3, 2494)
    assert [each.index for each in taken.rejected] == [1, 1001, 2001]
