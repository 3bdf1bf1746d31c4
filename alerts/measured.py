"""What a reading means by the rules on its metric: raise, worsen, ease, return, wait. Pure; `alerts.levels` judges the figure.

Laws kept here: a missing value and one not to be trusted neither ring nor clear; what rings already goes on outside its rule's valid
times; the same facts twice ring once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from alerts.board import Board, Key
from alerts.levels import Moment, Ruling, judge
from alerts.measures import figure_of
from alerts.raising import raised
from alerts.rules import Rules
from alerts.standing import Standing
from alerts.valid import may_ring
from core.changes import AlertAgain, AlertEased, AlertReturned, AlertSeen, AlertWorsened, Change
from core.facts import CALM, OpenAlert, StateMoved, Wait
from core.figure import Figure
from core.rule_parts import Level

# An open alert's value is refreshed this often at most: a storm must not become a storm of writes.
_REFRESH_AFTER = timedelta(seconds=10)
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Case:
    """One rule on one state, and its figure."""

    rules: Rules
    one: Standing
    limits: Sequence[Level]
    key: Key
    state: StateMoved
    figure: Figure

    @property
    def value(self) -> float:
        """As people are told it."""
        return self.figure.value if self.figure.told is None else self.figure.told

    def told_at(self, level: int) -> tuple[int, float, str]:
        """Severity, limit and title of a level."""
        limit, state = self.limits[level], self.state
        label = self.one.measure.label(self.one.rule, level, self.figure, state)
        bound = self.figure.limits[level] if self.figure.limits else limit.limit
        return limit.severity, bound, f"{state.device.name} {label}"


def subject_of(state: StateMoved) -> str:
    """What an alert of a reading is about."""
    return f"{state.device.device}/{state.metric.metric}"


def read(rules: Rules, state: StateMoved, board: Board, *, due: bool) -> Iterator[Change]:
    """Every rule on the metric of this device. `due`: nothing new was said, but the time of a wait has come."""
    concern, subject = rules.concern(state.device, state.metric.metric), subject_of(state)
    if due:
        board.looked_at.add(subject)
    standing = concern.standing
    if state.value is not None and concern.low <= state.value <= concern.high and subject not in board.subjects:
        standing = concern.watchful  # calm, and nothing stands that it could end
    for one in standing:
        key = one.name, subject
        alert, waits = board.alerts.get(key), board.waits_of(key)
        figure = figure_of(one.rule, state, board.facts)
        if figure is None:
            if state.value is None and alert and alert.state_known:
                yield board.move(alert, AlertSeen(alert.alert_id, alert.value, known=False))
            continue
        limits = one.measure.limits(one.rule, one.limits, state)
        if not limits:
            yield from _without_limits(state, alert, waits, board)
        elif alert or waits or limits[0].is_beyond(figure.value):
            yield from _judged(_Case(rules, one, limits, key, state, figure), alert, waits, board, due)


def _without_limits(state: StateMoved, alert: OpenAlert | None, waits: Mapping[int, Wait], board: Board) -> Iterator[Change]:
    """The device's own levels were withdrawn, or their season is over: what rang by them is over with the next reading."""
    for wait in list(waits.values()):
        yield board.drop(wait)
    if alert and alert.is_active:
        yield board.move(alert, AlertReturned(alert.alert_id, state.observed_at, state.value))


def _judged(case: _Case, alert: OpenAlert | None, waits: Mapping[int, Wait], board: Board, due: bool) -> Iterator[Change]:
    active = alert if alert and alert.is_active else None
    moment = Moment(case.state.observed_at, board.now, due)
    ruling = judge(
        case.limits, case.figure, active.level if active else CALM, waits, moment,
        case.rules.flapping.calm if active and active.flapping else _NO_TIME,
        may_ring=may_ring(case.one.rule.valid, board.now if due else moment.observed_at, case.rules.zone),
    )  # fmt: skip
    restless = CALM in waits and CALM not in ruling.waiting and ruling.level != CALM
    yield from _wait(case, waits, ruling, board)
    if active:
        yield from _go_on(case, active, ruling.level, board, restless)
    elif ruling.level != CALM:
        yield _ring(case, alert, ruling.level, board)


def _wait(case: _Case, waits: Mapping[int, Wait], ruling: Ruling, board: Board) -> Iterator[Change]:
    """End the waits that stand no more, begin those that are new."""
    stood = dict(waits)
    for level in sorted(stood.keys() - ruling.waiting):
        yield board.drop(stood[level])
    for level in sorted(ruling.waiting - stood.keys()):
        hold = case.rules.flapping.calm if level == CALM else case.limits[level].hold or _NO_TIME
        wait = Wait(*case.key, case.state.observed_at, board.now + hold, case.value, level)
        yield board.begin(wait, case.state.device.device_id, case.state.metric.metric_id)


def _ring(case: _Case, alert: OpenAlert | None, level: int, board: Board) -> Change:
    """A new alert; or the one that returned before anybody saw it go, again."""
    if alert:
        return board.move(alert, _again(case, alert, level))
    state, (severity, limit, title) = case.state, case.told_at(level)
    told = raised(
        case.rules, case.one.name, case.one.rule, state.device, subject=case.key[1], severity=severity, title=title, level=level,
        observed_at=state.observed_at, metric_id=state.metric.metric_id, value=case.value, threshold=limit,
        unit=case.one.measure.unit(case.one.rule, state),
    )  # fmt: skip
    return board.raise_(told)


def _go_on(case: _Case, alert: OpenAlert, level: int, board: Board, restless: bool) -> Iterator[Change]:
    """`restless`: it flaps, was calm for a while, and is beyond its limit again."""
    if level == CALM:
        yield board.move(alert, AlertReturned(alert.alert_id, case.state.observed_at, case.value))
        return
    if restless:
        yield board.move(alert, _again(case, alert, None))
        alert = board.alerts[case.key]
    if level != alert.level:
        yield board.move(alert, _to_level(case, alert, level))
    elif not alert.state_known or _is_news(case, alert, board):
        yield board.move(alert, AlertSeen(alert.alert_id, case.value))


def _is_news(case: _Case, alert: OpenAlert, board: Board) -> bool:
    return case.value != alert.value and board.now - alert.updated_at >= _REFRESH_AFTER and case.limits[0].is_beyond(case.figure.value)


def _to_level(case: _Case, alert: OpenAlert, level: int) -> AlertWorsened | AlertEased:
    change = AlertWorsened if level > alert.level else AlertEased
    severity, limit, title = case.told_at(level)
    return change(alert.alert_id, case.state.observed_at, case.value, level, severity, limit, title)


def _again(case: _Case, alert: OpenAlert, level: int | None) -> AlertAgain:
    """`level` None: as grave as it was."""
    flapping = case.rules.flapping
    again = AlertAgain(alert.alert_id, case.state.observed_at, case.value, flap_times=flapping.times, flap_within=flapping.within)
    if level is None:
        return again
    severity, limit, title = case.told_at(level)
    return replace(again, level=level, severity=severity, threshold=limit, title=title)
