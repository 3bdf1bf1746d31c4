"""A figure against a rule's limits: which of them is passed now, and what has yet to last. Pure, and knows neither devices nor metrics.

Laws kept here: each limit has its own hysteresis and its own hold time; a graver limit rings as soon as its own time is over, whatever
the milder ones wait for; between a limit and its clearing point nothing changes; what flaps is over only after a while of calm.
Whoever has a figure may ask: a reading (`alerts.measured`), or the leader with a figure of the whole city.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.facts import CALM, Wait
from core.figure import Figure
from core.rule_parts import Level

NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Moment:
    """When a figure was observed and when we look at it. `due`: nothing new was said, but the time of a wait has come."""

    observed_at: datetime
    now: datetime
    due: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """The limit that is passed now (`CALM`: none), and the waits that stand from now on: all others end, those that stood go on."""

    level: int
    waiting: frozenset[int] = NOTHING


def judge(
    limits: Sequence[Level], figure: Figure, level: int, waits: Mapping[int, Wait], moment: Moment,
    calm: timedelta = timedelta(0), *, may_ring: bool = True,
) -> Ruling:  # fmt: skip
    """What a figure means where `level` (or `CALM`) was passed until now. `limits`: the mildest first, each with its hold time.

    `calm`: how long an alert that flaps must be calm; `may_ring`: outside its valid times a rule begins nothing. A figure that is only
    a bound rings and worsens, and neither returns nor eases.
    """
    value, level = figure.value, min(level, len(limits) - 1)  # a rule may have had more of them when it rang
    beyond = [n for n in range(level + 1, len(limits)) if limits[n].is_beyond(value)] if may_ring or level > CALM else []
    lasted = [n for n in beyond if _has_lasted(limits[n].hold or timedelta(0), waits.get(n), moment)]
    if lasted:
        return Ruling(lasted[-1], frozenset(n for n in beyond if n > lasted[-1]))
    if level == CALM:
        return Ruling(CALM, frozenset(beyond))
    if figure.bound:
        return Ruling(level, frozenset(beyond) | (waits.keys() & {CALM}))
    held = [n for n in range(level + 1) if not limits[n].is_calm(value)]
    if held and (CALM not in waits or limits[0].is_beyond(value)):
        return Ruling(held[-1], frozenset(beyond))
    if _has_lasted(calm, waits.get(CALM), moment):
        return Ruling(CALM)
    return Ruling(0, frozenset({CALM}))


def _has_lasted(hold: timedelta, wait: Wait | None, moment: Moment) -> bool:
    if hold <= timedelta(0):
        return True
    if wait is None:
        return False
    return moment.observed_at - wait.since >= hold or (moment.due and moment.now >= wait.due_at)
