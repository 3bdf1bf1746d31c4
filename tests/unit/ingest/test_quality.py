"""An hour of a device: what was promised, what can be used, what is stuck; our own absence is nobody's fault."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.quality import Counted, Kind, deaf_everywhere, expected, heard_share, judge, may_be_stuck

HOUR = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_an_hour_in_which_all_came_is_whole_and_more_than_all_is_not_more() -> None:
    judged = judge([Counted(1, received=70, good=70)], 60, {})
    assert (judged.usable, judged.completeness, judged.received) == (1.0, 1.0, 70)


def test_too_many_of_one_metric_do_not_hide_that_another_is_missing() -> None:
    judged = judge([Counted(1, received=120, good=120), Counted(2)], 60, {})
    assert (judged.usable, judged.completeness) == (0.5, 0.5)


def test_nulls_flags_jumps_and_stuck_values_came_but_cannot_be_used() -> None:
    judged = judge([Counted(1, received=60, good=40, nulls=10, flagged=10, jumps=4)], 60, {})
    assert judged.completeness == 1.0
    assert judged.usable == 36 / 60
    stuck = judge([Counted(1, received=60, good=60), Counted(2, received=60, good=60)], 60, {1: True})
    assert (stuck.completeness, stuck.usable, stuck.stuck) == (1.0, 0.5, 1)


def test_a_device_that_never_spoke_is_not_complete_and_one_nobody_listened_to_is_not_judged() -> None:
    never, deaf = judge([], 60, {}), judge([Counted(1)], expected(MINUTE, 0.0), {})
    assert (never.usable, never.completeness, never.expected) == (0.0, 0.0, 60)
    assert (deaf.usable, deaf.completeness, deaf.expected) == (None, None, 0.0)


def test_a_device_is_held_to_what_its_interval_promises_in_the_time_that_was_heard() -> None:
    assert expected(MINUTE, 1.0) == 60
    assert expected(MINUTE, 0.5) == 30
    assert expected(timedelta(hours=6), 1.0) == 1.0, "at least once an hour is asked of the slow ones"


def test_the_share_heard_leaves_out_every_gap_once() -> None:
    def of(*minutes: tuple[int, int]) -> float:
        return heard_share(HOUR, [(HOUR + start * MINUTE, HOUR + end * MINUTE) for start, end in minutes])

    assert [of(), of((15, 45)), of((15, 60)), of((-90, 30)), of((45, 300))] == [1.0, 0.5, 0.25, 0.5, 0.75]
    assert of((40, 46), (6, 12), (20, 26)) == pytest.approx(0.7), "each of several gaps counts"
    assert of((6, 18), (12, 24)) == pytest.approx(0.7), "where two overlap they count once"
    assert of((-60, 0), (60, 120)) == 1.0, "what lies outside of the hour is another's"
    assert of((-60, 120)) == 0.0


def test_a_device_of_no_known_feed_lost_only_what_nobody_heard_on_any() -> None:
    first, second = [(HOUR, HOUR + 30 * MINUTE)], [(HOUR + 20 * MINUTE, HOUR + 40 * MINUTE), (HOUR + 50 * MINUTE, HOUR + 90 * MINUTE)]
    assert deaf_everywhere(HOUR, [first, second]) == [(HOUR + 20 * MINUTE, HOUR + 30 * MINUTE)]
    assert deaf_everywhere(HOUR, [first, []]) == []
    assert deaf_everywhere(HOUR, []) == [], "nothing is known of listening"


def test_a_constant_value_is_suspect_only_while_others_of_its_kind_vary() -> None:
    constant = Counted(1, received=60, good=60, low=7.0, high=7.0)
    assert may_be_stuck(constant, Kind(spoke=5, varied=4))
    assert not may_be_stuck(constant, Kind(spoke=5, varied=1)), "dry gauges are not stuck when it rains nowhere"
    assert not may_be_stuck(constant, Kind(spoke=2, varied=1)), "one other is no kind"
    assert not may_be_stuck(constant, None)
    assert not may_be_stuck(Counted(1, received=60, good=60, low=7.0, high=7.1), Kind(5, 4))
    assert not may_be_stuck(Counted(1, received=1, good=1, low=7.0, high=7.0), Kind(5, 4)), "one value proves nothing"
