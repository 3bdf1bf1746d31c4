"""Contacts of others (one's own: `rest_me`), receipts of what they were told, and a gateway's own word that it arrived."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.call import Answer, Call, Param, read_params, read_time
from api.problems import NotSignedIn
from core.errors import Invalid, NotFound
from core.notify_config import ChannelConfig, ReceiptsConfig
from core.settings import notify_variable, read_secret
from dispatch.http_request import at
from dispatch.notify_webhook import is_signed
from store import change_log, contacts, receipts
from store.acts import Act
from store.receipts import Receipt

TOLD_PARAMS = (Param("alert", "alert id", "integer"), Param("incident", "incident id", "integer"), Param("case", "case number"))
SIGNATURE = "X-Yiping-Signature"
_MOST = 1_000


def get_contacts(call: Call) -> Answer:
    return Answer(contacts.read(call.connection, call.number("account")))


def put_contacts(call: Call) -> Answer:
    account_id = call.number("account")
    contacts.save(call.connection, account_id, call.fields(), Act("set_contacts", call.scope, call.now, address=call.address))
    return Answer(contacts.read(call.connection, account_id))


def get_told(call: Call) -> Answer:
    """Who was told of one alert, incident or case, by which way, when it was sent, delivered and read."""
    wanted = {name: value for name, value in read_params(TOLD_PARAMS, call.query).items() if value is not None}
    if len(wanted) != 1:
        raise Invalid("name an alert, an incident or a case")
    [(noun, key)] = wanted.items()
    shape = change_log.read(call.connection, noun, [key]).get(key)
    if shape is None or not call.scope.sees(shape["area"]):  # only who sees the thing reads who was told of it
        raise NotFound(f"no {noun} {key}")
    return Answer({"told": receipts.read_told(call.connection, noun, str(key))})


def post_receipts(call: Call) -> Answer:
    """From a gateway, signed with its channel's secret. Raises `NotSignedIn` for a signature that is not, or is older than five minutes."""
    name = call.path["channel"]
    channel = call.config.notify.channels.get(name)
    if channel is None:
        raise NotFound(f"no channel is called '{name}'")
    secret = read_secret(os.environ, notify_variable("secret", name))
    if not is_signed(secret, call.headers.get(SIGNATURE, ""), call.body, call.now):
        raise NotSignedIn(f"{SIGNATURE}: t=SECONDS,v1=HMAC-SHA256 with the channel's secret over the seconds, a dot and the body")
    told = read_receipts(call.body, channel, call.now)
    with call.deps.store.connection() as connection:
        return Answer({"known": receipts.take(connection, name, told, call.config.notify, call.now), "told": len(told)})


def read_receipts(body: bytes, channel: ChannelConfig, now: datetime) -> list[Receipt]:
    """What a body tells, in the gateway's own words. Raises `Invalid`."""
    known = channel.receipts
    try:
        whole = json.loads(body)
    except ValueError as error:
        raise Invalid(f"the body is not JSON: {error}") from error
    items = at(whole, known.items) if known.items else whole
    if not isinstance(items, list) or len(items) > _MOST:
        raise Invalid(f"'{known.items or 'the body'}' is a list of at most {_MOST} receipts")
    return [receipt for item in items if isinstance(item, Mapping) for receipt in [_receipt(item, known, now)] if receipt is not None]


def _receipt(item: Mapping[str, Any], known: ReceiptsConfig, now: datetime) -> Receipt | None:
    """None for a word of state that says nothing yet (queued, accepted)."""
    id_, word = at(item, known.id), str(at(item, known.state))
    state = next((state for state in ("read", "delivered", "failed") if word in getattr(known, state)), None)
    if id_ is None or state is None:
        return None
    moment = read_time("at", item["at"]) if item.get("at") else now
    return Receipt(str(id_)[:300], state, min(moment, now))
