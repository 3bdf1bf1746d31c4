"""A trail shows the way something went, and nothing that nobody knows."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from maps.tracks import FASTEST_M_S, LONGEST_GAP_S, Fix, believed, course_deg, is_reached, pieces

METRE = 1 / 111_320


def walk(*north_m: float, step_s: float = 10) -> list[Fix]:
    return [Fix(n * step_s, 119.9, 31.78 + metres * METRE) for n, metres in enumerate(north_m)]


def test_a_way_is_one_line_in_the_order_of_time() -> None:
    fixes = walk(0, 50, 100)
    assert believed(reversed(fixes)) == fixes
    assert pieces(fixes) == [[(fix.lon, fix.lat) for fix in fixes]]


def test_a_dead_receiver_is_nowhere() -> None:
    assert believed([Fix(0, 0, 0), *walk(0, 50), Fix(99, 0.0, 0.0)]) == walk(0, 50)


def test_a_leap_and_back_never_was() -> None:
    assert believed(walk(0, 50, 90_000, 150)) == [fix for n, fix in enumerate(walk(0, 50, 90_000, 150)) if n != 2]
    assert believed(walk(90_000, 50, 100)) == walk(90_000, 50, 100)[1:]


def test_a_leap_at_the_end_waits_for_its_witness() -> None:
    there = walk(0, 50, 90_000, 90_050)
    assert believed(there[:3]) == there[:2]
    assert believed(there) == there
    assert [len(line) for line in pieces(believed(there))] == [2, 2]  # nobody knows how it got there


def test_a_single_fix_is_a_place_without_a_way() -> None:
    assert believed(walk(0)) == walk(0)
    assert pieces(walk(0)) == []
    assert course_deg(walk(0)) is None


def test_who_stands_still_has_no_course() -> None:
    assert course_deg(walk(0, 2, 1)) is None
    assert course_deg(walk(0, 50, 52)) == 0.0
    assert course_deg(walk(50, 0)) == 180.0


FIXES = st.lists(st.builds(Fix, st.integers(0, 900).map(float), st.floats(119.8, 120.0), st.floats(31.7, 31.9)), max_size=25)


@given(FIXES)
def test_only_what_was_told_is_believed_and_each_moment_once(fixes: list[Fix]) -> None:
    kept = believed(fixes)
    assert set(kept) <= set(fixes)
    assert [fix.at for fix in kept] == sorted({fix.at for fix in kept})


@given(FIXES)
def test_no_line_is_faster_than_anything_drives_or_bridges_a_gap(fixes: list[Fix]) -> None:
    kept = believed(fixes)
    where = {(fix.lon, fix.lat): fix for fix in kept}
    for line in pieces(kept):
        assert len(line) >= 2
        for before, after in pairwise(line):
            if len(where) == len(kept):
                assert is_reached(where[before], where[after])
                assert where[after].at - where[before].at <= LONGEST_GAP_S


def test_the_limit_is_beyond_anything_a_city_drives() -> None:
    assert FASTEST_M_S * 3.6 > 200
