"""What the parts of an incident say together."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alerts.sum_up import CHANNELS, Count, Told, sum_up
from core.model import Channel

ZONE = ZoneInfo("Asia/Shanghai")
LABELS = {"water_level": "水位", "rain": "雨量"}
SINCE = datetime(2026, 11, 21, 4, 3, tzinfo=UTC)


def told(*counts: Count, severity: int | None = 2, title: str | None = "3号桥水位超限") -> Told:
    return Told(counts, title, severity, SINCE if counts else None, "北社区")


def test_sensors_are_told_by_their_quantity_and_the_rest_by_channel_since_when_and_where() -> None:
    summary = sum_up(told(Count("sensor", "water_level", 3), Count("video", None, 2), Count("hotline", None, 14)), LABELS, ZONE)
    assert summary.text == "水位 3 · 视频 2 · 热线 14 · 自 12:03 · 北社区"
    assert (summary.severity, summary.title, summary.parts) == (2, "3号桥水位超限 +18", {"hotline": 14, "sensor": 3, "video": 2})


def test_one_part_is_called_by_its_own_title() -> None:
    assert sum_up(told(Count("sensor", "rain", 1)), LABELS, ZONE).title == "3号桥水位超限"


def test_two_quantities_are_two_words_and_one_channel() -> None:
    summary = sum_up(told(Count("sensor", "water_level", 1), Count("sensor", "rain", 2), Count("sensor", None, 1)), LABELS, ZONE)
    assert (summary.text.split(" · 自")[0], summary.parts) == ("水位 1 · 雨量 2 · 传感器 1", {"sensor": 4})


def test_a_long_tail_is_one_word() -> None:
    names = ("sensor", "video", "hotline", "collector", "public", "leader")
    assert "其他 2" in sum_up(told(*(Count(name, None, 1) for name in names)), {}, ZONE).text


def test_an_incident_of_which_nothing_is_left_is_a_notice_and_keeps_its_name() -> None:
    summary = sum_up(told(severity=None, title=None), LABELS, ZONE)
    assert (summary.severity, summary.title, summary.parts, summary.text) == (5, None, {}, "北社区")


def test_every_channel_has_a_word() -> None:
    assert {channel.value for channel in Channel} <= set(CHANNELS)
