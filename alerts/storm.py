"""When more arrives than a desk can take, and when that is over; and what a group of signals is worth by their number. Pure.

Nothing is dropped, held or joined by a storm: it only changes how screens tell of what is there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.storm_config import StormConfig


@dataclass(frozen=True, slots=True)
class Load:
    """Work that arrived within `StormConfig.within`, and how many officers are on shift."""

    arrivals: int
    officers: int


@dataclass(frozen=True, slots=True)
class Storm:
    """A storm that has not ended. `calm_since`: since when too little arrives for it."""

    storm_id: int
    began_at: datetime
    calm_since: datetime | None


Verdict = Literal["begin", "calm", "again", "end"]


def capacity(load: Load, config: StormConfig) -> int:
    """How many arrivals the desk can take within `config.within`."""
    return config.per_officer * max(load.officers, config.officers)


def judge(storm: Storm | None, load: Load, config: StormConfig, now: datetime) -> Verdict | None:
    """What to do: begin a storm, note that it calms (`calm`) or does not (`again`), end it; None: nothing."""
    able = capacity(load, config)
    if storm is None:
        return "begin" if load.arrivals > able else None
    if load.arrivals >= able * config.leave:
        return "again" if storm.calm_since else None
    if storm.calm_since is None:
        return "calm"
    return "end" if now - storm.calm_since >= config.calm else None


def worth(count: int, worst: int, config: StormConfig) -> int:
    """The severity of a group of `count` open signals of which the worst has `worst`."""
    return min([worst, *(step.severity for step in config.steps if count >= step.count)])


def reached(count: int, config: StormConfig) -> int:
    """How many steps a group has reached."""
    return sum(count >= step.count for step in config.steps)
