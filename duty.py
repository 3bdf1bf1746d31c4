"""What the leader does every so many seconds, as a value, and what it failed of.

Who runs it, and by which clock, is `jobs` and `story`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from traceback import extract_tb


@dataclass(frozen=True, slots=True)
class Duty:
    """What the leader does every so many seconds."""

    name: str
    every_s: float
    do: Callable[[datetime], object]


class Faults:
    """What each duty of a lane failed of last: told when it begins, when it becomes another, and when it is over; not each second."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, int]] = {}

    def is_news(self, duty: str, fault: BaseException) -> bool:
        """Whether this duty did not fail at this very place the last time."""
        place, times = _place(fault), 0
        if duty in self._last and self._last[duty][0] == place:
            times = self._last[duty][1]
        self._last[duty] = (place, times + 1)
        return times == 0

    def over(self, duty: str) -> int:
        """How often it had failed the same way before it worked again."""
        return self._last.pop(duty, ("", 0))[1]


def _place(fault: BaseException) -> str:
    """Kind and line: the words of a fault may name another row each time."""
    frames = extract_tb(fault.__traceback__)
    return f"{type(fault).__name__} {frames[-1].filename}:{frames[-1].lineno}" if frames else type(fault).__name__
