"""What a desk had to bear, in the figures of ISA-18.2 (ANSI/ISA-18.2-2016, clause 16; EEMUA 191). Pure.

Counted is what rang: each raising of an alert that nothing held. Drills, probes and tests are no load.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.storm_config import StormConfig

TEN_MINUTES = timedelta(minutes=10)
_TOP = 10


@dataclass(frozen=True, slots=True)
class Ring:
    """An alert rang. `subject` as alerts have it; `title` is what people call it."""

    at: datetime
    rule: str
    subject: str
    severity: int
    title: str


def figures(rings: Sequence[Ring], stale: int, since: datetime, until: datetime, officers: int, config: StormConfig) -> dict[str, Any]:
    """Per ten minutes: mean and peak; per cent of ten-minute spans in flood (more than `per_officer` for each officer); alerts standing
    longer than `stale`; chattering ones (`chatter` times within `chatter_within`); the ten that rang most and their share; colours.

    `until` > `since`. A last span shorter than ten minutes counts for its length.
    """
    spans = max((until - since) / TEN_MINUTES, 1.0)
    by_span = Counter(int((ring.at - since) / TEN_MINUTES) for ring in rings)
    limit = config.per_officer * officers
    times: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    titles: dict[tuple[str, str], str] = {}
    for ring in rings:
        times[ring.rule, ring.subject].append(ring.at)
        titles[ring.rule, ring.subject] = ring.title
    chattering = [key for key, found in times.items() if _chatters(sorted(found), config)]
    top = sorted(times, key=lambda key: (-len(times[key]), key))[:_TOP]
    return {
        "rings": len(rings),
        "officers": officers,
        "per_10_min": round(len(rings) / spans, 2),
        "per_10_min_officer": round(len(rings) / spans / officers, 2),
        "peak_10_min": max(by_span.values(), default=0),
        "flood_percent": round(100 * sum(count > limit for count in by_span.values()) / max(spans, len(by_span)), 1),
        "stale": stale,
        "chattering": [_named(key, titles, times) for key in sorted(chattering, key=lambda key: (-len(times[key]), key))[:_TOP]],
        "chattering_count": len(chattering),
        "top": [_named(key, titles, times) for key in top],
        "top_percent": round(100 * sum(len(times[key]) for key in top) / len(rings), 1) if rings else 0.0,
        "severities": {str(level): sum(ring.severity == level for ring in rings) for level in range(1, 6)},
    }


def _chatters(times: Sequence[datetime], config: StormConfig) -> bool:
    return any(last - first <= config.chatter_within for first, last in zip(times, times[config.chatter - 1 :], strict=False))


def _named(key: tuple[str, str], titles: dict[tuple[str, str], str], times: dict[tuple[str, str], list[datetime]]) -> dict[str, Any]:
    return {"rule": key[0], "subject": key[1], "title": titles[key], "count": len(times[key])}
