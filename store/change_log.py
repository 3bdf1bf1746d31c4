"""The append-only memory of every change: what a noun looked like before and after, in the shape screens know.

Whoever moves an alert, report, incident or case reads it, moves it, reads it again and appends, all in one
transaction. The projector and replay read only this.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from store.timescale import Connection

VIEWS = {"alert": "live_alerts", "report": "live_reports", "incident": "live_incidents", "case": "live_cases"}

Rows = Mapping[Any, Mapping[str, Any]]


def read(connection: Connection, noun: str, keys: Sequence[Any]) -> dict[Any, dict[str, Any]]:
    """The present shape of some nouns by their id, as JSON values (times are RFC 3339 text)."""
    if not keys:
        return {}
    found = connection.execute(f"select id, to_jsonb(v) as shape from {VIEWS[noun]} v where id = any(%s)", [list(keys)])  # noqa: S608
    return {row["id"]: row["shape"] for row in found}


def append(connection: Connection, noun: str, before: Rows, after: Rows, now: datetime) -> None:
    """Write down the difference. A key missing in `before` was created; equal ones are left out."""
    rows = [
        (now, shape["area"], noun, str(key), Jsonb(before[key]) if key in before else None, Jsonb(shape))
        for key, shape in after.items()
        if before.get(key) != shape
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into change_log (processed_at, area, noun, key, before, after) values (%s, %s, %s, %s, %s, %s)", rows
            )
