"""What simulated things say, as bytes: native telemetry, HJ 212 packets, Frigate messages, the hotline's CSV. Pure.

Written from the standards and contract §2–§4, not from our decoders, so that the two check each other.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sim.kinds import HJ212_CODES, HJ212_ST
from sim.model import Call, Sighting, Site

FALLBACK_CLASS = "其他"
_CSV = ("办件编号", "诉求主题", "诉求内容", "事项小类", "派发时间", "地址", "经度", "纬度", "诉求人", "诉求人电话")


def telemetry_topic(district: str, site: Site, domain: str) -> str:
    return f"city/{site.area or district}/{domain}/{site.device}/telemetry"


def status_topic(district: str, site: Site, domain: str) -> str:
    return f"city/{site.area or district}/{domain}/{site.device}/status"


def gateway_topic(district: str, gateway: str) -> str:
    """A gateway's id carries its street: gw-005-urban."""
    return f"city/{district}{gateway.split('-')[1]}/gateway/{gateway}/telemetry"


def telemetry(values: Mapping[str, float | None], at: datetime, quality: Mapping[str, str] | None = None) -> dict[str, Any]:
    """One message of one device; `at` with an offset."""
    message: dict[str, Any] = {"ts": at.isoformat(timespec="milliseconds"), "values": dict(values)}
    if quality:
        message["quality"] = dict(quality)
    return message


def payload(message: object) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def hj212_crc(segment: bytes) -> str:
    """Check of HJ 212-2017 appendix A, four hexadecimal digits. Not Modbus: the byte goes into the shifted high half."""
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        for _ in range(8):
            carry = register & 1
            register >>= 1
            if carry:
                register ^= 0xA001
    return f"{register:04X}"


def hj212_frame(segment: str) -> bytes:
    data = segment.encode()
    return b"##%04d%s%s\r\n" % (len(data), data, hj212_crc(data).encode())


def hj212_realtime(site: Site, values: Mapping[str, float], at: datetime, password: str) -> tuple[str, bytes]:
    """CN 2011 that asks for an answer (Flag 5: 2017 edition), stamped in local time `at`; returns its QN and the packet."""
    qn = at.strftime("%Y%m%d%H%M%S") + f"{at.microsecond // 1000:03d}"
    items = ";".join(f"{HJ212_CODES[metric]}-Rtd={value:g},{HJ212_CODES[metric]}-Flag=N" for metric, value in values.items())
    body = f"DataTime={at:%Y%m%d%H%M%S};{items}"
    head = f"QN={qn};ST={HJ212_ST[site.kind]};CN=2011;PW={password};MN={site.device};Flag=5"
    return qn, hj212_frame(f"{head};CP=&&{body}&&")


def is_answer_to(qn: str, line: bytes) -> bool:
    """Whether a packet is the host's 9014 (data answer) for a QN, with a right check."""
    if not line.startswith(b"##") or len(line) < 10:
        return False
    segment, check = line[6:-4], line[-4:].decode("ascii", "replace")
    return b"CN=9014" in segment and f"QN={qn}".encode() in segment and hj212_crc(segment) == check.upper()


def frigate_event(seen: Sighting, kind: str, t: float) -> bytes:
    """Frigate's `events` message (its documentation, 0.14): `new`, `update` or `end` of a tracked object at `t`."""
    ended = kind == "end"
    score = seen.score if kind != "new" else round(seen.score * 0.9, 3)
    after = {
        "id": f"{seen.at:.6f}-{seen.key}", "camera": seen.camera, "frame_time": t, "label": seen.label, "sub_label": None,
        "top_score": score, "score": score, "false_positive": False, "start_time": round(seen.at, 6),
        "end_time": round(seen.at + seen.lasts, 6) if ended else None, "box": [424, 500, 536, 712], "area": 23744,
        "current_zones": [] if ended else ["road"], "entered_zones": ["road"], "has_snapshot": False, "has_clip": ended,
        "active": not ended, "stationary": seen.label in ("garbage", "car"),
    }  # fmt: skip
    return payload({"type": kind, "before": after, "after": after})


def call_report(call: Call, observed_at: datetime, caller: Mapping[str, str], *, drill: bool = False) -> dict[str, Any]:
    """A hotline call for `POST /api/v1/reports`; that of a drill says so."""
    return {
        "source": "sim-12345", "external_id": call.key, "channel": "hotline", "class_code": call.class_code, "title": call.title,
        "text": call.text, "lon": call.lon, "lat": call.lat, "address": call.address or None,
        "observed_at": observed_at.isoformat(timespec="seconds"), "caller": dict(caller),
        "extra": {"simulated": True, **({"drill": True} if drill else {}), "via": "电话",
                  "appeal_type": "咨询" if "咨询" in call.title else "求助",
                  "due_at": (observed_at + timedelta(days=1)).isoformat(timespec="seconds")},
    }  # fmt: skip


def calls_csv(calls: Iterable[tuple[Call, datetime, Mapping[str, str]]], labels: Mapping[str, str]) -> bytes:
    """Tickets as the hotline's list: UTF-8 with a mark, local times without an offset. `labels` names the classes."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(_CSV)
    for call, at, caller in calls:
        rows.writerow([
            f"SIM{call.key}", call.title, call.text, labels.get(call.class_code, FALLBACK_CLASS), at.strftime("%Y-%m-%d %H:%M:%S"),
            call.address, call.lon, call.lat, caller.get("name", ""), caller.get("phone", ""),
        ])  # fmt: skip
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def backlog(samples: Sequence[tuple[datetime, Mapping[str, float]]], device: str = "") -> list[dict[str, Any]]:
    """Earlier values of one device, oldest first, as the list the contract allows for a backlog."""
    named = {"device": device} if device else {}
    return [{**named, **telemetry(values, at)} for at, values in samples]
