"""Values of indicators by area and period, kept for ever: what others compute, and the daily value of what stands now.

The same value again is no new one; another value of the same period is its next revision, and the first stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.errors import NotAllowed
from core.model import EVERYWHERE, Scope
from store.acts import Act
from store.timescale import Connection, prefixes, queries


@dataclass(frozen=True, slots=True)
class Given:
    """A value as somebody tells it: of a period of a kind, named by its first day. `version`: of the card it is told under."""

    code: str
    area: str
    period: str
    first: date
    value: float
    version: int
    numerator: float | None = None
    denominator: float | None = None
    note: str = ""

    @property
    def key(self) -> tuple[str, str, str, date]:
        return self.code, self.area, self.period, self.first


@dataclass(frozen=True, slots=True)
class Changes:
    """What telling some values would do: `added` periods, `revised` ones with what they `was`, and how many are held already."""

    added: tuple[Given, ...] = ()
    revised: tuple[tuple[Given, float, int], ...] = ()  # the new value, the one that is held, its revision
    unchanged: int = 0


def compare(connection: Connection, given: Sequence[Given]) -> Changes:
    """Values beside what is held. Of a period told twice in one list the last counts."""
    wanted = {one.key: one for one in given}
    columns = zip(*wanted, strict=True) if wanted else ([], [], [], [])
    codes, of, periods, firsts = (list(column) for column in columns)
    rows = queries.indicator_values_same(connection, codes=codes, of=of, periods=periods, firsts=firsts)
    held = {(row["code"], row["area"], row["period"], row["first"]): row for row in rows}
    added = tuple(one for key, one in wanted.items() if key not in held)
    revised = tuple(
        (one, held[key]["value"], held[key]["revision"]) for key, one in wanted.items() if key in held and _differs(one, held[key])
    )
    return Changes(added, revised, len(wanted) - len(added) - len(revised))


def _differs(one: Given, held: Mapping[str, Any]) -> bool:
    return (one.value, one.numerator, one.denominator) != (held["value"], held["numerator"], held["denominator"])


def take(connection: Connection, changes: Changes, source: str, act: Act, simulated: bool = False) -> None:
    """Write down what `compare` found, in the transaction in which it looked. Raises `NotAllowed` outside the scope."""
    told = [(one, 1) for one in changes.added] + [(one, revision + 1) for one, _, revision in changes.revised]
    for one, _ in told:
        if not act.scope.sees(one.area):
            raise NotAllowed(f"{one.area} is outside your area")
    rows = [
        {
            "code": one.code, "area": one.area, "period": one.period, "first": one.first, "revision": revision, "value": one.value,
            "numerator": one.numerator, "denominator": one.denominator, "version": one.version, "source": source, "at": act.now,
            "by": act.by, "account_id": act.scope.account_id, "note": one.note, "simulated": simulated,
        }
        for one, revision in told
    ]  # fmt: skip
    if rows:
        queries.indicator_values_add(connection, rows)


def held(
    connection: Connection, scope: Scope, codes: Iterable[str], area: str, since: date, until: date
) -> dict[str, list[dict[str, Any]]]:
    """By code, what is held of the periods that begin in a span of days, oldest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    place = {"area": area, "areas": prefixes(scope), "since": since, "until": until}
    for row in queries.indicator_values_held(connection, codes=list(codes), **place):
        found.setdefault(row["code"], []).append(row)
    return found


def history(connection: Connection, scope: Scope, code: str, area: str, after: int | None, limit: int) -> list[dict[str, Any]]:
    """Everything that was ever told of one indicator, the newest first, revisions and all."""
    columns = {"code": code, "area": f"{area}%", "areas": prefixes(scope), "after": after or 2**62, "limit": limit}
    return list(queries.indicator_values_history(connection, **columns))


def note_daily(connection: Connection, counts: Mapping[str, tuple[int, int]], area: str, at: datetime, day: date) -> int:
    """The day's value of what stands now, as it was at the day's first look; a day that has one keeps it. Returns how many were new."""
    given = [Given(code, area, "day", day, round(100 * hit / of, 2), 0, hit, of) for code, (hit, of) in counts.items() if of]
    changes = compare(connection, given)
    take(connection, Changes(changes.added), "counted", Act("count", EVERYWHERE, at))
    return len(changes.added)
