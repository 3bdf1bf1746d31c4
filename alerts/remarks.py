"""What is not wrong with a rule and still worth a word: no runbook, a limit that no value reaches, nobody it concerns. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from alerts.rules import Rules
from alerts.scope import Concerned, concerns
from alerts.standing import Standing
from core.config import Config, MetricConfig
from core.facts import KnownDevice
from core.rule_config import Rule, ThresholdRule
from core.rule_parts import Level, MetricRule, RulePart, ScopedRule

WORDS = ("off", "over", "no_runbook", "unreachable", "never_clears", "no_device", "overlaps")


@dataclass(frozen=True, slots=True)
class Remark:
    """`word` says what (one of `WORDS`), `detail` which limit, how many or with whom."""

    rule: str
    word: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A device and the metrics that it ever told."""

    device: KnownDevice
    metrics: frozenset[str]


def of_words(rules: Mapping[str, Rule], config: Config, today: date) -> list[Remark]:
    """What the words alone show."""
    return [remark for name, rule in rules.items() for remark in _of_rule(name, rule, config, today)]


def _of_rule(name: str, rule: Rule, config: Config, today: date) -> Iterator[Remark]:
    if not rule.enabled:
        yield Remark(name, "off")
    if rule.valid and all(span.until is not None and span.until < today for span in rule.valid):
        yield Remark(name, "over", str(max(span.until for span in rule.valid if span.until)))
    if not rule.runbook.strip():
        yield Remark(name, "no_runbook")
    if isinstance(rule, ThresholdRule) and (metric := config.metrics.get(rule.metric)) is not None:
        for limit in rule.limits:
            yield from _of_limit(name, limit, metric)


def _of_limit(name: str, limit: Level, metric: MetricConfig) -> Iterator[Remark]:
    """Against the plausible range: what lies outside it is refused before any rule sees it."""
    low, high = metric.min, metric.max
    if limit.above is not None and high is not None and limit.above >= high:
        yield Remark(name, "unreachable", f"above {limit.above:g}, and {metric.label_en} is at most {high:g}")
    if limit.below is not None and low is not None and limit.below <= low:
        yield Remark(name, "unreachable", f"below {limit.below:g}, and {metric.label_en} is at least {low:g}")
    clear = limit.limit if limit.clear is None else limit.clear
    if limit.above is not None and low is not None and clear < low:
        yield Remark(name, "never_clears", f"clear {clear:g}, and {metric.label_en} is at least {low:g}")
    if limit.below is not None and high is not None and clear > high:
        yield Remark(name, "never_clears", f"clear {clear:g}, and {metric.label_en} is at most {high:g}")


def of_city(rules: Mapping[str, Rule], arranged: Rules, told: Iterable[Told]) -> list[Remark]:
    """What shows when the devices are known: rules that concern nobody, and pairs that ring for the same value of the same device."""
    waiting: dict[str, RulePart] = {name: rule for name, rule in rules.items() if rule.enabled and isinstance(rule, ScopedRule)}
    pairs: Counter[tuple[str, str]] = Counter()
    for one in told:
        for metric in one.metrics:
            standing = arranged.of(one.device, metric)
            for place, each in enumerate(standing):
                waiting.pop(each.name, None)
                pairs.update((each.name, other.name) for other in standing[place + 1 :] if _alike(each, other))
        for name in [name for name, rule in waiting.items() if _concerns(rule, one.device)]:
            del waiting[name]
    found = [Remark(name, "no_device", getattr(rule, "metric", "")) for name, rule in waiting.items()]
    return found + [Remark(one, "overlaps", f"{other}: {count}") for (one, other), count in sorted(pairs.items())]


def _alike(one: Standing, other: Standing) -> bool:
    """Of one kind and on one side: both ring for the same thing, and levels of one rule would be one alert."""
    return type(one.rule) is type(other.rule) and (one.limits[0].above is None) == (other.limits[0].above is None)


def _concerns(rule: RulePart, device: Concerned) -> bool:
    return isinstance(rule, ScopedRule) and not isinstance(rule, MetricRule) and concerns(rule, device)
