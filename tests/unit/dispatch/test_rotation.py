"""Rotations: a pattern spread over people, turns by the wall clock, gaps and overlaps by name."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from core.errors import Invalid
from dispatch.rotation import Flaw, Line, find_flaws, spread, stand_in_for, turn_at, turns_between

ZONE = "Asia/Shanghai"
FIRST = date(2026, 11, 2)


def line(shift: str, starts: int, ends: int, cycle: tuple[int | None, ...], *, until: date | None = None, zone: str = ZONE) -> Line:
    return Line(shift, time(starts), time(ends), zone, FIRST, until, FIRST, cycle)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC) - timedelta(hours=8)


def test_four_teams_of_which_two_work_each_day_are_spread_evenly_over_two_days_two_nights_four_off() -> None:
    cycles = spread([1, 2, 3, 4], ["day", "day", "night", "night", "", "", "", ""])
    assert cycles == {"day": (1, 1, 2, 2, 3, 3, 4, 4), "night": (4, 4, 1, 1, 2, 2, 3, 3)}


def test_one_person_alone_serves_every_day() -> None:
    assert spread([7], ["day"]) == {"day": (7,)}


def test_days_without_anybody_stay_and_are_nobodys() -> None:
    assert spread([1], ["day", "day", "", ""]) == {"day": (1, 1, None, None)}


@pytest.mark.parametrize(
    ("people", "pattern", "step", "words"),
    [
        ([1, 2], ["day", "day", ""], 1, "persons 1 and 2 would both serve 'day'"), ([], ["day"], None, "needs people"),
        ([1], ["", ""], None, "a shift in it"), ([1, 1], ["day", ""], None, "twice"),
    ],
)  # fmt: skip
def test_a_rotation_that_gives_a_shift_two_people_or_none_at_all_is_refused(
    people: list[int], pattern: list[str], step: int | None, words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        spread(people, pattern, step)


def test_the_night_belongs_to_the_day_it_began_on() -> None:
    night = line("night", 20, 8, (1, 2))
    turn = turn_at([night], at(4, 3))
    assert turn is not None
    assert (turn.account, turn.day, turn.begins, turn.ends) == (2, date(2026, 11, 3), at(3, 20), at(4, 8))
    assert turn_at([night], at(4, 8)) is None, "the end is no longer of it"
    assert turn_at([night], at(2, 3)) is None, "and nothing was before its first day"


def test_a_roster_that_ended_still_has_its_last_night() -> None:
    night = line("night", 20, 8, (1,), until=date(2026, 11, 4))
    assert [turn_at([night], moment) is not None for moment in (at(4, 7), at(4, 20))] == [True, False]


def test_a_shift_from_eight_to_eight_lasts_a_day() -> None:
    [turn] = turns_between([line("whole", 8, 8, (1,), until=date(2026, 11, 3))], at(1, 0), at(9, 0))
    assert (turn.begins, turn.ends) == (at(2, 8), at(3, 8))


def test_gaps_and_overlaps_are_named_with_all_who_meet() -> None:
    turns = turns_between([line("day", 8, 20, (1, None)), line("late", 18, 22, (2,))], at(3, 0), at(5, 0))
    assert find_flaws(turns, at(3, 0), at(5, 0)) == [
        Flaw("gap", at(3, 0), at(3, 18)), Flaw("gap", at(3, 22), at(4, 8)), Flaw("overlap", at(4, 18), at(4, 20), (1, 2)),
        Flaw("gap", at(4, 22), at(5, 0)),
    ]  # fmt: skip


def test_where_two_shifts_meet_the_one_that_began_last_is_asked() -> None:
    turn = turn_at([line("day", 8, 20, (1,)), line("late", 18, 22, (2,))], at(3, 19))
    assert turn is not None
    assert turn.account == 2


@pytest.mark.parametrize(("night", "hours"), [(date(2026, 3, 7), 11), (date(2026, 10, 31), 13), (date(2026, 11, 3), 12)])
def test_where_clocks_jump_a_night_lasts_as_long_as_the_wall_clock_says(night: date, hours: int) -> None:
    of = Line("night", time(20), time(8), "America/Los_Angeles", date(2026, 1, 1), None, FIRST, (1,))
    noon = datetime(night.year, night.month, night.day, 20, tzinfo=UTC)
    [turn] = [turn for turn in turns_between([of], noon, noon + timedelta(days=1)) if turn.day == night]
    assert turn.ends - turn.begins == timedelta(hours=hours)


@pytest.mark.parametrize(("stand_ins", "comes"), [({}, 1), ({1: 2}, 2), ({1: 2, 2: 3}, 3), ({1: 2, 2: 1}, 1)])
def test_who_stands_in_may_have_a_stand_in_himself_and_in_a_circle_everybody_works(stand_ins: dict[int, int], comes: int) -> None:
    assert stand_in_for(1, stand_ins) == comes
