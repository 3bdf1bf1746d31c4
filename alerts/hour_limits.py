"""Which limits an hour can be held against: of threshold rules in force, of permits, and levels of a device itself. Pure; compares nothing.

A rule looks at single readings and holds for seconds; an hour's mean beyond the same number is a statistic of its own and says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from core.device_levels import DeviceLevel, holding
from core.probe_config import METRIC
from core.rule_config import Rule, ThresholdRule
from core.rule_measures import NamedLevelRule

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HourLimit:
    """One number of one metric, in its unit, and whom it is of. Scopes that are empty fit every device; `devices` may hold `*`.

    With `named` it is a level of each device's own by that name: `above` or `below` is counted from it, and reaching it is passing it.
    """

    key: str
    metric: str
    above: float | None
    below: float | None
    source: str  # rule, permit or device
    label: str
    label_en: str
    severity: int | None = None
    class_code: str | None = None
    domains: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    named: str | None = None

    def shape(self) -> dict[str, Any]:
        """What a reader is told of it."""
        names = ("key", "metric", "above", "below", "source", "label", "label_en", "severity", "class_code", "named")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """What a limit by name is for one device on the days from `first` to `last`, both included; None: of all that are asked for."""

    key: str
    device: str
    number: float
    first: date | None
    last: date | None


def of_levels(rules: Mapping[str, Rule]) -> list[HourLimit]:
    """A limit for each level that a rule in force knows by name (警戒水位); what it is for a device says `own_numbers`."""
    return [
        HourLimit(
            f"{name}.{number}", rule.metric, level.above, level.below, "device", level.label or level.named,
            level.label_en or f"{rule.label_en or rule.label} · {level.named}", level.severity, rule.class_code, rule.domains, rule.areas,
            rule.cells, rule.kinds, rule.devices, rule.tags, level.named,
        )
        for name, rule in rules.items() if isinstance(rule, NamedLevelRule) and rule.enabled and not rule.drill
        for number, level in enumerate(rule.levels)
    ]  # fmt: skip


def own_numbers(limits: Iterable[HourLimit], levels: Mapping[str, Sequence[DeviceLevel]], first: date, last: date) -> Iterator[OwnNumber]:
    """The numbers of `levels`, by device, that limits by name had on the city's days from `first` to `last`; a season's in its time."""
    for limit in (one for one in limits if one.named is not None):
        for device, every in levels.items():
            own = [one for one in every if (one.metric, one.level) == (limit.metric, limit.named)]
            days = list(_turns(own, first, last)) if own else []
            spans = zip(days, [*(day - _DAY for day in days[1:]), last], strict=True) if days else ()
            for number, run in groupby(((_number(limit, own, since), since, until) for since, until in spans), key=itemgetter(0)):
                of = list(run)
                since, until = of[0][1], of[-1][2]
                if number is not None:
                    yield OwnNumber(limit.key, device, number, None if since == first else since, None if until == last else until)


def _number(limit: HourLimit, own: Sequence[DeviceLevel], day: date) -> float | None:
    found = holding(own, limit.metric, day).get(limit.named or "")
    offset = limit.above if limit.above is not None else limit.below
    return None if found is None else float(f"{found + (offset or 0.0):.12g}")


def _turns(own: Sequence[DeviceLevel], first: date, last: date) -> Iterator[date]:
    """The days of [first, last] on which another number may begin to hold, `first` among them."""
    if all(one.season is None and one.since is None and one.until is None for one in own):
        yield first
        return
    before: list[bool] = []
    for day in (first + number * _DAY for number in range((last - first).days + 1)):
        here = [one.holds(day) for one in own]
        if here != before:
            yield day
        before = here


def of_rules(rules: Mapping[str, Rule]) -> list[HourLimit]:
    """A limit for each level of each threshold rule that is switched on and is no drill, in their order."""
    return [
        HourLimit(
            f"{name}.{number}", rule.metric, level.above, level.below, "rule", level.label or rule.label, level.label_en or rule.label_en,
            level.severity, rule.class_code, rule.domains, rule.areas, rule.cells, rule.kinds, rule.devices, rule.tags,
        )
        for name, rule in rules.items() if isinstance(rule, ThresholdRule) and rule.enabled and not rule.drill and rule.metric != METRIC
        for number, level in enumerate(rule.limits)
    ]  # fmt: skip


def of_permit(device: str, metric: str, most: float | None, least: float | None, permit: str | None) -> Iterable[HourLimit]:
    """What a permit says of an hour's mean, in the city's unit: a limit for each side it has."""
    for side, above, below in (("most", most, None), ("least", None, least)):
        if above is not None or below is not None:
            label = f"许可 {permit}" if permit else "排污许可"
            label_en = f"Permit {permit}" if permit else "Permit"
            yield HourLimit(f"permit.{device}.{metric}.{side}", metric, above, below, "permit", label, label_en, devices=(device,))
