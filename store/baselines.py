"""Keeps what is usual in each hour of the city's day, by the hourly means of past days, and reads it by key. Decides nothing.

Kept by the leader an hour ahead (`keep_next`), so that the hot path reads one row by its key.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.measured import Baseline, BaselineKey
from store import arrays
from store.timescale import Connection, queries

Zone = ZoneInfo
_HOUR = timedelta(hours=1)
STALE = timedelta(days=3)  # a leader may be away so long, then what was usual is not known any more


def columns(keys: Sequence[BaselineKey], zone: Zone) -> dict[str, Any]:
    """The parameters of `baselines_read`."""
    return {
        "devices": arrays.int4s([key.device_id for key in keys]),
        "metrics": arrays.int2s([key.metric_id for key in keys]),
        "backs": arrays.int2s([key.back for key in keys]),
        "hours": arrays.int2s([key.hour.astimezone(zone).hour for key in keys]),
    }


def answers(keys: Sequence[BaselineKey], rows: Iterable[Mapping[str, Any]], zone: Zone) -> dict[BaselineKey, Baseline]:
    """By key; without those that nobody worked out for `STALE`."""
    found = {}
    for row in rows:
        key = keys[row["place"] - 1]
        if key.hour.astimezone(zone).date() - row["day"] <= STALE:
            found[key] = Baseline(row["mean"], row["spread"], row["days"], row["day"])
    return found


def keep_next(connection: Connection, asked: Iterable[tuple[str, int]], zone: Zone, now: datetime) -> int:
    """Work out this hour and the next for (metric, days back) where that was not done for their day yet; returns how many."""
    done = 0
    for back, metrics in _by_back(asked).items():
        for moment in (now, now + _HOUR):
            there = moment.astimezone(zone)
            of: dict[str, Any] = {"back": back, "hour": there.hour, "day": there.date()}
            missing = [row["metric_id"] for row in queries.baselines_missing(connection, metrics=sorted(metrics), **of)]
            if missing:
                of["metric_ids"] = arrays.int2s(missing)
                queries.baselines_keep(connection, hours=arrays.timestamps(_same_hours(there, back)), **of)
                queries.baselines_done(connection, **of)
                done += len(missing)
    return done


def _by_back(asked: Iterable[tuple[str, int]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for metric, back in asked:
        found.setdefault(back, set()).add(metric)
    return found


def _same_hours(there: datetime, back: int) -> list[datetime]:
    """When that hour of the city's day began on each of the days before."""
    begins = time(there.hour)
    return [datetime.combine(there.date() - timedelta(days=n), begins, there.tzinfo) for n in range(1, back + 1)]


def forget(connection: Connection, now: datetime) -> int:
    """Drop what nobody asks for any more; returns rows."""
    return int(queries.baselines_forget(connection, before=(now - STALE - timedelta(days=4)).date()))
