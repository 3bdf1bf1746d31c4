"""Settings of evaluation: formulas of indicators, weights of the score, where days and months begin. Decides nothing about a row.

A formula is data: its numerator and denominator are named row sets (`core.row_sets`), so that every figure can open its rows.
"""

import hashlib
import json
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from core.row_sets import MEASURES, read_row_set
from core.setting import Part

Subject = Literal["cases", "hotline"]


class WeightedRows(Part):
    """Rows that count for more or less than one, as 基本满意 counts 0.9."""

    rows: str
    weight: float = Field(1, gt=0, le=10)


def _weighted(value: object) -> object:
    """A text is one row set of weight 1."""
    return ({"rows": value},) if isinstance(value, str) else value


Numerator = Annotated[tuple[WeightedRows, ...], BeforeValidator(_weighted), Field(min_length=1)]


class ScorePart(Part):
    """What an indicator adds to a score: its per cent by a weight; `inverse`: what is missing to 100 per cent."""

    indicator: str
    weight: float = Field(gt=0, le=100)
    inverse: bool = False


class Deduction(Part):
    """Points for each row of a set."""

    rows: str
    each: float = Field(gt=0, le=100)


class IndicatorConfig(Part):
    """One indicator. `good`: 1 where more is better, -1 where less is, 0 where neither; `target` in its own unit.

    `rate`: numerator rows of the denominator's, per cent. `mean`: hours of a measure (taking, handling, closing) over the denominator's
    rows. `count`: numerator rows. `score`: parts of other indicators, `base` points and what is deducted from them, never below `least`.
    """

    label: str
    label_en: str
    subject: Subject = "cases"
    kind: Literal["rate", "mean", "count", "score"] = "rate"
    numerator: Numerator | None = None
    denominator: str | None = None
    measure: str | None = None
    good: Literal[1, 0, -1] = 1
    target: float | None = None
    parts: tuple[ScorePart, ...] = ()
    base: float = 0
    deductions: tuple[Deduction, ...] = ()
    least: float | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "IndicatorConfig":
        wanted = {"rate": ("numerator", "denominator"), "mean": ("denominator", "measure"), "count": ("numerator",), "score": ("parts",)}
        for name in wanted[self.kind]:
            if not getattr(self, name):
                raise ValueError(f"a {self.kind} needs '{name}'")
        for name in ("numerator", "denominator", "measure", "parts", "deductions"):
            if getattr(self, name) and name not in (*wanted[self.kind], *(("deductions",) if self.kind == "score" else ())):
                raise ValueError(f"'{name}' is without effect in a {self.kind}")
        if self.measure and self.measure not in MEASURES[self.subject]:
            raise ValueError(f"no measure of {self.subject} is called '{self.measure}'; there are {', '.join(MEASURES[self.subject])}")
        rows = [one.rows for one in self.numerator or ()] + ([self.denominator] if self.denominator else [])
        for text in (*rows, *(one.rows for one in self.deductions)):
            read_row_set(text, self.subject)
        return self

    def formula_id(self, code: str) -> str:
        """The code and eight digits of what it says: the same only while the formula is the same."""
        said: dict[str, Any] = self.model_dump(mode="json", exclude={"label", "label_en", "good", "target"})
        return f"{code}.{hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:8]}"


def _rate(label: str, label_en: str, numerator: Any, denominator: str, good: int = 1, **more: Any) -> IndicatorConfig:
    return _shipped(label, label_en, numerator=numerator, denominator=denominator, good=good, **more)


def _shipped(label: str, label_en: str, **more: Any) -> IndicatorConfig:
    return IndicatorConfig.model_validate({"label": label, "label_en": label_en, **more})


def _revisits(label: str, label_en: str, numerator: Any, target: float) -> IndicatorConfig:
    return _rate(label, label_en, numerator, "revisited & valid", subject="hotline", target=target)


