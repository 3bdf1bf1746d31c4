"""Reads what a rule is played over, a portion at a time: devices it concerns, their readings, and the alerts that rang. Decides nothing.

A day of some devices is a portion. Of a rule on the value itself a portion is skipped where nothing rings or waits and no value lies
beyond the mildest limit: nothing could begin there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import tuple_row

from alerts.backtest import Counted, Player, Ring, rules_of, why_not
from alerts.backtest_sums import Real
from alerts.patience import patience
from alerts.rules import Rules
from alerts.scope import concerns
from core.config import Config
from core.errors import Invalid
from core.facts import KnownDevice, MetricInfo, StateMoved
from core.model import QUALITY_OF_CODE
from core.rule_config import Rule, ThresholdRule
from core.rule_parts import MetricRule
from store.rule_census import registry_of
from store.timescale import Connection, queries, sql

_DAY = timedelta(days=1)
_DEVICES_AT_ONCE = 200
_ROWS_AT_ONCE = 20_000
_MOST_ALERTS = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule and when: from `since` (inclusive) to `until` (exclusive). `in_force`: all rules, for how long a device may be silent."""

    name: str
    rule: Rule
    since: datetime
    until: datetime
    config: Config
    in_force: Rules


@dataclass(slots=True)
class Played:
    """What came of it. `until`: how far it got, less than asked when it was stopped."""

    rings: list[Ring] = field(default_factory=list)
    counted: Counted = field(default_factory=Counted)
    devices: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Ground:
    devices: Mapping[int, KnownDevice]
    metric: MetricInfo


def play(connection: Connection, asked: Asked, now: datetime, told: Callable[[int, int], bool] = lambda done, all_: True) -> Played:
    """Play a rule over what is stored. `told` hears how many portions of how many are done, and stops it by False.

    Raises `Invalid` for a rule that cannot be played, or a time that cannot be meant.
    """
    if (reason := why_not(asked.rule)) is not None:
        raise Invalid(reason)
    if not asked.since < asked.until:
        raise Invalid("'from' must be before 'to'")
    assert isinstance(asked.rule, MetricRule)
    rule, ground = asked.rule, _ground(connection, asked.rule, asked.config, now)
    rules, played = rules_of(asked.name, rule, asked.config), Played(devices=len(ground.devices))
    players = {
        number: Player(rules, rule, patience(asked.in_force, device, device.interval), played.counted)
        for number, device in ground.devices.items()
    }
    groups = [list(ground.devices)[first : first + _DEVICES_AT_ONCE] for first in range(0, len(ground.devices), _DEVICES_AT_ONCE)]
    days = list(_days(asked.since, asked.until))
    for number, (since, until) in enumerate(days):
        for place, group in enumerate(groups):
            for state in _states(connection, _lively(connection, rule, group, ground, players, since, until), ground, since, until):
                played.rings += players[state.device.device_id].take(state)
            if not told(number * len(groups) + place + 1, len(days) * len(groups)):
                return _ended(played, players, since)
        played.until = until
    return _ended(played, players, asked.until)


def _ended(played: Played, players: Mapping[int, Player], until: datetime) -> Played:
    """A day that was begun and not ended counts for nothing: some devices are further than others."""
    for player in players.values():
        played.rings += player.rest(until)
    known = [replace(ring, until=None) if ring.until and ring.until > until else ring for ring in played.rings if ring.since < until]
    played.rings = sorted(known, key=lambda ring: (ring.since, ring.device))
    played.until = until
    return played


def _ground(connection: Connection, rule: MetricRule, config: Config, now: datetime) -> _Ground:
    """The devices that a rule concerns and that ever told its metric. Raises `Invalid` for a metric that nothing ever told."""
    registry = registry_of(connection, config, now)
    rows = list(queries.backtest_devices(connection, metric=rule.metric))
    known = registry.known(connection, {row["device"] for row in rows})
    metric = registry.metrics(connection).get(rule.metric)
    if metric is None:
        raise Invalid(f"nothing is known of the metric '{rule.metric}'")
    found = {row["device_id"]: known[row["device"]] for row in rows if row["device"] in known}
    return _Ground({number: device for number, device in found.items() if concerns(rule, device)}, metric)


def _days(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        yield since, min(since + _DAY, until)
        since += _DAY


def _lively(
    connection: Connection, rule: MetricRule, group: Sequence[int], ground: _Ground, players: Mapping[int, Player],
    since: datetime, until: datetime,
) -> list[int]:  # fmt: skip
    """Of some devices those in whose readings something may begin or go on."""
    if not isinstance(rule, ThresholdRule):
        return list(group)
    mild, quiet = rule.limits[0], [number for number in group if not players[number].is_busy]
    asked = {"metric_id": ground.metric.metric_id, "devices": quiet, "since": since, "until": until}
    rows = queries.backtest_lively(connection, **asked, above=mild.above, below=mild.below) if quiet else ()
    lively = {row["device_id"] for row in rows} | set(group) - set(quiet)
    return [number for number in group if number in lively]


def _states(connection: Connection, devices: Sequence[int], ground: _Ground, since: datetime, until: datetime) -> Iterator[StateMoved]:
    """Device by device in order of observation, however many: the rows stay with the database."""
    if not devices:
        return
    asked: dict[str, Any] = {"metric_id": ground.metric.metric_id, "devices": list(devices), "since": since, "until": until}
    with connection.cursor("backtest", row_factory=tuple_row) as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(sql("backtest_readings"), asked)
        for device_id, observed_at, value, quality in cursor:
            yield StateMoved(ground.devices[device_id], ground.metric, value, QUALITY_OF_CODE[quality], observed_at)


def read_alerts(connection: Connection, rule: str, since: datetime, until: datetime) -> list[Real]:
    """What rang of a rule between two moments, and what people said of it: a dismissed incident says false alarm of its alerts."""
    return [Real(**row) for row in queries.backtest_alerts(connection, rule=rule, since=since, until=until, limit=_MOST_ALERTS)]
