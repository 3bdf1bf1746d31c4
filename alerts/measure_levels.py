"""A value against levels that are the device's own: 警戒水位, 汛限水位, H and HH. Pure; which number holds today the registry knows.

A level that is reached is passed (SL 323 and flood plans: Z ≥ WRZ is 超警戒).
"""

from collections.abc import Mapping
from math import inf

from core.facts import Facts, StateMoved
from core.figure import Figure
from core.rule_measures import NamedLevel, NamedLevelRule
from core.rule_parts import Level


class ReachedLevel(Level):
    """A limit that counts as passed when it is reached, and is calm only on the other side of `clear`."""

    def is_beyond(self, figure: float) -> bool:
        return figure >= self.limit if self.above is not None else figure <= self.limit

    def is_calm(self, figure: float) -> bool:
        clear = self.limit if self.clear is None else self.clear
        return figure < clear if self.above is not None else figure > clear


def value(rule: NamedLevelRule, state: StateMoved, facts: Facts) -> Figure | None:
    return None if state.value is None else Figure(state.value)


def own_limits(rule: NamedLevelRule, limits: tuple[Level, ...], state: StateMoved) -> tuple[Level, ...]:
    """As they are for this device today."""
    return limits_of(rule, state.device.levels.get(state.metric.metric, {}))


def limits_of(rule: NamedLevelRule, own: Mapping[str, float]) -> tuple[Level, ...]:
    """The rule's levels in their order, as numbers of a device whose levels are `own`; () for one that has none of them.

    A level that the device lacks is passed together with the next graver one it has; without any it is out of reach.
    """
    limits: list[Level] = []
    graver: Level | None = None
    for one in reversed(rule.levels):
        number = own.get(one.named)
        graver = _limit(one, number, rule) if number is not None else graver or _limit(one, None, rule)
        limits.append(graver)
    return tuple(reversed(limits)) if any(one.named in own for one in rule.levels) else ()


def _limit(one: NamedLevel, number: float | None, rule: NamedLevelRule) -> Level:
    upward = one.above is not None
    offset = (one.above if upward else one.below) or 0.0
    limit = (inf if upward else -inf) if number is None else number + offset
    clear = None if one.clear is None or number is None else number + one.clear
    above, below = (limit, None) if upward else (None, limit)
    return ReachedLevel.model_construct(
        above=above, below=below, severity=one.severity, clear=clear, hold=rule.hold if one.hold is None else one.hold,
        label=one.label, label_en=one.label_en,
    )  # fmt: skip


def passed_by(rule: NamedLevelRule, level: int, value: float, own: Mapping[str, float]) -> tuple[str, float] | None:
    """How a level that is passed is called (超警戒, 低于死水位), and how far the value is beyond the device's own number.

    In the metric's unit; below zero where the rule rings before the number is reached. None where the device lacks it.
    """
    one = rule.levels[level]
    number = own.get(one.named)
    if number is None:
        return None
    if one.above is None:
        return f"低于{one.named}", round(number - value, 6)
    return f"超{one.named.removesuffix('水位')}", round(value - number, 6)
