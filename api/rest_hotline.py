"""The two-way hotline over HTTP: tickets and acts on them for the desk, revisits for the platform. Shows no caller."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from api.call import AREA, PAGE, SPAN, Answer, Call, Param, page, read_filter, read_id_cursor, read_params
from api.rest_alerts import acted, read_act, shown
from core.errors import Invalid
from ingest.revisits import read_revisits
from store import hotline, hotline_desk, revisits
from store.acts import Act
from store.lists import MOST

TICKET_PARAMS = (
    Param("stage", "one or more, comma-separated", "list"), Param("case", "case number"), Param("source", "feed of the platform"),
    Param("ticket_no", "the platform's number"), Param("overdue", "true or false", "boolean"),
    Param("late", "true: one of its clocks has run out", "boolean"),
    Param("told", "failed, waiting or told: one of its hand-backs is so"),
    Param("dissatisfied", "true: the caller says so, or that it is not solved", "boolean"),
    Param("q", "in its numbers and its title"), AREA, *PAGE,
)  # fmt: skip
REVISIT_PARAMS = (Param("ticket_id", "of one ticket", "integer"), AREA, *SPAN, *PAGE)
_MOST_REVISITS, _MOST_AGAIN = 5_000, 500
_TOLD = ("failed", "waiting", "told")


def list_tickets(call: Call) -> Answer:
    wanted = read_params(TICKET_PARAMS, call.query)
    after, limit, area = read_id_cursor(wanted.pop("next", None)), wanted.pop("limit", 100), wanted.pop("area", "")
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit: from 1 to {MOST}")
    if wanted.get("told", "told") not in _TOLD:
        raise Invalid(f"told: one of {', '.join(_TOLD)}")
    names = {"stage": "stages", "case": "case_number"}
    filters = {names.get(name, name): value for name, value in wanted.items()}
    rows = hotline_desk.list_tickets(
        call.connection, call.scope, call.config.hotline, call.now, limit=limit, after=after, area=area, **filters
    )
    return page("tickets", rows, limit, "id")


def get_ticket(call: Call) -> Answer:
    return shown(_ticket(call))


def _ticket(call: Call) -> Mapping[str, Any]:
    return hotline_desk.get_ticket(call.connection, call.scope, call.number("id"), call.config.hotline, call.now)


def act_on_ticket(call: Call) -> Answer:
    ticket_id, act = call.number("id"), read_act(call, frozenset({"into"}))
    return acted(
        call,
        lambda: hotline.act_on_ticket(call.connection, ticket_id, act, call.config),
        lambda: _ticket(call),
    )


def resend(call: Call) -> Answer:
    """Tell the platform anew what it did not take, of some tickets; what stands in the way of one stops all."""
    ids = call.fields().get("tickets")
    if not isinstance(ids, list) or not 1 <= len(ids) <= _MOST_AGAIN or not all(type(one) is int and 0 < one < 2**62 for one in ids):
        raise Invalid(f"tickets: the numbers of one to {_MOST_AGAIN}")
    act = Act("resend", call.scope, call.now, address=call.address)
    return Answer({"queued": sum(hotline_desk.resend(call.connection, one, call.config.hotline, act) for one in sorted(set(ids)))})


def list_revisits(call: Call) -> Answer:
    wanted = read_params(REVISIT_PARAMS, call.query)
    after = read_id_cursor(wanted.get("next"))
    filter_ = read_filter(wanted)
    return page("revisits", revisits.list_revisits(call.connection, call.scope, replace(filter_, after=after)), filter_.limit, "id")


def post_revisits(call: Call) -> Answer:
    """One revisit or a list (or `{"revisits": [...], "source"}`), in our words or the platform's; each once under its own number."""
    body = call.json()
    source = body.get("source") if isinstance(body, dict) else None
    rows = body.get("revisits", [body]) if isinstance(body, dict) else body
    known = call.config.hotline.sources
    if not known or (source is not None and source not in known):
        raise Invalid(f"source: one of {', '.join(known) or 'none: hotline.sources names no platform'}")
    if not isinstance(rows, list) or len(rows) > _MOST_REVISITS:
        raise Invalid(f"a list of at most {_MOST_REVISITS} revisits")
    found = read_revisits(rows, call.config.area.zone, call.now)
    sources = (source,) if source else known
    told = [revisit for _, revisit in found.taken]
    taken = revisits.take(call.connection, call.scope, told, sources, call.config.hotline, call.config.area.code, call.now)
    refused = [{"place": place, "why": why} for place, why in found.refused]
    refused += [{"place": found.taken[place][0], "why": "outside the area of this token"} for place in taken.outside]
    return Answer({"created": taken.created, "changed": taken.changed, "known": taken.known, "refused": refused})
