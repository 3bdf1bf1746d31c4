"""From what a rule of the whole city finds to what happens to its alerts: raised, graver, milder, told anew, returned. Pure.

The one place where all kinds of such rules meet the alerts; limits and their hysteresis are those of `alerts.levels`. An unknown figure
rings nothing and clears nothing; outside its valid times a rule begins nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.levels import Moment, judge
from core.changes import AlertAgain, AlertEased, AlertRaised, AlertRetold, AlertReturned, AlertSeen, AlertWorsened, Change
from core.city_facts import CityAlert, Finding
from core.facts import CALM
from core.figure import Figure
from core.rule_parts import Level, RulePart

_RETOLD_AFTER = timedelta(seconds=10)  # a storm must not become a storm of words
_MOVED = 1e-6  # degrees: less is no other place


@dataclass(frozen=True, slots=True)
class Saying:
    """A rule that says something: whose business it is where no class tells, and whether it may begin to ring now."""

    name: str
    rule: RulePart
    limits: Sequence[Level]
    class_domains: Mapping[str, str]
    may_ring: bool = True
    revision: int | None = None


def settle(saying: Saying, findings: Sequence[Finding], alerts: Mapping[str, CityAlert], now: datetime) -> list[Change]:
    """What follows for the alerts of a rule. Of an alert of which nothing is found nothing is known to be over: it is left alone."""
    changes: list[Change] = []
    for finding in findings:
        changes += _settle(saying, finding, alerts.get(finding.subject), now)
    return changes


def _settle(saying: Saying, finding: Finding, open_alert: CityAlert | None, now: datetime) -> Iterator[Change]:
    alert = open_alert.alert if open_alert else None
    if finding.over:
        if alert and alert.is_active:
            yield AlertReturned(alert.alert_id, finding.observed_at, finding.figure)
        return
    if finding.figure is None:
        if alert and alert.is_active and alert.state_known:
            yield AlertSeen(alert.alert_id, alert.value, known=False)
        return
    before = min(alert.level, len(saying.limits) - 1) if alert and alert.is_active else CALM
    ruling = judge(saying.limits, Figure(finding.figure), before, {}, Moment(finding.observed_at, now), may_ring=saying.may_ring)
    if ruling.level == CALM:
        if alert and alert.is_active:
            yield AlertReturned(alert.alert_id, finding.observed_at, finding.figure)
    elif open_alert is None:
        yield _raised(saying, finding, ruling.level)
    else:
        yield from _goes_on(saying, finding, open_alert, ruling.level, now)


def _goes_on(saying: Saying, finding: Finding, open_alert: CityAlert, level: int, now: datetime) -> Iterator[Change]:
    alert, limit = open_alert.alert, saying.limits[level]
    title = _title(finding, limit)
    moved = (alert.alert_id, finding.observed_at, finding.figure, level, limit.severity, limit.limit, title)
    if not alert.is_active:
        yield AlertAgain(*moved)
        yield _retold(open_alert, finding, title)
    elif finding.single and finding.observed_at > open_alert.observed_at:
        yield AlertReturned(alert.alert_id, finding.observed_at, finding.figure)
        if alert.stage == "acked":  # over with that; this is another
            yield _raised(saying, finding, level)
        else:
            yield AlertAgain(*moved)
            yield _retold(open_alert, finding, title)
    elif level > alert.level:
        yield AlertWorsened(*moved)
        yield _retold(open_alert, finding, title)
    elif level < alert.level:
        yield AlertEased(*moved)
        yield _retold(open_alert, finding, title)
    elif not alert.state_known or (now - alert.updated_at >= _RETOLD_AFTER and _says_more(open_alert, finding, title)):
        yield _retold(open_alert, finding, title)


def _title(finding: Finding, limit: Level) -> str:
    return f"{finding.title}({limit.label})" if limit.label else finding.title


def _says_more(known: CityAlert, finding: Finding, title: str) -> bool:
    elsewhere = None not in (finding.lon, finding.lat) and (
        known.lon is None or known.lat is None or abs((finding.lon or 0) - known.lon) + abs((finding.lat or 0) - known.lat) > _MOVED
    )
    return elsewhere or known.alert.value != finding.figure or known.title != title or known.simulated != finding.simulated


def _retold(known: CityAlert, finding: Finding, title: str) -> AlertRetold:
    """`finding.observed_at` becomes that of the alert only where it is a new ring: `AlertAgain` leaves it what it was."""
    return AlertRetold(
        known.alert.alert_id, max(finding.observed_at, known.observed_at) if finding.single else known.observed_at, finding.figure, title,
        finding.area, finding.cell_id, finding.lon, finding.lat, finding.simulated,
    )  # fmt: skip


def _raised(saying: Saying, finding: Finding, level: int) -> AlertRaised:
    limit = saying.limits[level]
    class_code = saying.rule.class_code or finding.class_code
    domain = finding.domain or saying.class_domains.get(class_code or "", "urban")
    return AlertRaised(
        rule=saying.name, subject=finding.subject, severity=limit.severity, title=_title(finding, limit), domain=domain,
        class_code=class_code, area=finding.area, cell_id=finding.cell_id, lon=finding.lon, lat=finding.lat,
        observed_at=finding.observed_at, device_id=finding.device_id, value=finding.figure, threshold=limit.limit,
        drill=saying.rule.drill or finding.drill, simulated=finding.simulated, level=level, revision=saying.revision,
    )  # fmt: skip
