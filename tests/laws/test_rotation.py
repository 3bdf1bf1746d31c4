"""Rotations: whatever people, pattern, hours and anchor, every moment of a covered period has exactly one worker, and nobody twice."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from dispatch.rotation import Line, find_flaws, spread, turn_at, turns_between

FIRST = date(2026, 11, 1)
ZONES = ("Asia/Shanghai", "Asia/Urumqi", "America/Los_Angeles", "Australia/Lord_Howe")


@st.composite
def rosters(draw: st.DrawFn) -> list[Line]:
    """All hours of all days: as many shifts as there are cuts, as many people as shifts or more, in a pattern that leaves no day out."""
    cuts = sorted(draw(st.sets(st.integers(4, 23), min_size=1, max_size=4)))
    hours = [*pairwise(cuts), (cuts[-1], cuts[0])]
    run, off = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    pattern = [f"s{n}" for n in range(len(hours)) for _ in range(run)] + [""] * (run * off)
    cycles = spread(list(range(1, len(hours) + off + 1)), pattern, run)
    anchor = FIRST + timedelta(days=draw(st.integers(-400, 400)))
    zone = draw(st.sampled_from(ZONES))
    return [
        Line(f"s{n}", time(starts), time(ends), zone, FIRST - timedelta(days=2), None, anchor, cycles[f"s{n}"])
        for n, (starts, ends) in enumerate(hours)
    ]


@given(rosters(), st.integers(0, 200), st.integers(1, 10), st.floats(0, 1, exclude_max=True))
def test_every_moment_of_a_covered_period_has_exactly_one_worker(lines: list[Line], first: int, days: int, share: float) -> None:
    since = datetime.combine(FIRST + timedelta(days=first), time(0), ZoneInfo(lines[0].zone)).astimezone(UTC)
    until = since + timedelta(days=days)
    turns = turns_between(lines, since, until)
    assert find_flaws(turns, since, until) == []
    moment = since + (until - since) * share
    here = [turn for turn in turns if turn.begins <= moment < turn.ends]
    assert len(here) == 1
    assert turn_at(lines, moment) == here[0]


@given(rosters(), st.integers(0, 50), st.integers(0, 6))
def test_a_shift_taken_from_a_day_is_exactly_one_gap_of_its_hours(lines: list[Line], first: int, which: int) -> None:
    day = FIRST + timedelta(days=first)
    since = datetime.combine(day - timedelta(days=1), time(0), ZoneInfo(lines[0].zone)).astimezone(UTC)
    turns = turns_between(lines, since, since + timedelta(days=4))
    inner = [turn for turn in turns if turn.day == day]
    gone = inner[which % len(inner)]
    [flaw] = find_flaws([turn for turn in turns if turn is not gone], since, since + timedelta(days=4))
    assert (flaw.kind, flaw.begins, flaw.ends) == ("gap", gone.begins, gone.ends)
