"""What somebody changes of their own account: how they are reached and when not, a message to try it, their password."""

from collections.abc import Mapping
from typing import Any

from api.auth import SESSION_COOKIE
from api.call import Answer, Call
from api.problems import MEDIA_TYPE, Problem
from core.errors import Invalid, NotAllowed
from core.notify_config import NotifyConfig
from store import accounts, audit, contacts, people
from store.acts import Act


def get_mine(call: Call) -> Answer:
    """One's contacts, masked; by which ways of the city one is reached; and the city's own quiet hours."""
    return Answer(_mine(call))


def put_mine(call: Call) -> Answer:
    contacts.save(call.connection, account_of(call), call.fields(), Act("set_contacts", call.scope, call.now, address=call.address))
    return Answer(_mine(call))


def _mine(call: Call) -> dict[str, Any]:
    account_id, config = account_of(call), call.config.notify
    quiet = {"from": f"{config.quiet.starts:%H:%M}", "to": f"{config.quiet.ends:%H:%M}"} if config.quiet else None
    return {
        **contacts.read(call.connection, account_id), "city_quiet": quiet, "passes": config.passes,
        "channels": channels_of(config, {kind: account_id in contacts.reachable(call.connection, [account_id], kind) for kind in _NEEDS}),
    }  # fmt: skip


_NEEDS = ("sms", "smtp", "push")


def channels_of(config: NotifyConfig, reached: Mapping[str, bool]) -> list[dict[str, Any]]:
    """The city's ways that go to people one by one (groups and gateways are nobody's own): `reaches`: one has what the way needs."""
    return [
        {"name": name, "kind": one.kind, "label": one.label, "label_en": one.label_en, "reaches": reached[one.kind]}
        for name, one in config.channels.items()
        if one.is_personal
    ]


def try_contacts(call: Call) -> Answer:
    """Send oneself a message by one way; once a minute and way. Where it does not get through, one's own desk is told."""
    name, account_id = call.fields().get("channel"), account_of(call)
    known = call.config.notify.channels.get(name) if isinstance(name, str) else None
    if known is None or not known.is_personal:
        raise Invalid("channel: one of those that reach you (`channels` of your contacts)")
    queued = contacts.try_out(call.connection, account_id, str(name), Act("try_contacts", call.scope, call.now, address=call.address))
    return Answer({"queued": queued}, 202)


def put_password(call: Call) -> Answer:
    """The present password and a new one. Every other session of this account ends."""
    fields, scope = call.fields(), call.scope
    old, new = fields.get("old"), fields.get("new")
    if not isinstance(old, str) or not isinstance(new, str):
        raise Invalid("'old' and 'new' must be texts")
    account_id = account_of(call)
    with call.deps.store.connection() as connection:
        login = people.login_of(connection, account_id)
        refused = accounts.change_password(connection, login, old, new, call.cookies.get(SESSION_COOKIE), call.now)
        done = "password_refused" if refused else "password_changed"
        audit.append(connection, Act(done, scope, call.now, address=call.address), "account", login, scope.areas[0])
    if refused is None:
        return Answer({"changed": True}, headers={"Cache-Control": "no-store"})
    if refused.until is not None:
        wait = max(1, round((refused.until - call.now).total_seconds()))
        problem = Problem(429, "locked", "Locked", "too many failures; this account is locked for a while", {}, {"Retry-After": str(wait)})
    else:
        problem = Problem(403, "login_refused", "Refused", "the present password is wrong")
    return Answer(problem.body(call.url), problem.status, problem.headers, MEDIA_TYPE)


def account_of(call: Call) -> int:
    """Whose account asks. Raises `NotAllowed` for a token."""
    if call.scope.account_id is None:
        raise NotAllowed("contacts and passwords are of people")
    return call.scope.account_id
