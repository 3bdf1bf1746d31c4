"""What the tests of the IoT wires share: a frame heard by one decoder, and what the real samples are expected to say."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Decoded, Frame
from ingest.decode.source import Memory, Source, refuse

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
FORMATS = (
    "homeassistant", "sparkplug", "senml", "ngsi", "chirpstack", "ttn", "tasmota", "zigbee2mqtt", "thingsboard", "sensorthings", "mapped",
)  # fmt: skip
EXPECTED = Path(__file__).parent / "expected"
LONG = 24  # a longer text of a file is known by its digest only


def source_of(config: Config, form: str, feed: FeedConfig | None = None) -> Source:
    feed = feed or FeedConfig(kind="http", format=form)
    return Source(form, feed, config, ZoneInfo(feed.timezone or config.area.timezone))


def heard(
    config: Config, form: str, payload: bytes | str | object, topic: str = "", memory: Memory | None = None,
    feed: FeedConfig | None = None, now: datetime = NOW, into: Decoded | None = None,
) -> Decoded:  # fmt: skip
    """One frame as `ingest.decode.decode` would have it read: a `DecodeError` becomes the refusal of the frame."""
    body = payload if isinstance(payload, bytes) else (payload if isinstance(payload, str) else json.dumps(payload)).encode()
    out = into or Decoded()
    index, frame = len(out.frames), Frame(form, body, now, topic)
    out.frames.append(frame)
    source = source_of(config, form, feed)
    try:
        import_module(f"ingest.decode.{form}").decode(index, frame, source, memory or {}, out)
    except DecodeError as problem:
        refuse(out, (index, frame), source, problem.reason, str(problem))
    return out


def values(out: Decoded) -> dict[str, float | str | None]:
    """metric → value or text, for frames of one device and time."""
    return {reading.metric: reading.value if reading.text is None else reading.text for _, reading in out.readings}


def refusals(out: Decoded) -> list[tuple[str, str]]:
    return [(str(refused.reason), refused.detail) for _, refused in out.rejected]


def told(out: Decoded) -> dict[str, Any]:
    """What a frame said, as it stands in tests/expected: no text of the file longer than a word."""
    said: dict[str, Any] = {
        "readings": [
            {"device": r.device, "metric": r.metric, "value": r.value, "observed_at": _stamp(r.observed_at), "quality": str(r.quality)}
            | ({} if r.text is None else {"text": _word(r.text)})
            for _, r in out.readings
        ],
        "places": {
            hint.device: [round(hint.position.lon, 6), round(hint.position.lat, 6)] for hint in out.hints.values() if hint.position
        },
        "gateways": {hint.device: hint.gateway for hint in out.hints.values() if hint.gateway},
        "presences": [{"device": p.device, "online": p.online} for p in out.presences],
        "reports": [
            {"external_id": r.external_id, "title": r.title, "class_code": r.class_code, "observed_at": _stamp(r.observed_at),
             "channel": str(r.channel), "severity": r.severity, "text": r.text and _word(r.text),
             "position": r.position and [round(r.position.lon, 6), round(r.position.lat, 6)]}
            for _, r in out.reports
        ],
        "rejected": [str(refused.reason) for _, refused in out.rejected],
    }  # fmt: skip
    return {key: part for key, part in said.items() if part}


def digest(payload: bytes | object) -> str:
    """Of a file's bytes, or of one element of a file that holds many."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(body).hexdigest()


def expected(form: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXPECTED / f"{form}.json").read_text(encoding="utf-8"))
    return found


def files(shared: Path, folder: str, pattern: str = "*") -> Iterator[tuple[str, bytes]]:
    for path in sorted((shared / "iot" / folder).glob(pattern)):
        yield digest(path.read_bytes()), path.read_bytes()


def _stamp(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _word(text: str) -> str:
    return text if len(text) <= LONG else f"sha256:{digest(text.encode())[:16]}"
