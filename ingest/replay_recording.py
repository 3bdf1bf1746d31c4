"""Our own recordings (`ingest.record`) as parcels on the wires they came by, merged by time; shifted where that is wanted.

Decides which wire a recorded frame goes back to, by its topic and the feed's configuration. Reads line by line: a day may be 2 GiB.
"""

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.config import Config
from core.errors import Invalid
from core.model import Frame
from ingest.decode import source_of
from ingest.record import frames_of
from ingest.replay import Parcel
from ingest.shift import shift
from ingest.shift_stamps import Move

API = "/api/v1"
_BODIES = re.compile(rf"{API}(/(?:readings|reports|feeds)(?:/.*|\?.*)?)", re.DOTALL)
_STATIONS = ("hj212", "sl651")
_ENDS = {"hj212": b"\r\n"}  # the door has taken it off
_AT = re.compile(rb'\{"at":"([^"]{10,40})"')


@dataclass(frozen=True, slots=True)
class Span:
    """How many frames there are, and when the first and the last were received."""

    frames: int
    first: datetime
    last: datetime


@dataclass(slots=True)
class Moved:
    """What a shifted replay did: stamps moved, and frames in which none was (no stamp, too old, or not to be read)."""

    stamps: int = 0
    frames_as_they_were: int = 0


def span(paths: Sequence[Path]) -> Span:
    """Read the moments only. Raises `Invalid` when there is no frame at all, or a line that is none."""
    frames, first, last = 0, None, None
    for path in paths:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break  # torn: the recording process was killed in the middle of it
                at = _moment(line, f"{path}, line {number}")
                frames += 1
                first, last = min(first or at, at), max(last or at, at)
    if first is None or last is None:
        raise Invalid(f"{', '.join(map(str, paths))}: no recorded frame")
    return Span(frames, first, last)


def _moment(line: bytes, where: str) -> datetime:
    found = _AT.match(line)
    try:
        at = datetime.fromisoformat(found[1].decode()) if found else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid(f"{where}: no recorded frame")
    return at


def recorded(paths: Sequence[Path], config: Config, over: str = "") -> Iterator[Parcel]:
    """The frames of several recordings in the order of their receipt. `over` "http": frames of stations go to the API instead.

    Raises `Invalid` for a line that is no frame, or a frame of which nobody knows how it came.
    """
    for frame in heapq.merge(*map(frames_of, paths), key=lambda frame: frame.received_at):
        yield _parcel(frame, config, over)


def _parcel(frame: Frame, config: Config, over: str) -> Parcel:
    if body := _BODIES.fullmatch(frame.topic):
        return Parcel("http", body[1], frame.payload, at=frame.received_at, frame=frame)
    feed = config.feeds.get(frame.feed)
    if frame.topic.startswith("/") or (feed and feed.kind == "http"):
        return Parcel("http", f"/feeds/{frame.feed}", frame.payload, at=frame.received_at, frame=frame)
    if frame.topic:
        return Parcel("mqtt", frame.topic, frame.payload, at=frame.received_at, frame=frame)
    if feed is None or feed.kind not in ("tcp", "udp") or feed.format not in _STATIONS:
        raise Invalid(f"feed '{frame.feed}': no topic was recorded, and the configuration has no TCP or UDP feed of that name")
    payload = frame.payload + _ENDS.get(feed.format, b"")
    if over == "http":
        return Parcel("http", f"/feeds/{frame.feed}", payload, at=frame.received_at, frame=frame)
    return Parcel(feed.kind, feed.format, payload, at=frame.received_at, frame=frame)


def shifted(parcels: Iterator[Parcel], config: Config, move: Move, moved: Moved) -> Iterator[Parcel]:
    """The same parcels with the stamps in their frames moved; what cannot be moved is sent as it was. `moved` counts."""
    for parcel in parcels:
        source = source_of(parcel.frame.feed, config) if parcel.frame else None
        if parcel.frame is None or source is None:
            moved.frames_as_they_were += 1
            yield parcel
            continue
        result = shift(replace(parcel.frame, payload=parcel.payload), source, move)
        moved.stamps += result.moved
        moved.frames_as_they_were += not result.moved
        yield replace(parcel, payload=result.payload)
