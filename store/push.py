"""Browsers that take Web Push, and this installation's pair of keys: made once, kept, and the signing half read by nobody but who sends."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from core.errors import NotAllowed
from core.model import Scope
from dispatch.notify import Subscription
from dispatch.notify_push import Keys
from store import audit
from store.acts import Act
from store.timescale import Connection, Store, queries

MOST = 5  # browsers of one person: each is a request a message


def keys(store: Store, make: Callable[[], Keys], now: datetime) -> Keys:
    """The pair, made if there is none yet; of two who make one at once the first one's stands for both. The owner's login only."""
    with store.connection() as connection:
        row = queries.push_keys(connection)
        if row is None:
            made = make()
            queries.push_keep_keys(connection, private_key=made.private_pem, public_key=made.public, now=now)
            row = queries.push_keys(connection)
        return Keys(row["private_key"], row["public_key"])


def read_public_key(connection: Connection) -> str | None:
    """The half that browsers subscribe to; None until the pair was made."""
    row = queries.push_public_key(connection)
    return str(row["public_key"]) if row else None


def subscribe(connection: Connection, to: Subscription, act: Act) -> None:
    """A browser belongs to who subscribed it last; of somebody's browsers the newest `MOST` are told. Raises `NotAllowed` for a token."""
    account_id = _account(act.scope)
    queries.push_add(connection, account_id=account_id, endpoint=to.endpoint, p256dh=to.p256dh, auth=to.auth, now=act.now)
    queries.push_end_older(connection, account_id=account_id, most=MOST, now=act.now)
    audit.append(connection, act, "account", act.scope.account_id, act.scope.areas[0])


def unsubscribe(connection: Connection, endpoint: str, act: Act) -> int:
    """End one of one's own; returns how many ended."""
    ended = int(queries.push_end(connection, endpoints=[endpoint], account_id=_account(act.scope), now=act.now, why="unsubscribed"))
    if ended:
        audit.append(connection, act, "account", act.scope.account_id, act.scope.areas[0])
    return ended


def end(connection: Connection, endpoints: Sequence[str], now: datetime) -> None:
    """The push service says they are over."""
    queries.push_end(connection, endpoints=list(endpoints), account_id=None, now=now, why="gone")


def list_mine(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """One's own browsers. Raises `NotAllowed` for a token."""
    return list(queries.push_mine(connection, account_id=_account(scope)))


def read_note(connection: Connection, scope: Scope, parcel: str, now: datetime) -> int:
    """Somebody opened what they were told; returns how many messages that was."""
    return int(queries.push_read(connection, account_id=_account(scope), id=parcel, now=now))


def _account(scope: Scope) -> int:
    if scope.account_id is None:
        raise NotAllowed("push is for people")
    return scope.account_id
