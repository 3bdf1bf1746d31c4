"""Dahua's event stream (`Code=…;action=…;index=…;data={…}`), its snapshot stream (`Events[0].…=…`) and the same as JSON.

Decides which camera of a recorder speaks and pairs Start with Stop. Keeps of faces and number plates only that one was
recognised.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode.dahua_types import ENDLESS, LABELS, PERSONAL
from ingest.decode.multipart_body import is_multipart, parts_of
from ingest.decode.source import RAW_LIMIT, Memory, Source, json_bytes
from ingest.decode.video_report import EVENTS, PICTURES, Phase, Sighting, Watch, alive, close, set_aside, take
from ingest.decode.video_values import MARKS, json_in, share_of, stamp_of, unsupported, word_of

_EVENT = re.compile(r"^[ \t]*Code=([^;\r\n]{1,80});action=([A-Za-z]{1,20});index=(-?\d{1,6})", re.MULTILINE | re.IGNORECASE)
_LINE = re.compile(r"^Events\[(\d{1,3})\]\.([A-Za-z0-9_.\[\]]{1,120})=([^\r\n]{0,400})", re.MULTILINE)
# Index and Channel in either case: without their first letter a search runs at the speed of memory.
_INDEX = (re.compile(rb"""ndex"?\s{0,3}[=:]\s{0,3}"?(\d{1,6})"""), re.compile(rb"""hannel"?\s{0,3}[=:]\s{0,3}"?(\d{1,6})"""))
_OPEN = re.compile(
    rb"""(?<![A-Za-z])(Code|action|index|UTC|RealUTC|LocaleTime)(?:"\s{0,4}:\s{0,4}"?|=)([0-9A-Za-z :.+-]{1,40})""", re.IGNORECASE
)
LINES = 256
TEXT = 1 << 18  # bytes of events between two pictures
_TIMES = ("RealUTC", "UTC", "LocaleTime", "StartTime", "Time", "UTCTime")
_PHASES = {"start": Phase.ACTIVE, "appear": Phase.ACTIVE, "stop": Phase.OVER, "disappear": Phase.OVER}


@dataclass(slots=True)
class Event:
    """One event as it came, whatever its spelling; `raw` is what is kept when it is refused."""

    code: str
    action: str
    channel: int
    data: dict[str, Any]
    name: str = ""
    raw: bytes = b""
    pictures: list[bytes] = field(default_factory=list)


def wire_keys(frame: Frame) -> set[str]:
    """The channels named in a frame: under these what is going on is remembered, within the feed."""
    if frame.payload.count(b"ndex") + frame.payload.count(b"hannel") > 4 * EVENTS:
        return set()
    return {str(int(found[1])) for pattern in _INDEX for found in islice(pattern.finditer(frame.payload), 64)} | {"0"}


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every event of a frame becomes a report, a heartbeat a presence of the feed's recorder. Raises `DecodeError`."""
    watch = Watch(index, frame, source, memory, out)
    events, beat = _events(frame.payload)
    if beat:
        alive(watch, source.name)
    if not events and not beat:
        raise unsupported("no event and no heartbeat")
    if len(events) > EVENTS:
        raise DecodeError(f"more than {EVENTS} events in one frame", Reason.TOO_LARGE)
    for item, event in enumerate(events):
        try:
            _take(watch, event)
        except DecodeError as problem:
            set_aside(watch, problem, event.raw, item if len(events) > 1 else None)
    close(watch)


def bare(payload: bytes, source: Source) -> bytes:
    """What may be kept of a frame that is refused as a whole: code, action, channel and time of its events, a line each."""
    told = islice(_OPEN.finditer(payload[:RAW_LIMIT]), LINES)
    return b"\n".join(found[1] + b"=" + found[2] for found in told)


def _events(payload: bytes) -> tuple[list[Event], bool]:
    """The events of a body, and whether it held a heartbeat."""
    if not is_multipart(payload):
        return _read(payload)
    events: list[Event] = []
    beats = False
    for part in parts_of(payload):
        if part.picture:
            if events and len(events[-1].pictures) < PICTURES:
                events[-1].pictures.append(part.content)
            continue
        more, beat = _read(part.content)
        events += more
        beats = beats or beat
    return events, beats


def _read(content: bytes) -> tuple[list[Event], bool]:
    text = content.strip(b" \t\r\n\x00\xef\xbb\xbf")
    if text[:1] in (b"{", b"["):
        return list(islice(_of_json(json_in(text)), EVENTS + 1)), False
    if len(text) > TEXT:
        raise DecodeError(f"{len(text)} bytes of text, {TEXT} allowed", Reason.TOO_LARGE)
    words = text.decode("utf-8", "replace")
    found = [*islice(_of_stream(words), EVENTS + 1), *_of_lines(words)]
    return found, not found and words[:40].lower().startswith("heartbeat")


