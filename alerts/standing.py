"""The rules on a metric, filed so that a device finds its own however many there are, and a calm value disturbs none of them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

from alerts.measures import PLAIN, Measure, measure_of
from alerts.scope import Concerned, Span, Word, anchors, concerns, is_told_by_anchor, span, words
from core.rule_parts import Level, MetricRule


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule on a metric, and what of it is worked out once: how its kind measures, its limits, each with its hold time."""

    name: str
    rule: MetricRule
    limits: tuple[Level, ...]
    measure: Measure
    place: int  # in the order of the configuration
    sure: bool  # whoever is filed under its words is concerned: nothing more to ask


@dataclass(frozen=True, slots=True)
class Concern:
    """The rules on one metric of one device. A value from `low` to `high` is beyond no limit of those that look at the value itself.

    `watchful`: the others, which judge more than the value; `asking`: those of them that must know the past.
    """

    standing: tuple[Standing, ...] = ()
    watchful: tuple[Standing, ...] = ()
    asking: tuple[Standing, ...] = ()
    low: float = -inf
    high: float = inf


@dataclass(frozen=True, slots=True)
class Filed:
    """The rules on one metric, by the words under which a device finds them."""

    under: Mapping[Word, tuple[Standing, ...]]
    spans: tuple[Span, ...]  # of those among these words that a device has by some of its letters

    def concern(self, device: Concerned) -> Concern:
        """In order of the configuration."""
        found = {one.place: one for word in words(device, self.spans) for one in self.under.get(word, ())}
        standing = tuple(one for _, one in sorted(found.items()) if one.sure or concerns(one.rule, device))
        plain = [one.limits[0] for one in standing if one.measure is PLAIN]
        return Concern(
            standing,
            tuple(one for one in standing if one.measure is not PLAIN),
            tuple(one for one in standing if one.measure.asks),
            max((limit.limit for limit in plain if limit.below is not None), default=-inf),
            min((limit.limit for limit in plain if limit.above is not None), default=inf),
        )


def stand(name: str, rule: MetricRule, place: int) -> Standing:
    """What is worked out once of a rule."""
    limits = tuple(one if one.hold is not None else one.model_copy(update={"hold": rule.hold}) for one in rule.limits)
    return Standing(name, rule, limits, measure_of(rule), place, is_told_by_anchor(rule))


def file(found: Iterable[Standing]) -> Filed:
    """The rules on one metric, each under the words of its narrowest scope."""
    under: dict[Word, list[Standing]] = {}
    for one in found:
        for word in dict.fromkeys(anchors(one.rule)):
            under.setdefault(word, []).append(one)
    spans = sorted({reach for word in under if (reach := span(word))})
    return Filed({word: tuple(here) for word, here in under.items()}, tuple(spans))
