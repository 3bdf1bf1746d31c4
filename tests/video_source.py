"""A decoder called directly, with a feed of its own: what one frame says, and what is remembered after it."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.config import Config, FeedConfig
from core.model import Decoded, Frame, Report
from ingest.decode.source import Decoder, Source

EXPECTED = Path(__file__).parent / "expected"


class Wire:
    """One feed; what it remembers is handed from frame to frame as the store would, only under the keys asked for."""

    def __init__(
        self, config: Config, now: datetime, decode: Decoder, keys: Callable[[Frame], set[str]] | None = None, **settings: Any
    ) -> None:
        self.feed = FeedConfig(kind="http", format="x", **settings)
        self.source = Source("cam", self.feed, config, ZoneInfo(self.feed.timezone or "Asia/Shanghai"))
        self.now, self._decode, self._keys = now, decode, keys
        self.memory: dict[tuple[str, str], bytes] = {}

    def __call__(self, body: str | bytes, now: datetime | None = None) -> Decoded:
        frame = Frame("cam", body.encode() if isinstance(body, str) else body, now or self.now, "/api/v1/feeds/cam", "areas:")
        asked = {("cam", key) for key in self._keys(frame)} if self._keys else set()
        out = Decoded(frames=[frame])
        self._decode(0, frame, self.source, {key: kept for key, kept in self.memory.items() if key in asked}, out)
        assert out.memory.keys() <= asked, "remembered under a key that is not asked for"
        self.memory |= out.memory
        return out

    def report(self, body: str | bytes, now: datetime | None = None) -> Report:
        """The only report of a frame of which nothing is refused."""
        out = self(body, now)
        assert (len(out.reports), out.rejected) == (1, [])
        return out.reports[0][1]


def told(out: Decoded) -> dict[str, Any]:
    """A result as plain values, to compare with what was checked by hand."""
    return {
        "reports": [
            {"external_id": r.external_id, "title": r.title, "class_code": r.class_code, "observed_at": r.observed_at.isoformat(),
             "confidence": r.confidence, "ended": r.ended, "extra": dict(r.extra), "media": list(r.media)}
            for _, r in out.reports
        ],
        "presences": [[p.device, p.online] for p in out.presences],
        "rejected": [str(r.reason) for _, r in out.rejected],
    }  # fmt: skip


def expected(name: str) -> Mapping[str, Any]:
    """tests/expected/{name}.json: sha256 of a file or of a part of it → what we decode it to."""
    return dict(json.loads((EXPECTED / f"{name}.json").read_text(encoding="utf-8")))


def find(shared: Path, folder: str, digest: str) -> bytes:
    """The bytes of the real file with that hash."""
    for path in sorted((shared / folder).iterdir()):
        if sha256(content := path.read_bytes()).hexdigest() == digest:
            return content
    raise AssertionError(f"no file in {folder} has the hash {digest}")
