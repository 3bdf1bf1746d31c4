"""The composite score of vital signs: each sign on a scale of 0 to 100, weighed into one number and one light. Pure.

Whatever a score was made of is stored beside it as these very inputs, so that anybody can work it out again (`of_inputs`).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.indicator_config import Light, ScoreRule

_PASS = 60  # points at the limit called bad: 及格线
FORMULA = "min(100, max(0, 100 - 40 * (value - good) / (bad - good))); sum(weight * points) / sum(weight) of what is known"
FORMULA_ID = f"vital_score.{hashlib.sha256(FORMULA.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Sign:
    """One input. `value` None: unknown. A vital sign has `n` devices and the newest's epoch second, an indicator its two numbers."""

    sign: str
    kind: str  # vital or indicator
    domain: str
    weight: float
    good: float
    bad: float
    value: float | None
    n: int | None = None
    newest: int | None = None
    numerator: float | None = None
    denominator: float | None = None

    @property
    def points(self) -> float | None:
        """100 at `good` or better, 60 at `bad`, on the same line below it, never below 0; which end is good the two say themselves."""
        if self.value is None:
            return None
        return round(min(100.0, max(0.0, 100 - (100 - _PASS) * (self.value - self.good) / (self.bad - self.good))), 1)

    @property
    def light(self) -> Light:
        """As the vital signs of every screen are called: good up to `good`, bad from `bad` on."""
        points = self.points
        if points is None or self.value is None:
            return "unknown"
        sense = 1 if self.bad > self.good else -1
        if self.value * sense >= self.bad * sense:
            return "bad"
        return "good" if self.value * sense <= self.good * sense else "fair"

    def shape(self) -> dict[str, Any]:
        return {**asdict(self), "points": self.points, "light": self.light}


@dataclass(frozen=True, slots=True)
class Score:
    """`value` None: less is known than the rule asks for. `completeness`: the share of the weights that is known, 0 to 1."""

    value: float | None
    light: Light
    completeness: float
    signs: Sequence[Sign]

    def shape(self) -> dict[str, Any]:
        return {"score": self.value, "light": self.light, "completeness": self.completeness, "signs": [one.shape() for one in self.signs]}


def weigh(signs: Sequence[Sign], rule: ScoreRule) -> Score:
    """One score of some signs. What is unknown takes no part, neither as good nor as bad; a sign that is bad keeps the light from green."""
    known = [(one.points, one.weight) for one in signs if one.points is not None]
    whole, told = sum(one.weight for one in signs), sum(weight for _, weight in known)
    completeness = round(told / whole, 4) if whole else 0.0
    if not known or completeness < rule.complete_from:
        return Score(None, "unknown", completeness, signs)
    value = round(sum(points * weight for points, weight in known) / told, 1)
    return Score(value, _light(value, signs, rule), completeness, signs)


def _light(value: float, signs: Iterable[Sign], rule: ScoreRule) -> Light:
    if value <= rule.fair:
        return "bad"
    return "good" if value >= rule.good and all(one.light != "bad" for one in signs) else "fair"


def by_domain(signs: Sequence[Sign], rule: ScoreRule) -> dict[str, Score]:
    """The same score of each domain's signs alone, in the order the domains first stand in."""
    return {name: weigh([one for one in signs if one.domain == name], rule) for name in dict.fromkeys(one.domain for one in signs)}


_FIELDS = tuple(Sign.__dataclass_fields__)


def of_inputs(inputs: Iterable[Mapping[str, Any]], rule: Mapping[str, Any]) -> Score:
    """A stored score worked out again from nothing but what is stored beside it."""
    signs = [Sign(**{name: one[name] for name in _FIELDS if name in one}) for one in inputs]
    return weigh(signs, ScoreRule.model_validate(dict(rule)))


def changed(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Signs whose light is another one than it was, in their present order, each with its light and value then and now."""
    was = {one["sign"]: one for one in before}
    return [
        {
            "sign": one["sign"], "kind": one["kind"], "from": was[one["sign"]]["light"], "to": one["light"],
            "was": was[one["sign"]]["value"], "value": one["value"],
        }
        for one in after if one["sign"] in was and was[one["sign"]]["light"] != one["light"]
    ]  # fmt: skip


def fold(told: Iterable[Sequence[float | None]], how: str) -> tuple[float | None, int, int | None]:
    """Value, number of devices and newest epoch second of a vital sign over streets; as `foldVital` of assets/state.js, from the same
    [sum, n, least, greatest, newest] that every screen is sent."""
    rows = [row for row in told if row[1]]
    n = int(sum(row[1] or 0 for row in rows))
    if not n:
        return None, 0, None
    total, newest = sum(row[0] or 0 for row in rows), max(int(row[4] or 0) for row in rows)
    ends = {"min": [row[2] for row in rows if row[2] is not None], "max": [row[3] for row in rows if row[3] is not None]}
    value = {"sum": total, "mean": total / n}.get(how)
    if value is None:
        value = min(ends["min"], default=None) if how == "min" else max(ends["max"], default=None)
    return (None if value is None else round(value, 4)), n, newest
