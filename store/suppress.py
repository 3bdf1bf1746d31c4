"""Suppression in the tables: reads what `alerts.suppress` judges by, and carries out what it said. Decides nothing.

`hold_raised` is the one hook of `store.save`: in the transaction that raises, so that no screen ever sees ring what is silenced.
Of an alert only its hold is written: its version stays, so that no officer's act comes too late because of us.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from alerts.matching import Candidate, Meant, compile_matcher
from alerts.suppress import Grounds, Hold, Inhibition, Key, Parent, Silence, Verdict, ask, compile_inhibition, judge, order_silences
from core.suppress_config import InhibitionConfig, Matcher
from store.timescale import Connection, queries

Row = tuple[str, str, int, bool]  # of `inhibitors`: inhibition, key, alert, has a parent itself


def read_grounds(connection: Connection, now: datetime) -> Grounds:
    """Silences in force at `now` and the inhibitions of the configuration: one question."""
    silences: list[Silence] = []
    inhibitions: list[Inhibition] = []
    for row in queries.suppress_grounds(connection, now=now):
        if row["what"] == "silence":
            silences.append(Silence(row["number"], _silence(row["body"], tuple(row["areas"])), row["until"], row["by"], row["why"]))
        else:
            inhibitions.append(_inhibition(row["body"], row["stands"]))
    return Grounds(order_silences(silences), tuple(inhibitions))


# The same words mean the same: made once a process, however many batches ring under them.
@lru_cache(maxsize=1024)
def _silence(body: str, areas: tuple[str, ...]) -> Meant:
    return compile_matcher(Matcher.model_validate_json(body), areas)


@lru_cache(maxsize=256)
def _inhibition(body: str, stands: bool) -> Inhibition:
    return compile_inhibition(InhibitionConfig.model_validate_json(body), stands)


def hold_raised(connection: Connection, alert_ids: Collection[int], now: datetime) -> None:
    """Suppress what rings in this transaction, where it is to be. The caller holds these rows, and writes the change log.

    The leader looks at them once more after the commit: only then it sees what was committed meanwhile beside them.
    """
    if not alert_ids:
        return
    queries.suppress_note(connection, alert_ids=list(alert_ids))
    grounds = read_grounds(connection, now)
    if grounds.silences or grounds.inhibitions:
        verdicts = judge_alerts(connection, alert_ids, grounds)
        write_holds(connection, moves_of(verdicts), now)
        rows = [(*key, one.candidate.alert_id, one.itself) for one in verdicts for key in one.sources]
        add_inhibitors(connection, rows, noted=False)  # for who rings next; whom they concern that rings already, looks the leader


def judge_alerts(connection: Connection, alert_ids: Collection[int], grounds: Grounds) -> list[Verdict]:
    """What is to become of some alerts, as everything stands in this transaction."""
    ids = list(alert_ids)
    candidates = [Candidate(**row) for row in queries.suppress_candidates(connection, alert_ids=ids)]
    asked = ask(candidates, grounds)
    known: dict[Key, list[Parent]] = {}
    if keys := {key for found in asked.wanted.values() for key in found}:
        names, shared = zip(*keys, strict=True)
        for row in queries.suppress_parents(connection, names=list(names), keys=list(shared), judged=ids):
            key = row.pop("inhibition"), row.pop("key")
            known.setdefault(key, []).append(Parent(**row))
    return judge(asked, grounds, known)


@dataclass(frozen=True, slots=True)
class Moves:
    """What verdicts change: whom to hold for what, and whom to tell of again."""

    held: tuple[tuple[int, Hold], ...]
    told: tuple[int, ...]

    @property
    def alert_ids(self) -> list[int]:
        return [*(alert_id for alert_id, _ in self.held), *self.told]


def moves_of(verdicts: Sequence[Verdict]) -> Moves:
    """What people shelved or took out of service is left alone, as is what ended."""
    open_ones = [one for one in verdicts if one.candidate.stage != "normal" and one.candidate.hold in ("none", "suppressed")]
    stands = {one.candidate.alert_id: one.candidate.hold_ref for one in open_ones if one.candidate.hold == "suppressed"}
    held = ((one.candidate.alert_id, one.hold) for one in open_ones if one.hold and one.hold.ref != stands.get(one.candidate.alert_id))
    return Moves(tuple(held), tuple(one.candidate.alert_id for one in open_ones if not one.hold and one.candidate.alert_id in stands))


def write_holds(connection: Connection, moves: Moves, now: datetime) -> None:
    """Hold and tell. The caller holds these rows, and writes the change log."""
    if moves.held:
        holds = [hold for _, hold in moves.held]
        queries.suppress_hold(
            connection, alert_ids=[alert_id for alert_id, _ in moves.held], refs=[hold.ref for hold in holds],
            bys=[hold.by for hold in holds], whys=[hold.why for hold in holds], untils=[hold.until for hold in holds], now=now,
        )  # fmt: skip
    if moves.told:
        queries.suppress_tell(connection, alert_ids=list(moves.told))


def add_inhibitors(connection: Connection, rows: Iterable[Row], *, noted: bool) -> None:
    """From now on these inhibit. `noted`: whom they concern is noted with it."""
    if found := sorted(rows):
        names, keys, alert_ids, flags = zip(*found, strict=True)
        queries.suppress_add_inhibitors(
            connection, names=list(names), keys=list(keys), alert_ids=list(alert_ids), flags=list(flags), noted=noted
        )


def move_inhibitors(connection: Connection, verdicts: Sequence[Verdict]) -> set[Row]:
    """Bring the table of parents up to date; returns the rows that are otherwise than the leader knew."""
    standing: dict[int, set[Row]] = {}
    unnoted: set[Row] = set()
    for found in queries.suppress_inhibitors(connection, alert_ids=[one.candidate.alert_id for one in verdicts]):
        row = found["inhibition"], found["key"], found["alert_id"], found["itself"]
        standing.setdefault(row[2], set()).add(row)
        unnoted |= set() if found["noted"] else {row}
    gone, come = set[Row](), set[Row]()
    for one in verdicts:
        stands, right = standing.get(one.candidate.alert_id, set()), {(*key, one.candidate.alert_id, one.itself) for key in one.sources}
        come |= right - stands | right & unnoted
        gone |= {row for row in stands if (row[0], row[1]) not in one.sources}
    if gone:
        names, keys, alert_ids, _ = zip(*sorted(gone), strict=True)
        queries.suppress_drop_inhibitors(connection, names=list(names), keys=list(keys), alert_ids=list(alert_ids))
    add_inhibitors(connection, come, noted=True)
    return gone | come


def like(patterns: Iterable[str]) -> list[str]:
    """Area codes as LIKE patterns."""
    return [f"{area}%" for area in patterns]


def columns(matcher: Matcher) -> dict[str, Any]:
    """What of a matcher an alert's own row can tell, as parameters of a query."""
    return {
        "rules": list(matcher.rules) or None, "classes": list(matcher.classes) or None, "domains": list(matcher.domains) or None,
        "at_most": matcher.severity_at_most or 5, "at_least": matcher.severity_at_least or 1,
    }  # fmt: skip
