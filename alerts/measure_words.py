"""How much a rule was passed by, as its alert's title says it: 超警戒 1.40 m, 3 h 96.0 mm, 较同期 +3.4σ. Pure."""

from datetime import timedelta

from alerts.measure_levels import passed_by
from core.facts import StateMoved
from core.figure import Figure
from core.rule_measures import DeviationRule, NamedLevelRule, RateRule, StuckRule, WindowRule
from core.rule_parts import MetricRule


def rate(rule: RateRule, level: int, figure: Figure, state: StateMoved) -> str:
    return f"{_label(rule, level)} {_number(figure.value, state.metric.unit, '+')} {per_span(rule, state)}{_share(figure)}"


def per_span(rule: RateRule, state: StateMoved) -> str:
    """Unit of a rise: of the metric per span."""
    return f"{state.metric.unit}/{span_told(rule.span, '')}"


def deviation(rule: DeviationRule, level: int, figure: Figure, state: StateMoved) -> str:
    amount = f"{figure.value:+.1f}σ" if rule.by == "spread" else f"{figure.value:+.0f}%"
    return f"{_label(rule, level)} 较同期 {amount}"


def deviation_unit(rule: DeviationRule, state: StateMoved) -> str:
    return "σ" if rule.by == "spread" else "%"


def stuck(rule: StuckRule, level: int, figure: Figure, state: StateMoved) -> str:
    value = "" if state.value is None else f" {_number(state.value, state.metric.unit)} {state.metric.unit}".rstrip()
    return f"{_label(rule, level)}{value} {span_told(timedelta(seconds=figure.value))} 不变"


def seconds(rule: StuckRule, state: StateMoved) -> str:
    return "s"


def window(rule: WindowRule, level: int, figure: Figure, state: StateMoved) -> str:
    told = figure.value if figure.told is None else figure.told
    amount = f"{_number(told, state.metric.unit)} {state.metric.unit}".rstrip()
    return f"{_label(rule, level)} {span_told(figure.span or rule.span)} {amount}{_share(figure)}"


def named_level(rule: NamedLevelRule, level: int, figure: Figure, state: StateMoved) -> str:
    """Before the number is reached: how far it is away."""
    found = passed_by(rule, level, figure.value, state.device.levels.get(state.metric.metric, {}))
    if found is None:
        return _label(rule, level)
    name, by = found
    amount = f"{_number(abs(by), state.metric.unit)} {state.metric.unit}".rstrip()
    own = rule.levels[level]
    if by < 0:
        return f"{own.label or '接近' + own.named} 差 {amount}"
    return f"{own.label or name} {amount}"


def span_told(span: timedelta, between: str = " ") -> str:
    """`30 min`, `6 h`, `6 h 20 min`, `2 d 3 h`: the two greatest units that say something."""
    left, parts = int(span.total_seconds()), []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{between}{unit}")
    return " ".join(parts[:2]) or f"0{between}s"


def _label(rule: MetricRule, level: int) -> str:
    return rule.limits[level].label or rule.label


def _number(value: float, unit: str, sign: str = "") -> str:
    """Metres with two decimals (as gauges are read), all else with one."""
    return format(value, f"{sign}.2f" if unit == "m" else f"{sign}.1f")


def _share(figure: Figure) -> str:
    return f"(完整度 {figure.share:.0%})" if figure.bound and figure.share < 1 else ""
