"""Figures of a standard against a rule: the newest of each subject, its value or its word. Pure.

Decides nothing of how a figure is made. One that could not be told, or that is long over, says nothing of now: it clears nothing.
"""

from dataclasses import replace
from datetime import timedelta

from alerts.city_signals import over
from alerts.scope import concerns
from core.city_facts import CityFacts, FigureAt, Finding, Judgement
from core.rule_city import StandardRule

_AT_LEAST = timedelta(hours=6)


def judge(rule: StandardRule, facts: CityFacts) -> Judgement:
    """Each subject that the rule is about; those of which an alert rings are looked at again when their figure gets stale."""
    concerned = [one for one in facts.figures if one.figure == rule.figure and _concerns(rule, one)]
    findings = [_finding(rule, one, facts) for one in concerned]
    again = [
        one.at + stale_after(rule, one)
        for one, finding in zip(concerned, findings, strict=True)
        if finding.figure is not None and (finding.subject in facts.alerts or rule.limits[0].is_beyond(finding.figure))
    ]
    return Judgement([*findings, *_no_longer(rule, facts)], min(again, default=None))


def _no_longer(rule: StandardRule, facts: CityFacts) -> list[Finding]:
    """Of alerts that the rule is not about since it was changed, or since its subject was moved."""
    apart = {subject_of(one) for one in facts.figures if one.figure != rule.figure or not _concerns(rule, one)}
    return [
        replace(over(known, facts.now), figure=None, over=True)
        for subject, known in facts.alerts.items()
        if subject in apart or not subject.endswith(f"/{rule.figure}") or (rule.areas and not known.area.startswith(rule.areas))
    ]


def _concerns(rule: StandardRule, one: FigureAt) -> bool:
    if one.area_level is None:
        return concerns(rule, one)
    return (not rule.per or one.area_level in rule.per) and (not rule.areas or one.area.startswith(rule.areas))


def subject_of(one: FigureAt) -> str:
    """As alerts of devices are written: device/metric/figure; of an area area:code/figure."""
    return f"{'area:' if one.area_level is not None else ''}{one.subject}/{one.figure}"


def stale_after(rule: StandardRule, one: FigureAt) -> timedelta:
    """How long after its end a figure still says something of now."""
    covers = one.at - one.since
    return rule.stale or covers + max(covers, _AT_LEAST)


def _finding(rule: StandardRule, one: FigureAt, facts: CityFacts) -> Finding:
    figure = _gravity(rule, one)
    if facts.now - one.at >= stale_after(rule, one):
        figure = None
    told = " ".join(word for word in ("" if one.value is None else f"{one.value:g}", one.text or "") if word)
    return Finding(
        subject_of(one), figure, f"{one.name} {rule.label}:{told or one.reason}", one.area, one.at, one.lon, one.lat, one.cell_id,
        simulated=one.simulated, device_id=one.device_id, domain=one.domain or None,
    )  # fmt: skip


def _gravity(rule: StandardRule, one: FigureAt) -> float | None:
    if rule.levels:
        return one.value
    if one.text is None:
        return None
    severity = rule.words.get(one.text)
    return 0.0 if severity is None else rule.gravity(severity)
