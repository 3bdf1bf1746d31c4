"""What the leader does every so many seconds, as a value. Who runs it, and by which clock, is `jobs` and `story`'s."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """What the leader does every so many seconds."""

    name: str
    every_s: float
    do: Callable[[datetime], object]
