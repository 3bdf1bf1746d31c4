"""The two-way hotline over HTTP: tickets and acts on them for the desk, revisits for the platform. Shows no caller."""

from dataclasses import replace

from api.call import AREA, PAGE, SPAN, Answer, Call, Param, page, read_filter, read_id_cursor, read_params
from api.rest_alerts import acted, read_act, shown
from core.errors import Invalid
from ingest.revisits import read_revisits
from store import hotline, revisits
from store.lists import MOST

TICKET_PARAMS = (
    Param("stage", "one or more, comma-separated", "list"), Param("case", "case number"), Param("source", "feed of the platform"),
    Param("ticket_no", "the platform's number"), Param("overdue", "true or false", "boolean"), AREA, *PAGE,
)  # fmt: skip
REVISIT_PARAMS = (Param("ticket_id", "of one ticket", "integer"), AREA, *SPAN, *PAGE)
_MOST_REVISITS = 5_000


def list_tickets(call: Call) -> Answer:
    wanted = read_params(TICKET_PARAMS, call.query)
    after, limit, area = read_id_cursor(wanted.pop("next", None)), wanted.pop("limit", 100), wanted.pop("area", "")
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit: from 1 to {MOST}")
    names = {"stage": "stages", "case": "case_number"}
    filters = {names.get(name, name): value for name, value in wanted.items()}
    return page("tickets", hotline.list_tickets(call.connection, call.scope, limit=limit, after=after, area=area, **filters), limit, "id")


def get_ticket(call: Call) -> Answer:
    return shown(hotline.get_ticket(call.connection, call.scope, call.number("id")))


def act_on_ticket(call: Call) -> Answer:
    ticket_id, act = call.number("id"), read_act(call, frozenset({"into"}))
    return acted(
        call,
        lambda: hotline.act_on_ticket(call.connection, ticket_id, act, call.config),
        lambda: hotline.get_ticket(call.connection, call.scope, ticket_id),
    )


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
