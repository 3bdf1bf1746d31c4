"""Any bytes, and any broken good frame, end as reports, presences or a named refusal; nothing unstorable comes out."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import Config
from core.errors import DecodeError
from core.model import Decoded
from ingest.decode import ai_events, dahua, gat1400, gb28181, hikvision, onvif
from ingest.decode.source import NAME_LIMIT
from tests.video_source import Wire

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0picture"
ALERT = (
    b'<?xml version="1.0" encoding="GB2312"?><EventNotificationAlert><macAddress>aa</macAddress><channelID>1</channelID><dateTime>2026-11-21T12:00:05</dateTime>'
    b"<eventType>VMD</eventType><eventState>active</eventState></EventNotificationAlert>"
)
NOTICE = {"NotificationID": "1", "TriggerTime": "20261121120000", "PersonObject": {"DeviceID": "a", "SubImageList": {"SubImageInfoObject": [{"EventSort": 660}]}}}  # fmt: skip
NOTIFY = (
    b"<N><NotificationMessage><Topic>a:b/c</Topic><ProducerReference><Address>http://h/x</Address></ProducerReference><Message>"
    b'<Message UtcTime="2026-11-21T04:00:05Z" PropertyOperation="Changed"><Data><SimpleItem Name="State" Value="true"/></Data></Message>'
    b"</Message></NotificationMessage></N>"
)
GOOD: list[tuple[ModuleType, bytes]] = [
    (hikvision, ALERT),
    (hikvision, b"--b\r\nContent-Type: application/xml\r\n\r\n" + ALERT + b"\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n" + JPEG + b"\r\n--b--"),
    (hikvision, b'{"params": {"events": [{"eventId": "1", "eventType": 131588, "happenTime": "2026-11-21T12:00:05+08:00", "data": {"a": [1]}}]}}'),
    (dahua, b'--b\r\n\r\nHeartbeat\r\n--b\r\n\r\nCode=VideoMotion;action=Start;index=0;data={"UTC": 1795233605, "Object": {"Confidence": 3}}\r\n--b--'),
    (dahua, b'{"name": "a", "Code": "CrossLineDetection", "action": "Stop", "index": "0", "data": {"UTC": 1620477656}}'),
    (dahua, b"Events[0].EventBaseInfo.Code=A\nEvents[0].EventBaseInfo.Index=1\nEvents[0].UTC=1795233605\n"),
    (onvif, NOTIFY),
    (gat1400, json.dumps({"DispositionNotificationObject": [NOTICE]}).encode()),
    (gb28181, b"<Notify><CmdType>Alarm</CmdType><DeviceID>32040400001320000017</DeviceID><AlarmTime>2026-11-21T12:00:05</AlarmTime><AlarmMethod>5</AlarmMethod></Notify>"),
    (gb28181, b"<Notify><CmdType>Catalog</CmdType><DeviceID>1</DeviceID><DeviceList><Item><DeviceID>2</DeviceID><Event>OFF</Event></Item></DeviceList></Notify>"),
    (ai_events, b'{"data": [{"id": 1, "camera": "c", "type": "t", "time": 1795233605, "picture": ["aGVsbG8=", "http://a/b"], "score": 0.5}]}'),
]  # fmt: skip
MODULES = [hikvision, dahua, onvif, gat1400, gb28181, ai_events]
KEYS = (
    "eventType eventState macAddress channelID dateTime params events eventId status data Code action index UTC Object NotificationID DeviceID "
    "PersonObject DispositionNotificationObject SubImageList SubImageInfoObject EventSort KeepaliveObject APEStatusObject id camera type time picture"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["2026-11-21T12:00:05", "\ud800", "9" * 400]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS.split()) | st.text(max_size=5), inner, max_size=6),
    max_leaves=20,
)  # fmt: skip


def wire(module: ModuleType, config: Config) -> Wire:
    keys: Callable[..., set[str]] = getattr(module, "wire_keys", lambda frame: set())
    return Wire(config, NOW, module.decode, keys)


def check(out: Decoded) -> None:
    texts = [
        t
        for _, r in out.reports
        for t in (r.external_id, r.title, r.text or "", r.address or "", *r.media, json.dumps(dict(r.extra), ensure_ascii=False))
    ]
    texts += [p.device for p in out.presences] + [r.detail for _, r in out.rejected]
    assert all("\x00" not in text and text.encode("utf-8") is not None for text in texts)
    for _, report in out.reports:
        assert 0 < len(report.external_id) <= NAME_LIMIT
        assert 0 < len(report.title) <= NAME_LIMIT
        assert report.confidence is None or 0 <= report.confidence <= 1
        assert report.observed_at.utcoffset() == timedelta(0)


def read(frame: bytes, module: ModuleType, config: Config) -> None:
    """Twice, the second time with the memory of the first; broken memory is no harm either."""
    one = wire(module, config)
    for _ in range(2):
        try:
            out = one(frame)
        except DecodeError:
            continue
        check(out)
        assert out.reports or out.presences or out.rejected or out.hints
        one.memory = {key: kept if len(frame) % 2 else frame for key, kept in one.memory.items()}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
@settings(max_examples=40, deadline=None)
@given(
    frame=st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.text("<>/abNotify=\"' {}[]:,", max_size=80).map(str.encode)
)
def test_any_bytes_become_something_or_are_refused(config: Config, module: ModuleType, frame: bytes) -> None:
    read(frame, module, config)


@settings(max_examples=150, deadline=None)
@given(
    good=st.sampled_from(GOOD),
    places=st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3), st.integers(0, 3)), min_size=1, max_size=3),
)
def test_a_mutated_frame_is_read_or_refused(config: Config, good: tuple[ModuleType, bytes], places: list[tuple[int, bytes, int]]) -> None:
    module, frame = good
    for place, inserted, gone in places:
        place %= len(frame)
        frame = frame[:place] + inserted + frame[place + gone :]
    read(frame, module, config)


@pytest.mark.parametrize("good", GOOD)
def test_a_good_frame_is_good(config: Config, good: tuple[ModuleType, bytes]) -> None:
    out = wire(good[0], config)(good[1])
    assert out.rejected == []
    assert out.reports or out.presences


@settings(max_examples=40, deadline=None)
@given(gaps=st.lists(st.integers(0, 60), max_size=8), copies=st.integers(1, 3))
def test_an_event_that_goes_on_is_one_report_however_long(config: Config, gaps: list[int], copies: int) -> None:
    one, at = wire(hikvision, config), NOW
    body = "<EventNotificationAlert><macAddress>aa</macAddress><eventType>VMD</eventType><dateTime>{}</dateTime><eventState>{}</eventState></EventNotificationAlert>"
    ids = set()
    for gap in gaps:
        at += timedelta(seconds=gap)
        ids |= {one.report(body.format(at.isoformat(), "active")).external_id for _ in range(copies)}
    last = one.report(body.format((at + timedelta(hours=3)).isoformat(), "inactive"))
    assert ids <= {last.external_id}
    assert last.ended
