"""GB/T 28181 notifications (MANSCDP XML, often GB2312): Alarm, Keepalive, Catalog and MobilePosition of a video platform.

Decides that the same alarm sent as MESSAGE and as NOTIFY is one report. Never speaks SIP: a gateway hands the bodies over;
whole SIP messages are read too.
"""

import re
from xml.etree.ElementTree import Element

from core.errors import DecodeError
from core.model import Decoded, DeviceHint, Frame, Reason
from ingest.decode.source import Memory, Source, name_of
from ingest.decode.video_report import Phase, Sighting, Watch, alive, close, set_aside, take
from ingest.decode.video_values import number_in, place_of, stamp_of, unsupported, without_plates, word_of
from ingest.decode.xml_source import anywhere, said, xml_of

ITEMS = 1000  # of one catalogue or keepalive
TEXT = 500
_DEVICE = re.compile(rb"<DeviceID>\s{0,20}([^<\s]{1,64})")
_START = re.compile(rb"<\?xml|<Notify", re.IGNORECASE)
# GB/T 28181-2016 A.2.5 (alarm notification): the way, and within 2, 5 and 6 the type.
METHODS = {
    "1": "电话报警", "2": "设备报警", "3": "短信报警", "4": "GPS报警", "5": "视频报警", "6": "设备故障报警", "7": "其他报警",
}  # fmt: skip
TYPES = {
    "2.1": "视频丢失", "2.2": "设备防拆", "2.3": "硬盘满", "2.4": "设备高温", "2.5": "设备低温", "5.1": "人工视频报警",
    "5.2": "运动目标检测", "5.3": "物品遗留", "5.4": "物体移除", "5.5": "越界侦测", "5.6": "区域入侵", "5.7": "逆行", "5.8": "徘徊",
    "5.9": "流量统计", "5.10": "密度检测", "5.11": "视频异常", "5.12": "快速移动", "5.13": "图像遮挡", "6.1": "硬盘错误",
    "6.2": "风扇故障",
}  # fmt: skip
_ENTERS = {"1": "enter", "2": "leave"}  # EventType of an intrusion
# Events of a catalogue: VLOST and DEFECT are cameras nobody can watch.
_PRESENCE = {"ON": True, "OFF": False, "VLOST": False, "DEFECT": False}


def wire_keys(frame: Frame) -> set[str]:
    """The device of an alarm: under it the alarm is remembered."""
    if b"Alarm" not in frame.payload:
        return set()
    return {found.decode("ascii", "replace") for found in _DEVICE.findall(frame.payload[:8192])[:4]}


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """One notification → a report, or presences. Raises `DecodeError`, unsupported for queries and responses."""
    watch = Watch(index, frame, source, memory, out)
    start = _START.search(frame.payload[:8192])
    root = xml_of(frame.payload[start.start() :] if start else frame.payload)
    command = said(root, "CmdType")
    if root.tag != "Notify":
        raise unsupported(f"<{root.tag[:40]}> with CmdType '{command[:40]}' is no notification")
    device = name_of(said(root, "DeviceID"), "DeviceID")
    if not device.isascii():
        raise DecodeError(f"DeviceID '{device[:40]}' is not written in digits")
    if command == "Alarm":
        _alarm(watch, root, device)
        close(watch)
    elif command == "Keepalive":
        alive(watch, device)
        for faulty in list(root.iterfind("Info/DeviceID"))[:ITEMS]:  # the standard lists devices that do not work here
            if text := word_of(faulty.text):
                alive(watch, text, False)
    elif command == "Catalog":
        _catalogue(watch, root)
    elif command == "MobilePosition":
        _position(watch, root, device)
    else:
        raise unsupported(f"CmdType '{command[:40]}' is none of Alarm, Keepalive, Catalog, MobilePosition")


def _alarm(watch: Watch, root: Element, device: str) -> None:
    source = watch.source
    method, kind = word_of(said(root, "AlarmMethod")), word_of(anywhere(root, "AlarmType"))
    full = ".".join(part for part in (method or "0", kind) if part)
    priority = number_in(said(root, "AlarmPriority"))
    text = without_plates(said(root, "AlarmDescription"))[:TEXT]
    extra = {"method": method, "alarm_type": kind, "priority": word_of(said(root, "AlarmPriority")),
             "direction": _ENTERS.get(anywhere(root, "EventType"), "")}  # fmt: skip
    area = device[:6]
    sighting = Sighting(
        device, full, stamp_of(said(root, "AlarmTime"), source, watch.frame.received_at), Phase.MOMENT,
        label=TYPES.get(full) or METHODS.get(method, ""), words=(full, method), peer=device,
        position=place_of(said(root, "Longitude"), said(root, "Latitude"), source), text=text or None,
        area=area if area.startswith(source.config.area.code[:6]) and len(device) == 20 else None,
        severity=int(priority) if priority in (1, 2, 3, 4) else None, extra={name: value for name, value in extra.items() if value},
    )  # fmt: skip
    take(watch, sighting)


def _catalogue(watch: Watch, root: Element) -> None:
    items = list(root.iterfind("DeviceList/Item"))
    if len(items) > ITEMS:
        raise DecodeError(f"{len(items)} items in one catalogue, {ITEMS} allowed", Reason.TOO_LARGE)
    told = False
    for item, element in enumerate(items):
        online = _PRESENCE.get(said(element, "Event").upper())
        if online is None:  # ADD, DEL, UPDATE: the registry is kept by people
            continue
        told = True
        try:
            alive(watch, said(element, "DeviceID"), online)
        except DecodeError as problem:
            set_aside(watch, problem, said(element, "DeviceID").encode("utf-8", "replace"), item)
    if not told:
        raise unsupported("a catalogue without ON, OFF, VLOST or DEFECT")


def _position(watch: Watch, root: Element, device: str) -> None:
    """Where a moving camera is: it moves in the registry, when it is there."""
    alive(watch, device)
    if place := place_of(said(root, "Longitude"), said(root, "Latitude"), watch.source):
        watch.out.hints[device] = DeviceHint(device, watch.source.feed.domain, None, place)
