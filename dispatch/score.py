"""The points of a score: shares of other indicators by their weights, and a base from which rows deduct. Pure."""

from collections.abc import Mapping, Sequence

from core.evaluation_config import IndicatorConfig


def work_out(formula: IndicatorConfig, shares: Mapping[str, float | None], counts: Sequence[int]) -> float | None:
    """Points with two decimals. `shares` are 0 to 1 by indicator, `counts` the rows of each deduction in its order.

    Unknown as soon as one part is: a unit with nothing due must not look worse, or better, than one that closed everything.
    The shipped one: 按期结案率*100*0.5 + 结案率*100*0.3 + (1-返工率)*100*0.1 + (10 - 督办数*0.5 - 督办未处理数).
    """
    points = formula.base - sum(one.each * count for one, count in zip(formula.deductions, counts, strict=True))
    for part in formula.parts:
        share = shares[part.indicator]
        if share is None:
            return None
        points += part.weight * 100 * (1 - share if part.inverse else share)
    return round(points if formula.least is None else max(formula.least, points), 2)
