"""The append-only memory of every change: what a noun looked like before and after, in the shape screens know.

Whoever moves an alert, report, incident or case reads it, moves it, reads it again and appends, all in one
transaction. The projector and replay read only this.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from store.timescale import Connection

VIEWS = {
    "alert": "live_alerts", "report": "live_reports", "incident": "live_incidents", "case": "live_cases", "silence": "live_silences",
    "notice": "live_notices",
}  # fmt: skip

# One statement for all: a storm moves thousands at once.
_APPEND_MANY = """
insert into change_log (processed_at, area, noun, key, before, after)
select %(now)s, v.area, %(noun)s, v.id::text, b.shape::jsonb, to_jsonb(v)
from {view} v join unnest(%(ids)s::bigint[], %(shapes)s::text[]) as b (id, shape) using (id)
where b.shape::jsonb <> to_jsonb(v) order by v.id
"""
_APPEND = """
insert into change_log (processed_at, area, noun, key, before, after)
select %(now)s, r.area, %(noun)s, r.key, r.before, r.after
from rows from (jsonb_to_recordset(%(rows)s) as (area text, key text, before jsonb, after jsonb)) with ordinality as r order by r.ordinality
"""

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
        {"area": shape["area"], "key": str(key), "before": before.get(key), "after": shape}
        for key, shape in after.items()
        if before.get(key) != shape
    ]
    if rows:
        connection.execute(_APPEND, {"now": now, "noun": noun, "rows": Jsonb(rows)})


@contextmanager
def logged_many(connection: Connection, noun: str, keys: Sequence[int], now: datetime) -> Iterator[None]:
    """As `store.acts.logged`, for hundreds at a time: shapes pass as text, and are compared where they are stored."""
    view = VIEWS[noun]
    found = list(connection.execute(f"select id, to_jsonb(v)::text as shape from {view} v where id = any(%s)", [list(keys)]))  # noqa: S608
    yield
    was = {"now": now, "noun": noun, "ids": [row["id"] for row in found], "shapes": [row["shape"] for row in found]}
    connection.execute(_APPEND_MANY.format(view=view), was)
