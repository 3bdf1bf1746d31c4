"""So many alerts and reports in one place within a span. Decides what is found in each place; never what becomes of alerts. Pure."""

from alerts.city_signals import (
    DRILL,
    by_drill,
    code_of,
    composition,
    is_simulated,
    middle_of,
    name_of,
    over,
    place_of,
    recent,
    selects,
    subject_of,
    usual_class,
)
from core.city_facts import CityFacts, Finding, Judgement, Signal
from core.rule_city import CountRule


def judge(rule: CountRule, facts: CityFacts) -> Judgement:
    """Each place where there are enough, or of which an alert still rings."""
    found: dict[str, list[Signal]] = {subject: [] for subject, one in facts.alerts.items() if one.alert.is_active}
    chosen = recent((signal for signal in facts.signals if selects(rule, signal)), rule.areas, facts.now, rule.within)
    least = rule.counts[0].at_least
    for drill, signals in by_drill(chosen).items():
        there: dict[str, list[Signal]] = {}
        for signal in signals:
            if code := place_of(rule.per, signal.area, signal.cell, signal.duty_grid):
                there.setdefault(code, []).append(signal)
        for code, its in there.items():
            subject = subject_of(rule.per, code, drill)
            if len(its) >= least or subject in found:
                found[subject] = its
    again = min((its[0].at + rule.within for its in found.values() if its), default=None)
    return Judgement([_finding(rule, facts, subject, its) for subject, its in sorted(found.items())], again)


def _finding(rule: CountRule, facts: CityFacts, subject: str, signals: list[Signal]) -> Finding:
    drill, code = subject.endswith(DRILL), code_of(subject)
    if not signals:
        return over(facts.alerts[subject], facts.now)
    place, middle = facts.places.get(code), middle_of(signals)
    lon, lat = middle or ((place.lon, place.lat) if place else (None, None))
    area = code if rule.per not in ("cell", "duty_grid") else place.area if place else signals[-1].area
    return Finding(
        subject, float(len(signals)), f"{name_of(rule.per, code, facts.places)} {rule.label}:{composition(signals)}", area,
        signals[-1].at, lon, lat, signals[-1].cell_id if rule.per == "cell" else None, usual_class(signals), drill,
        is_simulated(signals, rule.counts[0].at_least),
    )  # fmt: skip
