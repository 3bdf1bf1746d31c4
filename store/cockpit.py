"""When somebody last looked at the cockpit, and what happened since: counts, the gravest that began, signs whose light changed."""

from datetime import datetime, timedelta
from typing import Any

from core.model import Scope
from dispatch import vital_score
from store import vital_scores
from store.timescale import Connection, prefixes, queries

_PAUSE = timedelta(minutes=15)  # nobody looked for so long: the visit is over
_GRAVEST = 5
_SEVERITIES = (1, 2, 3, 4)


def visit(connection: Connection, account_id: int, now: datetime) -> dict[str, Any]:
    """Note that somebody looks; `left_at` is when their visit before this one ended, None at the first."""
    row: dict[str, Any] = queries.cockpit_visit(connection, account_id=account_id, now=now, pause=_PAUSE)
    return row


def changes(connection: Connection, scope: Scope, area: str, since: datetime, until: datetime) -> dict[str, Any]:
    """What happened in an area between two moments, with the score of both."""
    place = {"areas": prefixes(scope), "area": f"{area}%", "since": since, "until": until}
    counts = dict(queries.cockpit_counts(connection, **place))
    by_severity = counts.pop("alerts") or {}
    counts["alerts"] = {str(one): by_severity.get(str(one), 0) for one in _SEVERITIES}
    then, now = (vital_scores.at(connection, scope, area, moment) for moment in (since, until))
    lights = vital_score.changed(then["inputs"], now["inputs"]) if then and now else []
    return {
        "from": since, "to": until, "counts": counts, "gravest": list(queries.cockpit_gravest(connection, limit=_GRAVEST, **place)),
        "score": {"then": _told(then), "now": _told(now)}, "signs": lights,
    }  # fmt: skip


def _told(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: row[name] for name in ("score", "light", "completeness", "scored_at")} if row else None
