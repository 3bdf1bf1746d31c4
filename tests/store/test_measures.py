"""Rules that look back, through the whole pipeline: they ring, hold, return, and say nothing of what they do not know."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from alerts import measure_usual
from core.config import Config
from core.device import DeviceEntry
from core.device_levels import DeviceLevel
from core.measured import Wanted, WindowAsked, WindowKey
from core.model import Frame
from core.rule_config import Rule
from pipeline import process
from store import baselines, devices, hours, windows
from store.registry import keep_catalogue
from store.timescale import Store
from tests.pipes import deps_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 7, 15, 4, 0, tzinfo=UTC)  # the last day of the plum rains' season
READ: TypeAdapter[Any] = TypeAdapter(Rule)
WORDS: dict[str, Any] = {"label": "规则", "label_en": "rule", "owner": "o", "reason": "r"}
WITH = Callable[..., "Gauge"]


class Gauge:
    """One device that reports each `every`, and one rule on it."""

    def __init__(self, config: Config, store: Store, rule: dict[str, Any], every: timedelta, own: tuple[DeviceLevel, ...]) -> None:
        self.config = config.model_copy(update={"rules": {"r": READ.validate_python({**WORDS, **rule})}})
        self.store, self.metric, self.every, self.now = store, rule["metric"], every, NOON
        self.deps = deps_of(self.config, store)
        with store.connection() as connection:
            keep_catalogue(connection, self.config)
            entry = DeviceEntry("d", "站", "water", "320404001001", "none", interval_s=every.total_seconds(), levels=own)
            devices.register(connection, entry, NOON - 30 * DAY)

    def tell(self, *values: float | None, quality: str | None = None) -> list[tuple[str, int]]:
        """Each at its time; how alerts stand afterwards."""
        for value in values:
            self.now += self.every
            self.send((self.now, value), quality=quality)
        return self.alerts()

    def send(self, *told: tuple[datetime, float | None], quality: str | None = None) -> list[tuple[str, int]]:
        """Several readings at once."""
        more = {} if quality is None else {"quality": {self.metric: quality}}
        frames = [
            Frame(
                "city",
                json.dumps({"ts": at.isoformat(), "values": {self.metric: value}, **more}).encode(),
                self.now,
                "city/320404/water/d/telemetry",
            )
            for at, value in told
        ]
        process(frames, self.now, self.deps)
        return self.alerts()

    def alerts(self) -> list[tuple[str, int]]:
        return [(row["stage"], row["severity"]) for row in self.rows("select stage, severity from alerts order by alert_id")]

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query, values))

    def one(self, query: str, *values: Any) -> Any:
        [row] = self.rows(query, *values)
        return next(iter(row.values()))


@pytest.fixture
def gauge(config: Config, database_url: str) -> Iterator[WITH]:
    store = Store(database_url)

    def build(every: timedelta = MINUTE, own: tuple[DeviceLevel, ...] = (), **rule: Any) -> Gauge:
        return Gauge(config, store, rule, every, own)

    yield build
    store.close()


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


RIVER = {"kind": "named_level", "metric": "water_level", "levels": [
    {"named": "汛限水位", "severity": 4, "above": 0, "clear": -0.05}, {"named": "警戒水位", "severity": 3, "above": 0, "clear": -0.1},
    {"named": "保证水位", "severity": 2, "above": 0}]}  # fmt: skip
SUSONG = (DeviceLevel("water_level", "警戒水位", 19.8), DeviceLevel("water_level", "保证水位", 22.42))


def test_susong_rings_as_1_40_m_above_warning_and_eases_when_the_water_falls(gauge: WITH) -> None:
    river = gauge(own=SUSONG, **RIVER)
    assert river.tell(19.7) == []
    assert river.tell(21.2) == [("unack", 3)]
    assert river.rows("select title, value, threshold from alerts") == [{"title": "站 超警戒 1.40 m", "value": 21.2, "threshold": 19.8}]
    assert river.tell(22.5) == [("unack", 2)]
    assert river.one("select title from alerts") == "站 超保证 0.08 m"
    assert river.tell(22.0) == [("unack", 3)]
    assert river.tell(19.75) == [("unack", 3)]
    assert river.tell(19.6) == [("rtn_unack", 3)]


def test_a_reservoirs_limit_is_that_of_the_season_and_ends_with_its_last_day_in_the_city(gauge: WITH) -> None:
    plan = (DeviceLevel("water_level", "汛限水位", 91.0, ("04-15", "07-15")), DeviceLevel("water_level", "汛限水位", 95.0))
    reservoir = gauge(every=HOUR, own=plan, **RIVER)
    assert reservoir.tell(90.81) == []
    assert reservoir.tell(91.2) == [("unack", 4)]
    assert reservoir.one("select title from alerts") == "站 超汛限 0.20 m"
    reservoir.now = NOON + 12 * HOUR + MINUTE  # past midnight in Changzhou: 07-16
    assert reservoir.tell(91.2) == [("rtn_unack", 4)]


def test_a_device_without_levels_is_left_alone_and_new_levels_hold_with_the_next_reading(gauge: WITH) -> None:
    river = gauge(**RIVER)
    assert river.tell(99.0) == []
    entry = DeviceEntry("d", "站", "water", "320404001001", "none", interval_s=60, levels=SUSONG)
    with river.store.connection() as connection:
        devices.register(connection, entry, river.now + timedelta(seconds=1))
    assert river.tell(21.2) == [("unack", 3)]


@pytest.mark.parametrize("how", ["withdrawn", "season"])
def test_what_rang_by_a_level_that_no_longer_holds_is_over_with_the_next_reading(gauge: WITH, how: str) -> None:
    river = gauge(own=SUSONG if how == "withdrawn" else (DeviceLevel("water_level", "警戒水位", 19.8, ("04-15", "07-15")),), **RIVER)
    assert river.tell(21.2) == [("unack", 3)]
    if how == "withdrawn":
        entry = DeviceEntry("d", "站", "water", "320404001001", "none", interval_s=60, levels=())
        with river.store.connection() as connection:
            devices.register(connection, entry, river.now + timedelta(seconds=1))
    else:
        river.now = NOON + 12 * HOUR + MINUTE  # past midnight in Changzhou: 07-16
    assert river.tell(None) == [("unack", 3)]
    assert river.tell(21.2) == [("rtn_unack", 3)]
