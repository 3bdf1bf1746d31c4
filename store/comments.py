"""What people say to each other about an alert or an incident. Who is named behind an @ is told, once a comment and person."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from store import people
from store.acts import Act
from store.timescale import Connection, queries

SHOWN = 200


def add_comment(connection: Connection, noun: str, noun_id: int, row: Mapping[str, Any], act: Act) -> int:
    """The id of a comment on a locked alert or incident; those it mentions get a message each."""
    meant = people.find_mentioned(connection, act.note, row["area"])
    comment_id: int = queries.comments_add(
        connection, noun=noun, noun_id=noun_id, area=row["area"], now=act.now, account_id=act.scope.account_id, author=act.by,
        text=act.note, mentions=list(meant),
    )  # fmt: skip
    for account in meant:
        target = f"account:{account}"
        queries.outbox_add(
            connection, now=act.now, dedupe_key=f"mention/{comment_id}/{target}", target=target, template="mention",
            severity=row["severity"],
            payload=Jsonb({**told_of(noun, row), "by": act.by}),
        )  # fmt: skip
    return comment_id


def told_of(noun: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a message to people says of a locked alert or incident."""
    marks = {name: row[name] for name in ("title", "area", "drill", "simulated")}
    return {"noun": noun, "id": row[f"{noun}_id"], **marks}


def list_comments(connection: Connection, noun: str, noun_id: int) -> list[dict[str, Any]]:
    """The newest `SHOWN`, oldest first; the reader must have been allowed to load the thing."""
    return list(queries.comments_list(connection, noun=noun, noun_id=noun_id, limit=SHOWN))
