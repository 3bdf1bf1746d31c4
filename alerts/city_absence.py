"""Something expected that did not come: from a place, until a time of day or for too long. Pure.

Rings once a place and due time; over when it comes, and not before. Nothing was due before the rule was watched, nor outside its
valid times.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.city_signals import expects, name_of, over, place_of, subject_of
from alerts.valid import may_ring
from core.city_facts import CityFacts, Finding, Judgement, Place
from core.rule_city import AbsenceRule
from core.rule_parts import ValidTimes

LOOK_BACK = timedelta(days=2)  # a due time of a day is one of today or yesterday
_MINUTE = timedelta(minutes=1)


def judge(rule: AbsenceRule, facts: CityFacts, zone: ZoneInfo) -> Judgement:
    """Every place from which something is missing, or came at last; to be looked at again when the next is due."""
    last = _last(rule, facts)
    findings: list[Finding] = []
    again: list[datetime] = [] if rule.by is None else [_of_day(rule, facts.now, days, zone)[1] for days in (0, 1)]
    runs = running_since(rule.valid, facts.now, zone, rule.every) if rule.every else None
    for code in _expected(rule, facts.places):
        came = last.get(code)
        began, due = _by_day(rule, facts, zone) if rule.every is None else _by_span(rule, facts, came, runs)
        again += [due] if due else []
        if due and began and due <= facts.now and (came is None or came < began):
            findings.append(_missing(rule, facts, code, due, came, zone))
        elif came and _ended(rule, facts, code, came):
            findings.append(over(facts.alerts[subject_of(rule.per, code)], came))
    expected = {subject_of(rule.per, code) for code in _expected(rule, facts.places)}
    findings += [over(one, facts.now) for subject, one in facts.alerts.items() if one.alert.is_active and subject not in expected]
    return Judgement(findings, min((at for at in again if at > facts.now), default=None))


def _last(rule: AbsenceRule, facts: CityFacts) -> dict[str, datetime]:
    """When the latest came, by place."""
    last: dict[str, datetime] = {}
    for signal in facts.signals:
        code = place_of(rule.per, signal.area, signal.cell, signal.duty_grid)
        if code and expects(rule, signal) and signal.at > last.get(code, signal.at - _MINUTE):
            last[code] = signal.at
    return last


def _expected(rule: AbsenceRule, places: Mapping[str, Place]) -> Sequence[str]:
    if rule.places:
        return rule.places
    within = tuple(rule.areas) or ("",)
    return sorted(place.code for place in places.values() if place.kind == rule.per and place.area.startswith(within))


def _of_day(rule: AbsenceRule, now: datetime, days: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when it counts and until when it is due, so many days from today."""
    day = (now.astimezone(zone) + timedelta(days=days)).date()
    return datetime.combine(day, rule.since, zone), datetime.combine(day, rule.by or time(0), zone)


def _by_day(rule: AbsenceRule, facts: CityFacts, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Of the latest due time that there was."""
    for days in (0, -1):
        began, due = _of_day(rule, facts.now, days, zone)
        if due <= facts.now and (facts.since is None or facts.since < due) and may_ring(rule.valid, due, zone):
            return began, due
    return None, None


def _by_span(
    rule: AbsenceRule, facts: CityFacts, came: datetime | None, runs: datetime | None
) -> tuple[datetime | None, datetime | None]:  # fmt: skip
    """Counted from the last one, from when the rule was watched, and from when its valid time began, whichever is latest."""
    known = [at for at in (came, facts.since, runs) if at is not None]
    if not known or rule.every is None or (rule.valid and runs is None):
        return None, None
    due = max(known) + rule.every
    return due, due  # whatever came before did so too early


def running_since(valid: Sequence[ValidTimes], now: datetime, zone: ZoneInfo, most: timedelta) -> datetime | None:
    """When the valid time that runs now began; None: none runs, or there is none. Looks back no further than `most` and a day."""
    if not valid or not may_ring(valid, now, zone):
        return None
    day, start = now.astimezone(zone).date(), now - most - timedelta(days=1)
    clocks = {time(0)} | {time.fromisoformat(span.hours.partition("-")[0]) for span in valid if span.hours}
    days = range((now - start).days + 2)
    edges = sorted({datetime.combine(day - timedelta(days=n), clock, zone) for n in days for clock in clocks}, reverse=True)
    for edge in edges:
        if start <= edge <= now and not may_ring(valid, edge - _MINUTE, zone):
            return edge
    return start


def _ended(rule: AbsenceRule, facts: CityFacts, code: str, came: datetime) -> bool:
    """Whether this is what its alert waits for: not what had come before it rang."""
    known = facts.alerts.get(subject_of(rule.per, code))
    if known is None or not known.alert.is_active:
        return False
    return came > known.observed_at - (rule.every or _length(rule))


def _length(rule: AbsenceRule) -> timedelta:
    """From when it counts until it is due; a moment more, so that what came at once counts."""
    by = rule.by or time(0)
    return timedelta(hours=by.hour - rule.since.hour, minutes=by.minute - rule.since.minute, microseconds=1)


def _missing(rule: AbsenceRule, facts: CityFacts, code: str, due: datetime, came: datetime | None, zone: ZoneInfo) -> Finding:
    place = facts.places.get(code)
    told = f"应于 {due.astimezone(zone):%m-%d %H:%M} 前" + (f",最近 {came.astimezone(zone):%m-%d %H:%M}" if came else "")
    return Finding(
        subject_of(rule.per, code), 1.0, f"{name_of(rule.per, code, facts.places)} {rule.label}:{told}",
        place.area if place else code[:12], due, place.lon if place else None, place.lat if place else None, single=True,
    )  # fmt: skip
