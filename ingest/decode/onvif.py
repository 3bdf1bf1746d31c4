"""ONVIF notifications: WS-BaseNotification `Notify`, pull point answers and metadata streams; any XML with NotificationMessage.

Decides which topics are events of a camera, and what true and false of a property mean. Data of a message stay outside but
for the state and the kind of object: other items may hold a plate or a face.
"""

import re
from itertools import islice
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode.source import RAW_LIMIT, Memory, Source, clean
from ingest.decode.video_report import EVENTS, Phase, Sighting, Watch, alive, close, is_open, set_aside, take
from ingest.decode.video_values import share_of, stamp_of, unsupported, word_of
from ingest.decode.xml_source import SIZE, anywhere, said, text_of, xml_of

ALONE = "-"  # remembered under this when no producer is named
_ADDRESS = re.compile(r"Address[^<>]{0,200}>\s{0,20}([^<\s]{1,300})")
_OPEN = re.compile(rb"""[<:]Topic(?:\s[^<>]{0,200})?>\s{0,20}([^<>\s]{1,200})|UtcTime\s{0,4}=\s{0,4}["']([0-9TZ:.+ -]{1,40})""")
LINES = 64
_TRUE, _FALSE = ("true", "1", "active", "on"), ("false", "0", "inactive", "off")
# Names of items that tell which channel speaks; the first one there is taken.
_TOKENS = (
    "VideoSourceConfigurationToken", "VideoSourceToken", "VideoSource", "Source", "Token", "AudioSourceConfigurationToken", "InputToken",
    "sensor", "port", "RelayToken",
)  # fmt: skip
_RULES = ("Rule", "RuleName")
_OBJECTS = ("ClassTypes", "ObjectTypes", "ObjectType", "Class")
_CONFIDENCES = ("Confidence", "Likelihood", "Probability")
# First levels of topics that tell of the device's own life, not of what it sees (ONVIF topic namespace).
_HOUSEKEEPING = frozenset({
    "Monitoring", "Configuration", "RecordingConfig", "RecordingHistory", "Media", "PTZController", "Advancedsecurity", "Credential",
    "Provisioning", "EventBuffer",
})  # fmt: skip
LABELS = {
    "CellMotionDetector/Motion": "移动侦测", "MotionRegionDetector/Motion": "移动侦测", "MotionAlarm": "移动侦测",
    "LineDetector/Crossed": "越界侦测", "FieldDetector/ObjectsInside": "区域入侵", "LoiteringDetector/ObjectIsLoitering": "徘徊",
    "TamperDetector/Tamper": "视频遮挡", "GlobalSceneChange/ImagingService": "场景变更", "GlobalSceneChange/AnalyticsService": "场景变更",
    "ImageTooDark/ImagingService": "画面过暗", "ImageTooBright/ImagingService": "画面过亮", "ImageTooBlurry/ImagingService": "画面模糊",
    "SignalLoss": "视频丢失", "SignalLost": "视频丢失", "Trigger/DigitalInput": "报警输入", "Trigger/Relay": "继电器动作",
    "HardwareFailure/StorageFailure": "硬盘错误", "HardwareFailure/FanFailure": "风扇故障",
    "HardwareFailure/TemperatureCritical": "设备高温", "Sensor/PIR": "人体感应", "DetectedSound": "声音异常", "FaceDetect": "人脸侦测",
    "LicensePlateRecognition": "车牌识别", "PeopleDetect": "人员", "VehicleDetect": "车辆", "DogCatDetect": "动物", "FireDetect": "明火",
    "SmokeDetect": "烟雾",
}  # fmt: skip
_PERSONAL = (("face", "face"), ("licenseplate", "plate"))


