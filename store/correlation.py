"""What correlation knows and does: pending parts, open incidents, joining, closing what is settled. Decides nothing.

Rows that a worker holds are skipped and met again in the next round, so that neither waits for the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from psycopg.types.json import Jsonb

from alerts.companions import Companion, Nearest, nearest
from alerts.correlate import OPENS_ALONE, Gathered, Joining, Part, Reason
from core.config import Config, NoDataRule
from core.model import Channel
from store import change_log, incident_sums, joins
from store.timescale import Connection, queries

_MOST = 2_000
_PORTION = 200  # parts a transaction
_COMPANIONS = 64  # newest parts of an incident, among which a new one's nearest is looked for
_SETTLED_FOR = timedelta(seconds=10)
_OPENED = ("title", "class_code", "domain", "severity", "area", "cell_id", "lon", "lat", "drill", "simulated", "spread_m")


def read_pending(connection: Connection, config: Config, since: datetime, now: datetime, most: int = _MOST) -> list[Part]:
    """Alerts and reports of no incident, stored since; when there are more than a round takes (`most` of each), the severe ones first."""
    # That neighbours are silent is no event: a street without power would be a hundred incidents of which nothing is known.
    silences = [name for name, rule in config.rules.items() if isinstance(rule, NoDataRule)]
    shared = {"since": since, "most": most, "opens_alone": OPENS_ALONE, "turn": str(now)}
    alerts = queries.correlation_pending_alerts(connection, now=now, silences=silences, **shared)
    reports = queries.correlation_pending_reports(
        connection, oldest=now - config.ingest.live_for, classes=list(config.classes),
        severities=[known.severity for known in config.classes.values()], unclassed=incident_sums.UNCLASSED, **shared,
    )  # fmt: skip
    return [_part(row, config) for row in chain(alerts, reports)]


def _part(row: dict[str, Any], config: Config) -> Part:
    known = config.classes.get(row["class_code"]) if row["class_code"] else None
    channel, reach, apart = row.pop("channel"), row.pop("reach_m"), row.pop("apart")
    told = {
        "severity": row["severity"] or (known.severity if known else incident_sums.UNCLASSED),
        "domain": row["domain"] or (known.domain if known else None),
        "spread_m": _spread(channel, reach, config),
        "apart": frozenset(apart or ()),
    }
    return Part(**{**row, **told})


def _spread(channel: str, reach_m: float | None, config: Config) -> float:
    """How wrong a place may be, in metres: what a camera sees is somewhere within its reach."""
    most = config.incidents.spread_m.get(Channel(channel), 0.0)
    return min(most, reach_m or config.cameras.reach_m) if channel == Channel.VIDEO else most


def read_open(connection: Connection, config: Config, since: datetime, now: datetime) -> list[Gathered]:
    """Open incidents with the time their parts cover: active alerts, and what came since."""
    rows = queries.correlation_open(connection, now=now, since=since, oldest=now - config.ingest.live_for)
    return [Gathered(**{**row, "report_ids": frozenset(row["report_ids"])}) for row in rows]


def portions(joinings: Sequence[Joining], parts: int = _PORTION) -> Iterator[list[Joining]]:
    """Joinings by transactions of about so many parts: an officer or a worker who wants one of them waits for no whole storm."""
    portion: list[Joining] = []
    held = 0
    for one in joinings:
        portion.append(one)
        held += len(one.parts)
        if held >= parts:
            yield portion
            portion, held = [], 0
    if portion:
        yield portion


def apply(connection: Connection, joinings: Sequence[Joining], config: Config, now: datetime) -> int:
    """Open and enlarge incidents, a statement for all of a kind, with every step in the change log; returns how many parts were joined."""
    held, subjects = _hold(connection, joinings)
    if not held:
        return 0
    known = [one.incident_id for one in held if one.incident_id is not None]
    parts = {kind: _ids(held, kind) for kind in ("alert", "report")}
    before = {kind: change_log.read(connection, kind, ids) for kind, ids in (*parts.items(), ("incident", known))}
    ids = _open(connection, held, now)
    joins.add(connection, _reasons(connection, held, ids, subjects), now)
    _link(connection, held, ids, now)
    incident_sums.forget_marks(connection, ids)
    incident_sums.save_sums(connection, ids, config, now)
    for kind, keys in (("incident", ids), *parts.items()):
        change_log.append(connection, kind, before[kind], change_log.read(connection, kind, keys), now)
    return sum(len(one.parts) for one in held)


def _ids(joinings: Iterable[Joining], kind: str) -> list[int]:
    return sorted(part.part_id for one in joinings for part in one.parts if part.kind == kind)


def _hold(connection: Connection, joinings: Sequence[Joining]) -> tuple[list[Joining], dict[tuple[str, int], str]]:
    """Lock incidents that are still open and parts that are still free; of these the joinings, and the subjects of their parts.

    What an officer or a worker holds is met again in the next round: an incident that was closed since it was read takes
    nothing in any more, and its part opens another.
    """
    known = sorted(one.incident_id for one in joinings if one.incident_id is not None)
    still_open = {row["incident_id"] for row in queries.correlation_hold_incidents(connection, ids=known)} if known else set()
    wanted = [one for one in joinings if one.incident_id is None or one.incident_id in still_open]
    free = {("alert", row["alert_id"]): row["subject"] for row in queries.correlation_hold_alerts(connection, ids=_ids(wanted, "alert"))}
    free |= {
        ("report", row["report_id"]): row["subject"] for row in queries.correlation_hold_reports(connection, ids=_ids(wanted, "report"))
    }
    return [rest for one in wanted if (rest := _rest(one, free)) is not None], free


def _rest(joining: Joining, free: Mapping[tuple[str, int], str]) -> Joining | None:
    """What of a joining can be done now. Without the part it would open with, and with only a minor one, no incident is opened."""
    pairs = [(part, why) for part, why in zip(joining.parts, joining.reasons, strict=True) if (part.kind, part.part_id) in free]
    rest = Joining(joining.incident_id, tuple(part for part, _ in pairs), tuple(why for _, why in pairs))
    if not pairs or (joining.incident_id is None and rest.place is not joining.place):
        return None
    return rest if joining.incident_id is not None or len(pairs) > 1 or rest.place.severity <= OPENS_ALONE else None


def _open(connection: Connection, joinings: Sequence[Joining], now: datetime) -> list[int]:
    """The incident of each joining; new ones stand where their first part does and are called after the worst."""
    new = [one for one in joinings if one.incident_id is None]
    rows = [
        {name: getattr(one.place, name) for name in _OPENED} | {"title": one.worst.title, "severity": one.worst.severity} for one in new
    ]
    opened = iter([row["incident_id"] for row in queries.correlation_open_incidents(connection, rows=Jsonb(rows), now=now)] if rows else [])
    return [next(opened) if one.incident_id is None else one.incident_id for one in joinings]


def _link(connection: Connection, joinings: Sequence[Joining], ids: Sequence[int], now: datetime) -> None:
    for kind, join in (("alert", queries.correlation_join_alerts), ("report", queries.correlation_join_reports)):
        pairs = sorted((part.part_id, number) for one, number in zip(joinings, ids, strict=True) for part in one.parts if part.kind == kind)
        if pairs:
            join(connection, ids=[part_id for part_id, _ in pairs], incidents=[number for _, number in pairs], now=now)


def _reasons(
    connection: Connection, joinings: Sequence[Joining], ids: Sequence[int], subjects: Mapping[tuple[str, int], str]
) -> list[joins.Join]:
    standing: dict[int, list[Companion]] = defaultdict(list)
    known = [one.incident_id for one in joinings if one.incident_id is not None]
    for row in queries.correlation_companions(connection, ids=known, most=_COMPANIONS) if known else ():
        standing[row["incident_id"]].append(Companion(row["kind"], row["part_id"], row["lon"], row["lat"]))
    found = []
    for one, number in zip(joinings, ids, strict=True):
        beside = nearest(one.parts, standing[number])
        for part, why, near in zip(one.parts, one.reasons, beside, strict=True):
            found.append(joins.Join(number, part.kind, part.part_id, subjects[part.kind, part.part_id], _told(why, near)))
    return found


def _told(why: Reason, near: Nearest | None) -> dict[str, Any]:
    """A reason as JSON: metres and seconds, rounded to what they are worth."""
    told: dict[str, Any] = {"class": why.like}
    if why.distance_m is not None and why.radius_m is not None and why.window is not None:
        told |= {"distance_m": round(why.distance_m, 1), "apart_s": why.apart.total_seconds()}
        told |= {"radius_m": why.radius_m, "window_s": why.window.total_seconds()}
    return told | ({"with": {"kind": near.kind, "id": near.part_id, "distance_m": round(near.distance_m, 1)}} if near else {})


def close_settled(connection: Connection, now: datetime) -> int:
    """Close incidents that nobody took up and of which nothing is left; returns how many."""
    ids = [row["incident_id"] for row in queries.correlation_settled(connection, before=now - _SETTLED_FOR, most=_MOST)]
    if ids:
        before = change_log.read(connection, "incident", ids)
        queries.correlation_close(connection, ids=ids, now=now)
        change_log.append(connection, "incident", before, change_log.read(connection, "incident", ids), now)
    return len(ids)
