"""Shifts and handing over, over HTTP. Both sides sign with their password: checked as a login is, counted and locked alike."""

from api.call import Answer, Call
from api.problems import MEDIA_TYPE, Problem, read_etag
from api.rest_alerts import act_of
from core.errors import Invalid, NotAllowed
from dispatch import shifts as lifecycle
from store import accounts, audit, handovers, people, shifts
from store.acts import Act

_ENDS = frozenset({"end", "withdraw"})


def get_current(call: Call) -> Answer:
    return Answer(shifts.read_current(call.connection, call.scope, call.config.duty.shift_for))


def post_shift(call: Call) -> Answer:
    shifts.begin(call.connection, call.scope, call.now)
    return Answer(shifts.read_current(call.connection, call.scope, call.config.duty.shift_for), 201)


def post_handover(call: Call) -> Answer:
    """Offer one's shift to a successor: `{to, note, password}`."""
    fields = call.fields()
    password, account = fields.pop("password", None), fields.pop("to", None)
    act = act_of(call, {**fields, "act": "offer"}, read_etag(call.headers.get("If-Match")))
    if account is None:
        raise Invalid("'to' is missing: the account of the colleague, as GET /people tells it")
    if refused := _sign(call, password):
        return refused
    handovers.offer(call.connection, act, account)
    return Answer(shifts.read_current(call.connection, call.scope, call.config.duty.shift_for), 201)


def act_on_shift(call: Call) -> Answer:
    """Accept (with the password) or decline what was offered; end one's own shift, or take its offer back."""
    fields = call.fields()
    password = fields.pop("password", None)
    act, shift_id = act_of(call, fields, read_etag(call.headers.get("If-Match"))), call.number("id")
    if act.act in lifecycle.SIGNED and (refused := _sign(call, password)):
        return refused
    passed = {}
    if act.act in _ENDS:
        shifts.end(call.connection, shift_id, act)
    elif act.act in lifecycle.OUTCOME and act.act in lifecycle.ROLES:
        passed = handovers.answer(call.connection, shift_id, act)
    else:
        raise Invalid("act: one of accept, decline, end, withdraw")
    return Answer({**shifts.read_current(call.connection, call.scope, call.config.duty.shift_for), **passed})


def _sign(call: Call, password: object) -> Answer | None:
    """None when the caller's own password was given. Before anything is written: the count of failures is a transaction of its own."""
    if call.scope.account_id is None:
        raise NotAllowed("people sign: a system's token cannot")
    if not isinstance(password, str):
        raise Invalid("'password' must be your own")
    with call.deps.store.connection() as connection:
        found = accounts.check_login(connection, people.login_of(connection, call.scope.account_id), password, call.now)
        if isinstance(found, accounts.Account):
            return None
        act = Act("sign_refused", call.scope, call.now, found.reason, address=call.address)
        audit.append(connection, act, "account", call.scope.name, call.scope.areas[0])
    if found.until is None:
        raise NotAllowed("the password is wrong: nothing was signed")
    wait = max(1, round((found.until - call.now).total_seconds()))
    problem = Problem(429, "locked", "Locked", "too many failures; this account is locked for a while", {}, {"Retry-After": str(wait)})
    return Answer(problem.body(call.url), problem.status, problem.headers, MEDIA_TYPE)
