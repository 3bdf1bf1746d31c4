"""What an address may mean, and what people taught of addresses, over HTTP. Placing itself is an act on a report."""

from api.call import AREA, PAGE, Answer, Call, Param, page, read_id_cursor, read_params
from api.rest_alerts import read_act
from core.errors import IllegalAct, Invalid
from geodata.address import MOST_LETTERS
from store import gazetteer

_MOST = 10
MATCH_PARAMS = (Param("address", "as it was written"), AREA, Param("limit", f"at most {_MOST}, usually 3", "integer"))
TAUGHT_PARAMS = (Param("report", "report id", "integer"), *PAGE)


def list_matches(call: Call) -> Answer:
    """The places in the caller's areas that an address may mean, the surest first; `place_from` is what counts as sure."""
    wanted = read_params(MATCH_PARAMS, call.query)
    address, limit = wanted.get("address", ""), wanted.get("limit", 3)
    if not address.strip() or len(address) > 2 * MOST_LETTERS:
        raise Invalid(f"address: a text of at most {2 * MOST_LETTERS} letters")
    if not 1 <= limit <= _MOST:
        raise Invalid(f"limit: from 1 to {_MOST}")
    names = call.places.names(call.deps.store, call.config.places.prefixes).present()
    locator = call.places.locator(call.deps.store, call.now)
    seen = []
    for match in names.suggest(address, wanted.get("area", ""), 4 * _MOST):
        area = locator.locate(match.lon, match.lat).area or match.area
        if area and call.scope.sees(area):
            seen.append({**match.body(), "area": area})
    return Answer({"matches": seen[:limit], "normalised": names.normalise(address), "place_from": call.config.places.place_from})


def list_taught(call: Call) -> Answer:
    wanted = read_params(TAUGHT_PARAMS, call.query)
    limit = wanted.get("limit", 100)
    if not 1 <= limit <= 1000:
        raise Invalid("limit: from 1 to 1000")
    rows = gazetteer.list_taught(
        call.connection, call.scope, report_id=wanted.get("report"), after=read_id_cursor(wanted.get("next")), limit=limit
    )
    return page("taught", rows, limit, "id")


def act_on_taught(call: Call) -> Answer:
    """`forget` is the only act: the address means nothing by itself again; the report it came from stays where it is."""
    act, taught_id = read_act(call), call.number("id")
    if act.act != "forget":
        raise IllegalAct(act.act, "taught", ("forget",))
    gazetteer.forget(call.connection, act, taught_id)
    return Answer(gazetteer.show_taught(call.connection, call.scope, taught_id))