def wire_keys(frame: Frame) -> set[str]:
    """The producers named in a frame: under these what is going on is remembered."""
    if frame.payload.count(b"Address") > 4 * EVENTS or len(frame.payload) > SIZE:
        return set()
    found = islice(_ADDRESS.finditer(text_of(frame.payload)), EVENTS)  # in the characters that they will be read in
    return {known for each in found if (known := _producer(each[1]))} | {ALONE}


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every NotificationMessage becomes a report or a presence. Raises `DecodeError` when there is none."""
    watch = Watch(index, frame, source, memory, out)
    messages = list(xml_of(frame.payload).iter("NotificationMessage"))
    if not messages:
        raise unsupported("no NotificationMessage")
    if len(messages) > EVENTS:
        raise DecodeError(f"{len(messages)} messages in one frame, {EVENTS} allowed", Reason.TOO_LARGE)
    for item, message in enumerate(messages):
        try:
            _take(watch, message)
        except DecodeError as problem:
            set_aside(watch, problem, said(message, "Topic").encode("utf-8", "replace"), item if len(messages) > 1 else None)
    close(watch)


def bare(payload: bytes, source: Source) -> bytes:
    """What may be kept of a frame that is refused as a whole: its topics and times, a line each; data may hold a plate or a face."""
    told = islice(_OPEN.finditer(payload[:RAW_LIMIT]), LINES)
    return b"\n".join((b"Topic: " + found[1] if found[1] else b"UtcTime: " + found[2]) for found in told)


def _take(watch: Watch, message: Element) -> None:
    topic = _topic(said(message, "Topic"))
    body = next((element for element in message.iter("Message") if "UtcTime" in element.attrib or element.find("Source") is not None), None)
    if not topic or body is None:
        raise DecodeError("a message has a Topic and a tt:Message")
    origin, data = _items(body, "Source") | _items(body, "Key"), _items(body, "Data")
    producer_element = message.find("ProducerReference")
    producer = _producer(anywhere(producer_element, "Address")) if producer_element is not None else ""
    token = next((origin[name] for name in _TOKENS if origin.get(name)), "")
    camera, peer = "-".join(part for part in (producer or watch.source.name, token) if part), producer or ALONE
    phase = _phase(body.get("PropertyOperation", ""), data)
    known = phase is not Phase.OVER or is_open(watch, camera, topic, peer)
    if topic.partition("/")[0] in _HOUSEKEEPING or (not known and body.get("PropertyOperation") != "Changed"):
        # What a subscription tells at its beginning: nothing is happening.
        alive(watch, camera)
        return
    personal = next((word for mark, word in _PERSONAL if mark in topic.lower()), "")
    target = "" if personal else next((data[name] for name in _OBJECTS if data.get(name)), "")
    extra = {"rule": next((origin[name] for name in _RULES if origin.get(name)), ""), "target": target, "recognised": personal}
    stamp = body.get("UtcTime", "").strip()
    utc = stamp if not stamp or stamp[-1:] in "zZ" or re.search(r"[+-]\d\d:?\d\d$", stamp) else f"{stamp}Z"  # UTC by its name
    sighting = Sighting(
        camera, topic, stamp_of(utc, watch.source, watch.frame.received_at), phase, label=_label(topic), words=(topic.rpartition("/")[2],),
        aliases=(producer, token), confidence=share_of(next((data[name] for name in _CONFIDENCES if name in data), None)),
        extra={name: value for name, value in extra.items() if value}, peer=peer,
    )  # fmt: skip
    take(watch, sighting)


def _topic(text: str) -> str:
    """`tns1:RuleEngine/tnsx:Sensor/PIR` → `RuleEngine/Sensor/PIR`: prefixes are each device's own."""
    return word_of("/".join(level.rpartition(":")[2] for level in text.split("/")[:8]))


def _label(topic: str) -> str:
    return next((LABELS[end] for end in (topic.partition("/")[2], topic.rpartition("/")[2], *_pairs(topic)) if end in LABELS), "")


def _pairs(topic: str) -> list[str]:
    levels = topic.split("/")
    return [*("/".join(levels[at : at + 2]) for at in range(len(levels) - 1)), *levels]


def _items(body: Element, name: str) -> dict[str, str]:
    """SimpleItem name → value of Source, Key or Data."""
    part = body.find(name)
    if part is None:
        return {}
    return {word_of(item.get("Name")): word_of(item.get("Value")) for item in part.iter("SimpleItem")}


def _phase(operation: str, data: dict[str, str]) -> Phase:
    """The first item that is true or false tells; without one the topic has no duration."""
    if operation == "Deleted":
        return Phase.OVER
    for value in data.values():
        if value.lower() in _TRUE + _FALSE and not (operation == "" and value in ("0", "1")):  # without a property 0 and 1 count objects
            return Phase.ACTIVE if value.lower() in _TRUE else Phase.OVER
    return Phase.MOMENT


def _producer(address: str) -> str:
    """The host or the uuid of an endpoint reference; the anonymous one and the subscription's own say nothing."""
    text = clean(address.strip())[:300]
    try:
        parts = urlsplit(text)
        host = parts.hostname or (parts.netloc if parts.scheme == "uri" else "")
    except ValueError:
        return ""
    if host in ("www.w3.org", "schemas.xmlsoap.org", "docs.oasis-open.org"):
        return ""
    return word_of(host or text.removeprefix("urn:uuid:"))
