"""GA/T 1400 notifications (subscription and disposition), registrations, keepalives and device states of a video image library.

Persons, faces and number plates are personal data: only the fact, the device, the time, the place and pictures of the whole
scene are kept. Names, plates, features, close-ups, the free text of titles and refused bytes that may hold them stay outside.
"""

import binascii
import json
from collections.abc import Iterator
from typing import Any

from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode.bare_json import without_values
from ingest.decode.multipart_body import is_picture
from ingest.decode.source import Memory, Source, name_of
from ingest.decode.video_report import EVENTS, PICTURES, Phase, Sighting, Watch, alive, set_aside, take
from ingest.decode.video_values import json_in, number_in, place_of, stamp_of, unsupported, word_of

OBJECTS = 500  # of one notice
# List of a notification → what is in it. A disposition has the bare object instead of the list.
KINDS = {
    "FaceObject": "face", "PersonObject": "person", "MotorVehicleObject": "motor_vehicle", "NonMotorVehicleObject": "bicycle",
    "ThingObject": "thing", "SceneObject": "scene", "BehaviorAnalysisObject": "behaviour", "VideoSliceObject": "video",
    "ImageObject": "image",
}  # fmt: skip
LABELS = {
    "face": "人脸", "person": "人员", "motor_vehicle": "机动车", "bicycle": "非机动车", "thing": "物品", "scene": "场景",
    "behaviour": "行为分析", "video": "视频片段", "image": "图像",
}  # fmt: skip
# EventSort beyond the standard's own (600 and more), as city platforms use them.
EVENT_SORTS = {
    619: "明火", 620: "水位尺", 621: "未戴安全帽", 624: "违停", 628: "人员聚集", 660: "店外经营", 661: "无照游商", 662: "占道废品",
    663: "违章接坡", 664: "私搭乱建", 668: "沿街晾挂", 671: "违规户外广告", 674: "小广告", 679: "露天烧烤", 683: "打包垃圾",
    684: "施工占道", 685: "乱堆物料", 686: "积存垃圾渣土", 687: "施工废弃料", 690: "乱排污水", 691: "焚烧垃圾", 692: "水域不洁",
    696: "道路积水", 697: "道路遗洒", 698: "道路破损", 699: "道路塌陷",
}  # fmt: skip
_PERSONAL = {"face": "face", "person": "person", "motor_vehicle": "plate", "bicycle": "plate"}
_WHOLE_SCENES = ("14", "100", "13")  # picture types: scene, general, thing; all others are of a person or a vehicle
_SYSTEM = {"RegisterObject": True, "KeepaliveObject": True, "UnRegisterObject": False}  # whether it is there from then on
_NOTICES = ("SubscribeNotification", "DispositionNotification")
_STATES = ("APEStatusListObject", "APEStatusObject")
_DEVICES = ("DeviceID", "TollgateID", "ApeID", "MonitorID")
_TIMES = ("PassTime", "PersonAppearTime", "FaceAppearTime", "AppearTime", "OccuredTime", "OccurredTime", "ShotTime", "LocationMarkTime")
_OPEN = frozenset(
    b"NotificationID SubscribeID DispositionID TriggerTime DeviceID TollgateID ApeID EventSort ImageID".split()
)  # fmt: skip


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every notice becomes a report for each device in it; keepalives and states become presences."""
    watch = Watch(index, frame, source, memory, out)
    try:
        if not _read(watch):
            raise unsupported("no notification, keepalive or state")
    except DecodeError as problem:  # not raised: the whole frame's bytes would be kept
        set_aside(watch, problem, without_secrets(frame.payload))


def _read(watch: Watch) -> bool:
    whole = json_in(watch.frame.payload)
    if not isinstance(whole, dict):
        raise unsupported("no object")
    for name, there in _SYSTEM.items():
        if isinstance(whole.get(name), dict):
            alive(watch, word_of(whole[name].get("DeviceID")), there)
            return True
    states = _listed(whole, *_STATES)
    _states(watch, states)
    told = [notice for name in _NOTICES for notice in _listed(whole, f"{name}ListObject", f"{name}Object")]
    if len(told) > EVENTS:
        raise DecodeError(f"{len(told)} notices in one body, {EVENTS} allowed", Reason.TOO_LARGE)
    for item, notice in enumerate(told):
        try:
            _notice(watch, item, notice)
        except DecodeError as problem:
            kept = word_of(notice.get("NotificationID")) if isinstance(notice, dict) else ""
            set_aside(watch, problem, kept.encode("utf-8", "replace"), item)
    return bool(states or told)


def notices(payload: bytes) -> list[tuple[str, bytes]]:
    """Each notice of a body with its id, as a body of its own; none where there are none, or more than one body may have.

    The states of devices that stand beside them come last, as one body without an id: nothing of a body is lost by taking it apart.
    """
    try:
        whole = json_in(payload)
    except DecodeError:
        return []
    if not isinstance(whole, dict):
        return []
    told = [(name, notice) for name in _NOTICES for notice in _listed(whole, f"{name}ListObject", f"{name}Object")]
    if not told or len(told) > EVENTS:
        return []
    parts = [
        (word_of(notice.get("NotificationID")) if isinstance(notice, dict) else "", _body(f"{name}ListObject", f"{name}Object", [notice]))
        for name, notice in told
    ]
    states = _listed(whole, *_STATES)
    return [*parts, ("", _body(*_STATES, states))] if states else parts


def _body(around: str, name: str, what: list[Any]) -> bytes:
    return json.dumps({around: {name: what}}, ensure_ascii=False).encode("utf-8", "replace")


def speaker(payload: bytes) -> str:
    """The number of the library that registers, lives or leaves; '' where the body says nothing of the kind."""
    try:
        whole = json_in(payload)
    except DecodeError:
        return ""
    told = (whole.get(name) for name in _SYSTEM) if isinstance(whole, dict) else iter(())
    return next((word_of(each.get("DeviceID")) for each in told if isinstance(each, dict)), "")


def _listed(whole: dict[str, Any], around: str, name: str) -> list[Any]:
    """`{around: {name: […]}}`, the same without what is around, or with one object instead of a list."""
    inner = whole.get(around, whole)
    found = inner.get(name) if isinstance(inner, dict) else inner
    return found if isinstance(found, list) else [found] if isinstance(found, dict) else []


def _notice(watch: Watch, item: int, notice: Any) -> None:
    if not isinstance(notice, dict):
        raise DecodeError("a notice is an object")
    notice_id = name_of(notice.get("NotificationID"), "NotificationID")
    states = _listed(notice, "DeviceStatusList", "APEStatusObject")
    _states(watch, states, item)
    seen = list(_objects(notice))
    if len(seen) > OBJECTS:
        raise DecodeError(f"{len(seen)} objects in one notice, {OBJECTS} allowed", Reason.TOO_LARGE)
    by_device: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for kind, thing in seen:
        by_device.setdefault(_first(thing, _DEVICES) or watch.source.name, []).append((kind, thing))
    if not by_device and not states:
        raise unsupported("a notice without any object that we read")
    for device, things in by_device.items():
        event_id = notice_id if len(by_device) == 1 else f"{notice_id}/{device}"
        _sight(watch, event_id, device, things, notice.get("TriggerTime"))


def _objects(notice: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What was seen: `…ObjectList: {…Object: […]}` of a subscription, `…Object: {…}` of a disposition."""
    for name, kind in KINDS.items():
        for thing in _listed(notice, f"{name}List", name):
            if isinstance(thing, dict):
                yield kind, thing


