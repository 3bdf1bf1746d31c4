"""Events of any AI platform as JSON, read by paths that the feed's `columns` name (`camera: data.device.code`).

Decides how a path is followed and what each of our names means. Keeps nothing that no path asks for: a city that maps no
face and no plate stores none.
"""

import binascii
from collections.abc import Mapping
from typing import Any

from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode.bare_json import without_values
from ingest.decode.multipart_body import is_picture
from ingest.decode.source import NAME_LIMIT, Memory, Source, json_bytes, name_of
from ingest.decode.video_report import EVENTS, PICTURES, Phase, Sighting, Watch, close, set_aside, take
from ingest.decode.video_values import json_in, number_in, place_of, share_of, stamp_of, unsupported, without_plates, word_of

STEPS = 12  # of one path
TEXT = 2000
ALL = "-"  # one memory for the feed: which camera speaks is known only with the feed's paths
NAMES = (
    "external_id", "camera", "class", "observed_at", "ended_at", "state", "confidence", "lon", "lat", "address", "title", "text",
    "severity",
)  # fmt: skip
_OPEN = ("external_id", "camera", "class", "observed_at", "ended_at", "state", "confidence")  # of what is refused
# Without `columns`: what platforms usually call things, tried in turn.
USUAL = {
    "items": ("events", "alarms", "data.events", "data.alarms", "data.list", "data"),
    "external_id": ("id", "eventId", "event_id", "alarmId", "alarm_id", "uuid"),
    "camera": ("camera", "cameraId", "camera_id", "cameraCode", "deviceId", "device_id", "deviceCode", "device.id", "device.code"),
    "class": ("type", "eventType", "event_type", "alarmType", "alarm_type", "alarm.type", "algorithm", "label"),
    "observed_at": ("time", "timestamp", "eventTime", "event_time", "alarmTime", "alarm_time", "happenTime", "startTime", "start_time"),
    "ended_at": ("endTime", "end_time"),
    "state": ("state", "status", "action"),
    "confidence": ("confidence", "score"),
    "lon": ("lon", "lng", "longitude"),
    "lat": ("lat", "latitude"),
    "address": ("address", "location"),
    "picture": ("picture", "image", "imageUrl", "image_url", "picUrl", "snapshot"),
}
_OVER = frozenset({"end", "ended", "stop", "stopped", "over", "closed", "inactive", "disappear", "结束", "解除"})
_ACTIVE = frozenset({"start", "started", "begin", "active", "new", "update", "open", "ongoing", "开始", "持续"})


