"""Frames of real stations and of other people's tests: what each says, checked by hand against its bytes and the standard."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.config import Config, FeedConfig
from core.model import Decoded, Frame
from ingest.decode import sl651
from ingest.decode.source import Source

EXPECTED = json.loads((Path(__file__).resolve().parents[2] / "expected" / "sl651.json").read_text(encoding="utf-8"))


def frames(shared: Path) -> list[bytes]:
    tables = (shared / "sl651" / "repo_frames.tsv").read_text(encoding="utf-8").splitlines()[1:]
    lines = (shared / "sl651" / "fujian_standard_v1.txt").read_text(encoding="utf-8").splitlines()
    return [bytes.fromhex(word) for word in [*(row.split("\t")[3] for row in tables), *(line for line in lines if line[:1] == "7")]]


def told(out: Decoded) -> dict[str, Any]:
    """The same words as in the file of what we expect."""
    parts = {
        "readings": [
            [r.device, r.metric, r.value, r.observed_at and r.observed_at.isoformat(), r.quality.value, *([r.text] if r.text else [])]
            for _, r in out.readings
        ],
        "rejected": [refused.reason.value for _, refused in out.rejected],
        "presences": [presence.device for presence in out.presences],
        "pictures": [
            [shot.device, shot.observed_at and shot.observed_at.isoformat(), len(shot.content), hashlib.sha256(shot.content).hexdigest()]
            for _, shot in out.pictures
        ],
        "answers": [answer.payload.hex() for answer in out.answers],
    }
    return {name: value for name, value in parts.items() if value}


def test_every_real_frame_says_what_was_read_by_hand(config: Config, now: datetime, shared: Path) -> None:
    source = Source("sl651", FeedConfig(kind="tcp", format="sl651", domain="water"), config, ZoneInfo("Asia/Shanghai"))
    memory: dict[tuple[str, str], bytes] = {}
    seen = set()
    for raw in frames(shared):
        frame = Frame("sl651", raw, now)
        out = Decoded(frames=[frame])
        sl651.decode(0, frame, source, memory, out)
        memory |= out.memory
        key = hashlib.sha256(raw).hexdigest()
        assert told(out) == EXPECTED[key]["expected"], raw.hex()
        seen.add(key)
    assert seen == set(EXPECTED)
    assert sum("rejected" not in one["expected"] for one in EXPECTED.values()) == 59
