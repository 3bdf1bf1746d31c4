"""What an HTTP feed is answered, and how the collector shares a transaction."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from api.collector import Collector
from api.ingest_http import verdict
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
