"""A rule played over what was stored, reading by reading, by the very machine that rings: `alerts.measured` with its board. Pure.

Nobody acknowledges here, and every reading is taken as heard when it was observed. What falls due between two readings rings when it was
due; a device that said nothing for longer than its patience begins nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.backtest_past import Past
from alerts.board import Board
from alerts.measured import read
from alerts.rules import Rules, arrange
from core.changes import AlertAgain, AlertRaised, AlertReturned, AlertWorsened, Change
from core.config import Config
from core.facts import Facts, Moved, StateMoved
from core.model import TRUSTED
from core.rule_config import Rule, ThresholdRule
from core.rule_measures import DeviationRule
from core.rule_parts import Level, MetricRule

_NOT_YET: Mapping[type, str] = {DeviationRule: "what was usual on past days is kept for today only"}


@dataclass(frozen=True, slots=True)
class Ring:
    """One time it would have rung. `until` None: it still rang at the end; `severity`: the worst it had; `value`: when it began."""

    device: str
    since: datetime
    until: datetime | None
    severity: int
    value: float | None


@dataclass(slots=True)
class Counted:
    """Beside the rings: how often one became graver, came back while it flapped, and how many readings were looked at."""

    worsened: int = 0
    again: int = 0
    readings: int = 0


def why_not(rule: Rule) -> str | None:
    """Why a rule cannot be played over stored readings; None: it can."""
    if not isinstance(rule, MetricRule):
        return f"rules of the kind '{rule.kind}' are not made of the readings of one metric: they cannot be backtested yet"
    if type(rule) in _NOT_YET:
        return f"rules of the kind '{rule.kind}' cannot be backtested yet: {_NOT_YET[type(rule)]}"
    return None


def rules_of(name: str, rule: Rule, config: Config) -> Rules:
    """The one rule, arranged as all are; switched on, for it is asked what it would do."""
    return arrange({name: rule.model_copy(update={"enabled": True})}, config.classes, config.area.zone, config.flapping)


@dataclass(slots=True)
class Player:
    """One device on its way through time. Readings are given in order of observation; what is over comes out."""

    rules: Rules
    rule: MetricRule
    patience: timedelta
    counted: Counted
    is_busy: bool = False  # something rings or waits, so that calm readings matter
    _mild: Level | None = None  # of a rule on the value itself
    _board: Board | None = None
    _last: StateMoved | None = None
    _stood: float | None = None  # the last trusted value
    _past: Past | None = None
    _ring: Ring | None = None

    def __post_init__(self) -> None:
        self._mild = self.rule.limits[0] if isinstance(self.rule, ThresholdRule) else None

    def take(self, state: StateMoved) -> Sequence[Ring]:
        """One more reading. Of a rule on the value itself calm readings while nothing goes on mean nothing, as the live machine has it."""
        self.counted.readings += 1
        if self._last is not None and state.observed_at <= self._last.observed_at:
            return ()
        if self._mild and not self.is_busy and (state.value is None or not self._mild.is_beyond(state.value)):
            self._last = state
            return ()
        return list(self._judge(state))

    def _judge(self, state: StateMoved) -> Iterator[Ring]:
        last, board = self._last, self._board or Board(Facts(Moved()), state.observed_at)
        if last is not None:
            yield from self._until(state.observed_at, board, last)
        is_trusted = state.value is not None and state.quality in TRUSTED
        changed = last is None or (is_trusted and state.value != self._stood)
        state = state._replace(changed_at=last.changed_at if last and not changed else state.observed_at)
        self._stood = state.value if is_trusted else self._stood
        self._past = self._past or Past()
        board.facts.measured = self._past.at(self.rule, state)
        board.now, self._board, self._last = state.observed_at, board, state
        yield from self._note(read(self.rules, state, board, due=False), state.device.device, board)
        self.is_busy = self._ring is not None or bool(board.waits())

    def rest(self, until: datetime) -> Iterator[Ring]:
        """What falls due before the end, and what still rings then."""
        if self._board is not None and self._last is not None:
            yield from self._until(until, self._board, self._last)
        if self._ring is not None:
            yield self._ring
            self._ring = None

    def _until(self, until: datetime, board: Board, last: StateMoved) -> Iterator[Ring]:
        silent_at = last.observed_at + self.patience
        while waits := [wait for wait in board.waits() if wait.due_at <= min(until, silent_at)]:
            board.now = min(wait.due_at for wait in waits)
            board.looked_at.clear()
            yield from self._note(read(self.rules, last, board, due=True), last.device.device, board)
            for wait in [wait for wait in board.waits() if wait.due_at <= board.now]:
                board.drop(wait)  # past its time, and it began nothing
        if until > silent_at:
            for wait in board.waits():
                board.drop(wait)

    def _note(self, changes: Iterator[Change], device: str, board: Board) -> Iterator[Ring]:
        for change in changes:
            match change:
                case AlertRaised():
                    self._ring = Ring(device, board.now, None, change.severity, change.value)
                case AlertAgain() if self._ring is None:
                    self._ring = Ring(device, board.now, None, change.severity or 5, change.value)
                case AlertAgain():
                    self.counted.again += 1
                case AlertWorsened() if self._ring is not None:
                    self.counted.worsened += 1
                    self._ring = Ring(device, self._ring.since, None, min(self._ring.severity, change.severity), self._ring.value)
                case AlertReturned() if self._ring is not None:
                    ring, self._ring = self._ring, None
                    yield Ring(device, ring.since, board.now, ring.severity, ring.value)


def play(rules: Rules, rule: MetricRule, states: Sequence[StateMoved], patience: timedelta, until: datetime) -> list[Ring]:
    """All rings of one device's readings."""
    player = Player(rules, rule, patience, Counted())
    return [ring for state in states for ring in player.take(state)] + list(player.rest(until))
