"""Dust limits of building sites: each province has its own averaging time, limit and number of exceedances a day that it bears.

Decides whether a day's averages break a rule. There is no national limit for sites, so a city chooses its region's rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.standards.digits import significant


@dataclass(frozen=True, slots=True)
class DustRule:
    """`limit` in µg/m³ over `averaging`; `permitted` exceedances a day; `less_background`: compared after taking off the area's mean."""

    code: str
    pollutant: str
    averaging: timedelta
    limit: float
    permitted: int = 0
    less_background: bool = False


# Shanghai's limits, Hebei's difference rule and the urban/suburban split of Liaoning stand as read from public summaries of the standards.
RULES: dict[str, tuple[DustRule, ...]] = {
    "河北": (DustRule("DB13/2934-2019", "pm10", timedelta(hours=1), 80, 2, less_background=True),),
    "辽宁": (DustRule("DB21/2642-2016", "tsp", timedelta(minutes=5), 800),),
    "辽宁郊区": (DustRule("DB21/2642-2016", "tsp", timedelta(minutes=5), 1000),),
    "陕西土方": (DustRule("DB61/1078-2017", "tsp", timedelta(hours=1), 800),),
    "陕西主体": (DustRule("DB61/1078-2017", "tsp", timedelta(hours=1), 700),),
    "上海": (
        DustRule("DB31/964-2016", "tsp", timedelta(minutes=15), 2000, 1),
        DustRule("DB31/964-2016", "tsp", timedelta(minutes=15), 1000, 6),
    ),
}


def exceedances(averages: Sequence[float | None], rule: DustRule, background: Sequence[float | None] | None = None) -> int:
    """How many of a day's averages (µg/m³ each over `rule.averaging`) passed the limit; what was not measured passed nothing.

    `background` are the area's means of the same intervals, needed by rules that take them off; raises `ValueError` without.
    """
    if not rule.less_background:
        return sum(value is not None and value > rule.limit for value in averages)
    if background is None or len(background) != len(averages):
        raise ValueError(f"{rule.code} compares with the area's mean of the same intervals")
    return sum(a is not None and b is not None and significant(a - b) > rule.limit for a, b in zip(averages, background, strict=True))


def breaks(averages: Sequence[float | None], rule: DustRule, background: Sequence[float | None] | None = None) -> bool:
    """Whether a day had more exceedances than the rule bears."""
    return exceedances(averages, rule, background) > rule.permitted
