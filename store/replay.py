"""What was recorded of the live picture: frames, takes, the spans they cover, and what happened in them. Packs and decides nothing.

Frames and takes hold all streets and therefore belong to the owner's login alone: whoever reads them cuts them to the reader's
scope (`api.rest_replay`). What happened is read under the reader's own row security.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.model import Scope
from store.timescale import Connection, prefixes, queries

MOST_MOMENTS = 2_000
MOST_TAKES = 30

Veils = dict[str, dict[str, dict[str, Any]]]  # the words of rows by list and id


@dataclass(frozen=True, slots=True)
class Kept:
    """How far a recording goes: the number and the moment up to which everything told is kept; and when the last frame was made."""

    last: int
    until: datetime
    frame_at: datetime


@dataclass(frozen=True, slots=True)
class Frame:
    """The whole picture at a number; `body` is packed."""

    sequence: int
    at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Take:
    """All that was told from `since` to `until`; `told_at` is the projector's last sign of life when it was made."""

    since: datetime
    until: datetime
    first: int
    last: int
    told_at: datetime | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Span:
    since: datetime
    until: datetime


def read_kept(connection: Connection) -> Kept | None:
    """None while nothing was ever recorded."""
    row, frame_at = queries.replay_kept(connection), queries.replay_frame_at(connection)
    return Kept(row["last"], row["until"], frame_at) if row and frame_at else None


def add_frame(connection: Connection, frame: Frame, *, opens: bool) -> None:
    """`opens`: a new recording begins with it."""
    queries.replay_add_frame(connection, sequence=frame.sequence, at=frame.at, opens=opens, body=frame.body)


def add_take(connection: Connection, take: Take) -> None:
    queries.replay_add_take(
        connection, since=take.since, until=take.until, first=take.first, last=take.last, told_at=take.told_at, body=take.body
    )


def read_frame(connection: Connection, at: datetime) -> Frame | None:
    """The newest frame not younger than a moment."""
    row = queries.replay_frame(connection, at=at)
    return Frame(row["sequence"], row["at"], bytes(row["body"])) if row else None


def read_takes(connection: Connection, after: int, until: datetime, most: int = MOST_TAKES) -> list[Take]:
    """Takes with deltas after a number, up to a moment, in order; at most `most`."""
    rows = queries.replay_takes(connection, after=after, until=until, most=most)
    return [Take(row["since"], row["until"], row["first"], row["last"], row["told_at"], bytes(row["body"])) for row in rows]


def read_veils(connection: Connection) -> Veils:
    """What became confidential while it was recorded, and what was made of it: `{list: {id: {title, text}}}` in the words of now."""
    veils: Veils = {}
    for row in queries.replay_veils(connection):
        veils.setdefault(row["list"], {})[row["id"]] = {"title": row["title"], "text": row["text"]}
    return veils


def read_last(connection: Connection) -> int | None:
    """The last number that stands in a take."""
    row = queries.replay_takes_last(connection)
    return int(row["last"]) if row else None


def read_spans(connection: Connection) -> list[Span]:
    """What is recorded without a hole, oldest first; a recording that has but its first frame is a span without length."""
    spans, opened = [Span(row["since"], row["until"]) for row in queries.replay_spans(connection)], queries.replay_opened(connection)
    bare = opened is not None and (not spans or opened > spans[-1].until)
    return [*spans, Span(opened, opened)] if bare else spans


def read_still(connection: Connection) -> list[Span]:
    """When the figures stood still: the recorder looked, and the projector had said nothing for five seconds and more."""
    return [Span(row["since"], row["until"]) for row in queries.replay_still(connection)]


def forget(connection: Connection, before: datetime) -> int:
    """Rows of what is older. A recording stays showable from the frame before its first take on."""
    takes = int(queries.replay_forget_takes(connection, before=before))
    return takes + int(queries.replay_forget_frames(connection, before=before))


def read_size(connection: Connection) -> dict[str, int]:
    """`{takes, frames, bytes}`."""
    return dict(queries.replay_size(connection))


def read_moments(
    connection: Connection, scope: Scope, span: Span, *, incident: int | None = None, worst: int | None = None
) -> list[dict[str, Any]]:
    """What happened, oldest first, at most `MOST_MOMENTS`; `worst`: of alerts only those raised at it or graver, and incidents."""
    return list(
        queries.replay_moments(
            connection, areas=prefixes(scope), since=span.since, until=span.until, incident=incident, worst=worst, most=MOST_MOMENTS
        )
    )


def read_density(connection: Connection, scope: Scope, span: Span, bucket: timedelta) -> Sequence[dict[str, Any]]:
    """`{bucket (epoch seconds), n, worst}` of the buckets in which something came."""
    return list(
        queries.replay_density(connection, areas=prefixes(scope), since=span.since, until=span.until, bucket_s=int(bucket.total_seconds()))
    )