# As cities publish them (reference/case_workflow.yaml, hotline.yaml). 应结案 are the cases whose deadline falls in the period.
SHIPPED: dict[str, IndicatorConfig] = {
    "score": IndicatorConfig(
        label="综合评分", label_en="Overall score", kind="score", base=10,
        parts=(
            ScorePart(indicator="in_time_archive_rate", weight=0.5), ScorePart(indicator="archive_rate", weight=0.3),
            ScorePart(indicator="rework_rate", weight=0.1, inverse=True),
        ),
        deductions=(
            Deduction(rows="ordered", each=0.5), Deduction(rows="ordered & unanswered", each=1),
        ),
    ),
    "archive_rate": _rate("结案率", "Closing rate", "due & closed", "due - void", target=95),
    "in_time_archive_rate": _rate("按期结案率", "Closed in time", "due & closed & in_time - forced", "due - void", target=90),
    "in_time_archive_rate_b": _rate(
        "按期结案率(扣缓办)", "In time, none postponed", "due & closed & in_time - forced", "due - void - postponed"
    ),
    "archive_rate_c": _rate("结案率(按立案)", "Closed of registered", "registered & closed", "registered - void - pending"),
    "in_time_dispose_rate": _rate("按期处置率", "Handled in time", "due & was_finished & in_time - void", "due - void"),
    "register_rate": _rate("立案率", "Registration rate", "reported & was_registered", "reported"),
    "rework_rate": _rate("返工率", "Rework rate", "registered & reworked", "registered", -1),
    "misdispatch_rate": _rate("派遣差错率", "Mis-dispatch rate", "dispatched & sent_back", "dispatched", -1),
    "taking_hours": _shipped(
        "平均接单用时", "Mean time to take", kind="mean", denominator="dispatched & was_taken", measure="taking", good=-1
    ),
    "handling_hours": _shipped(
        "平均处置用时", "Mean handling time", kind="mean", denominator="finished & was_dispatched", measure="handling", good=-1
    ),
    "closing_hours": _shipped("平均结案用时", "Mean time to close", kind="mean", denominator="ended & closed", measure="closing", good=-1),
    "overdue_closed": _shipped("超期结案", "Closed overdue", kind="count", numerator="ended & closed - in_time", good=-1),
    "overdue_open": _shipped("超期未结", "Overdue and open", kind="count", numerator="due & open - in_time", good=-1),
    "expedited": _shipped("督办", "Expedite orders", kind="count", numerator="ordered", good=-1),
    "response_rate": _revisits("响应率", "Response rate", "revisited & valid & contacted", 98),
    "solve_rate": _revisits("解决率", "Solution rate", "revisited & valid & solved", 90),
    "satisfy_rate": _revisits(
        "满意率", "Satisfaction rate",
        ({"rows": "revisited & valid & satisfied"}, {"rows": "revisited & valid & basically_satisfied", "weight": 0.9}), 90,
    ),
    "hotline_score": IndicatorConfig(
        label="三率综合", label_en="Three rates together", subject="hotline", kind="score",
        parts=(
            ScorePart(indicator="response_rate", weight=0.1), ScorePart(indicator="solve_rate", weight=0.5),
            ScorePart(indicator="satisfy_rate", weight=0.4),
        ),
    ),
}  # fmt: skip


class PeriodsConfig(Part):
    """Where a city's days and months begin: `19` is the 19th of the month before, `12:00` the noon of the day before."""

    month_starts: int = Field(1, ge=1, le=28)
    day_starts: str = "00:00"

    @model_validator(mode="after")
    def _is_an_hour(self) -> "PeriodsConfig":
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", self.day_starts):
            raise ValueError(f"day_starts: '{self.day_starts}' is no time of day; write 12:00")
        return self


class EvaluationConfig(Part):
    """Figures of cases and of the hotline. `indicators` stand beside the shipped ones or, under the same code, instead of one.

    `hidden`: shipped ones a city does not use. `rows_in_sheet`: the most rows an Excel export brings.
    """

    indicators: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")], IndicatorConfig] = {}
    hidden: tuple[str, ...] = ()
    cases: PeriodsConfig = PeriodsConfig()
    hotline: PeriodsConfig = PeriodsConfig(month_starts=19, day_starts="12:00")
    rows_in_sheet: int = Field(20_000, ge=0, le=1_000_000)

    @model_validator(mode="after")
    def _parts_are_there(self) -> "EvaluationConfig":
        known = self.all
        for code in self.hidden:
            if code not in known:
                raise ValueError(f"hidden: no indicator is called '{code}'; there are {', '.join(known)}")
        for code, one in known.items():
            for part in one.parts:
                other = known.get(part.indicator)
                if other is None or part.indicator in self.hidden:
                    raise ValueError(f"{code}: its part '{part.indicator}' is no indicator that is shown")
                if other.kind != "rate" or other.subject != one.subject:
                    raise ValueError(f"{code}: its part '{part.indicator}' must be a rate of {one.subject}")
        return self

    @property
    def all(self) -> dict[str, IndicatorConfig]:
        return {**SHIPPED, **self.indicators}

    def of(self, subject: str) -> dict[str, IndicatorConfig]:
        """The formulas of cases or of the hotline that hold, in the order they are shown in."""
        return {code: one for code, one in self.all.items() if one.subject == subject and code not in self.hidden}

    def periods(self, subject: str) -> PeriodsConfig:
        return self.hotline if subject == "hotline" else self.cases
