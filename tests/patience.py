"""Waiting and measuring on a machine that others use too: truths are waited for with patience, laws of time are measured fairly.

Decides nothing about Yiping. A bound that is a law holds as it stands on a quiet machine; while others crowd it, it grows in proportion
to how long work that needs a core waits for one, as a thread of ours measures all the while.
"""

import time
from collections.abc import Callable
from functools import cache
from threading import Thread
from typing import Any

# How long a truth is waited for: it ends a wait at once, so a busy machine costs patience and no false alarm.
PATIENCE_S = 60.0
_EVERY_S, _SPIN_S = 0.2, 0.004


class _Sampler(Thread):
    """Five times a second a little work of known size: 2 % of a core, from the first measurement to the end of the process."""

    def __init__(self) -> None:
        super().__init__(name="crowd", daemon=True)
        self.told = (0.0, 0.0)  # seconds that the work took, seconds that it should have taken: replaced as one

    def run(self) -> None:
        while True:
            due = time.monotonic() + _EVERY_S
            time.sleep(_EVERY_S)
            began = time.thread_time()
            while (worked := time.thread_time() - began) < _SPIN_S:
                pass
            took, should = self.told
            self.told = (took + time.monotonic() - due, should + worked)


@cache
def _sampler() -> _Sampler:
    sampler = _Sampler()
    sampler.start()
    return sampler


class Stopwatch:
    """Seconds since it was made, and how crowded the machine was meanwhile."""

    def __init__(self) -> None:
        self._sampler = _sampler()
        self._before, self._began = self._sampler.told, time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def crowd(self) -> float:
        """How many times longer work took than with a core of its own; 1 on a quiet machine."""
        took, should = (now - before for now, before in zip(self._sampler.told, self._before, strict=True))
        return max(1.0, took / should) if should else 1.0

    def within(self, bound: float, what: str = "it", seconds: float | None = None) -> None:
        """The law: `seconds`, or those since the beginning, are at most `bound`; on a crowded machine in proportion."""
        took = self.seconds if seconds is None else seconds
        crowd = self.crowd()
        assert took <= bound * crowd, f"{what} took {took:.2f} s; the law says {bound} s, and the machine was {crowd:.1f} times slower"


def until(true: Callable[[], Any], seconds: float = PATIENCE_S, what: str | Callable[[], str] = "", *, within: float | None = None) -> Any:
    """Wait for a truth, looking 20 times a second; its value. `within` is a bound in seconds that is a law.

    Raises `AssertionError` with what was waited for; a function that tells it is asked only then.
    """
    watch = Stopwatch()
    while not (found := true()):
        if watch.seconds > seconds:
            raise AssertionError(f"not within {seconds} s: {(what() if callable(what) else what) or true}")
        time.sleep(0.05)
    if within is not None:
        watch.within(within, what if isinstance(what, str) else what())
    return found
