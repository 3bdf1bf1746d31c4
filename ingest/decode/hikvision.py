"""Hikvision ISAPI alerts (XML or JSON, alone or in a multipart body with pictures) and the platform's OnEventNotify.

Decides which camera speaks, what is a heartbeat, and that `duration` goes on with the event it names. Keeps of number
plates, faces and access cards only that something was recognised.
"""

import re
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode.hikvision_types import LABELS, PERSONAL, PLATFORM_LABELS
from ingest.decode.multipart_body import PARTS, Part, is_multipart, parts_of
from ingest.decode.source import RAW_LIMIT, Memory, Source
from ingest.decode.video_report import EVENTS, Phase, Sighting, Watch, alive, close, is_open, set_aside, take
from ingest.decode.video_values import json_in, number_in, place_of, share_of, stamp_of, unsupported, word_of
from ingest.decode.xml_source import xml_of

NESTING = 12
_IDENTITY = re.compile(rb"""(?:deviceID|macAddress|serialNumber|ipAddress)(?:[^<>]{0,80}>|"\s*:\s*")\s*([^<"\r\n]{1,80})""")
# What a refused alert may be mended by.
_OPEN = re.compile(
    rb"""(?<![A-Za-z])(eventType|eventState|dateTime|happenTime|channelID|deviceID|macAddress|eventId|srcIndex)"""
    rb"""(?:[^<>"]{0,40}>|"\s{0,4}:\s{0,4}"?)\s{0,8}([^<>",}\]\r\n]{1,80})"""
)
LINES = 64
# Pictures of persons and plates stay outside; the whole scene is evidence of what the camera saw.
_CLOSE_UP = re.compile(r"face|plate|human|person|pilot|driver|head|lib|target|card|people", re.IGNORECASE)
_SCENE = re.compile(r"background|scene|detectionpicture|whole|panorama", re.IGNORECASE)
# What the status of the platform's events means; 4 (linkage) and 5 (picture) only bring the same event up to date.
_STATUS = {0: Phase.MOMENT, 1: Phase.ACTIVE, 2: Phase.OVER, 3: Phase.MOMENT, 4: Phase.ACTIVE, 5: Phase.ACTIVE}
_IDENTITIES = ("deviceID", "macAddress", "serialNumber", "ipAddress")

Fields = dict[str, str]


def wire_keys(frame: Frame) -> set[str]:
    """The cameras or recorders named in a frame: under these what is going on is remembered."""
    if sum(frame.payload.count(name.encode()) for name in _IDENTITIES) > 4 * PARTS:
        return set()
    found = islice(_IDENTITY.finditer(frame.payload), PARTS)
    return {known for each in found if (known := _identity(each[1].decode("utf-8", "replace")))}


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every alert of a frame becomes a report or a presence; pictures go with the alert before them. Raises `DecodeError`."""
    watch = Watch(index, frame, source, memory, out)
    if not is_multipart(frame.payload):
        _alert(watch, frame.payload, ())
        close(watch)
        return
    groups = _groups(parts_of(frame.payload))
    if not groups:
        raise DecodeError("no alert in any part")
    for item, (part, pictures) in enumerate(groups):
        try:
            _alert(watch, part.content, pictures)
        except DecodeError as problem:
            if len(groups) == 1:
                raise
            set_aside(watch, problem, _bare(part.content), item)
    close(watch)


def bare(payload: bytes, source: Source) -> bytes:
    """What may be kept of a frame that is refused as a whole: an alert may name a plate and its owner, and bring their pictures."""
    return _bare(payload)


def _bare(content: bytes) -> bytes:
    """What happened when and where, as XML or JSON wrote it, a line each; nothing else of the bytes."""
    told = islice(_OPEN.finditer(content[:RAW_LIMIT]), LINES)
    return b"\n".join(found[1] + b": " + found[2].strip() for found in told)


def _groups(parts: list[Part]) -> list[tuple[Part, tuple[Part, ...]]]:
    """Each alert with the pictures that follow it; pictures before the first alert belong to that one."""
    groups: list[tuple[Part, list[Part]]] = []
    early: list[Part] = []
    for part in parts:
        if part.picture:
            (groups[-1][1] if groups else early).append(part)
        elif part.content.strip()[:1] in (b"<", b"{", b"["):
            groups.append((part, [] if groups else early))
    return [(part, tuple(pictures)) for part, pictures in groups]


def _alert(watch: Watch, content: bytes, pictures: tuple[Part, ...]) -> None:
    """One alert: XML by its first character, else JSON."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n\x00")[:1] == b"<":
        root = xml_of(content)
        if root.tag != "EventNotificationAlert":
            raise unsupported(f"<{root.tag[:60]}> is no EventNotificationAlert")
        fields = _fields_of_xml(root)
    else:
        whole = json_in(content)
        if isinstance(whole, dict) and isinstance(whole.get("params"), dict):
            _platform(watch, whole["params"])
            return
        inner = whole.get("EventNotificationAlert", whole) if isinstance(whole, dict) else whole
        if not isinstance(inner, dict) or "eventType" not in inner:
            raise unsupported("no EventNotificationAlert: eventType is missing")
        fields = _fields_of_json(inner)
    _isapi(watch, fields, pictures)


