"""Figures from counted rows: numerator, denominator and value of every indicator, and which rows each is made of. Pure; stores nothing.

What is counted comes as tallies: how many rows stand in exactly these sets. A figure whose denominator is empty is unknown, never zero;
so is a count where there is no row at all: a period nobody kept must not look like one in which nothing went wrong.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core.evaluation_config import IndicatorConfig
from core.row_sets import UNDECIDED, RowSet, names_of, read_row_set
from dispatch import score

_HOUR = timedelta(hours=1)
PARTS = ("numerator", "denominator")
EVERY = "every"  # all rows of the period, whatever is counted of them
_DEDUCTION = "deduction-"


@dataclass(frozen=True, slots=True)
class Tally:
    """So many rows stand in exactly these sets; `spans` are the sums of their measures."""

    sets: int
    n: int
    spans: Mapping[str, timedelta] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` is per cent of a rate, hours of a mean, a number of a count, points of a score; None: unknown, nothing to divide by.

    A score's numerator are the points its rows deducted, `deducted` how many rows each of its deductions has.

    `undecided`: rows of the denominator that may still change it; None where no such thing is told.
    """

    numerator: float | None
    denominator: float | None
    value: float | None
    undecided: int | None = None
    deducted: tuple[int, ...] = ()

    def shape(self) -> dict[str, Any]:
        told = {"numerator": self.numerator, "denominator": self.denominator, "value": self.value, "undecided": self.undecided}
        return {**told, "deducted": list(self.deducted)} if self.deducted else told


def parts_of(formula: IndicatorConfig) -> tuple[str, ...]:
    """What of a figure can be opened. `decided`: the denominator without the rows that may still change it."""
    if formula.kind == "score":
        return ("numerator", *(f"{_DEDUCTION}{n}" for n, _ in enumerate(formula.deductions, 1)), EVERY)
    if formula.kind == "count":
        return ("numerator", EVERY)
    return (*PARTS, *(("undecided", "decided") if _may_change(formula) else ()), EVERY)


def _may_change(formula: IndicatorConfig) -> bool:
    """Of a mean all rows have both moments: nothing about them is open."""
    return formula.kind == "rate" and bool(UNDECIDED[formula.subject])


def rows_of(formula: IndicatorConfig, part: str) -> list[tuple[RowSet, float]]:
    """The row sets of a part with their weights. A mean's numerator and denominator are the same rows; a count has no denominator.

    The rows of a score are those of all its deductions; its parts open their own.
    """
    if part == EVERY:
        return [(RowSet(0, 0), 1.0)]
    if part in ("undecided", "decided"):
        below, open_still = _below(formula), _undecided(formula)
        return [(one, 1.0) for one in ([below.also(open_still)] if part == "undecided" else below.without(open_still))]
    if part.startswith(_DEDUCTION):
        return [rows_of(formula, "numerator")[int(part.removeprefix(_DEDUCTION)) - 1]]
    if formula.kind == "score":
        return [(read_row_set(one.rows, formula.subject), one.each) for one in formula.deductions]
    if part == "numerator" and formula.numerator is not None:
        return [(read_row_set(one.rows, formula.subject), one.weight) for one in formula.numerator]
    return [(_below(formula), 1.0)] if formula.denominator else []


def _below(formula: IndicatorConfig) -> RowSet:
    return read_row_set(formula.denominator or "", formula.subject)


def _undecided(formula: IndicatorConfig) -> RowSet:
    return read_row_set(UNDECIDED[formula.subject], formula.subject)


def weight_of(sets: int, rows: Sequence[tuple[RowSet, float]]) -> float:
    """What one row counts for."""
    return sum(weight for row_set, weight in rows if row_set.holds(sets))


def work_out(formulas: Mapping[str, IndicatorConfig], tallies: Sequence[Tally]) -> dict[str, Figure]:
    """Every figure of a group of rows; `formulas` are of one subject, scores may name any rate among them."""
    figures = {code: _figure(one, tallies) for code, one in formulas.items() if one.kind != "score"}
    for code, one in formulas.items():
        if one.kind == "score":
            figures[code] = _score(one, figures, tallies)
    return {code: figures[code] for code in formulas}


def _count(row_set: RowSet, tallies: Iterable[Tally]) -> int:
    return sum(one.n for one in tallies if row_set.holds(one.sets))


def _weighted(rows: Sequence[tuple[RowSet, float]], tallies: Sequence[Tally]) -> float:
    total = sum(weight * _count(row_set, tallies) for row_set, weight in rows)
    return round(total, 6) if total % 1 else int(total)


def _figure(formula: IndicatorConfig, tallies: Sequence[Tally]) -> Figure:
    if formula.kind == "count":
        numerator = _weighted(rows_of(formula, "numerator"), tallies)
        return Figure(numerator, None, numerator if tallies else None)
    below = _below(formula)
    denominator = _count(below, tallies)
    if formula.kind == "mean":
        spent = sum((one.spans.get(formula.measure or "", timedelta()) for one in tallies if below.holds(one.sets)), timedelta())
        return Figure(round(spent / _HOUR, 4), denominator, round(spent / _HOUR / denominator, 2) if denominator else None)
    numerator = _weighted(rows_of(formula, "numerator"), tallies)
    undecided = _count(below.also(_undecided(formula)), tallies) if _may_change(formula) else None
    return Figure(numerator, denominator, percent(numerator, denominator), undecided)


def percent(numerator: float, denominator: float) -> float | None:
    """Two decimals, as the city's reports give it; None for nothing to divide by."""
    return round(100 * numerator / denominator, 2) if denominator else None


def _score(formula: IndicatorConfig, figures: Mapping[str, Figure], tallies: Sequence[Tally]) -> Figure:
    """Worked out from numerators and denominators, not from the rounded per cents that stand beside it."""
    shares: dict[str, float | None] = {}
    for part in formula.parts:
        one = figures[part.indicator]
        shares[part.indicator] = one.numerator / one.denominator if one.denominator and one.numerator is not None else None
    rows = rows_of(formula, "numerator")
    counts = [_count(row_set, tallies) for row_set, _ in rows]
    return Figure(_weighted(rows, tallies) if rows else None, None, score.work_out(formula, shares, counts), deducted=tuple(counts))


def merge(groups: Iterable[Sequence[Tally]]) -> list[Tally]:
    """The tallies of all groups together: each row is in one group, so that the total is their sum."""
    sums: dict[int, tuple[int, dict[str, timedelta]]] = {}
    for one in (tally for group in groups for tally in group):
        n, spans = sums.get(one.sets, (0, {}))
        sums[one.sets] = (n + one.n, {name: spans.get(name, timedelta()) + span for name, span in one.spans.items()} or spans)
    return [Tally(sets, n, spans) for sets, (n, spans) in sums.items()]


def tell(code: str, formula: IndicatorConfig) -> dict[str, Any]:
    """A formula as screens, exports and frozen reports tell it: its id, its kind, its row sets by name."""
    return {
        "code": code, "formula_id": formula.formula_id(code), **formula.model_dump(mode="json"),
        "sets": {part: [_named(rows, weight, formula) for rows, weight in rows_of(formula, part)] for part in {*PARTS, *parts_of(formula)}},
    }  # fmt: skip


def _named(rows: RowSet, weight: float, formula: IndicatorConfig) -> dict[str, Any]:
    return {"in": names_of(rows.need, formula.subject), "not_in": names_of(rows.forbid, formula.subject), "weight": weight}
