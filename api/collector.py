"""Group commit: requests that arrive within a few milliseconds share one transaction, and each is answered after it.

Decides only how much waits: a queue that is full refuses at once, so that a slow database is felt as 503, not as memory.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from core.errors import StoreUnavailable
from core.model import Frame, Taken

WINDOW_S = 0.005
MOST_FRAMES = 5_000
MOST_BYTES = 2 * 1024 * 1024  # of one batch: large bodies that arrive together are no reason to let small ones wait for all of them
ANSWER_S = 15.0
_MOST_WAITING = 20_000
_MOST_BYTES = 64 * 1024 * 1024

_log = structlog.get_logger(__name__)

Write = Callable[[Sequence[Frame]], list[Taken]]
Waiting = tuple[Frame, "asyncio.Future[Taken]"]


class Full(StoreUnavailable):
    """More is waiting than we keep: try again."""


class Collector:
    """Collects frames and hands them to one writer thread. `run` it in one task; close it."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._waiting: list[Waiting] = []
        self._bytes = 0
        self._some = asyncio.Event()
        self.batches = 0

    def close(self) -> None:
        self._thread.shutdown(wait=True)

    async def store(self, frame: Frame) -> Taken:
        """What became of a frame, after its commit. Raises `StoreUnavailable`."""
        if len(self._waiting) >= _MOST_WAITING or self._bytes + len(frame.payload) > _MOST_BYTES:
            raise Full("too much is waiting to be stored")
        answer: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._waiting.append((frame, answer))
        self._bytes += len(frame.payload)
        self._some.set()
        try:
            return await asyncio.wait_for(answer, ANSWER_S)
        except TimeoutError as error:
            raise StoreUnavailable(f"not confirmed within {ANSWER_S:.0f} s; it may or may not be stored: send it again") from error

    async def run(self) -> None:
        """Write, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._some.wait()
            if len(self._waiting) < MOST_FRAMES:
                await asyncio.sleep(WINDOW_S)
            some = _first(self._waiting)
            batch, self._waiting = self._waiting[:some], self._waiting[some:]
            self._bytes -= sum(len(frame.payload) for frame, _ in batch)
            if not self._waiting:
                self._some.clear()
            await loop.run_in_executor(self._thread, self._commit, [frame for frame, _ in batch], batch, loop)
            self.batches += 1

    def _commit(self, frames: list[Frame], batch: list[Waiting], loop: asyncio.AbstractEventLoop) -> None:
        """In the writer's thread: never raises; every request gets an answer or the reason why there is none."""
        try:
            taken = self._write(frames)
        except StoreUnavailable as away:
            loop.call_soon_threadsafe(_refuse, batch, away)
        except Exception as fault:
            _log.exception("batch_failed", frames=len(frames))
            if len(batch) == 1:
                loop.call_soon_threadsafe(_refuse, batch, fault)
            else:  # one frame's fault is not its neighbours'
                for one in batch:
                    self._commit([one[0]], [one], loop)
        else:
            loop.call_soon_threadsafe(_answer, batch, taken)


def _first(waiting: Sequence[Waiting]) -> int:
    """How many make the next batch: at least one, and no more than `MOST_FRAMES` or `MOST_BYTES`."""
    total = 0
    for count, (frame, _) in enumerate(waiting[:MOST_FRAMES]):
        total += len(frame.payload)
        if count and total > MOST_BYTES:
            return count
    return min(len(waiting), MOST_FRAMES)


def _answer(batch: list[Waiting], taken: list[Taken]) -> None:
    for (_, answer), what in zip(batch, taken, strict=True):
        if not answer.done():
            answer.set_result(what)


def _refuse(batch: list[Waiting], error: Exception) -> None:
    for _, answer in batch:
        if not answer.done():
            answer.set_exception(error)
