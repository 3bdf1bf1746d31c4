"""What all video wires share: a sighting → one report of channel `video`, a candidate for a person to look at.

Decides which messages speak of the same event (start, repetitions and stop share one id, in memory per camera), how a
vendor's stamp is read, and what is never kept: faces, number plates, names. Never decides whether an event is true.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from core.errors import DecodeError
from core.model import Channel, Decoded, Frame, Picture, Position, Presence, Reason, Report
from geodata.cameras import is_gb_id
from ingest.decode.source import EPOCH, NAME_LIMIT, Memory, Source, clean, name_of, refuse

WINDOW = timedelta(seconds=60)  # the same camera and the same type within it: one candidate
UNSAVED = WINDOW / 4  # a repetition so soon after the last one is not written down, so that one a second costs no row a second
STOP_HOLDS = timedelta(hours=24)  # a stop later than this belongs to no start we remember
EVENTS_KEPT = 64  # remembered of one camera, or of one recorder's cameras
EVENTS = 200  # of one frame
PICTURES = 8  # of one event


class Phase(StrEnum):
    """What a message says of its event: it is going on, it is over, or it has no duration."""

    ACTIVE = "active"
    OVER = "over"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One message of one camera in our words. `kind` is the vendor's event type; `words` are looked up in `classes`."""

    camera: str
    kind: str
    at: datetime
    phase: Phase = Phase.MOMENT
    label: str = ""
    words: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()  # other names of the camera: `cameras` of the feed may use them, the registry its number of GB/T 28181
    event_id: str = ""
    confidence: float | None = None
    position: Position | None = None
    area: str | None = None
    address: str | None = None
    text: str | None = None
    title: str = ""
    severity: int | None = None
    media: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    peer: str = ""  # under which the camera is remembered between two frames; '': not at all


class Known(msgspec.Struct):
    """What is remembered of the latest event of one type at one camera. A later message often says less than the first."""

    id: str
    since: datetime
    seen: datetime
    over: bool = False
    extra: dict[str, Any] = {}
    confidence: float | None = None


_known = msgspec.json.Decoder(dict[str, Known])


@dataclass(slots=True)
class Watch:
    """What one frame is read with: its place, its feed, and what is remembered of the cameras it names."""

    index: int
    frame: Frame
    source: Source
    memory: Memory
    out: Decoded
    count: int = 0
    kept: dict[str, dict[str, Known]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)


def take(watch: Watch, sighting: Sighting, pictures: tuple[bytes, ...] = ()) -> None:
    """Append the report of a sighting, and its pictures under the same id. Raises `DecodeError` for an unusable name."""
    camera, kind = name_of(sighting.camera, "camera"), name_of(sighting.kind, "event type")
    if watch.count >= EVENTS:
        raise DecodeError(f"more than {EVENTS} events in one frame", Reason.TOO_LARGE)
    watch.count += 1
    extra = {"camera": camera, "type": kind, **sighting.extra}
    if gb_id := next((name for name in sighting.aliases if is_gb_id(name)), None):
        extra["gb_id"] = gb_id  # by this the registry may know the camera, whatever the vendor calls it
    if sighting.event_id:
        known = Known(_short(sighting.event_id), sighting.at, sighting.at, sighting.phase is Phase.OVER, extra, sighting.confidence)
    else:
        known = _remember(watch, sighting, extra)
    watch.out.reports.append((watch.index, _report(sighting, known, watch.source)))
    watch.out.pictures.extend((watch.index, Picture(content, sighting.at, known.id)) for content in pictures[:PICTURES])


def close(watch: Watch) -> None:
    """Give back what is to be remembered; once, after the frame's last sighting."""
    for peer in sorted(watch.moved):
        latest = dict(list(watch.kept[peer].items())[-EVENTS_KEPT:])
        watch.out.memory[watch.source.name, peer] = msgspec.json.encode(latest)


def alive(watch: Watch, camera: str, online: bool = True) -> None:
    """A camera or recorder said that it lives, or its platform that it does not. Raises `DecodeError` for an unusable name."""
    watch.out.presences.append(Presence(name_of(camera, "device"), online, watch.frame.received_at))


