"""Derived figures against somebody's own limits: an outlet's permit, a section's target class, the dust rule of a building site.

Decides whether a limit was kept and by how much it was not. What is missing is named and never counts as kept; but what
is known to be beyond a limit is beyond it, whatever is missing. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from alerts.figures import HOUR, LEAST_OF_DAY, Figure, Measured, Subject, possible_hours
from core.standards import dust, permit, water
from core.standards.digits import significant
from core.standards.permit import PermitLimit

_LEAST_OF_DUST = 0.75
_FACTOR = 6  # significant digits of a factor: 0.0000008 is above its limit too


def of_metric(device: Subject, metric: str) -> Subject:
    """One metric of a device as the subject of a figure, written as alerts write it."""
    return replace(device, name=f"{device.name}/{metric}")


def permit_of_hour(device: Subject, limit: PermitLimit, measured: Measured, hour: datetime) -> Figure:
    """An outlet's hour mean against its permit. `limit` in the city's unit."""
    return _permit("permit_hour", device, limit, measured.mean, measured.told, hour, hour + HOUR)


def permit_of_day(
    device: Subject, limit: PermitLimit, hours: Sequence[Measured], interval: timedelta, since: datetime, until: datetime
) -> Figure:
    """An outlet's day mean, the mean of its hours, against its permit. `interval`: between two readings of the device."""
    means = [mean for one in hours if (mean := one.mean) is not None]
    possible = possible_hours(interval, since, until)
    enough = len(means) >= possible * LEAST_OF_DAY
    return _permit(
        "permit_day", device, limit, sum(means) / len(means) if enough and means else None, f"{len(means)}/{possible} h", since, until
    )


def _permit(figure: str, device: Subject, limit: PermitLimit, mean: float | None, told: str, since: datetime, at: datetime) -> Figure:
    standard = f"permit {limit.permit}" if limit.permit else "permit"
    mean = None if mean is None else significant(mean)
    of: dict[str, Any] = {
        "metric": limit.metric, "mean": mean, "most": limit.most, "least": limit.least,
        "unit": limit.unit, "permit": limit.permit, "readings": told,
    }  # fmt: skip
    common = (figure, of_metric(device, limit.metric), since, at, standard)
    if mean is None:
        return Figure(*common, reason=f"missing {limit.metric} ({told})", of=of)
    verdict = permit.judge(mean, limit.most, limit.least)
    text = "within" if verdict.within else "above" if limit.most is not None and mean > limit.most else "below"
    if verdict.factor is None:
        return Figure(*common, text=text, reason="a range has no factor", of=of)
    return Figure(*common, significant(verdict.factor, _FACTOR), text, of=of)


def target_of(section: Figure, target: int) -> Figure:
    """A section's class (`water_class_hour`, `water_class_day`) against its target 1 … 5; the value is how many classes it is worse."""
    values, body = section.of["values"], section.of["body"]
    worse = water.beyond_target(values, target, body)
    of = {
        "target": water.CLASSES[target - 1], "class": section.text, "missing": section.of["missing"], "values": values,
        "by": {name: None if factor is None else significant(factor, _FACTOR) for name, factor in worse.items()},
    }  # fmt: skip
    figure = replace(section, figure=section.figure.replace("class", "target"), text=None, of=of)
    if not worse:
        return figure if section.value is None else replace(figure, value=section.value - target, text="met")
    number = max(water.indicator_class(name, values[name], body) for name in worse)
    return replace(figure, value=float(number - target), text="unmet", reason=None)


def dust_of_hour(
    site: Subject, rules: Sequence[dust.DustRule], averages: Sequence[float | None], hour: datetime, background: float | None = None
) -> Figure:
    """How many averages (µg/m³) of a site's hour passed the lowest limit of its region's rules.

    `background`: the area's mean of the same hour, for rules that take it off.
    """
    lowest = min(rules, key=lambda rule: rule.limit)
    averages = [None if value is None else significant(value) for value in averages]  # the day judges these again
    background = None if background is None else significant(background)
    back = [background] * len(averages) if lowest.less_background else None
    known = sum(value is not None for value in averages)
    of = {
        "pollutant": lowest.pollutant, "averages": averages, "background": background,
        "limits": [rule.limit for rule in rules],
    }  # fmt: skip
    common = ("dust_hour", site, hour, hour + HOUR, lowest.code)
    if lowest.less_background and background is None:
        return Figure(*common, reason="missing the area's mean", of=of)
    above = dust.exceedances(averages, lowest, back)
    if not above and known < len(averages) * _LEAST_OF_DUST:
        return Figure(*common, reason=f"missing {lowest.pollutant} ({known}/{len(averages)})", of=of)
    return Figure(*common, float(above), "above" if above else "within", of=of)


def dust_of_day(
    site: Subject, rules: Sequence[dust.DustRule], hours: Sequence[Mapping[str, Any]], since: datetime, until: datetime
) -> Figure:
    """A site's day by its hours (`of` of `dust_hour`): broken where a rule's limit was passed more often than the rule bears.

    The value is how often the lowest limit was passed.
    """
    averages = [value for one in hours for value in one["averages"]]
    background = [one["background"] for one in hours for _ in one["averages"]]
    told = []
    for rule in rules:
        back = background if rule.less_background else None
        passed = dust.exceedances(averages, rule, back)
        told.append({"limit": rule.limit, "permitted": rule.permitted, "passed": passed, "broken": passed > rule.permitted})
    known = sum(a is not None and not (rules[0].less_background and b is None) for a, b in zip(averages, background, strict=True))
    possible = round((until - since) / rules[0].averaging)
    common = ("dust_day", site, since, until, rules[0].code)
    of = {"rules": told, "measured": known}
    broken = any(one["broken"] for one in told)
    if not broken and known < possible * _LEAST_OF_DUST:
        return Figure(*common, reason=f"missing {rules[0].pollutant} ({known}/{possible})", of=of)
    lowest = min(range(len(rules)), key=lambda n: rules[n].limit)
    return Figure(*common, float(dust.exceedances(averages, rules[lowest], background if rules[lowest].less_background else None)),
                  "above" if broken else "within", of=of)  # fmt: skip
