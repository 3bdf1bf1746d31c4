"""A POST repeated with the same Idempotency-Key gets the first answer: stored in the transaction of the act itself.

Where the act has transactions of its own, its key is claimed before: nobody else works at it while the claim is kept up.
"""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import Invalid
from store.timescale import Connection, queries

KEEP_FOR = timedelta(days=30)
CLAIM_FOR = timedelta(seconds=15)  # without a word of who holds it
_CLAIMED = 0  # in the place of an answer's status


class Claim(StrEnum):
    """Whose the work is, when there is no answer yet."""

    OURS = "ours"
    TWINS = "twins"


def hash_request(method: str, path: str, body: bytes) -> bytes:
    """What makes two requests the same."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).digest()


def recall(connection: Connection, actor: str, key: str, request: bytes, now: datetime) -> tuple[int, Any] | None:
    """The status and body answered before, or None; a twin in another transaction is waited for.

    Raises `Invalid` when the key was used for another request.
    """
    queries.idempotency_lock(connection, actor=actor, key=key)
    row = queries.idempotency_recall(connection, actor=actor, key=key, since=now - KEEP_FOR)
    if row is None:
        return None
    return _answer(row, key, request)


def _answer(row: dict[str, Any], key: str, request: bytes) -> tuple[int, Any]:
    if bytes(row["request"]) != request:
        raise Invalid(f"the Idempotency-Key '{key}' was used for another request")
    return row["status"], row["body"]


def remember(connection: Connection, actor: str, key: str, request: bytes, status: int, body: object, now: datetime) -> None:
    queries.idempotency_remember(connection, actor=actor, key=key, at=now, request=request, status=status, body=Jsonb(body))


def claim(connection: Connection, actor: str, key: str, request: bytes, holder: str, now: datetime) -> tuple[int, Any] | Claim:
    """The answer given before, or whose the work is: `OURS` from now on under the name `holder`, or a twin's that is at it.

    Raises `Invalid` when the key was used for another request.
    """
    queries.idempotency_lock(connection, actor=actor, key=key)
    row = queries.idempotency_recall(connection, actor=actor, key=key, since=now - KEEP_FOR)
    if row is not None:
        status, body = _answer(row, key, request)
        if status != _CLAIMED:
            return status, body
        if row["at"] > now - CLAIM_FOR:
            return Claim.TWINS
    remember(connection, actor, key, request, _CLAIMED, holder, now)
    return Claim.OURS


def keep(connection: Connection, actor: str, key: str, holder: str, now: datetime) -> None:
    """Its holder is still at it."""
    queries.idempotency_keep(connection, actor=actor, key=key, holder=Jsonb(holder), now=now)


def release(connection: Connection, actor: str, key: str, holder: str) -> None:
    """Its holder failed: the next one may begin at once."""
    queries.idempotency_release(connection, actor=actor, key=key, holder=Jsonb(holder))


def purge(connection: Connection, now: datetime) -> int:
    """Forget keys older than they are kept; a job of the night."""
    return int(queries.idempotency_purge(connection, before=now - KEEP_FOR))
