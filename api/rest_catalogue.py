"""The catalogue of indicators over HTTP: what each says, in which version, its figure with 环比 and 同比, and the rows behind it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from api.call import AREA, PAGE, Answer, Call, Param, page, read_cursor, read_id_cursor, read_params, write_cursor
from api.problems import make_etag, read_etag
from api.rest_indicators import read_day
from api.whole_city import demand_whole_city
from core.errors import Invalid, NotAllowed
from core.evaluation_config import IndicatorConfig
from dispatch import indicators
from store import counted, definitions, indicator_figures, indicator_values
from store.acts import Act
from store.definitions import Card
from store.indicator_figures import Question, Told

_MOST_PERIODS = 36
_AT = Param("at", "a day: of the periods it lies in; now unless given")
CATALOGUE_PARAMS = (AREA, _AT, Param("group", "coverage, control, prevention, hotline, economy, other"))
CARD_PARAMS = (AREA, _AT, Param("count", f"periods of its course, at most {_MOST_PERIODS}, 12 unless given", "integer"))
ROWS_PARAMS = (AREA, _AT, Param("part", "numerator, denominator, or missing: those of the one that are not of the other"), *PAGE)
VALUES_PARAMS = (AREA, *PAGE)


def area_of(call: Call, wanted: dict[str, Any]) -> str:
    """The area asked for; else the city for who sees it, else the first of the reader's own. Raises `NotAllowed` outside the scope."""
    city = call.config.area.code
    area = str(wanted.pop("area", "") or (city if call.scope.sees(city) else call.scope.areas[0]))
    if not call.scope.sees(area):
        raise NotAllowed(f"{area} is outside your area")
    return area


def question(call: Call, wanted: dict[str, Any]) -> Question:
    """Area and day of a request. Raises `Invalid`, `NotAllowed`."""
    at: date | None = read_day(wanted.pop("at")) if "at" in wanted else None
    return Question(call.scope, area_of(call, wanted), call.now, at)


def list_catalogue(call: Call) -> Answer:
    """Every card with its figure, the target it has met or not, and the way to its rows."""
    wanted = read_params(CATALOGUE_PARAMS, call.query)
    group, asked = wanted.pop("group", None), question(call, wanted)
    cards = [card for card in definitions.in_force(call.connection, call.config).values() if group in (None, card.says.group)]
    figures = indicator_figures.read(call.connection, call.config, cards, asked)
    told = [shape(call, card, figures[card.code], asked) for card in cards]
    return Answer({"area": asked.area, "as_of": asked.as_of, "indicators": told})


def get_card(call: Call) -> Answer:
    """One card with its versions, its figure by street where rows are counted, and its course."""
    wanted = read_params(CARD_PARAMS, call.query)
    count = wanted.pop("count", 12)
    if not 1 <= count <= _MOST_PERIODS:
        raise Invalid(f"count: 1 to {_MOST_PERIODS}")
    asked = question(call, wanted)
    card = definitions.find(call.connection, call.config, call.path["code"])
    figures = indicator_figures.read(call.connection, call.config, [card], asked)[card.code]
    body = shape(call, card, figures, asked) | {"versions": definitions.history(call.connection, card.code)}
    body["course"] = [one.shape() for one in indicator_figures.course(call.connection, call.config, card, asked, count)]
    if card.says.source == "counted":
        body["streets"] = counted.by_street(call.connection, asked.scope, _of(card), asked.area, _period(call, card, asked), asked.as_of)
    return Answer(body, headers={"ETag": make_etag(card.version)})


def shape(call: Call, card: Card, figures: dict[str, Told], asked: Question) -> dict[str, Any]:
    """A card as it is told: `figure`, `before`, `year_before`; `met`: whether its target is, None where that is not known."""
    figure = figures.get("period", Told(None))
    target, good = card.says.target, card.says.good
    met = None if target is None or figure.value is None or not good else figure.value * good >= target * good
    return {
        **card.shape(), "of": _of(card), "formula_id": _formula_id(call, card), "figure": figure.shape(), "met": met,
        **{name: told.shape() for name, told in figures.items() if name != "period"},
        "rows": _link(call, card, figure, asked), **_parts(call, card),
    }  # fmt: skip


def _of(card: Card) -> str:
    return card.says.of or card.code


