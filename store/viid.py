"""Which view libraries (GA/T 1400) are registered, from where and until when, and how far each nonce is used: a row of the wire's
memory each, so that every edge knows.

Never decides whose password is right. A registration that nobody uses lapses, and the library registers anew.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from store import wire_memory
from store.timescale import Connection

REGISTERED_FOR = timedelta(minutes=10)  # since it last spoke; libraries say every 30 to 90 s that they live
_SEEN_AFTER = timedelta(minutes=1)  # a registration in use is written this often at most
_SECRET = ("jobs", "viid nonce")  # under the name whose memory is never forgotten
_NONCES = "viid nonce"  # no feed: all rows of this name are nonces
_NONCES_FOR = timedelta(minutes=15)  # a nonce holds five, and the edges' clocks may differ by as much


class _Registered(msgspec.Struct):
    address: str
    seen_at: datetime


_decoder = msgspec.json.Decoder(_Registered)


def register(connection: Connection, feed: str, device: str, address: str, now: datetime) -> None:
    """From now on this library is believed by its number, from this address."""
    key = _key(feed, device)
    wire_memory.load(connection, [key])
    wire_memory.save(connection, {key: msgspec.json.encode(_Registered(address, now))}, {}, now)


def unregister(connection: Connection, feed: str, device: str) -> None:
    """Its number alone is believed no more."""
    wire_memory.drop(connection, [_key(feed, device)])


def registered(connection: Connection, feeds: Sequence[str], device: str, address: str, now: datetime) -> str | None:
    """The feed through which this library is registered from this address; None: it is not, or it was silent for too long."""
    for (feed, peer), memory in wire_memory.peek(connection, [_key(feed, device) for feed in feeds]).items():
        known = _decoder.decode(memory)
        if known.address == address and now - known.seen_at <= REGISTERED_FOR:
            if now - known.seen_at > _SEEN_AFTER:
                wire_memory.save(connection, {(feed, peer): msgspec.json.encode(_Registered(address, now))}, {}, now)
            return feed
    return None


def nonce_secret(connection: Connection, now: datetime) -> bytes:
    """What challenges are made with, drawn once for all edges."""
    known = wire_memory.load(connection, [_SECRET])
    if _SECRET in known:
        return known[_SECRET][0]
    drawn = secrets.token_bytes(32)
    wire_memory.save(connection, {_SECRET: drawn}, {}, now)
    return drawn


def spend(connection: Connection, nonce: str, count: int, now: datetime) -> bool:
    """Whether `count` is greater than all that this nonce was used with: then it is used up to there. Others wait for our commit."""
    key = _NONCES, nonce
    known = wire_memory.load(connection, [key])
    if key in known and count <= int(known[key][0]):
        return False
    wire_memory.save(connection, {key: b"%d" % count}, {}, now)
    wire_memory.forget_feed(connection, _NONCES, now - _NONCES_FOR)
    return True


def _key(feed: str, device: str) -> wire_memory.Key:
    return feed, f"registered/{device}"
