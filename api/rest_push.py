"""Web Push over HTTP: the key browsers subscribe to, one's own subscriptions, and that a notification was opened."""

from api.call import Answer, Call
from core.errors import Invalid, NotFound
from dispatch.notify_push import make_keys, read_subscription
from store import push
from store.acts import Act


def get_push(call: Call) -> Answer:
    """`public_key` for `applicationServerKey`, made at the first asking; and how many browsers of mine are told. 404 without a channel."""
    _services(call)
    known = push.read_public_key(call.connection) or push.keys(call.deps.store, make_keys, call.now).public
    return Answer({"public_key": known, "browsers": push.list_mine(call.connection, call.scope)})


def post_push(call: Call) -> Answer:
    """A browser's subscription as it gives it; `{"act": "unsubscribe", "endpoint"}`; or `{"act": "read", "id"}` of what was opened."""
    fields = call.fields()
    act = fields.get("act", "subscribe")
    if act == "subscribe":
        to = read_subscription(fields.get("endpoint"), fields.get("keys"), _services(call))
        push.subscribe(call.connection, to, Act("subscribe_push", call.scope, call.now, address=call.address))
        return Answer({"browsers": push.list_mine(call.connection, call.scope)}, 201)
    if act == "unsubscribe" and isinstance(fields.get("endpoint"), str):
        ended = push.unsubscribe(call.connection, fields["endpoint"], Act("unsubscribe_push", call.scope, call.now, address=call.address))
        return Answer({"ended": ended})
    if act == "read" and isinstance(fields.get("id"), str):
        return Answer({"read": push.read_note(call.connection, call.scope, fields["id"], call.now)})
    raise Invalid('write {"endpoint", "keys"} as the browser gives them, {"act": "unsubscribe", "endpoint"} or {"act": "read", "id"}')


def _services(call: Call) -> tuple[str, ...]:
    """Of the channels that push. Raises `NotFound` where the city has none."""
    channels = [channel for channel in call.config.notify.channels.values() if channel.kind == "push"]
    if not channels:
        raise NotFound("this city has no channel of kind push")
    return tuple(service for channel in channels for service in channel.services)
