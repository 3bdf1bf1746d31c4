"""Keeps parts running: starts what died with growing pauses, and stops all of them in the reverse order.

Every part is bound to this process (the kernel ends it when this process dies), so nothing is ever orphaned.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0  # seconds; each death in a row doubles the pause
STEADY_FOR = 10.0  # a part that ran this long starts again at once when it dies


class Part(Protocol):
    """Something with a process: a role of ours or a private server."""

    @property
    def pid(self) -> int | None: ...

    def launch(self) -> None: ...

    def stop(self) -> None: ...


@dataclass
class Watch:
    """How one part has fared."""

    part: Part
    launched_at: float = float("-inf")
    next_at: float = 0.0
    pause: float = 0.0
    deaths: int = 0
    down: bool = True


class Supervisor:
    """Watches parts in the order they were added. `now` is a monotonic clock; `told` hears of every change."""

    def __init__(self, told: Callable[[Mapping[str, int]], None], now: Callable[[], float] = time.monotonic) -> None:
        self._watches: dict[str, Watch] = {}
        self._told = told
        self._now = now

    def add(self, name: str, part: Part) -> None:
        """Takes a part under its wing; one that does not run yet is launched at the next `tick`."""
        self._watches[name] = Watch(part, down=part.pid is None)
        self._told(self.pids())

    def tick(self) -> Sequence[str]:
        """Launches what is due; returns the names of parts found dead since the last tick."""
        died = list(self._find_dead())
        launched = [name for name, watch in self._watches.items() if watch.down and watch.next_at <= self._now()]
        for name in launched:
            watch = self._watches[name]
            watch.part.launch()
            watch.launched_at = self._now()
            watch.down = False
        if died or launched:
            self._told(self.pids())
        return died

    def deaths(self) -> Mapping[str, int]:
        """How often each part has died."""
        return {name: watch.deaths for name, watch in self._watches.items()}

    def pids(self) -> Mapping[str, int]:
        """Process ids of what runs now, by name."""
        found = ((name, watch.part.pid) for name, watch in self._watches.items())
        return {name: pid for name, pid in found if pid is not None}

    def stop(self) -> Sequence[Exception]:
        """Stops everything, last started first. What fails is returned, so that the rest is still stopped."""
        failures: list[Exception] = []
        for watch in reversed(self._watches.values()):
            try:
                watch.part.stop()
            except Exception as error:
                failures.append(error)
        self._watches.clear()
        return failures

    def _find_dead(self) -> Iterator[str]:
        for name, watch in self._watches.items():
            if watch.down or watch.part.pid is not None:
                continue
            steady = self._now() - watch.launched_at >= STEADY_FOR
            watch.pause = 0.0 if steady else min(max(watch.pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            watch.next_at = self._now() + watch.pause
            watch.deaths += 1
            watch.down = True
            yield name
