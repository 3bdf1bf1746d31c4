"""What a rule asks of a device's past while it is played over stored readings: the windows that the live machine would have read. Pure.

Keeps as much of the past as the rule looks back, and looks at a window as seldom as the live one does.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.measures import measure_of
from core.facts import StateMoved
from core.measured import LOOKS, Measured, Window, WindowAsked, WindowKey
from core.model import Quality
from core.rule_parts import MetricRule

_NOTHING = Measured()


@dataclass(slots=True)
class Past:
    """Of one device and one metric."""

    _kept: deque[tuple[datetime, float, Quality]] = field(default_factory=deque)
    _looked_at: dict[timedelta, datetime] = field(default_factory=dict)

    def at(self, rule: MetricRule, state: StateMoved) -> Measured:
        """What is known of the past with this reading."""
        asks = measure_of(rule).asks
        if asks is None:
            return _NOTHING
        if state.value is not None:
            self._kept.append((state.observed_at, state.value, state.quality))
        asked = [one for one in asks(rule, state) if isinstance(one, WindowAsked)]
        if asked:
            self._forget(state.observed_at - 2 * max(one.key.span for one in asked))
        return Measured({one.key: self._window(one) for one in asked if self._is_due(one)})

    def _forget(self, before: datetime) -> None:
        while self._kept and self._kept[0][0] < before:
            self._kept.popleft()

    def _is_due(self, asked: WindowAsked) -> bool:
        """As `queries/windows.sql` has it."""
        span, until = asked.key.span, asked.key.until
        looked_at = self._looked_at.get(span)
        if not asked.anyhow and looked_at is not None and until < looked_at + span / LOOKS:
            return False
        self._looked_at[span] = until
        return True

    def _window(self, asked: WindowAsked) -> Window:
        key = asked.key
        values = list(self._chain(asked, key.each)) if key.each else self._inside(key, key.until - key.span)
        return Window(len(values), sum(values), min(values), max(values)) if values else Window(0)

    def _inside(self, key: WindowKey, after: datetime) -> list[float]:
        return [value for at, value, quality in self._kept if after < at <= key.until and quality in key.qualities]

    def _chain(self, asked: WindowAsked, each: timedelta) -> list[float]:
        """The newest, the next one so long before it, and so on: none overlaps another by more than a moment."""
        key = asked.key
        slack = min(each / 60, asked.interval / 2)
        earliest, first, found = key.until - key.span + each * 0.9, key.until - each, list[float]()
        before: datetime | None = None
        for at, value, quality in reversed(self._kept):
            if quality not in key.qualities or at > key.until:
                continue
            if before is None and at <= first:
                break
            if before is None or (at <= before - each + slack and at >= earliest):
                found.append(value)
                before = at
        return found
