"""Whether the platform itself was deaf: one alert for all feeds nobody listens to, and its end. Pure.

Says nothing about devices: what they did meanwhile nobody knows.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from core.changes import AlertAgain, AlertRaised, AlertReturned, AlertSeen, Change
from core.config import IngestRule
from core.facts import Listening, OpenAlert

SUBJECT = "platform/ingest"
_ACTIVE = ("unack", "acked")
_TOLD_EVERY = timedelta(minutes=1)


def judge(
    name: str, rule: IngestRule, heard: Sequence[Listening], alert: OpenAlert | None, told_until: datetime | None,
    now: datetime, area: str, labels: Mapping[str, str],
) -> list[Change]:  # fmt: skip
    """What to do about the absence of listeners. `heard`: the feeds that were ever listened to; `told_until`: when the last
    absence told of ended; `labels`: what people call the feeds. The alert's value is the absence in minutes."""
    deaf = [one for one in heard if now - one.until >= rule.at_least]
    if deaf:
        return _away(name, rule, deaf, alert, now, area, _title(rule, deaf, heard, labels))
    missed = [one for one in heard if _was_missed(one, rule, told_until)]
    since = min((one.away_since for one in missed if one.away_since), default=now)
    minutes = max((_minutes(one.since, one.away_since) for one in missed), default=None)
    if alert and alert.stage in _ACTIVE:
        return [AlertReturned(alert.alert_id, now, minutes)]
    if minutes is None:
        return []
    if alert:
        return [AlertAgain(alert.alert_id, since, minutes), AlertReturned(alert.alert_id, now, minutes)]
    return [_raised(name, rule, _title(rule, missed, heard, labels), since, minutes, area, ended=True)]


def _away(
    name: str, rule: IngestRule, deaf: Sequence[Listening], alert: OpenAlert | None, now: datetime, area: str, title: str
) -> list[Change]:
    since = min(one.until for one in deaf)
    minutes = _minutes(now, since)
    if alert is None:
        return [_raised(name, rule, title, since, minutes, area, ended=False)]
    if alert.stage not in _ACTIVE:
        return [AlertAgain(alert.alert_id, since, minutes)]
    return [AlertSeen(alert.alert_id, minutes)] if now - alert.updated_at >= _TOLD_EVERY else []


def _was_missed(one: Listening, rule: IngestRule, told_until: datetime | None) -> bool:
    """Everything was away, we too: what came back before anybody could ring is told all the same."""
    return one.away_since is not None and one.since - one.away_since >= rule.at_least and (told_until is None or told_until < one.since)


def _minutes(until: datetime, since: datetime | None) -> float:
    return round((until - since).total_seconds() / 60, 1) if since else 0.0


def _title(rule: IngestRule, away: Sequence[Listening], heard: Sequence[Listening], labels: Mapping[str, str]) -> str:
    """Which feeds, unless it was all of them."""
    if len(away) == len(heard):
        return rule.label
    return f"{rule.label} {'、'.join(labels.get(one.feed, one.feed) for one in away)}"


def _raised(name: str, rule: IngestRule, title: str, since: datetime, minutes: float, area: str, *, ended: bool) -> AlertRaised:
    return AlertRaised(
        rule=name, subject=SUBJECT, severity=rule.severity, title=title, domain="emergency", class_code=rule.class_code,
        area=area, cell_id=None, lon=None, lat=None, observed_at=since, value=minutes, unit="min", ended=ended,
    )  # fmt: skip
