"""The composite score of vital signs: worked out from the very figures that screens have, stored with all it was made of, read again.

What the points mean is `dispatch.vital_score`'s; a projector that fell silent leaves its vital signs unknown, never as they were.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.config import Config
from core.indicator_config import SignConfig
from core.model import EVERYWHERE, Scope
from dispatch.vital_score import FORMULA_ID, Score, Sign, fold, weigh
from store import definitions, indicator_figures
from store.indicator_figures import Question
from store.timescale import Connection, prefixes, queries

_BELIEVED_FOR = timedelta(minutes=1)  # the projector gives a sign of life every second


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of streets at one number of the live stream; empty when their author fell silent."""

    sequence: int
    told_at: datetime | None
    streets: Mapping[str, Mapping[str, Any]]

    def within(self, area: str) -> list[Mapping[str, Any]]:
        """Those of the streets in an area; of the city also what lies in no street."""
        return [figures for street, figures in self.streets.items() if street.startswith(area) or (not street and len(area) <= 6)]


def read_figures(connection: Connection, now: datetime) -> Figures:
    """What the projector told last."""
    rows = list(queries.vital_scores_figures(connection))
    told_at = rows[0]["told_at"] if rows else None
    fresh = told_at is not None and now - told_at <= _BELIEVED_FOR
    return Figures(rows[0]["sequence"] if rows else 0, told_at, {row["street"]: row["figures"] for row in rows} if fresh else {})


def score(connection: Connection, scope: Scope, config: Config, area: str, now: datetime) -> tuple[Score, Figures]:
    """The score of an area as it is this moment, and the figures it is made of; nothing is stored."""
    figures = read_figures(connection, now)
    signs = [*vital_signs(config, figures.within(area)), *_indicator_signs(connection, scope, config, area, now)]
    return weigh(_in_order(config, signs), config.cockpit.score), figures


def vital_signs(config: Config, figures: Sequence[Mapping[str, Any]]) -> list[Sign]:
    """The vital signs among the signs, folded over some streets' figures."""
    vitals = {f"{one.metric}_{one.fold}": one for one in config.screens.vitals}
    found = []
    for sign in config.cockpit.signs:
        vital = vitals.get(sign.vital or "")
        if vital is None:
            continue
        good, bad = (sign.good if sign.good is not None else vital.good), (sign.bad if sign.bad is not None else vital.bad)
        if good is None or bad is None:
            continue
        told = [row for one in figures if (row := (one.get("vitals") or {}).get(vital.metric))]
        value, n, newest = fold(told, vital.fold)
        found.append(Sign(str(sign.vital), "vital", sign.domain, sign.weight, good, bad, value, n, newest))
    return found


def _indicator_signs(connection: Connection, scope: Scope, config: Config, area: str, now: datetime) -> list[Sign]:
    wanted = [sign for sign in config.cockpit.signs if sign.indicator]
    if not wanted:
        return []
    cards = definitions.in_force(connection, config)
    chosen = [cards[sign.indicator] for sign in wanted if sign.indicator in cards]
    figures = indicator_figures.read(connection, config, chosen, Question(scope, area, now), compare=False)
    return [_indicator_sign(sign, figures.get(str(sign.indicator), {}).get("period")) for sign in wanted]


def _indicator_sign(sign: SignConfig, told: indicator_figures.Told | None) -> Sign:
    known = told or indicator_figures.Told(None)
    good, bad = sign.good or 0.0, sign.bad or 0.0
    return Sign(
        str(sign.indicator), "indicator", sign.domain, sign.weight, good, bad, known.value, numerator=known.numerator,
        denominator=known.denominator,
    )  # fmt: skip


def _in_order(config: Config, signs: Iterable[Sign]) -> list[Sign]:
    order = {sign.vital or sign.indicator: place for place, sign in enumerate(config.cockpit.signs)}
    return sorted(signs, key=lambda one: order[one.sign])


def keep(connection: Connection, config: Config, now: datetime) -> int:
    """Store the scores of the city and of its streets, once in each span of `cockpit.every`. Returns how many were stored.

    A street's score is made of its vital signs alone: its indicators rest on too few rows.
    """
    every = config.cockpit.every.total_seconds()
    at = datetime.fromtimestamp(now.timestamp() // every * every, now.tzinfo)
    if not config.cockpit.signs or not queries.vital_scores_due(connection, area=config.area.code, since=at):
        return 0
    whole, figures = score(connection, EVERYWHERE, config, config.area.code, now)
    scores = {config.area.code: whole}
    for row in queries.vital_scores_streets(connection):
        signs = vital_signs(config, figures.within(row["code"]))
        if any(one.n for one in signs):
            scores[row["code"]] = weigh(signs, config.cockpit.score)
    rows = [_row(area, now, figures.sequence, one, config) for area, one in scores.items()]
    queries.vital_scores_add(connection, rows)
    return len(rows)


def _row(area: str, now: datetime, sequence: int, told: Score, config: Config) -> dict[str, Any]:
    return {
        "area": area, "at": now, "sequence": sequence, "score": told.value, "light": told.light, "completeness": told.completeness,
        "formula_id": FORMULA_ID, "rule": Jsonb(config.cockpit.score.model_dump(mode="json")),
        "inputs": Jsonb([one.shape() for one in told.signs]),
    }  # fmt: skip


def course(connection: Connection, scope: Scope, area: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Stored scores of an area, oldest first."""
    return list(queries.vital_scores_course(connection, area=area, areas=prefixes(scope), since=since, until=until))


def at(connection: Connection, scope: Scope, area: str, moment: datetime, within: timedelta = timedelta(hours=2)) -> dict[str, Any] | None:
    """The stored score nearest before a moment with all it was made of; None where none is near."""
    row: dict[str, Any] | None = queries.vital_scores_at(connection, area=area, areas=prefixes(scope), at=moment, within=within)
    return row


def of_streets(connection: Connection, scope: Scope, area: str, since: datetime) -> list[dict[str, Any]]:
    """The newest stored score of each street in an area."""
    return list(queries.vital_scores_latest(connection, areas=prefixes(scope), area=f"{area}%", since=since))


def forget(connection: Connection, config: Config, now: datetime) -> int:
    """Leave one an hour of what is older than `fine_for`, nothing of what is older than `keep`."""
    return int(queries.vital_scores_thin(connection, fine=now - config.cockpit.fine_for, before=now - config.cockpit.keep))
