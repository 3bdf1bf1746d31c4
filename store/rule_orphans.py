"""Ends what nobody evaluates any more: open alerts and waits of rules that were withdrawn or switched off, alerts of things that
a changed rule no longer concerns, and of devices that were moved away from their rule. Each with its audit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts import lifecycle
from alerts.rules import Rules
from alerts.scope import concerns
from alerts.subjects import may_own
from core.facts import KnownDevice
from core.model import EVERYWHERE
from core.rule_config import NoDataRule
from core.rule_parts import MetricRule
from store import audit
from store.acts import Act, demand_saved, logged
from store.rule_census import registry_of
from store.rulebook import InForce
from store.timescale import Connection, queries

AT_ONCE = 200  # others have their turn in between
_LOOKED_AT = 2_000
_UNDER_WAY = timedelta(seconds=10)  # a batch that began before a change may still ring by the old words
_NARROWED, _UNHEARD_OF = "its rule no longer concerns it", "its rule is no more"
_MOVED = "its device was moved: its rule no longer concerns it"


@dataclass(slots=True)
class Looked:
    """How far the leader has looked since the rules last changed."""

    revision: int | None = None
    changed_at: datetime | None = None
    after: int = 0
    done: bool = False


def end_orphans(connection: Connection, in_force: InForce, looked: Looked, now: datetime) -> int:
    """Clear open alerts whose rule is over or no longer concerns them; returns how many. Asked again it goes on."""
    cleared = 0
    if in_force.ended:
        queries.rulebook_drop_waits(connection, rules=list(in_force.ended))
        rows = list(queries.rulebook_orphans(connection, rules=list(in_force.ended), limit=AT_ONCE))
        cleared = _clear(connection, rows, in_force.ended, now)
    if in_force.revision != looked.revision:
        looked.revision, looked.changed_at, looked.after, looked.done = in_force.revision, now, 0, False
    if in_force.revision is None:
        return cleared
    cleared += _end_moved(connection, in_force, now)
    if looked.done:
        return cleared
    return cleared + _end_unheard_of(connection, in_force, now) + _end_unconcerned(connection, in_force, looked, now)


def _end_unheard_of(connection: Connection, in_force: InForce, now: datetime) -> int:
    """Alerts of rules that stand nowhere, neither in force nor ended nor set aside."""
    known = [*in_force.config.rules, *in_force.ended, *in_force.set_aside]
    rows = list(queries.rulebook_unheard_of(connection, known=known, limit=AT_ONCE))
    return _clear(connection, rows, {row["rule"]: _UNHEARD_OF for row in rows}, now)


def _end_unconcerned(connection: Connection, in_force: InForce, looked: Looked, now: datetime) -> int:
    """A portion of the alerts that rang by other words than those that hold."""
    revisions = in_force.rules.revisions
    asked = {"rules": list(revisions), "revisions": list(revisions.values()), "after": looked.after, "limit": _LOOKED_AT}
    rows = list(queries.rulebook_by_other_words(connection, **asked))
    looked.after = rows[-1]["alert_id"] if len(rows) == _LOOKED_AT else 0
    looked.done = len(rows) < _LOOKED_AT and looked.changed_at is not None and now - looked.changed_at > _UNDER_WAY
    return _end_strangers(connection, in_force, rows, _NARROWED, now)


def _end_moved(connection: Connection, in_force: InForce, now: datetime) -> int:
    """Alerts of devices of which kind, tags, area, cell or domain were changed, a portion at a time."""
    rows = list(queries.rulebook_of_moved(connection, now=now, before=now - _UNDER_WAY, limit=_LOOKED_AT))
    return _end_strangers(connection, in_force, rows, _MOVED, now)


def _end_strangers(connection: Connection, in_force: InForce, rows: Sequence[Mapping[str, Any]], why: str, now: datetime) -> int:
    """Those of these alerts that their rule no longer looks at."""
    if not rows:
        return 0
    devices = registry_of(connection, in_force.config, now).known(connection, {row["device"] for row in rows if row["device"]})
    orphans = [row["alert_id"] for row in rows if not _concerned(in_force, devices.get(row["device"]), row)]
    locked = list(queries.rulebook_hold(connection, alert_ids=orphans)) if orphans else []
    return _clear(connection, locked, {row["rule"]: why for row in locked}, now)


def _concerned(in_force: InForce, device: KnownDevice | None, row: Mapping[str, Any]) -> bool:
    """Whether a reading, or the silence, of this device is still looked at by the rule. Of other kinds the leader settles it."""
    rule = in_force.config.rules.get(row["rule"])
    if rule is None:
        return True
    if not may_own(rule, row["subject"], row["device"], row["metric"]):
        return False
    if device is None:
        return True
    if isinstance(rule, MetricRule):
        return _looks_at(in_force.rules, device, row)
    return not isinstance(rule, NoDataRule) or concerns(rule, device)


def _looks_at(rules: Rules, device: KnownDevice, row: Mapping[str, Any]) -> bool:
    return any(one.name == row["rule"] for one in rules.of(device, row["metric"] or ""))


def _clear(connection: Connection, rows: Sequence[Mapping[str, Any]], why: Mapping[str, str], now: datetime) -> int:
    with logged(connection, "alert", [row["alert_id"] for row in rows], now):
        for row in rows:
            stage = lifecycle.advance(row["stage"], "clear")
            demand_saved(queries.alerts_clear(connection, alert_id=row["alert_id"], version=row["version"], now=now), row)
            act = Act("clear", EVERYWHERE, now, note=why[row["rule"]])
            audit.append(connection, act, "alert", row["alert_id"], row["area"], stages=(row["stage"], stage))
    return len(rows)