def _formula(call: Call, card: Card) -> IndicatorConfig | None:
    return call.config.evaluation.all.get(_of(card)) if card.says.source == "evaluation" else None


def _formula_id(call: Call, card: Card) -> str:
    formula = _formula(call, card)
    return formula.formula_id(_of(card)) if formula else f"{card.code}.v{card.version}"


def _link(call: Call, card: Card, figure: Told, asked: Question) -> str:
    """Where the rows of a figure are; `part` is the reader's to add. Of what others compute: the values they gave."""
    area, formula = {"area": asked.area}, _formula(call, card)
    if formula and figure.period is not None:
        span = {"from": figure.period.since.isoformat(), "to": figure.period.until.isoformat(), "as_of": asked.as_of.isoformat()}
        return f"/indicators/{formula.subject}/{_of(card)}/rows?{urlencode({**area, **span})}"
    if card.says.source == "counted":
        at = {"at": asked.at.isoformat()} if asked.at else {}
        return f"/catalogue/{card.code}/rows?{urlencode({**area, **at})}"
    return f"/catalogue/{card.code}/values?{urlencode(area)}"


def _parts(call: Call, card: Card) -> dict[str, Any]:
    """Which rows a figure can open, and what its formula says in row sets."""
    formula = _formula(call, card)
    if formula:
        return {"parts": list(indicators.parts_of(formula)), "says": indicators.tell(_of(card), formula)}
    return {"parts": list(counted.PARTS) if card.says.source == "counted" else []}


def _period(call: Call, card: Card, asked: Question) -> Any:
    return None if indicator_figures.is_now(card) else indicator_figures.period_of(card, call.config, asked)


def list_rows(call: Call) -> Answer:
    """The rows one counted figure was made of, a page at a time; with the first page how many they are in all."""
    wanted = read_params(ROWS_PARAMS, call.query)
    part, limit, place = wanted.pop("part", "denominator"), wanted.pop("limit", 100), read_cursor(wanted.pop("next", None), str)
    if part not in counted.PARTS:
        raise Invalid(f"part: one of {', '.join(counted.PARTS)}")
    if not 1 <= limit <= 1000:
        raise Invalid("limit: from 1 to 1000")
    asked = question(call, wanted)
    card = definitions.find(call.connection, call.config, call.path["code"])
    if card.says.source != "counted":
        raise Invalid(f"the rows of '{card.code}' are elsewhere: {_link(call, card, Told(None), asked)}")
    period, after = _period(call, card, asked), str(place[0]) if place else ""
    counts = counted.tally(call.connection, asked.scope, [_of(card)], asked.area, period, asked.as_of).get(_of(card), (0, 0))
    rows = counted.list_rows(
        call.connection, asked.scope, _of(card), asked.area, period, asked.as_of, part=part, after=after, limit=limit
    )  # fmt: skip
    body = {"code": card.code, "part": part, "rows": rows, "next": write_cursor(rows[-1]["id"]) if len(rows) >= limit else None}
    return Answer(body if place else {**body, "numerator": counts[0], "denominator": counts[1]})


def list_values(call: Call) -> Answer:
    """Everything that was ever told of one indicator, the newest first, with who said it and when."""
    wanted = read_params(VALUES_PARAMS, call.query)
    after, limit = read_id_cursor(wanted.pop("next", None)), wanted.pop("limit", 100)
    if not 1 <= limit <= 1000:
        raise Invalid("limit: from 1 to 1000")
    rows = indicator_values.history(call.connection, call.scope, call.path["code"], area_of(call, wanted), after, limit)
    return page("values", rows, limit, "id")


def put_card(call: Call) -> Answer:
    """Say what an indicator is: the next version of its card, or the first. `If-Match` names the version that was seen."""
    demand_whole_city(call)
    fields = call.fields()
    why = fields.pop("why", "")
    if not isinstance(why, str) or not why.strip() or len(why) > 2000:
        raise Invalid("say in 'why' why it is changed")
    act = Act("put", call.scope, call.now, why.strip(), read_etag(call.headers.get("If-Match")), address=call.address)
    card = definitions.say(call.connection, call.config, call.path["code"], definitions.read_card(fields), act)
    return Answer(card.shape(), 201 if card.version == 1 else 200, {"ETag": make_etag(card.version)})
