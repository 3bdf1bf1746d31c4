"""One moment as a screen showed it: the frame before it and everything told since, cut to what a reader may see. Writes nothing.

A moment in a hole of the recording is not shown: what lies before a hole says nothing about what comes after it. What became
confidential since is shown in the words it has now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from api.recording import Told, in_steps, join, told_of, unpack_picture, unpack_reel, veil
from api.snapshot import Picture, Supply, compose_snapshot, part_for
from core.config import Config
from core.errors import NotFound
from core.model import Scope
from store import live_rows, replay
from store.replay import Span
from store.timescale import Connection

_MOST_PARTS = 300_000
COUNTED = ("unack", "cases_open", "cases_overdue", "devices", "online", "silent")


@dataclass(frozen=True, slots=True)
class Reading:
    """Deltas in order without a missing number; `extra` is what a take knows besides (feeds, weather); `until`: how far this reaches."""

    deltas: list[Told]
    extra: Mapping[str, Any]
    until: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """The picture of a frame and the one delta that leads from it to `at`."""

    at: datetime
    span: Span
    picture: Picture
    delta: dict[str, Any] | None

    @property
    def sequence(self) -> int:
        return int(self.delta["sequence"]) if self.delta else self.picture.sequence


def read_spans(connection: Connection) -> list[Span]:
    """What can be shown, oldest first; the newest span goes on to the projector's last sign of life, where the numbers do."""
    spans, kept, position = replay.read_spans(connection), replay.read_kept(connection), live_rows.read_position(connection)
    if not spans or kept is None or position["told_at"] is None:
        return spans
    goes_on = position["sequence"] == kept.last or (position["oldest"] is not None and position["oldest"] <= kept.last + 1)
    return [*spans[:-1], replace(spans[-1], until=max(spans[-1].until, position["told_at"]))] if goes_on else spans


def read_moment(connection: Connection, at: datetime, scope: Scope, config: Config) -> Moment:
    """Raises `NotFound` for a moment that was not recorded."""
    span = next((span for span in read_spans(connection) if span.since <= at <= span.until), None)
    frame = replay.read_frame(connection, at)
    if span is None or frame is None:
        raise NotFound(f"nothing is recorded of {at.isoformat()}; GET /replay tells what is")
    told = read_told(connection, frame.sequence, at, scope, config)
    picture, veils = unpack_picture(frame.body), replay.read_veils(connection)
    picture = replace(picture, parts={street: veil(part, veils) for street, part in picture.parts.items()})
    joined = join(told.deltas)
    if joined is None and told.extra:
        joined = {"sequence": frame.sequence, "at": frame.at, "streets": {}}
    return Moment(at, span, picture, {**joined, **told.extra} if joined else None)


def read_steps(
    connection: Connection, after: int, until: datetime, step: timedelta, scope: Scope, config: Config
) -> tuple[list[dict[str, Any]], datetime]:
    """The deltas after a number joined by steps, and the moment up to which nothing is missing."""
    told = read_told(connection, after, until, scope, config)
    steps = in_steps(told.deltas, step)
    if steps:
        steps[-1] |= told.extra
    return steps, told.until


def read_told(connection: Connection, after: int, until: datetime, scope: Scope, config: Config) -> Reading:
    """What was told after a number up to a moment: from the takes, and what no take holds yet from the live table."""
    takes = replay.read_takes(connection, after, until)
    reels = [unpack_reel(take.body) for take in takes]
    deltas = [delta for reel in reels for delta in reel.deltas]
    over = [reel for take, reel in zip(takes, reels, strict=True) if take.until <= until]
    extra = {"feeds": over[-1].feeds, "weather": over[-1].weather} if over else {}
    reach = takes[-1].until if len(takes) == replay.MOST_TAKES else until
    kept = replay.read_kept(connection)
    if kept is not None and kept.until < until:
        deltas += told_of(live_rows.read_deltas(connection, max(kept.last, after), _MOST_PARTS))
    veils = replay.read_veils(connection)
    return Reading([cut(delta, veils, scope, config) for delta in _without_gap(deltas, after) if delta.at <= until], extra, reach)


def _without_gap(deltas: Sequence[Told], after: int) -> list[Told]:
    found: list[Told] = []
    for delta in deltas:
        if delta.sequence == after + 1 + len(found):
            found.append(delta)
        elif delta.sequence > after:
            break
    return found


def cut(delta: Told, veils: replay.Veils, scope: Scope, config: Config) -> Told:
    """A delta with the parts that a reader sees, each as the live stream would cut it now."""
    seen = {street: part_for(scope, street, veil(bytes(part), veils), config) for street, part in delta.parts.items()}
    return Told(delta.sequence, delta.at, {street: msgspec.Raw(part) for street, part in seen.items() if part is not None})


def compose_moment(moment: Moment, scope: Scope, screen: str, config: Config) -> bytes:
    """The JSON of docs/replay.md for one reader."""
    supply = Supply(live="recorded", since=moment.span.since, projector_at=moment.picture.at)
    snapshot = compose_snapshot(moment.picture, scope, screen, config, supply)
    told = {"at": moment.at, "span": [moment.span.since, moment.span.until], "sequence": moment.sequence}
    return msgspec.json.encode({**told, "snapshot": msgspec.Raw(snapshot), "delta": moment.delta})


def figures_at(moment: Moment, scope: Scope, config: Config) -> dict[str, Any]:
    """Sums of the figures over the streets a reader sees, as its screen added them; `alerts` by severity. What nobody told is null."""
    told: dict[str, Mapping[str, Any]] = {}
    for street, part in moment.picture.parts.items():
        seen = part_for(scope, street, part, config)
        told[street] = msgspec.json.decode(seen).get("figures", {}) if seen is not None else {}
    for street, changed in (moment.delta or {"streets": {}})["streets"].items():
        if "figures" in changed:
            told[street] = msgspec.json.decode(changed["figures"])
    sums: dict[str, Any] = {name: _sum(told, name) for name in COUNTED}
    alerts = [figures["alerts"] for figures in told.values() if "alerts" in figures]
    return sums | {"alerts": {level: sum(each.get(level, 0) for each in alerts) for level in "1234"} if alerts else None}


def _sum(told: Mapping[str, Mapping[str, Any]], name: str) -> int | None:
    known = [figures[name] for figures in told.values() if figures.get(name) is not None]
    return sum(known) if known else None
