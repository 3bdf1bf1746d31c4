"""Several conditions in one place within a span: places of a kind, or what lies round where the anchor holds. Pure.

Unknown is not "no": the alert that rang stays and says that nobody knows, and nothing new rings on what nobody knows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.city_conditions import Held, Here, hold, holds_alone
from alerts.city_identity import come_back, first_free, place_of, returned, ringing
from alerts.city_signals import DRILL, code_of, is_of, name_of, over, recent, selects, subject_of
from alerts.city_signals import place_of as place_in
from alerts.clusters import Measure, Point, group
from core.city_facts import CityAlert, CityFacts, Finding, Judgement, Signal, State
from core.rule_city import CompoundRule
from geodata.near import distance_m
from geodata.plane import median_point


@dataclass(frozen=True, slots=True)
class _Board:
    """What a rule looks at, of exercises or of what is real."""

    rule: CompoundRule
    facts: CityFacts
    states: Sequence[State]
    signals: Sequence[Signal]
    alerts: Mapping[str, CityAlert]
    drill: bool

    def rings(self, subject: str) -> bool:
        return subject in self.alerts and self.alerts[subject].alert.is_active


def judge(rule: CompoundRule, facts: CityFacts) -> Judgement:
    """Every place where enough holds, and every place of an alert."""
    findings: list[Finding] = []
    within, since = tuple(rule.areas) or ("",), facts.now - rule.within
    for drill in (False, True):
        board = _Board(
            rule, facts,
            [one for one in facts.states if one.drill == drill and one.at > since and one.area.startswith(within)],
            [one for one in facts.signals if one.drill == drill and one.area.startswith(within)],
            {subject: one for subject, one in facts.alerts.items() if subject.endswith(DRILL) == drill}, drill,
        )  # fmt: skip
        findings += _of_kind(board) if rule.anchor is None else _round_anchors(board)
    rings = any(finding.figure is None or finding.figure >= rule.needed for finding in findings)
    return Judgement(findings, min(_ends(rule, facts), default=None) if rings else None)


def _ends(rule: CompoundRule, facts: CityFacts) -> Iterator[datetime]:
    """When what is known now is too long ago."""
    for moment in (*(one.at for one in facts.states), *(one.until or one.at for one in facts.signals)):
        if moment + rule.within > facts.now:
            yield moment + rule.within


def _of_kind(board: _Board) -> Iterator[Finding]:
    """Each place of the kind of which anything is known."""
    kind = board.rule.per
    states: dict[str | None, list[State]] = {}
    signals: dict[str | None, list[Signal]] = {}
    for state in board.states:
        states.setdefault(place_in(kind, state.area, state.cell, state.duty_grid), []).append(state)
    for signal in board.signals:
        signals.setdefault(place_in(kind, signal.area, signal.cell, signal.duty_grid), []).append(signal)
    rang = [subject for subject in board.alerts if board.rings(subject)]
    codes = {code for code in (*states, *signals) if code} | {code_of(subject) for subject in rang if is_of(kind, subject)}
    yield from (over(board.alerts[subject], board.facts.now) for subject in rang if not is_of(kind, subject))
    for code in sorted(codes):
        subject = subject_of(kind, code, board.drill)
        here = Here(states.get(code, ()), signals.get(code, ()), board.facts.now, board.rings(subject))
        place = board.facts.places.get(code)
        things: list[State | Signal] = [*here.states, *here.signals]
        area = code if kind not in ("cell", "duty_grid") else place.area if place else things[0].area if things else code[:12]
        points = [(one.lon, one.lat) for one in things if one.lon is not None and one.lat is not None]
        middle = (place.lon, place.lat) if place else median_point(points) if points else (None, None)
        yield from _finding(board, subject, here, name_of(kind, code, board.facts.places), area, middle)


def _finding(
    board: _Board, subject: str, here: Here, name: str, area: str, middle: tuple[float | None, float | None]
) -> Iterator[Finding]:  # fmt: skip
    """Nothing of a place where not enough holds and nothing rings."""
    rule, held = board.rule, hold(board.rule, here)
    true = [one for one in held.values() if one.holds]
    if len(true) < rule.needed and not here.ringing:
        return
    unknown = sum(one.holds is None for one in held.values())
    figure = None if len(true) < rule.needed <= len(true) + unknown else float(len(true))
    things: list[State | Signal] = [*here.states, *here.signals]
    cells = {one.cell_id for one in things} if rule.per == "cell" and rule.anchor is None else set()
    yield Finding(
        subject, figure, f"{name} {rule.label}:{_told(true)}", area, board.facts.now, *middle, cells.pop() if len(cells) == 1 else None,
        drill=board.drill, simulated=any(one.simulated for one in true),
    )  # fmt: skip


def _told(true: Sequence[Held]) -> str:
    return " · ".join(one.told for one in true)


def _round_anchors(board: _Board) -> Iterator[Finding]:
    """What lies round the places where the anchor holds; those of alerts first."""
    radius = board.rule.radius_m or 0.0
    anchors = _anchors(board)
    known, gone = ringing(board.alerts), returned(board.alerts)
    points = [Point(lon, lat, order) for order, (lon, lat, _, _) in enumerate(anchors)]
    taken = set(board.alerts)
    for one in group(points, Measure(radius, 1), [place_of(each) for each in known]):
        its = [anchors[point.order] for point in one.points]
        lon, lat = median_point((lon, lat) for lon, lat, _, _ in its) if its else (one.lon, one.lat)
        if one.known is not None:
            subject, area = known[one.known].alert.subject, known[one.known].area
        else:
            names = (f"near:{key}{DRILL * board.drill}" for _, _, _, key in its)
            subject, area = come_back(gone, lon, lat, 2 * radius) or first_free(names, taken), its[0][2]
        taken.add(subject)
        states = [state for state in board.states if _is_near(state, lon, lat, radius)]
        signals = [signal for signal in board.signals if _is_near(signal, lon, lat, radius)]
        place = board.facts.places.get(area) or board.facts.places.get(area[:9])
        here = Here(states, signals, board.facts.now, board.rings(subject))
        yield from _finding(board, subject, here, place.name if place else area, area, (lon, lat))


def _is_near(one: State | Signal, lon: float, lat: float, radius: float) -> bool:
    return one.lon is not None and one.lat is not None and distance_m(one.lon, one.lat, lon, lat) <= radius


def _anchors(board: _Board) -> list[tuple[float, float, str, str]]:
    """Place, area and name of whatever the anchor's condition is about, always in the same order."""
    condition = board.rule.conditions[board.rule.anchor or ""]
    found: list[tuple[float | None, float | None, str, str]]
    if condition.metric is not None:
        states = sorted((one for one in board.states if holds_alone(condition, one)), key=lambda one: one.device)
        found = [(one.lon, one.lat, one.area, one.device) for one in states]
    else:
        chosen = [one for one in board.signals if one.rule in condition.rules and one.active and one.counts]
        if not condition.rules:
            chosen = [one for one in board.signals if one.kind == "report" and selects(condition, one)]
            chosen = recent(chosen, (), board.facts.now, board.rule.within)
        found = [(one.lon, one.lat, one.area, f"{one.kind}-{one.number}") for one in sorted(chosen, key=lambda one: (one.at, one.number))]
    return [(lon, lat, area, key) for lon, lat, area, key in found if lon is not None and lat is not None]
