"""The figure of every card of the catalogue in a period, beside the period before (环比) and the same a year earlier (同比).

Asks each source once for all the cards it serves: the formulas of evaluation, the rows that are counted, the values others gave.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from core.config import Config
from core.evaluation_config import PeriodsConfig
from core.indicator_config import COUNTED_NOW
from core.model import Scope
from dispatch import indicators, periods
from dispatch.indicators import percent
from dispatch.periods import Period
from store import counted, indicator_values
from store import indicators as evaluated
from store.definitions import Card
from store.indicators import Chosen
from store.timescale import Connection

CALENDAR = PeriodsConfig()
COMPARED = ("before", "year_before")
_REACH = timedelta(days=3 * 366)  # how far back the newest value of an indicator others compute is looked for


@dataclass(frozen=True, slots=True)
class Told:
    """One figure. `period` None: what stands now; `at`: when it was given, where somebody else did."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    period: Period | None = None
    at: datetime | None = None
    undecided: int | None = None
    source: str = ""
    simulated: bool = False

    def shape(self) -> dict[str, Any]:
        span = self.period
        return {
            "value": self.value, "numerator": self.numerator, "denominator": self.denominator, "undecided": self.undecided,
            "period": span.kind if span else "now", "label": span.label if span else None, "from": span.since if span else None,
            "to": span.until if span else None, "at": self.at, "source": self.source, "simulated": self.simulated,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """Of which cards, in which area, as of when; `at` a day: of the periods it lies in, instead of the present ones."""

    scope: Scope
    area: str
    as_of: datetime
    at: date | None = None


def is_now(card: Card) -> bool:
    """Whether a card tells what stands now: it has no period but its days."""
    return card.says.source == "counted" and (card.says.of or card.code) in COUNTED_NOW


def period_of(card: Card, config: Config, asked: Question) -> Period:
    """The period of a card that is asked for: that of evaluation begins where the city's does."""
    own = _own(card, config)
    if asked.at is not None:
        return periods.period_of(card.says.period, asked.at, own, config.area.zone)
    return periods.current(card.says.period, asked.as_of, own, config.area.zone)


def _own(card: Card, config: Config) -> PeriodsConfig:
    formula = config.evaluation.all.get(card.says.of or card.code) if card.says.source == "evaluation" else None
    return config.evaluation.periods(formula.subject) if formula else CALENDAR


def shifted(period: Period, name: str, own: PeriodsConfig, config: Config) -> Period:
    """`period`, `before` or `year_before` of a period."""
    move = {"before": periods.before, "year_before": periods.year_before}.get(name)
    return move(period, own, config.area.zone) if move else period


def read(
    connection: Connection, config: Config, cards: Iterable[Card], asked: Question, compare: bool = True
) -> dict[str, dict[str, Told]]:
    """`{code: {period, before, year_before}}`; what is not known is there with the value None, never 0."""
    chosen = list(cards)
    found: dict[str, dict[str, Told]] = {card.code: {} for card in chosen}
    for name in ("period", *(COMPARED if compare else ())):
        for source in (_evaluated, _counted):
            for code, told in source(connection, config, chosen, asked, name).items():
                found[code][name] = told
    for code, by_name in _given(connection, config, chosen, asked).items():
        found[code] |= {name: told for name, told in by_name.items() if compare or name == "period"}
    return found


def _evaluated(connection: Connection, config: Config, cards: list[Card], asked: Question, name: str) -> dict[str, Told]:
    """One count of rows for all the formulas of a subject and a period."""
    groups: dict[tuple[str, Period], list[tuple[str, str]]] = {}
    for card in cards:
        formula = config.evaluation.all.get(card.says.of or card.code)
        if card.says.source == "evaluation" and formula is not None:
            period = shifted(period_of(card, config, asked), name, _own(card, config), config)
            groups.setdefault((formula.subject, period), []).append((card.code, card.says.of or card.code))
    found = {}
    for (subject, period), codes in groups.items():
        tallies = evaluated.tally(connection, asked.scope, Chosen(subject, asked.area), period, "total", asked.as_of)
        figures = indicators.work_out(config.evaluation.of(subject), indicators.merge(tallies.values()))
        for code, of in codes:
            if figure := figures.get(of):
                found[code] = Told(figure.value, figure.numerator, figure.denominator, period, undecided=figure.undecided)
    return found


def _counted(connection: Connection, config: Config, cards: list[Card], asked: Question, name: str) -> dict[str, Told]:
    groups: dict[Period | None, dict[str, str]] = {}
    for card in cards:
        if card.says.source != "counted" or (is_now(card) and (name != "period" or asked.at is not None)):
            continue
        period = None if is_now(card) else shifted(period_of(card, config, asked), name, CALENDAR, config)
        groups.setdefault(period, {})[card.code] = card.says.of or card.code
    found = {}
    for period, codes in groups.items():
        counts = counted.tally(connection, asked.scope, codes.values(), asked.area, period, asked.as_of)
        for code, of in codes.items():
            hit, all_ = counts.get(of, (0, 0))
            found[code] = Told(percent(hit, all_), hit, all_, period, asked.as_of if period is None else None, source="counted")
    return found


def _given(connection: Connection, config: Config, cards: list[Card], asked: Question) -> dict[str, dict[str, Told]]:
    """Values by period: of what others compute the newest up to the day asked for, of what stands now the days before."""
    mine = {card.code: card for card in cards if card.says.source == "imported" or is_now(card)}
    day = asked.at or asked.as_of.astimezone(config.area.zone).date()
    rows = indicator_values.held(connection, asked.scope, mine, asked.area, day - _REACH, day) if mine else {}
    return {code: _of_rows(card, rows.get(code, []), config, asked, day) for code, card in mine.items()}


def _of_rows(card: Card, rows: list[dict[str, Any]], config: Config, asked: Question, day: date) -> dict[str, Told]:
    kind, zone = "day" if is_now(card) else card.says.period, config.area.zone
    known = {row["first"]: row for row in rows if row["period"] == kind}
    present = periods.period_of(kind, day, CALENDAR, zone)
    if not is_now(card) and known:
        present = periods.period_of(kind, max(known), CALENDAR, zone)
    found = {name: _one(known, shifted(present, name, CALENDAR, config)) for name in ("period", *COMPARED)}
    return {name: told for name, told in found.items() if name != "period" or not is_now(card) or asked.at is not None}


def _one(known: Mapping[date, dict[str, Any]], period: Period) -> Told:
    row = known.get(period.first)
    if row is None:
        return Told(None, period=period)
    return Told(row["value"], row["numerator"], row["denominator"], period, row["at"], source=row["source"], simulated=row["simulated"])


def course(connection: Connection, config: Config, card: Card, asked: Question, count: int) -> list[Told]:
    """The last `count` periods up to the one asked for, oldest first; a period without a figure is there without a value."""
    if card.says.source == "imported" or is_now(card):
        kind = "day" if is_now(card) else card.says.period
        day = asked.at or asked.as_of.astimezone(config.area.zone).date()
        rows = indicator_values.held(connection, asked.scope, [card.code], asked.area, day - _REACH, day).get(card.code, [])
        known = {row["first"]: row for row in rows if row["period"] == kind}
        spans = _back(periods.period_of(kind, max(known, default=day), CALENDAR, config.area.zone), CALENDAR, config, count)
        return [_one(known, span) for span in spans]
    own = _own(card, config)
    told = []
    for span in _back(period_of(card, config, asked), own, config, count):
        found = read(connection, config, [card], replace(asked, at=span.first), compare=False)
        told.append(found[card.code].get("period", Told(None, period=span)))
    return told


def _back(period: Period, own: PeriodsConfig, config: Config, count: int) -> list[Period]:
    spans = [period]
    while len(spans) < count:
        spans.append(periods.before(spans[-1], own, config.area.zone))
    return spans[::-1]
