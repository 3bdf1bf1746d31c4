"""What a rule asks of a device's past for one reading, and under which key it finds the answer. Pure; `store.windows` reads it."""

from datetime import timedelta

from core.facts import StateMoved
from core.measured import BaselineKey, WindowAsked, WindowKey
from core.rule_parts import MetricRule


def window(rule: MetricRule, state: StateMoved, span: timedelta, each: timedelta | None = None) -> WindowAsked:
    """The readings of a span until this one, of the qualities that the rule goes by."""
    key = WindowKey(state.device.device_id, state.metric.metric_id, state.observed_at, span, rule.qualities, each)
    return WindowAsked(key, state.device.interval)


def usual(state: StateMoved, back: int) -> BaselineKey:
    """What is usual in the hour of a reading by the days before."""
    hour = state.observed_at.replace(minute=0, second=0, microsecond=0)
    return BaselineKey(state.device.device_id, state.metric.metric_id, back, hour)
