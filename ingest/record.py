"""Raw frames of the feeds that ask for it (`record: true`), as they came, for replaying later: JSON lines, one file a feed and day.

Decides what a line holds and when a file is full. Never stands in the way of ingest: a disk that fails is logged and counted.
A recording holds what people wrote, callers too: only its owner may read it (0600), and retention is the operator's.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

import structlog

from core.config import FeedConfig
from core.errors import Invalid
from core.model import Frame

MOST_BYTES = 2 << 30  # of one feed's day
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Open:
    name: str
    file: BinaryIO
    bytes: int


@dataclass(slots=True)
class Recorder:
    """Open files of the feeds being recorded. `lost` counts frames that could not be kept. Safe for several threads."""

    folder: Path
    feeds: frozenset[str]
    most_bytes: int = MOST_BYTES
    lost: int = 0
    _files: dict[str, _Open] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def keep(self, frames: Sequence[Frame]) -> None:
        """Write the frames of recorded feeds; never raises."""
        if not self.feeds:
            return
        asked = [frame for frame in frames if frame.feed in self.feeds]
        if not asked:
            return
        with self._lock:
            for frame in asked:
                try:
                    self._write(frame)
                except OSError as problem:
                    self.lost += 1
                    if self.lost.bit_count() == 1:  # 1, 2, 4, 8 …: a full disk must not fill the log as well
                        _log.error("not_recorded", feed=frame.feed, why=str(problem), lost=self.lost)
            for each in self._files.values():
                each.file.flush()

    def close(self) -> None:
        with self._lock:
            for each in self._files.values():
                each.file.close()
            self._files.clear()

    def _write(self, frame: Frame) -> None:
        name = f"{frame.feed}-{frame.received_at:%Y%m%d}.jsonl"
        known = self._files.get(frame.feed)
        if known is None or known.name != name:
            if known:
                known.file.close()
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / name
            path.touch(mode=0o600)
            known = self._files[frame.feed] = _Open(name, path.open("ab"), path.stat().st_size)
        line = line_of(frame)
        if known.bytes + len(line) > self.most_bytes:
            raise OSError(f"{name} has reached {self.most_bytes} bytes")
        known.file.write(line)
        known.bytes += len(line)


def recorder(folder: Path, feeds: Mapping[str, FeedConfig]) -> Recorder:
    """For the feeds that are configured with `record: true`."""
    return Recorder(folder, frozenset(name for name, feed in feeds.items() if feed.record))


def line_of(frame: Frame) -> bytes:
    """One frame as a line; bytes that are no UTF-8 as base64."""
    line: dict[str, Any] = {"at": frame.received_at.isoformat(), "feed": frame.feed}
    if frame.topic:
        line["topic"] = frame.topic
    try:
        line["payload"] = frame.payload.decode()
    except UnicodeDecodeError:
        line["payload64"] = base64.b64encode(frame.payload).decode()
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def frames_of(path: Path) -> Iterator[Frame]:
    """The frames of a recording, in its order. Raises `Invalid` with the line that is none; a torn last line is left out."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield _frame_of(json.loads(line))
            except (ValueError, KeyError, TypeError, binascii.Error) as error:
                if not line.endswith(b"\n"):
                    return  # the recording process was killed in the middle of it
                raise Invalid(f"{path}, line {number}: no recorded frame ({error})") from error


def _frame_of(line: Mapping[str, Any]) -> Frame:
    payload = base64.b64decode(line["payload64"], validate=True) if "payload64" in line else str(line["payload"]).encode()
    return Frame(str(line["feed"]), payload, datetime.fromisoformat(line["at"]), str(line.get("topic", "")))
