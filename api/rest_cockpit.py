"""What the leaders' cockpit asks for beside the live picture: the composite score of vital signs, and what changed since one left."""

from datetime import timedelta
from typing import Any

from api.call import AREA, SPAN, Answer, Call, Param, read_params
from api.rest_catalogue import area_of
from core.errors import Invalid, NotAllowed, NotFound
from dispatch import vital_score
from store import cockpit, definitions, vital_scores
from store.indicator_figures import is_now

_LONGEST = timedelta(days=400)
_COURSE = timedelta(days=1)
SCORE_PARAMS = (AREA, *SPAN)
STORED_PARAMS = (AREA, Param("at", "the score stored last before this moment", "time"))
CHANGES_PARAMS = (AREA, Param("from", "since when", "time"))


def get_scores(call: Call) -> Answer:
    """The score as it is now with all its signs, each domain's, the streets' as stored last, and its course: the last day unless told."""
    wanted = read_params(SCORE_PARAMS, call.query)
    since, until = wanted.get("from", call.now - _COURSE), wanted.get("to", call.now)
    if not since < until or until - since > _LONGEST:
        raise Invalid("'from' must lie before 'to', at most 400 days")
    area = area_of(call, wanted)
    told, figures = vital_scores.score(call.connection, call.scope, call.config, area, call.now)
    domains = vital_score.by_domain(told.signs, call.config.cockpit.score)
    compared = {name: call.now - timedelta(days=days) for name, days in (("day_before", 1), ("week_before", 7), ("year_before", 365))}
    return Answer({
        "area": area, "at": call.now, "sequence": figures.sequence, "told_at": figures.told_at, **_shape(call, told.shape()),
        "formula": vital_score.FORMULA, "formula_id": vital_score.FORMULA_ID, "rule": call.config.cockpit.score.model_dump(mode="json"),
        "domains": {name: {key: value for key, value in one.shape().items() if key != "signs"} for name, one in domains.items()},
        "compared": {name: _told(vital_scores.at(call.connection, call.scope, area, moment)) for name, moment in compared.items()},
        "streets": vital_scores.of_streets(call.connection, call.scope, area, call.now - 2 * call.config.cockpit.every),
        "course": vital_scores.course(call.connection, call.scope, area, since, until),
    })  # fmt: skip


def get_stored(call: Call) -> Answer:
    """One stored score with its inputs, and the same worked out again from them: `again` says whether the two are one."""
    wanted = read_params(STORED_PARAMS, call.query)
    moment = wanted.pop("at", call.now)
    row = vital_scores.at(call.connection, call.scope, area_of(call, wanted), moment)
    if row is None:
        raise NotFound("no score was stored near that moment")
    again = vital_score.of_inputs(row["inputs"], row["rule"])
    told = _shape(call, {**row, "signs": row.pop("inputs")})
    return Answer({**told, "again": {"score": again.value, "light": again.light, "same": again.value == row["score"]}})


def _told(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: row[name] for name in ("score", "light", "completeness", "scored_at")} if row else None


def _shape(call: Call, told: dict[str, Any]) -> dict[str, Any]:
    """With the names of its signs as they are now, and the period that each indicator counts: None for what stands now."""
    names: dict[str, dict[str, Any]] = {}
    for code, card in definitions.in_force(call.connection, call.config).items():
        period = None if is_now(card) else card.says.period
        names[code] = {"label": card.says.label, "label_en": card.says.label_en, "unit": card.says.unit, "period": period}
    for vital in call.config.screens.vitals:
        unit = call.config.metrics[vital.metric].unit
        names[f"{vital.metric}_{vital.fold}"] = {"label": vital.label, "label_en": vital.label_en, "unit": unit, "period": None}
    nameless = {"label_en": "", "unit": "", "period": None}
    return {**told, "signs": [{**sign, **names.get(sign["sign"], {"label": sign["sign"], **nameless})} for sign in told["signs"]]}


def get_changes(call: Call) -> Answer:
    """What happened since a moment: what came and went, the gravest, signs whose light is another one."""
    wanted = read_params(CHANGES_PARAMS, call.query)
    since = wanted.pop("from", None)
    if since is None or not call.now - _LONGEST <= since < call.now:
        raise Invalid("from: a moment of the last 400 days")
    return Answer(cockpit.changes(call.connection, call.scope, area_of(call, wanted), since, call.now))


def post_visit(call: Call) -> Answer:
    """Somebody looks: `{seen_at, left_at}`, `left_at` being when they last did before this visit. Raises `NotAllowed` for a token."""
    if call.scope.account_id is None:
        raise NotAllowed("only a person visits")
    return Answer(cockpit.visit(call.connection, call.scope.account_id, call.now))
