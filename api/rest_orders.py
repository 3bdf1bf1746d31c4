"""Expedite orders (督办) over HTTP."""

from dataclasses import replace

from api.call import AREA, PAGE, SPAN, Answer, Call, Param, page, read_filter, read_id_cursor, read_params, read_time
from api.rest_alerts import act_of, acted, read_act, shown
from core.errors import Invalid
from core.plain import fault_of_text
from store import orders

ORDER_PARAMS = (
    Param("stage", "one or more of issued, fed_back, closed, withdrawn", "list"), Param("case", "case number"),
    Param("unit", "unit id", "integer"), Param("overdue", "true or false", "boolean"), AREA, *SPAN, *PAGE,
)  # fmt: skip
_FIELDS = {"case", "text", "due_at"}
_LONGEST = 2000


def list_orders(call: Call) -> Answer:
    wanted = read_params(ORDER_PARAMS, call.query)
    after = read_id_cursor(wanted.get("next"))
    names = {"case": "case_number", "unit": "unit_id"}
    filter_ = replace(read_filter({names.get(name, name): value for name, value in wanted.items()}), after=after)
    return page("orders", orders.list_orders(call.connection, call.scope, filter_), filter_.limit, "id")


def get_order(call: Call) -> Answer:
    return shown(orders.get_order(call.connection, call.scope, call.number("id")))


def post_order(call: Call) -> Answer:
    """Issue one on a case: `{case, text, due_at?}`; without a time the configured term holds."""
    fields = call.fields()
    if unknown := sorted(fields.keys() - _FIELDS):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_FIELDS))}")
    number, text = fields.get("case"), fields.get("text")
    if not isinstance(number, str) or not isinstance(text, str) or len(text) > _LONGEST:
        raise Invalid(f"'case' is a case's number, 'text' a text of at most {_LONGEST} letters")
    if fault := fault_of_text(text):
        raise Invalid(f"text: {fault}")
    due_at = read_time("due_at", fields["due_at"]) if fields.get("due_at") else call.now + call.config.ledgers.order_for
    act = act_of(call, {"act": "expedite", "note": text}, None)
    order_id = orders.issue(call.connection, number, act, due_at, call.config)
    shape = orders.get_order(call.connection, call.scope, order_id)
    return shown(shape, 201, {"Location": f"/api/v1/orders/{order_id}"})


def act_on_order(call: Call) -> Answer:
    order_id, act = call.number("id"), read_act(call)
    return acted(
        call,
        lambda: orders.act_on_order(call.connection, order_id, act, call.config.ledgers.order_for),
        lambda: orders.get_order(call.connection, call.scope, order_id),
    )
