"""Rules on what is usual, through the whole pipeline: a value that stands still, and one that is strange for its hour."""

import pytest

from alerts import measure_usual
from pipeline import process
from store import baselines, hours
from tests.gauge import DAY, HOUR, MINUTE, NOON, WITH, Gauge
from tests.gauge import gauge as gauge

STILL = {"kind": "stuck", "metric": "noise", "above": "1h", "severity": 5, "except": [0]}


def test_a_value_that_stands_still_rings_and_returns_with_the_first_other_value(gauge: WITH) -> None:
    meter = gauge(every=10 * MINUTE, **STILL)
    assert meter.tell(*[52.1] * 7) == []
    assert meter.tell(52.1) == [("unack", 5)]
    assert meter.one("select title from alerts") == "站 规则 52.1 dB(A) 1 h 10 min 不变"
    assert meter.tell(None) == [("unack", 5)]  # no value says nothing
    assert meter.tell(52.3) == [("rtn_unack", 5)]


@pytest.mark.parametrize("batches", [True, False])
def test_a_null_or_a_value_that_nobody_trusts_between_two_equal_ones_is_no_change(gauge: WITH, batches: bool) -> None:
    meter = gauge(every=10 * MINUTE, **STILL)
    assert meter.tell(*[52.1] * 8) == [("unack", 5)]
    if batches:
        meter.tell(None)
        assert meter.tell(47.0, quality="fault") == [("unack", 5)]
        assert meter.tell(52.1) == [("unack", 5)]
    else:
        meter.now += 40 * MINUTE
        assert meter.send(*((meter.now - n * MINUTE, value) for n, value in ((3, None), (2, 52.1), (1, None), (0, 52.1)))) == [("unack", 5)]
    assert meter.one("select changed_at from device_states") == NOON + 10 * MINUTE
    assert meter.tell(None, 52.3) == [("rtn_unack", 5)]


def test_what_a_backlog_that_ends_with_nothing_told_is_what_the_next_is_measured_by(gauge: WITH) -> None:
    meter = gauge(every=10 * MINUTE, **STILL)
    meter.tell(52.1)
    meter.now += 10 * MINUTE
    meter.send((meter.now - MINUTE, 47.0), (meter.now, None))
    assert meter.tell(*[47.0] * 5) == []
    assert meter.tell(47.0) == [("unack", 5)]


def test_a_value_may_rest_where_it_is_said_to_and_silence_is_no_standing_still(gauge: WITH) -> None:
    meter = gauge(every=10 * MINUTE, **STILL)
    assert meter.tell(*[0.0] * 12) == []
    assert meter.tell(52.1) == []
    meter.now += 5 * HOUR
    process([], meter.now, meter.deps)
    assert meter.alerts() == []


USUAL = {"kind": "deviation", "metric": "noise", "days": 10, "least_days": 5,
         "levels": [{"severity": 4, "above": 3, "clear": 2}, {"severity": 3, "above": 6}]}  # fmt: skip


def past(meter: Gauge, days: int) -> None:
    """Hours of past days around now, each hour of the day with a level of its own; the leader works out what is usual."""
    for n in range(1, days + 1):
        for shift in range(-1, 3):
            at = hours.hour_of(meter.now) - n * DAY + shift * HOUR
            level = 50.0 + 10 * shift + (1 if n % 2 else -1)
            meter.rows(
                "insert into device_hours (hour, device_id, metric_id, expected, received, good, nulls, flagged, late, jumps, stuck, sum) "
                "select %s, device_id, metric_id, 6, 6, 6, 0, 0, 0, 0, false, %s from devices, metrics where metric = 'noise' returning 1", at, 6 * level,
            )  # fmt: skip
    with meter.store.connection() as connection:
        baselines.keep_next(connection, measure_usual.asked(meter.config.rules.values()), meter.config.area.zone, meter.now)


def test_what_is_unusual_for_this_hour_rings_by_how_many_deviations_and_returns(gauge: WITH) -> None:
    meter = gauge(**USUAL)
    past(meter, 10)
    assert meter.one("select count(*) from baselines") == 2  # this hour and the next
    assert meter.tell(50.0, 52.0) == []
    assert meter.tell(54.0) == [("unack", 4)]
    assert meter.one("select title from alerts") == "站 规则 较同期 +3.8σ"
    assert meter.tell(52.5) == [("unack", 4)]
    assert meter.tell(57.0) == [("unack", 3)]
    assert meter.tell(50.0) == [("rtn_unack", 3)]


def test_the_next_hour_has_a_usual_of_its_own(gauge: WITH) -> None:
    meter = gauge(every=HOUR, **USUAL)
    past(meter, 10)
    assert meter.tell(60.0) == []  # at 13:00 what would be strange at noon is usual
    assert meter.tell(90.0) == []  # of 14:00 nothing was worked out: nothing is said


def test_of_too_few_days_nothing_is_said_and_a_usual_that_grew_old_is_not_gone_by(gauge: WITH) -> None:
    meter = gauge(**USUAL)
    past(meter, 4)
    assert meter.tell(90.0) == []
    meter.rows("update baselines set days = 10, day = day - 4 returning 1")
    assert meter.tell(90.0) == []
    meter.rows("update baselines set day = day + 4 returning 1")
    assert meter.tell(90.0) == [("unack", 3)]
