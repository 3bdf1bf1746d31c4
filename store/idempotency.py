"""A POST repeated with the same Idempotency-Key gets the first answer: stored in the transaction of the act itself."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import Invalid
from store.timescale import Connection, queries

KEEP_FOR = timedelta(days=30)


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
    if bytes(row["request"]) != request:
        raise Invalid(f"the Idempotency-Key '{key}' was used for another request")
    return row["status"], row["body"]


def remember(connection: Connection, actor: str, key: str, request: bytes, status: int, body: object, now: datetime) -> None:
    queries.idempotency_remember(connection, actor=actor, key=key, at=now, request=request, status=status, body=Jsonb(body))


def purge(connection: Connection, now: datetime) -> int:
    """Forget keys older than they are kept; a job of the night."""
    return int(queries.idempotency_purge(connection, before=now - KEEP_FOR))
