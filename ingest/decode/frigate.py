"""Frigate's MQTT topics `events` and `reviews`: a candidate for a person to look at, never a fact.

Decides what a tracked object or a review item becomes. Keeps no face and no number plate: names and plates that Frigate
recognised are personal data and stay in Frigate, only the fact of recognition is kept.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from core.errors import DecodeError
from core.model import Channel, Decoded, Frame, Position, Reason, Report
from ingest.decode.bare_json import without_values
from ingest.decode.source import EPOCH, Memory, Source, clean, name_of, refuse

# Labels of Frigate's own and of the usual city models; an unknown one is shown as it came.
LABELS = {
    "person": "人员", "car": "汽车", "truck": "货车", "bus": "客车", "motorcycle": "摩托车", "bicycle": "自行车", "boat": "船只",
    "dog": "犬只", "cat": "猫", "bird": "鸟", "fire": "明火", "smoke": "烟雾", "garbage": "垃圾", "package": "包裹", "flood": "积水",
    "fire_alarm": "火警声", "scream": "尖叫声", "glass": "玻璃破碎声", "speech": "人声", "bark": "犬吠",
    "license_plate": "车牌", "face": "人脸",
}  # fmt: skip


class Tracked(msgspec.Struct):
    """The fields of `after` that we use, of an event (with `label`) or of a review item (with `data`)."""

    id: str
    camera: str
    start_time: float
    end_time: float | None = None
    label: str | None = None
    top_score: float | None = None
    score: float | None = None
    false_positive: bool | None = None
    has_snapshot: bool = False
    has_clip: bool = False
    entered_zones: list[str] = []
    sub_label: Any = None
    recognized_license_plate: Any = None
    severity: str | None = None
    thumb_path: str | None = None
    data: dict[str, Any] | None = None


class Message(msgspec.Struct):
    after: Tracked
    type: str = "update"


_OPEN = frozenset(b"id camera type label start_time end_time severity".split())
_messages = msgspec.json.Decoder(Message)


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """One message → one report with the object's id: later ones of the same id bring it up to date. Raises `DecodeError`."""
    try:
        message = _messages.decode(frame.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if isinstance(error, msgspec.ValidationError) and b'"after"' not in frame.payload:
            # Updates of descriptions, faces and plates, and triggers: their bytes name people, so none are kept.
            refuse(out, (index, frame), source, Reason.UNSUPPORTED, f"neither event nor review: {error}", b"")
            return
        raise DecodeError(f"neither event nor review: {error}") from error
    seen = message.after
    if seen.label is None and seen.data is None:
        raise DecodeError("neither event nor review: no label and no data", Reason.UNSUPPORTED)
    name_of(seen.id, "id")
    name_of(seen.camera, "camera")
    out.reports.append((index, _event(message, source) if seen.label is not None else _review(message, source)))


def bare(payload: bytes, source: Source) -> bytes:
    """What may be kept of a frame that is refused: which object, camera and time; sub labels and plates name people."""
    return without_values(payload, _OPEN)


def _event(message: Message, source: Source) -> Report:
    seen = message.after
    label = clean(seen.label or "")[:80]
    score = seen.top_score if seen.top_score is not None else seen.score
    confidence = None if score is None else min(max(score, 0.0), 1.0)
    extra = _extra(message) | {"label": label, "zones": [clean(zone) for zone in seen.entered_zones], "top_score": confidence}
    if seen.sub_label or seen.recognized_license_plate:
        extra["recognised"] = "plate" if seen.recognized_license_plate else "face"
    if seen.false_positive:  # Frigate takes it back: kept, so that the earlier message is answered, but worth nothing
        extra["dismissed"], confidence = "false_positive", 0.0
    media = [f"/api/events/{seen.id}/snapshot.jpg"] if seen.has_snapshot else []
    media += [f"/api/events/{seen.id}/clip.mp4"] if seen.has_clip else []
    return _report(message, source, (label,), confidence, extra, tuple(media))


def _review(message: Message, source: Source) -> Report:
    seen, data = message.after, message.after.data or {}
    labels = tuple(clean(str(word))[:80] for word in [*_list(data, "objects"), *_list(data, "audio")])
    extra = _extra(message) | {
        "label": labels[0] if labels else "",
        "labels": list(labels),
        "zones": [clean(str(zone)) for zone in _list(data, "zones")],
        "detections": [clean(str(detection)) for detection in _list(data, "detections")],
        "review": clean(seen.severity or ""),
    }
    if _list(data, "sub_labels"):
        extra["recognised"] = "face"
    media = (clean(seen.thumb_path),) if seen.thumb_path else ()
    return _report(message, source, labels, None, extra, media)


def _report(
    message: Message, source: Source, labels: tuple[str, ...], confidence: float | None, extra: dict[str, Any], media: tuple[str, ...]
) -> Report:
    seen, feed = message.after, source.feed
    if confidence is not None and confidence < feed.min_confidence:
        extra["candidate"] = True
    ended = message.type == "end" or seen.end_time is not None
    place = feed.cameras.get(seen.camera)
    return Report(
        source=source.name,
        external_id=seen.id,
        channel=Channel.VIDEO,
        title="视频识别:" + ("、".join(dict.fromkeys(LABELS.get(label, label) for label in labels)) or "活动"),
        observed_at=_time(seen.start_time),
        class_code=next((feed.classes[label] for label in labels if label in feed.classes), None),
        position=Position(*place, feed.datum) if place else None,
        confidence=confidence,
        media=media,
        extra=extra,
        ended=ended,
    )


def _extra(message: Message) -> dict[str, Any]:
    seen = message.after
    extra: dict[str, Any] = {"camera": seen.camera, "type": clean(message.type)[:20]}
    if seen.end_time is not None:
        extra["ended_at"] = _time(seen.end_time).isoformat()
    return extra


def _list(data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def _time(seconds: float) -> datetime:
    try:
        return EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise DecodeError(f"{seconds} is no time") from error
