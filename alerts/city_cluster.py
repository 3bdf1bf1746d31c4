"""Signals that lie close together within a span: one alert a cluster, which stays the same while its cluster grows and drifts. Pure.

Decides which cluster is which alert, by place first; how signals group `alerts.clusters` decides. What rang returns when nothing has come
near it for the span.
"""

from collections.abc import Mapping, Sequence

from alerts.city_identity import come_back, first_free, place_of, returned, ringing
from alerts.city_signals import DRILL, by_drill, composition, is_simulated, one_a_machine, over, recent, selects, usual_class
from alerts.clusters import Measure, Point, group
from core.city_facts import CityAlert, CityFacts, Finding, Judgement, Signal
from core.rule_city import ClusterRule
from geodata.near import distance_m
from geodata.plane import median_point


def judge(rule: ClusterRule, facts: CityFacts) -> Judgement:
    """Every cluster that there is, and every alert that has none any more."""
    chosen = recent((signal for signal in facts.signals if selects(rule, signal)), rule.areas, facts.now, rule.within)
    findings: list[Finding] = []
    again = []
    for drill, told in by_drill(signal for signal in chosen if signal.lon is not None and signal.lat is not None).items():
        signals = one_a_machine(told)
        alerts = {subject: one for subject, one in facts.alerts.items() if subject.endswith(DRILL) == drill}
        for subject, its in _clusters(rule, alerts, signals, drill):
            findings.append(_finding(rule, facts, subject, its, drill))
            again += [its[0].at + rule.within] if its else []
    return Judgement(findings, min(again, default=None))


def _clusters(
    rule: ClusterRule, alerts: Mapping[str, CityAlert], signals: Sequence[Signal], drill: bool
) -> list[tuple[str, list[Signal]]]:  # fmt: skip
    """Subject and signals of each cluster; of an alert without one no signals."""
    known, gone = ringing(alerts), returned(alerts)
    points = [Point(signal.lon or 0.0, signal.lat or 0.0, order, signal.source) for order, signal in enumerate(signals)]
    measure = Measure(rule.radius_m, rule.counts[0].at_least, rule.sources)
    taken = set(alerts)
    found = []
    for one in group(points, measure, [place_of(each) for each in known]):
        its = [signals[point.order] for point in one.points]
        if one.known is not None:
            subject = known[one.known].alert.subject
        else:
            names = (f"cluster:{signal.kind}-{signal.number}{DRILL * drill}" for signal in its)
            subject = come_back(gone, one.lon, one.lat, 2 * rule.radius_m) or first_free(names, taken)
        taken.add(subject)
        found.append((subject, its))
    return found


def _finding(rule: ClusterRule, facts: CityFacts, subject: str, signals: list[Signal], drill: bool) -> Finding:
    if not signals:
        return over(facts.alerts[subject], facts.now)
    lon, lat = median_point((signal.lon or 0.0, signal.lat or 0.0) for signal in signals)
    nearest = min(signals, key=lambda signal: (distance_m(signal.lon or 0.0, signal.lat or 0.0, lon, lat), signal.kind, signal.number))
    place = facts.places.get(nearest.area) or facts.places.get(nearest.area[:9])
    return Finding(
        subject, float(len(signals)), f"{place.name if place else nearest.area} {rule.label}:{composition(signals)}", nearest.area,
        signals[-1].at, lon, lat, nearest.cell_id, usual_class(signals), drill, is_simulated(signals, rule.counts[0].at_least),
    )  # fmt: skip
