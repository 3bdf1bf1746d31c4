"""Laws of a case's clocks: a pause loses no time, what was consumed is the sum of the stretches it ran, light and figures agree."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.work_config import Limit, TimeUnit, WorkConfig
from dispatch import clocks
from dispatch.clocks import SUSPENDED, TOTAL, Clock, Light, Limits, Terms
from dispatch.work_calendar import OwnDays, build

CALENDAR = build(WorkConfig(), "Asia/Shanghai")
TERMS = [Terms(CALENDAR, 0.8, counts_from) for counts_from in ("accept", "take")]
START = datetime(2026, 9, 28, 1, 30, tzinfo=UTC)  # the week before the October holidays, a Monday
RUNNING = ("reported", "accepted", "registered", "dispatched", "handling", "on_site")
ENDED = "closed"
STAGES = st.sampled_from((*clocks.PHASES, SUSPENDED, SUSPENDED, "handling", "dispatched"))
STEPS = st.lists(st.tuples(st.integers(0, 6 * 24 * 60), STAGES), max_size=12)
LIMITS = st.builds(Limit, st.integers(1, 30), st.sampled_from(TimeUnit))


def limits_of(whole: Limit, phase: Limit) -> Limits:
    return {TOTAL: (whole, "standard"), **dict.fromkeys(clocks.PHASES.values(), (phase, "config"))}


def told(terms: Terms, limits: Limits, steps: list[tuple[int, str]]) -> list[tuple[datetime, str, list[Clock]]]:
    """Each moment of a case with its stage and its clocks from then on."""
    at, found = START, clocks.move(terms, [], "reported", limits, START)
    story = [(at, "reported", found)]
    for minutes, stage in steps:
        at += timedelta(minutes=minutes)
        found = clocks.move(terms, found, stage, limits, at)
        story.append((at, stage, found))
    return story


def total_of(found: list[Clock]) -> Clock:
    return next(clock for clock in found if clock.name == TOTAL)


@given(st.sampled_from(TERMS), LIMITS, LIMITS, STEPS)
def test_what_a_clock_consumed_is_the_sum_of_the_stretches_it_ran(
    terms: Terms, whole: Limit, phase: Limit, steps: list[tuple[int, str]]
) -> None:
    story = told(terms, limits_of(whole, phase), steps)
    for name, number in {(clock.name, clock.round) for clock in story[-1][2]}:
        ran = timedelta(0)
        for (since, _, found), (until, _, _) in pairwise(story):
            clock = next((one for one in found if (one.name, one.round) == (name, number)), None)
            if clock and clock.running_since:
                ran += CALENDAR.between(since, until, clock.limit.unit)
        last = next(one for one in story[-1][2] if (one.name, one.round) == (name, number))
        assert clocks.used(terms, last, story[-1][0]) == ran


@given(LIMITS, LIMITS, STEPS)
def test_the_whole_runs_in_the_stages_in_which_there_is_something_to_handle_and_in_no_other(
    whole: Limit, phase: Limit, steps: list[tuple[int, str]]
) -> None:
    for _, stage, found in told(TERMS[0], limits_of(whole, phase), steps):
        assert (total_of(found).running_since is not None) == (stage in RUNNING)


@given(st.sampled_from(TERMS), LIMITS, LIMITS, STEPS)
def test_of_the_phases_at_most_one_clock_runs_and_it_is_the_present_ones(
    terms: Terms, whole: Limit, phase: Limit, steps: list[tuple[int, str]]
) -> None:
    for _, stage, found in told(terms, limits_of(whole, phase), steps):
        running = [clock.name for clock in found if clock.running_since and clock.name != TOTAL]
        assert running == ([clocks.PHASES[stage]] if stage in clocks.PHASES else [])


@given(st.sampled_from(TERMS), LIMITS, LIMITS, STEPS, st.integers(0, 10_000))
def test_used_and_left_are_always_what_there_is_and_the_deadline_is_when_nothing_is_left(
    terms: Terms, whole: Limit, phase: Limit, steps: list[tuple[int, str]], minutes: int
) -> None:
    *_, (at, _, found) = told(terms, limits_of(whole, phase), steps)
    for clock in found:
        later = at + timedelta(minutes=minutes)
        assert clocks.used(terms, clock, later) + clocks.remaining(terms, clock, later) == terms.allowed(clock)
        if clock.running_since:
            assert clocks.remaining(terms, clock, clock.due_at) == timedelta(0)
            assert (clocks.light(terms, clock, later) is Light.RED) == (later >= clock.due_at)


@given(LIMITS, st.integers(0, 5000), st.integers(0, 50_000), st.integers(0, 5000))
def test_a_pause_moves_the_deadline_by_exactly_what_was_not_worked(limit: Limit, ran: int, stood: int, more: int) -> None:
    terms = TERMS[0]
    clock = clocks.run(terms, clocks.begin(terms, TOTAL, limit, "standard", START), START)
    at = START + timedelta(minutes=ran)
    again = at + timedelta(minutes=stood)
    resumed = clocks.run(terms, clocks.pause(terms, clock, at), again)
    left = terms.calendar.span(limit) - CALENDAR.between(START, at, limit.unit)
    assert clocks.remaining(terms, resumed, again) == left
    assert resumed.paused_for == timedelta(minutes=stood)
    end = again + timedelta(minutes=more)
    assert clocks.used(terms, clocks.end(terms, resumed, end), end) == CALENDAR.between(START, at, limit.unit) + CALENDAR.between(
        again, end, limit.unit
    )


@given(LIMITS, st.integers(0, 3000), st.integers(1, 60_000), st.integers(0, 3000))
def test_an_extension_ends_exactly_when_it_says_and_survives_a_pause(limit: Limit, ran: int, granted: int, stood: int) -> None:
    terms = TERMS[0]
    clock = clocks.run(terms, clocks.begin(terms, TOTAL, limit, "standard", START), START)
    at, until = START + timedelta(minutes=ran), clock.due_at + timedelta(minutes=granted)
    longer = clocks.extend(terms, clock, until, at)
    assert longer.due_at == until
    assert terms.allowed(longer) == terms.calendar.span(limit) + CALENDAR.between(clock.due_at, until, limit.unit)
    left = clocks.remaining(terms, longer, at)
    again = at + timedelta(minutes=stood)
    assert clocks.remaining(terms, clocks.run(terms, clocks.pause(terms, longer, at), again), again) == left


# A few calendars, each built once: holidays moved by a day, a make-up week, a closed month.
_FIRST = date(2026, 9, 28)
_CHANGES: tuple[dict[int, bool], ...] = (
    {},
    {1: False},
    {5: True, 6: True},
    dict.fromkeys(range(7), True),
    dict.fromkeys(range(30), False),
    {2: False, 12: True},
)
OWN_DAYS = st.sampled_from([tuple((_FIRST + timedelta(days=day), works) for day, works in sorted(one.items())) for one in _CHANGES])


@given(LIMITS, LIMITS, STEPS, OWN_DAYS, st.integers(0, 10_000))
def test_a_clock_computed_anew_is_the_one_that_the_new_calendar_would_have_made_from_the_start(
    whole: Limit, phase: Limit, steps: list[tuple[int, str]], own: OwnDays, minutes: int
) -> None:
    new, limits = Terms(build(WorkConfig(), "Asia/Shanghai", own)), limits_of(whole, phase)
    (at, _, made), (*_, (_, _, wanted)) = told(Terms(CALENDAR), limits, steps)[-1], told(new, limits, steps)
    for clock, other in zip(made, wanted, strict=True):
        anew = clocks.recompute(new, clock, at + timedelta(minutes=minutes))
        if clock.ended_at is not None:
            assert anew == clock
        else:
            assert replace(anew, warned_at=None, overdue_at=None) == replace(other, warned_at=None, overdue_at=None)
            assert clocks.recompute(new, anew, at) == anew


@given(LIMITS, STEPS, st.integers(1, 60), st.integers(0, 10_000), OWN_DAYS)
def test_what_was_agreed_comes_no_earlier_by_another_calendar(
    whole: Limit, steps: list[tuple[int, str]], days: int, stood: int, own: OwnDays
) -> None:
    terms, new = Terms(CALENDAR), Terms(build(WorkConfig(), "Asia/Shanghai", own))
    at, _, found = told(terms, limits_of(whole, whole), steps)[-1]
    clock = total_of(found)
    if clock.ended_at is not None:
        return
    agreed = clocks.extend(terms, clock, clock.due_at + timedelta(days=days), at)
    for one in (agreed, clocks.pause(terms, agreed, at + timedelta(minutes=stood))):  # also of one that stands
        anew = clocks.recompute(new, one, at + timedelta(minutes=stood))
        assert anew.due_at >= one.due_at
        assert clocks.used(new, anew, at) + clocks.remaining(new, anew, at) == new.allowed(anew)
