"""Silences and maintenance windows over HTTP: the list, single ones, a preview, making them and ending them early."""

from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from api.call import AREA, PAGE, Answer, Call, Param, page, read_filter, read_id_cursor, read_params, read_time
from api.rest_alerts import acted, read_act, shown
from core.config import problems_of
from core.errors import Invalid
from core.suppress_config import Matcher
from store import silences
from store.acts import Act

SILENCE_PARAMS = (Param("state", ", ".join(silences.STATES)), AREA, *PAGE)
_FIELDS = {"kind", "matcher", "from", "until", "why", "dry_run"}
_LONGEST_WHY = 2000


def list_silences(call: Call) -> Answer:
    wanted = read_params(SILENCE_PARAMS, call.query)
    state = wanted.pop("state", None)  # of a silence it is no stage
    if state not in (None, *silences.STATES):
        raise Invalid(f"state: one of {', '.join(silences.STATES)}")
    after = read_id_cursor(wanted.get("next"))
    filter_ = read_filter(wanted)
    filter_ = replace(filter_, wanted={"state": state}, after=after)
    return page("silences", silences.list_silences(call.connection, call.scope, filter_, call.now), filter_.limit, "id")


def get_silence(call: Call) -> Answer:
    return shown(_read(call, call.number("id")))


def _read(call: Call, silence_id: int) -> dict[str, Any]:
    return silences.get_silence(call.connection, call.scope, silence_id, call.now)


def post_silence(call: Call) -> Answer:
    """201 with the silence; with `dry_run` 200 with how many alerts it would hold, and nothing is changed."""
    fields = call.fields()
    if unknown := sorted(fields.keys() - _FIELDS):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_FIELDS))}")
    why, dry_run = fields.get("why", ""), fields.get("dry_run", False)
    if not isinstance(why, str) or len(why) > _LONGEST_WHY or not isinstance(dry_run, bool):
        raise Invalid(f"'why' must be a text of at most {_LONGEST_WHY} letters and 'dry_run' true or false")
    act = Act("silence", call.scope, call.now, why.strip(), address=call.address)
    config = call.config
    if dry_run:
        return Answer(silences.preview(call.connection, _wish(fields), act, config.silences, config.duty.two_person))
    silence_id = silences.add_silence(call.connection, _wish(fields), act, config.silences, config.duty.two_person)
    return shown(_read(call, silence_id), 201, {"Location": f"/api/v1/silences/{silence_id}"})


def _wish(fields: dict[str, Any]) -> silences.Wish:
    """Raises `Invalid` with what is wrong and where."""
    if fields.get("until") is None:
        raise Invalid("'until' is missing: a silence ends")
    if not isinstance(fields.get("matcher") or {}, dict):
        raise Invalid('matcher: an object of what it means, such as {"rules": ["smoke"]}')
    since = read_time("from", fields["from"]) if fields.get("from") is not None else None
    try:
        matcher = Matcher.model_validate(fields.get("matcher") or {})
    except ValidationError as error:
        raise Invalid("; ".join(f"matcher.{one.path}: {one.message} {one.hint}".strip() for one in problems_of(error, Matcher))) from error
    return silences.Wish(str(fields.get("kind", "silence")), matcher, read_time("until", fields["until"]), since)


def act_on_silence(call: Call) -> Answer:
    silence_id, act = call.number("id"), read_act(call)
    return acted(call, lambda: silences.end_silence(call.connection, silence_id, act), lambda: _read(call, silence_id))