def _sight(watch: Watch, event_id: str, device: str, things: list[tuple[str, dict[str, Any]]], trigger: object) -> None:
    source = watch.source
    kinds = list(dict.fromkeys(kind for kind, _ in things))
    images = [image for _, thing in things for image in _listed(thing, "SubImageList", "SubImageInfoObject") if isinstance(image, dict)]
    sort = next((int(number) for each in [*(thing for _, thing in things), *images] if (number := number_in(each.get("EventSort")))), 0)
    first = things[0][1]
    stamp = _first(first, _TIMES) or next((text for image in images if (text := word_of(image.get("ShotTime")))), "") or trigger
    recognised = list(dict.fromkeys(_PERSONAL[kind] for kind in kinds if kind in _PERSONAL))
    extra: dict[str, Any] = {"objects": kinds, "count": len(things)} | ({"recognised": recognised[0]} if recognised else {})
    scenes = [image for image in images if _scene(image, bool(recognised))]
    media = tuple(dict.fromkeys(path for image in scenes if (path := _path(image.get("StoragePath")))))
    places = (
        place_of(each.get(f"{mark}Longitude"), each.get(f"{mark}Latitude"), source)
        for each in [first, *images]
        for mark in ("ShotPlace", "")
    )
    label = EVENT_SORTS.get(sort) or "、".join(LABELS[kind] for kind in kinds)
    sighting = Sighting(
        device, str(sort) if sort else kinds[0], stamp_of(stamp, source, watch.frame.received_at), Phase.MOMENT, label=label,
        words=tuple(kinds), event_id=event_id, position=next((place for place in places if place), None),
        address=word_of(first.get("ShotPlaceFullAdress") or first.get("ShotPlaceFullAddress")) or None, media=media[:PICTURES], extra=extra,
    )  # fmt: skip
    take(watch, sighting, tuple(picture for image in scenes[:PICTURES] if (picture := _picture(image.get("Data")))))


def _states(watch: Watch, states: list[Any], notice: int | None = None) -> None:
    """`IsOnline`: 1 online, 2 offline, 9 other. What is refused is named by its place in the body: that of its `notice`, or its own."""
    for item, state in enumerate(states[:OBJECTS]):
        said, device = (word_of(state.get(name)) if isinstance(state, dict) else "" for name in ("IsOnline", "ApeID"))
        if said in ("1", "2") and device:
            alive(watch, device, said == "1")
        elif said != "9":
            place = item if notice is None else notice
            set_aside(watch, DecodeError("a state without ApeID or IsOnline"), device.encode("utf-8", "replace"), place)


def _first(thing: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := word_of(thing.get(name)))), "")


def _scene(image: dict[str, Any], personal: bool) -> bool:
    """Whether a picture shows the whole scene; one that does not say so stays outside where persons or plates were seen."""
    kind = word_of(image.get("Type"))
    return kind in _WHOLE_SCENES or (not kind and not personal)


def _path(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() and 0 < len(value) <= 1000 else ""


def _picture(data: object) -> bytes | None:
    if not isinstance(data, str):
        return None
    try:
        content = binascii.a2b_base64(data)
    except (ValueError, binascii.Error):
        return None
    return content if is_picture(content) else None


def without_secrets(raw: bytes) -> bytes:
    """Refused bytes as they may be kept: of JSON the keys, ids, times and types; of anything else nothing."""
    return without_values(raw, _OPEN)


def bare(payload: bytes, source: Source) -> bytes:
    """What may be kept of a frame that is refused as a whole."""
    return without_secrets(payload)
