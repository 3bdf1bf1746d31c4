"""Figures over a span: how far a metric rose or fell, and its sum, mean, least or greatest. Pure; never fills a gap.

A gap leaves at least what was measured: such a figure may ring and worsen, and neither returns nor eases (`Figure.bound`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from alerts import measure_past
from core.facts import Facts, StateMoved
from core.figure import Figure
from core.measured import Window, WindowAsked
from core.rule_measures import RateRule, WindowRule


def rate_asks(rule: RateRule, state: StateMoved) -> Iterator[WindowAsked]:
    yield measure_past.window(rule, state, rule.span)


def rate(rule: RateRule, state: StateMoved, facts: Facts) -> Figure | None:
    """How far it rose or fell until now; None where nobody looked."""
    found = facts.measured.windows.get(measure_past.window(rule, state, rule.span).key)
    return None if state.value is None or found is None else rise(rule, state.value, found, state.device.interval)


def window_asks(rule: WindowRule, state: StateMoved) -> Iterator[WindowAsked]:
    for span in spans(rule):
        yield measure_past.window(rule, state, span, rule.each)


def window(rule: WindowRule, state: StateMoved, facts: Facts) -> Figure | None:
    """What it came to in the span that is passed the furthest; None where nobody looked."""
    keys = {span: measure_past.window(rule, state, span, rule.each).key for span in spans(rule)}
    found = {span: one for span, key in keys.items() if (one := facts.measured.windows.get(key)) is not None}
    return fold(rule, found, state.device.interval) if found else None


def completeness(window: Window, interval: timedelta, span: timedelta, each: timedelta | None = None) -> float:
    """Share 0 … 1 of a span of which readings tell: one per `interval`, or per `each` where a reading tells the sum of so long."""
    return min(1.0, window.count * (each or interval) / span)


def rise(rule: RateRule, value: float, window: Window, interval: timedelta) -> Figure | None:
    """The value less the lowest of the span, never below 0; where a fall is asked for, less the highest, never above 0."""
    upward = rule.limits[0].above is not None
    outer = window.min if upward else window.max
    if outer is None:
        return None
    moved = max(0.0, value - outer) if upward else min(0.0, value - outer)
    share = completeness(window, interval, rule.span)
    return Figure(moved, bound=share < rule.complete, share=share)


def fold(rule: WindowRule, windows: Mapping[timedelta, Window], interval: timedelta) -> Figure | None:
    """The figure of `rule.span`, or that of a further span where it lies further out, told on the scale of the rule's own levels.

    `windows` by span. `Figure.span` says whose it is and `Figure.told` what was measured there.
    """
    own = [one.above or 0.0 for one in rule.limits]
    found: list[Figure] = []
    for span, limits in ((rule.span, own), *((one.span, one.limits) for one in rule.further)):
        window = windows.get(span)
        one = None if window is None else _fold(rule, window, completeness(window, interval, span, rule.each))
        if one is None:
            if not rule.further:
                return None
            continue
        scaled = one.value if span == rule.span else on_scale(one.value, limits, own)
        found.append(Figure(scaled, one.bound, one.share, span, one.value, tuple(limits) if rule.further else ()))
    if not found:
        return None
    furthest = max(found, key=lambda one: one.value)
    unsure = len(found) <= len(rule.further) or any(one.bound for one in found)
    return furthest._replace(bound=unsure)


def _fold(rule: WindowRule, window: Window, share: float) -> Figure | None:
    """None where a gap leaves nothing that could be said: a mean, or a least that all must keep."""
    value = {"sum": window.sum, "mean": None, "min": window.min, "max": window.max}[rule.fold]
    if rule.fold == "mean" and window.count:
        value = (window.sum or 0.0) / window.count
    if value is None:
        return None
    if share >= rule.complete:
        return Figure(value, share=share)
    upward = rule.limits[0].above is not None
    outward = rule.fold in ("sum", "max") if upward else rule.fold == "min"
    return Figure(value, bound=True, share=share) if outward else None


def on_scale(amount: float, limits: Sequence[float], own: Sequence[float]) -> float:
    """An amount of a span with `limits`, told on the scale of `own`.

    Limit for limit; from 0 to the first and between them on a straight line, beyond the last in proportion.
    """
    if amount <= 0:
        return amount
    for (low, own_low), (high, own_high) in pairwise(((0.0, 0.0), *zip(limits, own, strict=True))):
        if amount <= high:
            return own_low + (amount - low) / (high - low) * (own_high - own_low)
    return amount / limits[-1] * own[-1]


def spans(rule: WindowRule) -> list[timedelta]:
    """All that it looks back."""
    return [rule.span, *(one.span for one in rule.further)]
