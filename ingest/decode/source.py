"""What every decoder is given (`Source`), and the words they share: times, numbers, qualities, refusals.

Decides how a stamp, a number or a quality letter of any wire is read. Never touches a clock or a wire.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from core import charset
from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Decoded, Frame, Position, Quality, Reason, Rejected
from geodata.datums import DATUMS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RAW_LIMIT = 65_536  # bytes kept of what was refused: enough to mend any frame, too little to fill a disk
MOST_TOLD = 1_000  # refused parts of one frame that are kept one by one: thousands more would tell nothing new
NAME_LIMIT = 160

Memory = Mapping[tuple[str, str], bytes]

# HJ 212-2017 6.6.5 (data flags); P and the words of the glossary beside them, so that every wire may use either.
QUALITY_WORDS: dict[str, Quality] = {
    "n": Quality.GOOD,
    "f": Quality.MAINTENANCE,  # 停运: switched off on purpose
    "m": Quality.MAINTENANCE,
    "s": Quality.ESTIMATED,  # 手工输入
    "d": Quality.FAULT,
    "c": Quality.CALIBRATION,
    "t": Quality.OUT_OF_RANGE,
    "b": Quality.FAULT,  # 通讯异常: what stands there was not measured
    "p": Quality.FAULT,
    **{quality.value: quality for quality in Quality},
}

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffd]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Only an escape, UTF-16, or a surrogate written as UTF-8 (it begins with ED) can bring what `clean` takes out of valid JSON.
_MAY_HIDE_UNSTORABLE = (b"\\u", b"\x00", b"\xed")


@dataclass(frozen=True, slots=True)
class Source:
    """The feed a frame belongs to: its configured name, its settings, and the zone of times without offset."""

    name: str
    feed: FeedConfig
    config: Config
    zone: ZoneInfo


class Decoder(Protocol):
    """Bytes → readings, reports, presences, answers, appended to `out`; pure.

    `index` is the frame's place in `out.frames`. May raise `DecodeError` when nothing of the frame can be used.
    """

    def __call__(self, index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None: ...


def refuse(
    out: Decoded, at: tuple[int, Frame], source: Source, reason: Reason, detail: str,
    raw: bytes | None = None, item: int | None = None, device: str | None = None,
) -> None:  # fmt: skip
    """Put aside one frame, or the `item`-th part of it, with the bytes that were refused.

    Of one frame the first `MOST_TOLD` parts are kept; the others are counted, and `decode` says how many in one word.
    """
    index, frame = at
    if raw is not None or item is not None:
        places = out.refused.setdefault(index, [])
        places.append(item)
        if len(places) > MOST_TOLD:
            return
    kept = frame.payload if raw is None else raw
    if len(kept) > RAW_LIMIT:
        detail = f"{detail} ({len(kept)} bytes, the first {RAW_LIMIT} kept)"
    out.rejected.append((index, Rejected(source.name, reason, clean(detail), bytes(kept[:RAW_LIMIT]), frame.received_at, device, item)))


def quality_of(word: object) -> Quality:
    """The quality a wire's letter or word means; an unknown one is not trusted: suspect."""
    return QUALITY_WORDS.get(word.lower(), Quality.SUSPECT) if isinstance(word, str) else Quality.SUSPECT


def time_of(stamp: str | float | int | None, zone: ZoneInfo) -> datetime | None:
    """RFC 3339 or epoch milliseconds → UTC; without an offset it is local time in `zone` (the first of two at a change).

    Raises `DecodeError` for what is no time.
    """
    if stamp is None:
        return None
    try:
        if isinstance(stamp, str):
            at = datetime.fromisoformat(stamp if stamp[-1:] != "z" else stamp.upper())
            return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        if isinstance(stamp, bool):
            raise ValueError
        return EPOCH + timedelta(milliseconds=stamp)
    except (ValueError, OverflowError, TypeError) as error:
        raise DecodeError(f"'{str(stamp)[:60]}' is no time") from error


def number_of(value: object) -> float | None:
    """JSON number, true, false or null → float or None. Raises `DecodeError` (type) for anything else."""
    if value is None:
        return None
    if isinstance(value, bool | int | float):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
        raise DecodeError("a number beyond what can be stored", Reason.TYPE)
    raise DecodeError(f"{type(value).__name__} where a number belongs", Reason.TYPE)


def name_of(value: object, what: str) -> str:
    """A device, metric or source name. Raises `DecodeError` when empty, too long or holding control characters."""
    if not isinstance(value, str) or not (name := value.strip()):
        raise DecodeError(f"{what} is missing")
    if len(name) > NAME_LIMIT or _CONTROL.search(name):
        raise DecodeError(f"{what} '{clean(name[:40])}…' is too long or holds control characters")
    return name


def text_of(payload: bytes) -> str:
    """A text in any of the character sets it comes in here. Raises `DecodeError`."""
    try:
        return charset.text_of(payload)
    except UnicodeDecodeError as error:
        raise DecodeError("neither UTF-8 nor GB18030") from error


def clean(text: str) -> str:
    """PostgreSQL keeps no NUL and UTF-8 no half surrogate: each becomes U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def clean_tree(value: Any) -> Any:
    """`clean` for what will be stored as JSON."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): clean_tree(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [clean_tree(part) for part in value]
    return value


def storable(value: Any) -> Any:
    """`clean_tree` for what is stored as JSON beside a report: numbers that JSON cannot hold become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {clean(str(key)): storable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [storable(part) for part in value]
    return clean(value) if isinstance(value, str) else value


def json_of(payload: bytes) -> Any:
    """The tolerant second reading of JSON: NaN and endless numbers come through, to be refused one by one.

    Raises `DecodeError` for what is no JSON at all.
    """
    try:
        whole = json.loads(payload)
        return clean_tree(whole) if any(mark in payload for mark in _MAY_HIDE_UNSTORABLE) else whole
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"no JSON: {clean(str(error))[:200]}") from error


def json_bytes(part: object) -> bytes:
    """A refused part as the bytes to keep of it."""
    return json.dumps(part, ensure_ascii=False, default=str).encode("utf-8", "replace")


def position_of(lon: object, lat: object, datum: object, source: Source) -> Position | None:
    """Degrees → position, None when either is absent; 0/0 is kept, the store knows what it is worth.

    Raises `DecodeError` for what lies on no globe or names an unknown datum.
    """
    if lon is None or lat is None:
        return None
    x, y = number_of(lon), number_of(lat)
    name = str(datum).lower().replace("-", "") if datum else source.feed.datum
    if x is None or y is None or abs(x) > 180 or abs(y) > 90:
        raise DecodeError(f"{lon}, {lat} is no position in degrees", Reason.RANGE)
    if name not in DATUMS:
        raise DecodeError(f"datum '{name[:20]}' is none of {', '.join(DATUMS)}")
    return Position(x, y, name)
