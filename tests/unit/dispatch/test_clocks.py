"""Which clocks run in which stage, told by one case; the laws stand in tests/laws/test_clocks.py."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Invalid
from core.work_config import Limit, TimeUnit, WorkConfig
from dispatch import clocks
from dispatch.clocks import TOTAL, Clock, Light, Limits, Terms
from dispatch.work_calendar import build

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 09:00
CALENDAR = build(WorkConfig(), "Asia/Shanghai")
TERMS = Terms(CALENDAR)
HOUR = timedelta(hours=1)
LIMITS: Limits = {
    TOTAL: (Limit(10, TimeUnit.URGENT_HOURS), "class"),
    "register": (Limit(1, TimeUnit.URGENT_HOURS), "config"),
    "pre_check": (Limit(0.5, TimeUnit.URGENT_HOURS), "config"),
    "check": (Limit(4, TimeUnit.WORK_HOURS), "config"),
}


def walk(*stages: str, terms: Terms = TERMS) -> dict[str, Clock]:
    """The clocks, the newest of each name, after an hour in every stage but the last."""
    found: list[Clock] = []
    for hour, stage in enumerate(stages):
        found = clocks.move(terms, found, stage, LIMITS, NOW + hour * HOUR)
    return {clock.name: clock for clock in found}


def test_a_phase_without_a_limit_has_no_clock() -> None:
    assert set(walk("reported")) == {TOTAL}
    assert set(walk("reported", "accepted")) == {TOTAL, "register"}


def test_what_a_verification_interrupts_goes_on_after_it() -> None:
    found = walk("accepted", "pre_checking", "accepted")
    assert found["register"].round == 1
    assert (found["register"].consumed, found["register"].paused_for) == (HOUR, HOUR)
    assert (found["pre_check"].ended_at, found["pre_check"].overdue_at) == (NOW + 2 * HOUR, NOW + 2 * HOUR)


def test_a_suspension_stops_every_clock_and_ends_none() -> None:
    for clock in walk("accepted", "suspended").values():
        assert (clock.running_since, clock.paused_at, clock.ended_at) == (None, NOW + HOUR, None)


@pytest.mark.parametrize("stage", ["closed", "voided", "declined", "force_closed"])
def test_the_end_of_a_case_ends_its_clocks(stage: str) -> None:
    assert all(clock.ended_at == NOW + HOUR for clock in walk("accepted", stage).values())


def test_the_whole_may_begin_with_the_dispatch_and_a_send_back_wins_no_time() -> None:
    terms = Terms(CALENDAR, counts_from="take")
    assert walk("reported", "accepted", "registered", terms=terms)[TOTAL].consumed == timedelta(0)
    assert walk("registered", "dispatched", terms=terms)[TOTAL].due_at == NOW + 11 * HOUR
    assert walk("registered", "dispatched", "registered", terms=terms)[TOTAL].running_since is not None


def test_yellow_comes_with_its_share_of_the_limit_and_red_with_the_deadline_itself() -> None:
    clock = walk("reported")[TOTAL]
    seen = [clocks.light(TERMS, clock, NOW + hours * HOUR) for hours in (0, 7.99, 8, 9.99, 10, 50)]
    assert seen == [Light.GREEN, Light.GREEN, Light.YELLOW, Light.YELLOW, Light.RED, Light.RED]


def test_a_clock_that_stands_keeps_the_light_it_had() -> None:
    paused = clocks.pause(TERMS, walk("reported")[TOTAL], NOW + 9 * HOUR)
    assert clocks.light(TERMS, paused, NOW + 900 * HOUR) is Light.YELLOW


def test_finishing_at_the_deadline_itself_is_in_time() -> None:
    clock = walk("reported")[TOTAL]
    assert clocks.pause(TERMS, clock, clock.due_at).overdue_at is None
    late = clock.due_at + timedelta(microseconds=1)
    assert clocks.pause(TERMS, clock, late).overdue_at == late


def test_what_was_late_before_its_pause_has_less_than_nothing_left_after_it() -> None:
    clock = walk("reported")[TOTAL]
    paused = clocks.pause(TERMS, clock, clock.due_at + HOUR)
    again = clocks.run(TERMS, paused, NOW + 100 * HOUR)
    assert clocks.remaining(TERMS, again, NOW + 100 * HOUR) == -HOUR
    assert again.due_at == NOW + 99 * HOUR


def test_an_extension_to_an_earlier_moment_is_none() -> None:
    clock = walk("reported")[TOTAL]
    with pytest.raises(Invalid, match="later"):
        clocks.extend(TERMS, clock, clock.due_at, NOW)


def test_another_limit_is_judged_afresh_only_where_it_ends_later_than_now() -> None:
    at = NOW + 11 * HOUR
    late = replace(walk("reported")[TOTAL], warned_at=NOW + 8 * HOUR, overdue_at=NOW + 10 * HOUR)
    longer = clocks.retime(TERMS, late, Limit(20, TimeUnit.URGENT_HOURS), "class", at)
    assert (longer.due_at, longer.warned_at, longer.overdue_at) == (NOW + 20 * HOUR, None, None)
    nearly = clocks.retime(TERMS, late, Limit(12, TimeUnit.URGENT_HOURS), "class", at)
    assert (nearly.warned_at, nearly.overdue_at) == (late.warned_at, None)
    still = clocks.retime(TERMS, late, Limit(5, TimeUnit.URGENT_HOURS), "class", at)
    assert (still.warned_at, still.overdue_at) == (late.warned_at, late.overdue_at)
