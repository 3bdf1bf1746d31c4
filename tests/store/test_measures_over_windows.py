"""Rules on a window of readings, through the whole pipeline: a rate, a sum, a mean; what is missing, late or not good."""

from datetime import timedelta

import pytest

from core.measured import Wanted, WindowAsked, WindowKey
from pipeline import process
from store import windows
from tests.gauge import MINUTE, NOON, WITH
from tests.gauge import gauge as gauge

RISE = {
    "kind": "rate",
    "metric": "water_level",
    "span": "10m",
    "levels": [{"severity": 3, "above": 0.3, "clear": 0.2}, {"severity": 2, "above": 0.6}],
}


def test_a_fast_rise_rings_worsens_and_returns_when_the_span_has_passed_it(gauge: WITH) -> None:
    river = gauge(**RISE)
    assert river.tell(*[3.5] * 10, 3.6, 3.7) == []
    assert river.tell(3.85) == [("unack", 3)]
    assert river.one("select title from alerts") == "站 规则 +0.35 m/10min"
    assert river.one("select unit from alerts") == "m/10min"
    assert river.tell(4.15) == [("unack", 2)]
    assert river.tell(*[4.15] * 5) == [("unack", 2)]  # 3.5 is within the last ten minutes
    assert river.tell(4.15) == [("unack", 3)]
    assert river.tell(4.15, 4.15) == [("unack", 3)]
    assert river.tell(4.15) == [("rtn_unack", 3)]


def test_a_level_that_stands_high_does_not_rise(gauge: WITH) -> None:
    assert gauge(**RISE).tell(*[4.9] * 15) == []


def test_a_gap_may_hide_a_rise_so_nothing_returns_until_it_is_past(gauge: WITH) -> None:
    river = gauge(**RISE)
    assert river.tell(*[3.5] * 10, 4.0) == [("unack", 3)]
    river.now += 8 * MINUTE
    assert river.tell(4.0, 4.0, 4.0) == [("unack", 3)]  # of ten readings four came: it may have been lower meanwhile
    assert river.tell(*[4.0] * 8) == [("rtn_unack", 3)]


def test_readings_that_are_not_good_are_in_no_window(gauge: WITH) -> None:
    river = gauge(**RISE)
    river.tell(*[3.5] * 5)
    assert river.tell(2.0, quality="suspect") == []
    assert river.tell(3.6) == []


def test_a_backlog_is_looked_at_as_often_as_readings_on_time_would_be_and_its_end_always(gauge: WITH) -> None:
    river = gauge(every=timedelta(seconds=1), **RISE)
    river.now = NOON + 15 * MINUTE
    told = [(NOON + n * timedelta(seconds=1), 3.5 + (0.4 if n > 880 else 0.0)) for n in range(900)]
    assert river.send(*told) == [("unack", 3)]
    assert river.one("select count(*) from window_looks") == 1
    assert river.one("select looked_at from window_looks") == told[-1][0]


def test_a_window_is_read_60_times_in_its_span_at_most(gauge: WITH) -> None:
    river = gauge(every=timedelta(seconds=1), **RISE)
    looks = set()
    for _ in range(25):
        river.tell(3.5)
        looks.add(river.one("select looked_at from window_looks"))
    assert len(looks) == 3  # each 10 s of 10 min


def test_a_late_reading_counts_in_the_windows_it_lies_in(gauge: WITH) -> None:
    river = gauge(**RISE)
    assert river.tell(*[3.5] * 6, 3.7) == []
    river.send((river.now - 150 * timedelta(seconds=1), 3.3))
    assert river.tell(3.7) == [("unack", 3)]
    assert river.one("select value from alerts") == pytest.approx(0.4)


def test_slices_and_the_readings_themselves_tell_the_same(gauge: WITH) -> None:
    river = gauge(every=timedelta(seconds=7), **{**RISE, "levels": [{"severity": 3, "above": 90}]})
    for n in range(60):
        river.now += n % 13 * timedelta(seconds=3)
        river.tell(3.5 + n * 7 % 11 / 10)
    asked = WindowAsked(
        WindowKey(1, river.one("select metric_id from metrics where metric = 'water_level'"), river.now, 10 * MINUTE), river.every, True
    )
    with river.store.connection() as connection:
        found = windows.read(connection, Wanted([asked]), river.config.area.zone).windows[asked.key]
    [row] = river.rows("select count(*), sum(value), min(value), max(value) from readings where observed_at > %s", river.now - 10 * MINUTE)
    assert (found.count, found.min, found.max) == (row["count"], row["min"], row["max"])
    assert found.sum == pytest.approx(row["sum"])
    assert river.one("select count(*) from window_slices") <= 62


def test_a_wait_that_falls_due_is_judged_although_it_was_looked_at_a_moment_ago(gauge: WITH) -> None:
    river = gauge(every=timedelta(minutes=5), **{**RISE, "levels": [{"severity": 3, "above": 0.3, "hold": "2m"}]})
    assert river.tell(3.5, 3.5, 3.9) == []
    river.now += 3 * MINUTE
    process([], river.now, river.deps)
    assert river.alerts() == [("unack", 3)]


RAIN = {"kind": "window", "metric": "rain", "fold": "sum", "span": "1h", "each": "1h", "further": [{"span": "3h", "limits": [55, 75]}],
        "levels": [{"severity": 4, "above": 35, "clear": 30}, {"severity": 3, "above": 45}]}  # fmt: skip


def test_rain_of_three_hours_rings_where_no_hour_alone_does_and_says_which_span(gauge: WITH) -> None:
    station = gauge(every=10 * MINUTE, **RAIN)
    assert station.tell(*[0.0] * 18) == []
    assert station.tell(*[20.0] * 6, *[20.0] * 6, *[14.0] * 5) == []  # 20 + 20 + 14, each reading tells its hour
    assert station.tell(16.0) == [("unack", 4)]
    [row] = station.rows("select title, value, threshold, unit from alerts")
    assert row == {"title": "站 规则 3 h 56.0 mm", "value": 56.0, "threshold": 55.0, "unit": "mm"}
    assert station.tell(*[0.0] * 6) == [("rtn_unack", 4)]  # 16 + 20 + 0 in three hours


def test_rain_that_fell_rings_although_hours_are_missing_and_does_not_return_before_they_are_past(gauge: WITH) -> None:
    station = gauge(every=10 * MINUTE, **RAIN)
    assert station.tell(40.0) == [("unack", 4)]
    assert station.one("select title from alerts") == "站 规则 1 h 40.0 mm"
    assert station.tell(*[0.0] * 6) == [("unack", 4)]  # of the three hours two were measured
    assert station.tell(*[0.0] * 6) == [("rtn_unack", 4)]


def test_amounts_of_each_interval_are_added_up(gauge: WITH) -> None:
    station = gauge(every=10 * MINUTE, **{**RAIN, "each": None, "further": []})
    assert station.tell(*[5.8] * 6) == []
    assert station.tell(6.1) == [("unack", 4)]
    assert station.one("select value from alerts") == pytest.approx(35.1)


def test_a_mean_over_a_gap_is_not_known(gauge: WITH) -> None:
    station = gauge(**{**RAIN, "each": None, "further": [], "fold": "mean", "span": "10m"})
    assert station.tell(*[40.0] * 7) == []
    assert station.tell(40.0) == [("unack", 4)]
