"""What is refused of video wires keeps no plate, name, face or picture, whoever refuses it."""

import base64
import json
from datetime import datetime
from typing import Any

import pytest

from core.config import Config, FeedConfig
from core.model import Frame
from ingest.admit import admit
from ingest.decode import decode

JPEG = b"\xff\xd8\xff\xe0" + b"PORTRAIT" * 40
PLATE, OWNER = "苏D12345", "张三丰"
PICTURE = base64.b64encode(JPEG).decode()
SECRETS = (PLATE.encode(), OWNER.encode(), b"D12345", b"PORTRAIT", PICTURE.encode()[:40], json.dumps(OWNER).strip('"').encode())
WRONG, AHEAD = "2026-13-45T12:00:00", "2036-01-01T12:00:00"


def xml(at: str) -> str:
    return (
        "<EventNotificationAlert><macAddress>02:00:5e:10:00:01</macAddress><channelID>1</channelID>"
        f"<dateTime>{at}</dateTime><eventType>ANPR</eventType><ANPR><licensePlate>{PLATE}</licensePlate><ownerName>{OWNER}</ownerName></ANPR>"
        "</EventNotificationAlert>"
    )


def parts(*contents: tuple[str, bytes]) -> bytes:
    return b"".join(b"--b\r\nContent-Type: %b\r\n\r\n%b\r\n" % (media.encode(), content) for media, content in contents) + b"--b--"


def hikvision_json(at: str) -> dict[str, Any]:
    return {"eventType": "ANPR", "dateTime": at, "channelID": 1, "ANPR": {"licensePlate": PLATE, "ownerName": OWNER, "pic": PICTURE}}


def onvif(at: str) -> str:
    return (
        "<N><NotificationMessage><Topic>tns1:RuleEngine/LicensePlateRecognition</Topic>"
        f'<Message><Message UtcTime="{at}"><Data><SimpleItem Name="Plate" Value="{PLATE}"/><SimpleItem Name="Owner" Value="{OWNER}"/></Data>'
        "</Message></Message></NotificationMessage></N>"
    )


def event(at: str) -> dict[str, Any]:
    return {"id": 1, "camera": "c", "type": "t", "time": at, "plate": PLATE, "owner": {"name": OWNER}, "picture": PICTURE, "no": 12345}


def frigate(at: object) -> dict[str, Any]:
    return {"type": "new", "after": {"id": "1", "camera": "c", "label": "car", "start_time": at, "sub_label": [OWNER, 0.9],
                                     "recognized_license_plate": PLATE, "thumbnail": PICTURE}}  # fmt: skip


def dahua(at: object) -> dict[str, Any]:
    return {
        "Code": "TrafficJunction",
        "action": "Pulse",
        "index": 0,
        "data": {"UTC": at, "Object": {"Text": PLATE}, "Name": OWNER, "pic": PICTURE},
    }


DAHUA_TEXT = f'Code=TrafficJunction;action=Pulse;index=0;data={{"UTC": "%s", "Object": {{"Text": "{PLATE}"}}, "Name": "{OWNER}"}}\r\n'
GOOD_XML = xml("2026-11-21T12:00:05+08:00").encode()
REFUSED: list[tuple[str, str | bytes | dict[str, Any] | list[Any], bytes]] = [
    ("hikvision", xml(WRONG), b"2026-13-45"),
    ("hikvision", xml(AHEAD), b"ANPR"),
    ("hikvision", xml(WRONG)[:-30], b"02:00:5e:10:00:01"),
    ("hikvision", xml(WRONG).replace("EventNotificationAlert", "Other"), b"ANPR"),
    ("hikvision", hikvision_json(WRONG), b"2026-13-45"),
    ("hikvision", parts(("application/xml", xml(WRONG).encode()), ("image/jpeg", JPEG)), b"2026-13-45"),
    ("hikvision", parts(("application/xml", xml(WRONG).encode()), ("image/jpeg", JPEG), ("application/xml", GOOD_XML)), b"2026-13-45"),
    ("hikvision", parts(("image/jpeg", JPEG), ("text/plain", OWNER.encode())), b""),
    ("hikvision", parts(*[("application/xml", GOOD_XML)] * 70), b"ANPR"),
    ("hikvision", b" " * (5 << 20) + xml(WRONG).encode(), b""),
    ("onvif", onvif(WRONG), b"LicensePlateRecognition"),
    ("onvif", onvif(AHEAD), b"LicensePlateRecognition"),
    ("onvif", onvif(WRONG)[:-10], b"2026-13-45"),
    ("onvif", onvif(WRONG).replace("NotificationMessage", "Other"), b"LicensePlateRecognition"),
    ("ai-events", event(WRONG), b"2026-13-45"),
    ("ai-events", event(AHEAD), b'"camera": "c"'),
    ("ai-events", {"data": [event(WRONG), event(WRONG)]}, b'"id": 1'),
    ("ai-events", json.dumps(event(WRONG))[:-3], b"2026-13-45"),
    ("ai-events", [event(WRONG)] * 600, b"2026-13-45"),
    ("frigate", frigate(1e300), b'"camera": "c"'),
    ("frigate", frigate(2.1e9), b'"label": "car"'),
    ("frigate", frigate("soon"), b'"id": "1"'),
    ("frigate", json.dumps(frigate(1))[:-2], b'"id": "1"'),
    ("dahua", dahua(WRONG), b"TrafficJunction"),
    ("dahua", dahua(AHEAD), b"TrafficJunction"),
    ("dahua", json.dumps(dahua(WRONG))[:-2], b"TrafficJunction"),
    ("dahua", [dahua(WRONG)] * 600, b"TrafficJunction"),
    ("dahua", DAHUA_TEXT % WRONG, b"TrafficJunction"),
    ("dahua", DAHUA_TEXT % AHEAD, b"TrafficJunction"),
    ("dahua", "x " + DAHUA_TEXT % WRONG, b"TrafficJunction"),
    ("dahua", parts(("text/plain", f"Name={OWNER} {PLATE}".encode()), ("image/jpeg", JPEG)), b""),
]


@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize(("form", "body", "kept"), REFUSED)
def test_what_is_refused_names_nobody(
    config: Config, now: datetime, form: str, body: str | bytes | dict[str, Any] | list[Any], kept: bytes, escaped: bool
) -> None:
    told = body if isinstance(body, str | bytes) else json.dumps(body, ensure_ascii=escaped)
    payload = told.encode() if isinstance(told, str) else told
    own = config.model_copy(update={"feeds": {**config.feeds, "cam": FeedConfig(kind="http", format=form)}})
    out = decode([Frame("cam", payload, now, "/api/v1/feeds/cam")], {}, own)
    refused = [each for _, each in admit(out, {}, {}, own, now).rejected]
    assert refused
    assert kept in refused[0].raw
    for each in refused:
        assert not [secret for secret in SECRETS if secret in each.raw or secret in each.detail.encode()]
    assert not [secret for secret in SECRETS if secret in out.frames[0].payload], "whoever refuses it later has nothing to keep"