def set_aside(watch: Watch, problem: DecodeError, raw: bytes, item: int | None = None) -> None:
    """Refuse one part of a frame; its neighbours go on."""
    refuse(watch.out, (watch.index, watch.frame), watch.source, problem.reason, str(problem), raw, item)


def _report(sighting: Sighting, known: Known, source: Source) -> Report:
    feed, extra = source.feed, dict(known.extra)
    if known.over:
        extra["ended_at"] = known.seen.isoformat()
    if known.confidence is not None and known.confidence < feed.min_confidence:
        extra["candidate"] = True
    places = (feed.cameras[name] for name in (sighting.camera, *sighting.aliases) if name in feed.cameras)
    place = next(places, None)
    words = (*sighting.words, sighting.kind, sighting.label)
    return Report(
        source=source.name,
        external_id=known.id,
        channel=Channel.VIDEO,
        title=sighting.title or f"视频识别:{sighting.label or sighting.kind}"[:NAME_LIMIT],
        observed_at=known.since,
        class_code=next((feed.classes[word] for word in words if word in feed.classes), None),
        text=sighting.text,
        position=Position(*place, feed.datum) if place else sighting.position,
        area=sighting.area,
        address=sighting.address,
        confidence=known.confidence,
        media=sighting.media,
        extra=extra,
        ended=known.over,
        severity=sighting.severity,
    )


def _remember(watch: Watch, sighting: Sighting, extra: dict[str, Any]) -> Known:
    """The event this sighting belongs to: the one in memory, else a new one named by camera, type and window."""
    kept = _kept(watch, sighting.peer) if sighting.peer else {}
    name = f"{sighting.camera}/{sighting.kind}"
    before = kept.get(name)
    over = sighting.phase is Phase.OVER
    if before is not None and _same(before, sighting):
        shares = [each for each in (before.confidence, sighting.confidence) if each is not None]
        seen = before.seen if before.over else max(before.seen, sighting.at)  # the first end stands
        known = Known(before.id, before.since, seen, before.over or over, before.extra | extra, max(shares, default=None))
    else:
        before = None
        cut = (EPOCH + (sighting.at - EPOCH) // WINDOW * WINDOW).strftime("%Y%m%dT%H%M%SZ")
        known = Known(_short(f"{name}/{cut}"), sighting.at, sighting.at, over, extra, sighting.confidence)
    if sighting.peer and (before is None or known.over != before.over or known.seen - before.seen >= UNSAVED):
        kept.pop(name, None)
        kept[name] = known  # the latest stands last: it is forgotten last
        watch.moved.add(sighting.peer)
    return known


def _kept(watch: Watch, peer: str) -> dict[str, Known]:
    """What is remembered under a peer; what cannot be read is forgotten."""
    if peer not in watch.kept:
        key = (watch.source.name, peer)
        watch.kept[peer] = recall(watch.out.memory.get(key) or watch.memory.get(key))
    return watch.kept[peer]


def _same(before: Known, sighting: Sighting) -> bool:
    """Whether a sighting goes on with what is remembered; both ends bounded, so that a restless camera begins anew."""
    if before.since - sighting.at >= WINDOW:
        return False
    if sighting.phase is Phase.OVER:
        return sighting.at - before.seen <= (WINDOW if before.over else STOP_HOLDS)
    if sighting.phase is Phase.ACTIVE and not before.over:
        return sighting.at - before.seen <= WINDOW + UNSAVED
    return sighting.at - before.since < WINDOW


def is_open(watch: Watch, camera: str, kind: str, peer: str) -> bool:
    """Whether an event of that type is remembered at that camera as still going on."""
    known = _kept(watch, peer).get(f"{camera}/{kind}") if peer else None
    return known is not None and not known.over


def recall(kept: bytes | None) -> dict[str, Known]:
    """The memory of a camera; what cannot be read is forgotten."""
    try:
        return _known.decode(kept) if kept else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _short(text: str) -> str:
    """An id that fits: the end of a longer one becomes its hash, so that two long ones stay two."""
    text = clean("".join(letter for letter in text if letter.isprintable()))
    if len(text) <= NAME_LIMIT:
        return text
    return f"{text[:100]}~{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:24]}"
