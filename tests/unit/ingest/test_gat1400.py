"""Laws of GA/T 1400: the fact is kept, the person is not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from core.config import Config
from core.model import Position, Reason
from ingest.decode.gat1400 import decode, notices, speaker, without_secrets
from tests.video_source import Wire

SECRETS = ("张三", "320404199001011234", "苏D12345")


@pytest.fixture
def wire(config: Config, now: datetime) -> Wire:
    return Wire(config, now, decode, classes={"660": "0401", "plate": "0403"})


def disposition(**objects: Any) -> str:
    notice = {"NotificationID": "n1", "DispositionID": "d1", "Title": "布控 张三", "TriggerTime": "20261121120007", **objects}
    return json.dumps({"DispositionNotificationListObject": {"DispositionNotificationObject": [notice]}}, ensure_ascii=False)


def test_the_sample_says_what_the_page_says(wire: Wire, sample: Callable[[str, str], str]) -> None:
    out = wire(sample("gat1400", "notification"))
    report = out.reports[0][1]
    assert (report.external_id, report.title, report.class_code) == ("320404000000042026112112000500001", "视频识别:店外经营", "0401")
    assert report.observed_at == datetime(2026, 11, 21, 4, 0, 5, tzinfo=UTC)
    assert report.media == ("http://10.20.0.3/scene/1.jpg",)
    assert report.extra == {"camera": "32040400001190000001", "type": "660", "objects": ["person"], "count": 1, "recognised": "person"}
    assert [(p.content, p.external_id) for _, p in out.pictures] == [(b"\xff\xd8\xff\xe0\x00\x10", report.external_id)]
    assert not any(secret in str(out.reports) for secret in ("某人", "person/1.jpg", "/9j/"))


def test_names_papers_and_plates_are_never_kept(wire: Wire) -> None:
    person = {"Name": "张三", "IDNumber": "320404199001011234", "DeviceID": "c1", "ShotPlaceFullAdress": "怀德桥"}
    vehicle = {"PlateNo": "苏D12345", "TollgateID": "c2", "PassTime": "20261121120001", "Longitude": "119.95", "Latitude": 31.78}
    out = wire(disposition(PersonObject=person, MotorVehicleObject=vehicle))
    assert [(r.external_id, r.extra["recognised"]) for _, r in out.reports] == [("n1/c1", "person"), ("n1/c2", "plate")]
    assert (out.reports[0][1].address, out.reports[1][1].position) == ("怀德桥", Position(119.95, 31.78))
    assert not any(secret in str(out.reports) for secret in SECRETS)


@pytest.mark.parametrize(
    "body",
    [
        disposition(PersonObject={"Name": "张三"})[:-9],
        '{"FaceListObject": {"FaceObject": [{"Name": "张三", "IDNumber": "320404199001011234"}]}}',
        '["张三"]',
        "<a>苏D12345</a>",
        '{"苏D12345": 1}',
        json.dumps({"SubscribeNotificationObject": [{"Name": "张三"}]}, ensure_ascii=False),
    ],
)
def test_refused_bytes_tell_no_person(wire: Wire, body: str) -> None:
    out = wire(body)
    assert (len(out.rejected), out.reports) == (1, [])
    assert not any(secret.encode() in out.rejected[0][1].raw for secret in SECRETS)


def test_what_helps_to_mend_is_kept_of_refused_bytes() -> None:
    kept = without_secrets('{"NotificationID": "5", "PlateNo": "苏D12345", "x": [12, "张三"], "TriggerTime": "2026'.encode())
    assert kept == b'{"NotificationID": "5", "PlateNo": "", "x": ["", ""], "TriggerTime": "2026'


def test_keepalives_and_states_are_presences(wire: Wire) -> None:
    out = wire('{"KeepaliveObject": {"DeviceID": "32040400001190000001"}}')
    assert [(p.device, p.online) for p in out.presences] == [("32040400001190000001", True)]
    states = [{"ApeID": "a", "IsOnline": "1"}, {"ApeID": "b", "IsOnline": 2}, {"ApeID": "c", "IsOnline": "9"}]
    out = wire(json.dumps({"APEStatusListObject": {"APEStatusObject": states}}))
    assert ([(p.device, p.online) for p in out.presences], out.rejected) == ([("a", True), ("b", False)], [])


def test_a_broken_notice_never_costs_its_neighbours(wire: Wire) -> None:
    good = {"NotificationID": "2", "TriggerTime": "20261121120000", "SceneObject": {"DeviceID": "a"}}
    out = wire(json.dumps({"SubscribeNotificationObject": [{"NotificationID": "1"}, good, {**good, "TriggerTime": "noon"}]}))
    assert [report.external_id for _, report in out.reports] == ["2"]
    assert [(r.reason, r.index, r.raw) for _, r in out.rejected] == [(Reason.UNSUPPORTED, 0, b"1"), (Reason.UNDECODABLE, 2, b"2")]


def test_a_body_is_taken_apart_into_its_notices_and_each_reads_as_before(wire: Wire, sample: Callable[[str, str], str]) -> None:
    good = {"TriggerTime": "20261121120000", "SceneObject": {"DeviceID": "a"}}
    body = {"DispositionNotificationListObject": {"DispositionNotificationObject": [{**good, "NotificationID": n} for n in ("1", 2)] + [7]}}
    parts = notices(json.dumps(body).encode())
    assert [about for about, _ in parts] == ["1", "2", ""]
    assert [len(wire(part.decode()).reports) for _, part in parts] == [1, 0, 0]
    whole = sample("gat1400", "notification")
    ((_, part),) = notices(whole.encode())
    assert wire(part.decode()).reports == wire(whole).reports


def test_states_beside_notices_are_a_part_of_their_own(wire: Wire) -> None:
    notice = {"NotificationID": "1", "TriggerTime": "20261121120000", "SceneObject": {"DeviceID": "a"}}
    states = {"APEStatusListObject": {"APEStatusObject": [{"ApeID": "a", "IsOnline": "1"}, {"ApeID": "b", "IsOnline": "2"}]}}
    parts = notices(json.dumps({"SubscribeNotificationListObject": {"SubscribeNotificationObject": [notice]}, **states}).encode())
    assert [about for about, _ in parts] == ["1", ""]
    assert [(len(out.reports), len(out.presences)) for out in (wire(part.decode()) for _, part in parts)] == [(1, 0), (0, 2)]
    assert notices(json.dumps(states).encode()) == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"KeepaliveObject": 1}', b'{"SubscribeNotificationObject": ' + b"[{}," * 9, b"\xff{"]
)
def test_what_holds_no_notice_and_no_library_has_none(body: bytes) -> None:
    assert (notices(body), speaker(body)) == ([], "")


def test_more_notices_than_one_body_may_have_are_not_taken_apart(wire: Wire) -> None:
    body = json.dumps({"SubscribeNotificationObject": [{"NotificationID": str(n)} for n in range(201)]})
    assert notices(body.encode()) == []
    assert [one.reason for _, one in wire(body).rejected] == [Reason.TOO_LARGE]


def test_a_library_that_unregisters_is_gone(wire: Wire) -> None:
    body = '{"UnRegisterObject": {"DeviceID": "32040400005030000001"}}'
    assert [(p.device, p.online) for p in wire(body).presences] == [(speaker(body.encode()), False)]


def test_a_state_refused_in_a_notice_is_named_by_the_place_of_its_notice(wire: Wire) -> None:
    notice = {"NotificationID": "1", "TriggerTime": "20261121120000", "SceneObject": {"DeviceID": "a"}}
    bad = {**notice, "DeviceStatusList": {"APEStatusObject": [{"ApeID": "a", "IsOnline": "1"}, {"ApeID": "b"}]}}
    out = wire(json.dumps({"SubscribeNotificationObject": [notice, notice, bad]}))
    assert [one.index for _, one in out.rejected] == [2]