def _of_stream(text: str) -> Iterator[Event]:
    """`Code=…` at the beginning of a line; its data reach to the last brace before the next one."""
    starts = list(islice(_EVENT.finditer(text), EVENTS + 2))
    for count, start in enumerate(starts):
        end = starts[count + 1].start() if count + 1 < len(starts) else len(text)
        rest = text[start.end() : end]
        opening, closing = rest.find("{"), rest.rfind("}")
        data = _data(rest[opening : closing + 1]) if rest[:6].lower() == ";data=" and 0 <= opening < closing else {}
        yield Event(word_of(start[1]), start[2].lower(), int(start[3]), data, "", start[0].strip().encode("utf-8", "replace"))


def _data(text: str) -> dict[str, Any]:
    """The data of an event; firmwares leave raw line ends in texts, and an event without readable data is one all the same."""
    if text.count(",") > MARKS:
        return {}
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _of_lines(text: str) -> Iterator[Event]:
    """`Events[0].EventBaseInfo.Code=…` line by line, as the snapshot stream has it."""
    lists: dict[str, dict[str, str]] = {}
    for line in islice(_LINE.finditer(text), MARKS):
        lists.setdefault(line[1], {}).setdefault(line[2], line[3].strip())
    for told in islice(lists.values(), EVENTS + 1):
        base = {key.removeprefix("EventBaseInfo."): value for key, value in told.items()}
        data: dict[str, Any] = {key: value for key, value in base.items() if "." not in key}
        data["Object"] = {key.removeprefix("Object."): value for key, value in base.items() if key.startswith("Object.")}
        yield _event(base, data)


def _of_json(whole: Any) -> Iterator[Event]:
    """One object, a list of them, or an object with the list `Events`; the keys' case differs between firmwares."""
    events = whole.get("Events", whole) if isinstance(whole, dict) else whole
    for element in events if isinstance(events, list) else [events]:
        told = element if isinstance(element, dict) else {}
        base = told.get("EventBaseInfo")
        flat = told | base if isinstance(base, dict) else told
        data = flat.get("data", flat.get("Data", flat))
        yield _event(flat, data if isinstance(data, dict) else {})


def _event(told: Mapping[str, Any], data: dict[str, Any]) -> Event:
    """Refused, only its head is kept: data may hold a plate or a face."""
    lower = {key.lower(): told[key] for key in told if len(key) <= 20}
    code, action = word_of(lower.get("code")), word_of(lower.get("action") or "Pulse").lower()
    channel = word_of(lower.get("index", lower.get("channel", 0)))
    number = int(channel) if channel.isascii() and channel.isdigit() and len(channel) <= 6 else 0
    return Event(code, action, number, data, word_of(lower.get("name")), json_bytes({"code": code, "action": action, "index": channel}))


def _take(watch: Watch, event: Event) -> None:
    source = watch.source
    if not event.code:
        raise DecodeError("an event has a Code")
    camera = event.name if event.name and event.channel == 0 else f"{event.name or source.name}-{event.channel + 1}"
    if event.code.lower() in ENDLESS:  # clocks and file lists: the device lives, nothing happened
        alive(watch, camera)
        return
    seen = event.data.get("Object")
    thing = seen if isinstance(seen, dict) else {}
    kind = word_of(thing.get("ObjectType"))
    confidence = share_of(thing.get("Confidence")) or None  # 0 stands for "not told"
    extra = {"target": "" if kind.lower() in ("unknown", "") else kind, "rule": word_of(event.data.get("Name")),
             "recognised": PERSONAL.get(event.code.lower(), "")}  # fmt: skip
    if extra["recognised"]:
        extra["rule"] = ""  # some firmwares put the person's name there
    stamp = next((event.data[name] for name in _TIMES if event.data.get(name) not in (None, "", 0, "0")), None)
    sighting = Sighting(
        camera, event.code, stamp_of(stamp, source, watch.frame.received_at), _PHASES.get(event.action, Phase.MOMENT),
        label=LABELS.get(event.code.lower(), ""), words=(f"{event.code}:{kind}",), aliases=(event.name, source.name),
        confidence=confidence, extra={name: value for name, value in extra.items() if value}, peer=str(event.channel),
    )  # fmt: skip
    take(watch, sighting, () if extra["recognised"] else tuple(event.pictures))
