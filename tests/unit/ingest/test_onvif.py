"""Laws of ONVIF's notifications: what true, false and the property operations mean."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from core.config import Config
from core.errors import DecodeError
from core.model import Reason
from ingest.decode.onvif import decode, wire_keys
from tests.video_source import Wire

TOPIC = "tns1:RuleEngine/FieldDetector/ObjectsInside"
CAMERA = "10.20.0.12-VSC_1"


@pytest.fixture
def wire(config: Config, now: datetime) -> Wire:
    return Wire(config, now, decode, wire_keys, classes={"RuleEngine/FieldDetector/ObjectsInside": "0404"})


def message(operation: str, items: str, at: str = "2026-11-21T04:00:05Z", topic: str = TOPIC) -> str:
    said = f'PropertyOperation="{operation}"' if operation else ""
    return (
        f"<Notify><NotificationMessage><Topic>{topic}</Topic><ProducerReference><Address>http://10.20.0.12/onvif</Address></ProducerReference>"
        f'<Message><Message UtcTime="{at}" {said}><Source><SimpleItem Name="Source" Value="VSC_1"/></Source><Data>{items}</Data></Message></Message>'
        "</NotificationMessage></Notify>"
    )


def item(name: str, value: str) -> str:
    return f'<SimpleItem Name="{name}" Value="{value}"/>'


def test_the_sample_says_what_the_page_says(wire: Wire, sample: Callable[[str, str], str]) -> None:
    report = wire.report(sample("onvif", "notify"))
    assert report.external_id == f"{CAMERA}/RuleEngine/FieldDetector/ObjectsInside/20261121T040000Z"
    assert (report.title, report.class_code, report.ended) == ("视频识别:区域入侵", "0404", False)
    assert report.observed_at == datetime(2026, 11, 21, 4, 0, 5, tzinfo=UTC)
    assert report.extra["rule"] == "堤防"


def test_true_and_false_are_one_report(wire: Wire) -> None:
    start = wire.report(message("Changed", item("IsInside", "true")))
    stop = wire.report(message("Changed", item("IsInside", "false"), "2026-11-21T04:30:00"))
    assert (start.external_id, stop.ended, stop.extra["ended_at"]) == (stop.external_id, True, "2026-11-21T04:30:00+00:00")


def test_initialized_with_false_says_only_that_the_camera_lives(wire: Wire) -> None:
    out = wire(message("Initialized", item("IsInside", "0")))
    assert (out.reports, [(p.device, p.online) for p in out.presences]) == ([], [(CAMERA, True)])
    assert wire.report(message("Initialized", item("IsInside", "1"))).ended is False


def test_deleted_ends_what_was_going_on_and_nothing_else(wire: Wire) -> None:
    assert wire(message("Deleted", "")).reports == []
    wire(message("Changed", item("State", "true")))
    assert wire.report(message("Deleted", "", "2026-11-21T04:05:00Z")).ended


def test_a_topic_without_a_state_has_no_end(wire: Wire) -> None:
    report = wire.report(message("", item("ObjectId", "1"), topic="tns1:RuleEngine/LineDetector/Crossed"))
    assert (report.title, report.ended) == ("视频识别:越界侦测", False)


def test_housekeeping_is_quiet_and_plates_stay_outside(wire: Wire) -> None:
    assert wire(message("Changed", item("Value", "17.5"), topic="tns1:Monitoring/ProcessorUsage")).reports == []
    plate = wire.report(message("", item("PlateNumber", "苏D12345"), topic="tns1:RuleEngine/LicensePlateRecognition"))
    assert plate.extra["recognised"] == "plate"
    assert "苏D12345" not in str(plate)


def test_a_broken_message_never_costs_its_neighbours(wire: Wire) -> None:
    good = message("Changed", item("State", "true"))
    bad = message("Changed", item("State", "true"), "noon")
    out = wire(f"<Envelope>{bad}{good}<NotificationMessage/></Envelope>")
    assert (len(out.reports), [refused.index for _, refused in out.rejected]) == (1, [0, 2])


def test_other_xml_is_unsupported(wire: Wire) -> None:
    with pytest.raises(DecodeError) as refused:
        wire("<Envelope/>")
    assert refused.value.reason is Reason.UNSUPPORTED


def test_a_producer_is_asked_for_in_the_same_characters_as_it_is_read_in(wire: Wire) -> None:
    told = message("Changed", item("State", "true")).encode().replace(b"http://10.20.0.12", b"\x81http://10.20.0.12")
    assert wire(told).reports  # the wire refuses what is remembered under a key that nobody asked for
