"""Revisits of a platform in its own words or ours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.revisit import Revisit
from ingest.revisits import read_revisits

CITY, NOW = ZoneInfo("Asia/Shanghai"), datetime(2026, 11, 21, 4, tzinfo=UTC)


def test_a_list_in_the_platforms_words_and_one_in_ours_say_the_same() -> None:
    theirs = {
        "办件编号": "YP1", "回访时间": "2026/11/20 9:30", "是否有效": "是", "是否联系": "是", "是否解决": "否", "满意度": "基本满意",
        "办理单位": "城管局", "回访方式": "电话", "回访编号": "HF1", "诉求人电话": "13800000000",
    }  # fmt: skip
    ours = {
        "ticket_no": "YP1", "external_id": "HF1", "revisit_at": "2026-11-20T09:30:00+08:00", "valid": True, "contacted": True, "solved": False,
        "satisfaction": "basically_satisfied", "unit": "城管局", "channel": "电话",
    }  # fmt: skip
    first, second = (read_revisits([row], CITY, NOW).taken[0][1] for row in (theirs, ours))
    at = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    assert first == second == Revisit("YP1", at, "HF1", "城管局", "电话", True, True, False, "basically_satisfied")
    assert first.is_bad


def test_what_was_not_asked_is_unknown_and_an_invalid_revisit_says_so() -> None:
    [(_, found)] = read_revisits([{"办件编号": "YP1", "回访时间": "2026-11-20", "是否有效": "无效", "满意度": "未评价"}], CITY, NOW).taken
    assert (found.valid, found.contacted, found.solved, found.satisfaction, found.is_bad) == (False, None, None, None, False)
    assert found.key == "YP1@2026-11-19T16:00:00+00:00"


def test_what_names_no_ticket_or_no_time_is_refused_with_its_place() -> None:
    late = (NOW + timedelta(days=2)).isoformat()
    rows = [
        {"回访时间": "2026-11-20"},
        {"办件编号": "YP1"},
        {"办件编号": "YP1", "回访时间": late},
        7,
        {"ticket_no": "YP2", "revisit_at": "2026-11-20"},
    ]
    found = read_revisits(rows, CITY, NOW)
    assert [place for place, _ in found.refused] == [0, 1, 2, 3]
    assert [place for place, _ in found.taken] == [4]