def wire_keys(frame: Frame) -> set[str]:
    """One memory for the whole feed."""
    return {ALL}


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every event of a body becomes a report. Raises `DecodeError` when the paths lead to none."""
    watch = Watch(index, frame, source, memory, out)
    whole = json_in(frame.payload)
    events = _events(whole, source)
    if not events:
        raise unsupported("the feed's paths lead to no event")
    if len(events) > EVENTS:
        raise DecodeError(f"{len(events)} events in one body, {EVENTS} allowed", Reason.TOO_LARGE)
    for item, event in enumerate(events):
        try:
            _take(watch, event, whole)
        except DecodeError as problem:
            if len(events) == 1:
                raise
            set_aside(watch, problem, bare(json_bytes(event), source), item)
    close(watch)


def bare(payload: bytes, source: Source) -> bytes:
    """What may be kept of refused bytes: their keys, and what the feed's paths to camera, class, times and state end in.

    The rest of a platform's event may name a person or a plate, or be a picture.
    """
    ends = {path.rpartition(".")[2].removeprefix("^").encode() for name in _OPEN for path in _paths(name, source)}
    return without_values(payload, frozenset(ends))


def _events(whole: Any, source: Source) -> list[Any]:
    """What `items` leads to, a list or one object; without it the body itself."""
    if isinstance(whole, list):
        return whole
    path = source.feed.columns.get("items")
    for each in (path,) if path else USUAL["items"] if not source.feed.columns else ():
        found = follow(whole, each)
        found = found[0] if len(found) == 1 and isinstance(found[0], list) else found
        if found and isinstance(found[0], dict):
            return found
    return [] if path else [whole]


def follow(whole: Any, path: str) -> list[Any]:
    """The values a dotted path leads to; a list at its end is one value.

    A number picks from a list, a name is asked of each of its elements. Bounded in steps and values.
    """
    level = [whole]
    for step in path.split(".")[:STEPS]:
        below: list[Any] = []
        for value in level:
            if isinstance(value, list) and step.isascii() and step.isdigit():
                below += value[int(step) : int(step) + 1] if len(step) < 6 else []
            elif isinstance(value, list):
                below += [element[step] for element in value[:EVENTS] if isinstance(element, Mapping) and step in element]
            elif isinstance(value, Mapping) and step in value:
                below.append(value[step])
            if len(below) > EVENTS:
                break
        level = below
    return level


def _take(watch: Watch, event: Any, whole: Any) -> None:
    source = watch.source
    if not isinstance(event, dict):
        raise DecodeError("an event is an object")
    told = {name: _first(event, whole, name, source) for name in NAMES}
    kind = name_of(word_of(told["class"]), "class")
    feed, classes = source.feed, source.config.classes
    ended = told["ended_at"] not in (None, "", 0)
    extra = {"ended_at": stamp_of(told["ended_at"], source, None, feed.time_format).isoformat()} if ended else {}
    severity = number_in(told["severity"])
    title, text = (without_plates(words) if isinstance(words := told[name], str) else "" for name in ("title", "text"))
    pictures, media = _pictures(event, source)
    code = feed.classes.get(kind, "")
    sighting = Sighting(
        word_of(told["camera"]) or source.name, kind, stamp_of(told["observed_at"], source, watch.frame.received_at, feed.time_format),
        _phase(told["state"], ended, source), label=classes[code].label if code in classes else kind,
        event_id=word_of(told["external_id"]),
        confidence=share_of(told["confidence"]), position=place_of(told["lon"], told["lat"], source),
        address=word_of(told["address"]) or None,
        title=" ".join(title.split())[:NAME_LIMIT], text=text[:TEXT] or None, media=media, extra=extra, peer=ALL,
        severity=int(severity) if severity in (1, 2, 3, 4, 5) else None,
    )  # fmt: skip
    take(watch, sighting, pictures)


def _paths(name: str, source: Source) -> tuple[str, ...]:
    columns = source.feed.columns
    return (columns[name],) if name in columns else USUAL.get(name, ()) if not columns else ()


def _first(event: dict[str, Any], whole: Any, name: str, source: Source) -> Any:
    """The first value a name's path leads to in the event; `^path` begins at the body instead."""
    for path in _paths(name, source):
        for value in follow(whole, path[1:]) if path.startswith("^") else follow(event, path):
            value = value[0] if isinstance(value, list) and value else value
            if value is not None and not isinstance(value, list | dict):
                return value
    return None


def _phase(state: Any, ended: bool, source: Source) -> Phase:
    word = word_of(state).lower()
    own = tuple(source.feed.ended_words)  # a platform's numbers for it: [2]
    if ended or word in (own or _OVER):
        return Phase.OVER
    return Phase.ACTIVE if word in _ACTIVE or (own and word) else Phase.MOMENT


def _pictures(event: dict[str, Any], source: Source) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """Pictures in base64 (also as `data:` addresses), and the addresses of those that lie elsewhere."""
    contents: list[bytes] = []
    media: list[str] = []
    values = [found for path in _paths("picture", source) for found in follow(event, path)]
    for value in [each for found in values for each in (found if isinstance(found, list) else [found])][:PICTURES]:
        if not isinstance(value, str):
            continue
        if value.startswith(("http://", "https://", "/api/", "/media/")) and len(value) <= 1000 and value.isprintable():
            media.append(value)
            continue
        try:
            content = binascii.a2b_base64(value.partition(",")[2] if value.startswith("data:") else value)
        except (ValueError, binascii.Error):
            continue
        if is_picture(content):
            contents.append(content)
    return tuple(contents), tuple(media)
