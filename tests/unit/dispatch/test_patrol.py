"""Patrols: which positions are believed, which stops they visit, and when it is enough."""

from datetime import UTC, datetime, timedelta

import pytest
from shapely.geometry import Point, Polygon, box

from core.organisation_config import PatrolConfig
from dispatch.patrol import (
    EARLY,
    FAST,
    FUTURE,
    GOOD,
    LATE,
    OUTSIDE,
    TABLE,
    VAGUE,
    Fix,
    Window,
    find_visited,
    ground_of,
    is_enough,
    judge_track,
)

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
WINDOW = Window(NOON, NOON + timedelta(hours=2))
LIMITS = PatrolConfig()
CELL = 0.001  # degrees: about 95 × 111 m here
GRID = box(119.900, 31.780, 119.910, 31.785)
STOPS = (box(119.900, 31.780, 119.901, 31.781), box(119.909, 31.784, 119.910, 31.785), Point(119.905, 31.7825))
GROUND = ground_of(GRID, STOPS)


def fix(minutes: float, lon: float, lat: float, accuracy_m: float | None = 8) -> Fix:
    return Fix(NOON + timedelta(minutes=minutes), lon, lat, accuracy_m)


def verdicts(*fixes: Fix, last: Fix | None = None, now: datetime = NOON + timedelta(hours=3)) -> list[str]:
    return [verdict for _, verdict in judge_track(fixes, last, GROUND, WINDOW, LIMITS, now)]


def test_a_walk_through_the_grid_is_believed_in_whatever_order_it_comes() -> None:
    walk = [fix(n * 2, 119.9005 + n * CELL, 31.7825) for n in range(9)]
    assert verdicts(*reversed(walk)) == [GOOD] * 9


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (fix(-1, 119.905, 31.7825), EARLY), (fix(121, 119.905, 31.7825), LATE), (fix(5, 119.905, 31.7825, 300), VAGUE),
        (fix(5, 119.905, 31.7865), OUTSIDE), (fix(5, 119.905, 31.7853), GOOD), (fix(5, 119.905, 31.7825, None), GOOD),
    ],
)  # fmt: skip
def test_a_position_counts_only_in_the_window_in_the_grid_and_when_it_is_sure_of_itself(one: Fix, verdict: str) -> None:
    assert verdicts(one) == [verdict]


def test_what_lies_ahead_of_our_clock_is_no_position() -> None:
    assert verdicts(fix(30, 119.905, 31.7825), now=NOON + timedelta(minutes=20)) == [FUTURE]


def test_nobody_flies_and_who_is_back_where_he_was_is_believed_again() -> None:
    near, far = (119.9005, 31.7805), (119.9095, 31.7845)
    assert verdicts(fix(1, *near), fix(1.1, *far), fix(2, *near), fix(9, *far)) == [GOOD, FAST, GOOD, GOOD]
    assert verdicts(fix(1.1, *far), last=fix(1, *near)) == [FAST], "also from one call to the next"
    assert verdicts(fix(1, *near, 60), fix(1.1, 119.9015, 31.7805, 60)) == [GOOD, GOOD], "two vague positions may be the same place"


def test_a_cell_is_visited_from_within_and_a_point_from_near_by() -> None:
    assert find_visited([fix(1, 119.9005, 31.7805)], GROUND, LIMITS) == {0}
    assert find_visited([fix(1, 119.9011, 31.7805)], GROUND, LIMITS) == set(), "beside a cell is not in it"
    assert find_visited([fix(1, 119.9053, 31.7825)], GROUND, LIMITS) == {2}
    assert find_visited([fix(1, 119.9056, 31.7825)], GROUND, LIMITS) == set()


@pytest.mark.parametrize(
    ("visited", "stops", "share", "enough"), [(2, 3, 0.66, True), (2, 3, 0.67, False), (3, 3, 1, True), (7, 10, 0.7, True)]
)
def test_the_share_is_of_whole_stops(visited: int, stops: int, share: float, enough: bool) -> None:
    assert is_enough(range(visited), stops, share) is enough


def test_a_grid_without_an_outline_is_its_stops() -> None:
    ground = ground_of(Polygon(), STOPS[:1])
    assert [verdict for _, verdict in judge_track([fix(1, 119.905, 31.7825)], None, ground, WINDOW, LIMITS, NOON + timedelta(hours=1))] == [
        OUTSIDE
    ]


def test_what_is_done_or_cancelled_ends_there_and_only_positions_redeem_what_was_missed() -> None:
    assert [stage for stage, acts in TABLE.items() if not acts] == ["done", "cancelled"]
    assert TABLE["missed"] == {"complete": "done"}
