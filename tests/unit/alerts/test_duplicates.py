"""Complaints that repeat each other are proposed for merging, with the reason; nothing else is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.duplicates import Complaint, Measure, alike, bigrams, distance_m, similarity

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
WET = "长江路地铁口积水严重，车辆无法通行"
METRE = 1 / 111_320


def complaint(report_id: int, minutes_ago: float = 10, **more: Any) -> Complaint:
    values: dict[str, Any] = {"class_code": "0502", "title": "道路积水", "text": WET, "lon": 119.95, "lat": 31.78}
    return Complaint(report_id, observed_at=NOW - timedelta(minutes=minutes_ago), **(values | more))


def pairs(*complaints: Complaint, measure: Measure | None = None) -> list[tuple[int, int]]:
    return [(found.report_id, found.like_id) for found in alike(complaints, NOW, measure or Measure())]


def test_a_repeated_complaint_points_at_the_first_with_the_reason_in_figures() -> None:
    later = complaint(8, 5, text="长江路地铁口积水很严重,车辆无法通行!", lat=31.78 + 100 * METRE)
    (found,) = alike([later, complaint(7, 65)], NOW)
    assert (found.report_id, found.like_id, found.same_class, found.apart) == (8, 7, True, timedelta(hours=1))
    assert found.distance_m == pytest.approx(100, abs=0.5)
    assert found.similarity > 0.85


def test_all_repetitions_point_at_the_first_and_never_at_each_other() -> None:
    assert pairs(*(complaint(number, 60 - number) for number in range(1, 6))) == [(2, 1), (3, 1), (4, 1), (5, 1)]


@pytest.mark.parametrize(
    "other",
    [
        {"class_code": "0401"},
        {"class_code": None},
        {"lat": 31.78 + 251 * METRE},
        {"lon": None},
        {"drill": True},
        {"simulated": True},
        {"title": "路灯不亮", "text": "怀德路路灯坏了三天无人维修"},
    ],
)
def test_another_class_place_text_or_a_drill_is_nothing_alike(other: dict[str, Any]) -> None:
    assert pairs(complaint(1, 30), complaint(2, 5, **other)) == []


def test_a_small_class_of_the_same_big_class_is_of_the_family_and_configured_ones_too() -> None:
    first, second = complaint(1, 30), complaint(2, 5, class_code="0503")
    (found,) = alike([first, second], NOW)
    assert not found.same_class
    other = complaint(3, 5, class_code="0303")
    assert pairs(first, other) == []
    assert pairs(first, other, measure=Measure(families=(("0502", "0303"),))) == [(3, 1)]


def test_what_is_too_old_or_not_yet_is_not_looked_at() -> None:
    day = 24 * 60
    assert pairs(complaint(1, 4 * day), complaint(2, 5)) == []
    assert pairs(complaint(1, 5), complaint(2, -5)) == []


def test_a_chain_of_neighbours_is_not_one_thing() -> None:
    row = [complaint(number, 60 - number, lat=31.78 + number * 200 * METRE) for number in range(1, 6)]
    assert pairs(*row) == [(2, 1), (4, 3)]


def test_wide_letters_blanks_and_punctuation_do_not_matter() -> None:
    assert similarity(bigrams("ＡＢ１２ 路灯，不亮。"), bigrams("ab12路灯不亮")) == 1.0
    assert similarity(bigrams(""), bigrams("")) == 0.0
    assert bigrams("灯") == {"灯"}


def test_a_thousand_at_one_corner_are_compared_in_a_moment() -> None:
    crowd = [complaint(number, 1000 - number, title=f"{number * 7919 % 9973}", text=f"{number * 104729}" * 3) for number in range(1000)]
    assert len(pairs(*crowd)) < 1000


def test_distance_shrinks_with_latitude() -> None:
    assert distance_m(complaint(1, lat=60.0, lon=10.0), complaint(2, lat=60.0, lon=10.001)) == pytest.approx(55.7, abs=0.1)