def _isapi(watch: Watch, fields: Fields, pictures: tuple[Part, ...]) -> None:
    source, received_at = watch.source, watch.frame.received_at
    kind, state = word_of(fields.get("eventType")), fields.get("eventState", "active").lower()
    if not kind:
        raise DecodeError("eventType is missing")
    identity = next((known for name in _IDENTITIES if (known := _identity(fields.get(name, "")))), "")
    channel = word_of(fields.get("channelID") or fields.get("dynChannelID"))
    camera = "-".join(part for part in (identity or source.name, channel) if part)
    if kind.lower() == "duration":  # sent every second while the event it names goes on
        kind = word_of(fields.get("relationEvent"))
    idle = state == "inactive" and kind.lower() == "videoloss" and not is_open(watch, camera, kind, identity)
    if not kind or kind.lower() == "heartbeat" or idle:
        alive(watch, camera)
        return
    target = word_of(fields.get("detectionTarget") or fields.get("targetType")).lower()
    extra = {"channel_name": word_of(fields.get("channelName")), "target": target, "region": word_of(fields.get("regionID")),
             "input": word_of(fields.get("inputIOPortID"))}  # fmt: skip
    personal = PERSONAL.get(kind.lower())
    if personal:
        extra["recognised"] = personal
    sighting = Sighting(
        camera, kind, stamp_of(fields.get("dateTime"), source, received_at), Phase.OVER if state == "inactive" else Phase.ACTIVE,
        label=LABELS.get(kind.lower(), ""), words=(f"{kind}:{target}", kind.lower()), peer=identity,
        aliases=tuple(name for name in (fields.get("channelName", ""), identity) if name),
        confidence=share_of(fields.get("confidence"), 100), position=place_of(fields.get("longitude"), fields.get("latitude"), source),
        extra={name: value for name, value in extra.items() if value},
    )  # fmt: skip
    take(watch, sighting, tuple(part.content for part in pictures if _may_stay(part, personal)))


def _may_stay(part: Part, personal: str | None) -> bool:
    return not _CLOSE_UP.search(part.name) and (personal is None or _SCENE.search(part.name) is not None)


def _platform(watch: Watch, params: dict[str, Any]) -> None:
    """`OnEventNotify` of the vendor's platform: a list of events, each with an id of its own."""
    events = params.get("events")
    if not isinstance(events, list) or not events:
        raise unsupported("no events in 'params'")
    if len(events) > EVENTS:
        raise DecodeError(f"{len(events)} events in one message, {EVENTS} allowed", Reason.TOO_LARGE)
    for item, event in enumerate(events):
        try:
            _platform_event(watch, event)
        except DecodeError as problem:  # the bytes may hold plates and faces: only where it stood is kept
            set_aside(watch, problem, b"", item)


def _platform_event(watch: Watch, event: Any) -> None:
    if not isinstance(event, dict) or not (event_id := word_of(event.get("eventId"))) or not (kind := word_of(event.get("eventType"))):
        raise DecodeError("an event has eventId and eventType")
    status = number_in(event.get("status"))
    fields = _fields_of_json(event["data"]) if isinstance(event.get("data"), dict) else {}
    code = number_in(kind)
    extra = {"channel_name": word_of(event.get("srcName")), "target": word_of(fields.get("detectionTarget")),
             "level": word_of(event.get("eventLvl"))}  # fmt: skip
    sighting = Sighting(
        word_of(event.get("srcIndex")) or watch.source.name, kind, stamp_of(event.get("happenTime"), watch.source, watch.frame.received_at),
        _STATUS.get(int(status) if status is not None else 0, Phase.MOMENT), event_id=event_id,
        label=PLATFORM_LABELS.get(int(code), "") if code is not None else LABELS.get(kind.lower(), ""),
        aliases=tuple(name for name in (word_of(event.get("srcName")),) if name),
        position=place_of(fields.get("longitude"), fields.get("latitude"), watch.source),
        media=tuple(url for url in (_url(fields.get("imageUrl")),) if url),
        extra={name: value for name, value in extra.items() if value},
    )  # fmt: skip
    take(watch, sighting)


def _url(value: str | None) -> str:
    """An address of a picture, '' for what is none."""
    return value if value and value.startswith(("http://", "https://", "/")) and len(value) <= 1000 and value.isprintable() else ""


def _identity(text: str) -> str:
    """Mac address, serial number, device id or address of a device; the ones that say nothing are none."""
    text = word_of(text)
    return "" if text.lower() in ("", "0.0.0.0", "00:00:00:00:00:00", "none", "null") else text  # noqa: S104


def _fields_of_xml(root: Element) -> Fields:
    """The first non-empty text of every element name, in the document's order: the alert's own fields come first."""
    fields: Fields = {}
    for element in root.iter():
        if len(element) == 0 and (text := (element.text or "").strip()):
            fields.setdefault(element.tag, text)
    return fields


def _fields_of_json(whole: dict[str, Any]) -> Fields:
    """The same of a JSON alert, level by level; numbers as text."""
    fields: Fields = {}
    level: list[Any] = [whole]
    for _ in range(NESTING):
        below: list[Any] = []
        for part in level:
            for name, value in part.items() if isinstance(part, dict) else enumerate(part):
                if isinstance(value, dict | list):
                    below.append(value)
                elif isinstance(name, str) and isinstance(value, str | int | float) and value != "":
                    fields.setdefault(name, str(value).strip() if not isinstance(value, bool) else str(value).lower())
        level = below
    return fields
