"""Noise, dust, rain, levels and signals against the figures of their standards."""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml

from core.standards import dust, level, noise, rain, weather

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
MINUTES = timedelta(minutes=5)


def test_the_night_begins_at_ten_and_ends_at_six() -> None:
    assert [noise.is_night(time(*at)) for at in ((5, 59), (6, 0), (21, 59), (22, 0))] == [True, False, False, True]
    assert (noise.limit(time(12), "4b"), noise.limit(time(23), "4b")) == (70, 60)
    assert (noise.limit(time(23), "4a", "plant"), noise.limit(time(12), of="site"), noise.limit(time(23), of="site")) == (55, 70, 55)
    assert noise.limit(time(6, 30), "1", day_from=time(7)) == 45


def test_shanghai_bears_one_exceedance_of_two_and_six_of_one_milligram() -> None:
    two, one = dust.RULES["上海"]
    assert not dust.breaks([2100.0, 900.0, None], two)
    assert dust.breaks([2100.0, 2200.0], two)
    assert (dust.breaks([1100.0] * 6, one), dust.breaks([1100.0] * 7, one)) == (False, True)


def test_hebei_takes_off_the_mean_of_the_area() -> None:
    (rule,) = dust.RULES["河北"]
    assert dust.exceedances([200.0, 200.0, 90.0], rule, [100.0, 150.0, None]) == 1
    with pytest.raises(ValueError, match="mean"):
        dust.exceedances([200.0], rule)


def test_rain_sums_count_the_window_without_its_beginning_and_tell_what_is_missing() -> None:
    fallen: list[tuple[datetime, float | None]] = [(NOON - k * MINUTES, 1.0) for k in range(13)]
    fallen[3] = (fallen[3][0], None)
    hour, half = rain.sums(fallen, NOON, MINUTES, [timedelta(hours=1), timedelta(minutes=30)])
    assert (hour.mm, round(hour.completeness, 3)) == (11.0, round(11 / 12, 3))
    assert (half.mm, round(half.completeness, 3)) == (5.0, round(5 / 6, 3))
    assert rain.sums([*fallen, fallen[0]], NOON, MINUTES, [timedelta(hours=1)])[0].mm == 11.0, "an interval told twice fell once"
    with pytest.raises(ValueError, match="below zero"):
        rain.sums([(NOON, -1.0)], NOON, MINUTES, [timedelta(hours=1)])


def test_the_grades_of_a_days_rain() -> None:
    assert [rain.grade(mm) for mm in (0.0, 0.1, 9.9, 10, 25, 50, 100, 250)] == [
        None,
        "小雨",
        "小雨",
        "中雨",
        "大雨",
        "暴雨",
        "大暴雨",
        "特大暴雨",
    ]


def test_a_river_is_told_by_the_highest_limit_it_reached() -> None:
    limits = level.RiverLimits(warning=19.8, guarantee=22.42, fortify=17.8)
    assert level.river_state(21.2, limits) == level.LevelState("above_warning", 1.4)
    assert level.river_state(22.42, limits) == level.LevelState("above_guarantee", 0.0)
    assert level.river_state(18.0, limits) == level.LevelState("fortified", 0.2)
    assert level.river_state(17.0, limits) == level.LevelState("normal", -0.8)
    assert level.river_state(17.0, level.RiverLimits(None)) == level.LevelState("normal", None)


def test_a_reservoir_is_held_to_the_limit_of_its_season() -> None:
    seasons = [level.Season((4, 15), (7, 15), 91.0), level.Season((7, 15), (10, 15), 90.5)]
    assert level.reservoir_above(90.81, date(2026, 6, 1), seasons, 92.0) == -0.19
    assert level.reservoir_above(90.81, date(2026, 7, 15), seasons, 92.0) == 0.31, "on the day both hold the lower one counts"
    assert level.reservoir_above(92.5, date(2026, 12, 1), seasons, 92.0) == 0.5
    assert level.Season((11, 1), (2, 28), 1.0).holds(date(2026, 1, 5)), "a season may pass the end of the year"


def test_rain_and_heat_ask_for_the_colours_of_the_order() -> None:
    hours = {3: 60.0, 6: 70.0, 12: 80.0}
    assert weather.rain_signal({timedelta(hours=h): mm for h, mm in hours.items()}) == "橙"
    assert weather.rain_signal({timedelta(hours=12): 50.0}) == "蓝"
    assert weather.rain_signal({timedelta(hours=3): 49.9}) is None
    assert weather.rain_signal({timedelta(hours=12): 6.0}, weather.SNOWSTORM) == "黄"
    assert [weather.heat_signal(40), weather.heat_signal(37), weather.heat_signal(35, [35, 36]), weather.heat_signal(36, [36])] == [
        "红", "橙", "黄", None,
    ]  # fmt: skip


def test_the_force_of_a_wind_is_that_of_the_scale() -> None:
    speeds = (0.0, 0.2, 0.3, 10.7, 10.8, 13.9, 17.19, 17.2, 32.7, 36.9, 37.0, 56.1, 80.0)
    assert [weather.wind_force(speed) for speed in speeds] == [0, 0, 1, 5, 6, 7, 8, 8, 12, 12, 13, 17, 17]
    with pytest.raises(ValueError, match="wind"):
        weather.wind_force(-1)


def test_a_gust_asks_one_force_later_than_the_mean_wind_and_what_is_not_measured_asks_for_nothing() -> None:
    asked = [weather.wind_signal(*wind) for wind in ((10.8, None), (10.7, 13.8), (0.0, 13.9), (17.2, 0.0), (None, 28.5), (33.0, 1.0))]
    assert asked == ["蓝", None, "蓝", "黄", "橙", "红"]
    assert weather.wind_signal(None, None) is None


def test_our_signals_are_those_of_the_published_table(shared: Path) -> None:
    """Figures of /work/shared/reference, written by others from the order's text."""
    told = yaml.safe_load((shared.parent / "reference" / "weather_warnings.yaml").read_text(encoding="utf-8"))["signals"]
    for name, ours in (("暴雨", weather.RAINSTORM), ("暴雪", weather.SNOWSTORM)):
        assert {one.colour: {"hours": one.window // timedelta(hours=1), "mm": one.amount} for one in ours} == told[name]
    gale = {colour: tuple(int(n) for n in re.findall(r"\d+", words)[-2:]) for colour, words in told["大风"].items()}
    assert {colour: (mean, gust) for colour, mean, gust in weather.GALE} == gale


def test_our_dust_rules_are_those_of_the_published_table(shared: Path) -> None:
    told = yaml.safe_load((shared.parent / "reference" / "dust.yaml").read_text(encoding="utf-8"))["standards"]
    codes = {rule.code for rules in dust.RULES.values() for rule in rules}
    assert codes == {one["code"] for one in told}
    shanghai = next(one for one in told if one["region"] == "上海")
    assert [(rule.limit / 1000, rule.permitted) for rule in dust.RULES["上海"]] == [
        (one["value"], one["max_exceed_per_day"]) for one in shanghai["rules"]
    ]
    assert all(rule.averaging == timedelta(minutes=shanghai["averaging_min"]) for rule in dust.RULES["上海"])
