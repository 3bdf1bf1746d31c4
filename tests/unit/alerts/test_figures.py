"""Figures derived from measured hours: what is missing is named and never becomes zero."""

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.figures import (
    HOUR,
    Measured,
    Subject,
    air_of_area,
    air_of_day,
    air_of_hour,
    fallen,
    noise_of_hour,
    rain_sums,
    river_of_hour,
    water_of_day,
    water_of_hour,
)
from core.standards.level import RiverLimits

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
STATION = Subject("a1", "320404001001")
DAY = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
CLEAN = {"so2": 10.0, "no2": 20.0, "co": 0.5, "o3": 60.0, "pm10": 40.0, "pm25": 60.0}


def mean(value: float, good: int = 60) -> Measured:
    return Measured(60, good, value * good, last=value)


def hour_of(**changed: Measured) -> dict[str, Measured]:
    return {name: mean(value) for name, value in CLEAN.items()} | changed


def test_the_index_of_an_hour_names_its_level_primary_pollutant_and_the_standard_of_its_day() -> None:
    figure = air_of_hour(STATION, hour_of(), NOON, ZONE)
    assert (figure.value, figure.text, figure.of["level"], figure.standard) == (100, "pm25", 2, "HJ 633-2026")
    assert (figure.since, figure.at) == (NOON, NOON + HOUR)
    before = air_of_hour(STATION, hour_of(), datetime(2026, 2, 28, 15, 0, tzinfo=UTC), ZONE)
    assert (before.value, before.standard) == (82, "HJ 633-2012")
    after_midnight = air_of_hour(STATION, hour_of(), datetime(2026, 2, 28, 16, 0, tzinfo=UTC), ZONE)
    assert after_midnight.standard == "HJ 633-2026", "the city's day decides, not that of UTC"


def test_less_than_45_minutes_of_a_pollutant_is_missing_and_said_so() -> None:
    figure = air_of_hour(STATION, hour_of(o3=mean(60, good=44)), NOON, ZONE)
    assert figure.value is None
    assert figure.reason == "missing o3 (44/60)"
    assert figure.of["iaqi"]["pm25"] == 100, "what was measured is told all the same"
    assert air_of_hour(STATION, hour_of(o3=mean(60, good=45)), NOON, ZONE).value == 100


def test_a_station_that_fell_silent_has_no_index_and_not_index_zero() -> None:
    figure = air_of_hour(STATION, dict.fromkeys(CLEAN, Measured(60, 0)), NOON, ZONE)
    assert (figure.value, figure.of["level"]) == (None, None)
    assert figure.reason is not None
    assert "pm25 (0/60)" in figure.reason


def test_with_one_missing_the_index_is_published_when_the_others_pass_100() -> None:
    figure = air_of_hour(STATION, hour_of(o3=Measured(60, 0), pm25=mean(115)), NOON, ZONE)
    assert (figure.value, figure.of["missing"]) == (150, {"o3": "0/60"})


def test_an_area_is_the_mean_of_its_stations_and_a_silent_one_does_not_pull_it_down() -> None:
    area = Subject("320404001", "320404001")
    stations = [hour_of(pm25=mean(35)), hour_of(pm25=mean(85)), dict.fromkeys(CLEAN, Measured(60, 0))]
    figure = air_of_area(area, stations, NOON, ZONE)
    assert figure.of["values"]["pm25"] == 60
    assert (figure.value, figure.of["stations"]["pm25"]) == (100, 2)


def test_a_day_needs_twenty_hours_and_takes_the_largest_eight_hours_of_ozone() -> None:
    hours = {DAY + n * HOUR: dict(CLEAN) | {"o3": 200.0 if 10 <= n < 18 else 40.0} for n in range(24)}
    figure = air_of_day("aqi_day", STATION, hours, DAY, DAY + 24 * HOUR, date(2026, 11, 21))
    assert figure.of["values"]["o3"] == 200
    assert (figure.value, figure.text) == (137, "o3")
    short = {at: values for at, values in hours.items() if at < DAY + 19 * HOUR}
    partial = air_of_day("aqi_day", STATION, short, DAY, DAY + 24 * HOUR, date(2026, 11, 21))
    assert partial.of["missing"]["pm25"] == "19/24 h"
    assert partial.of["values"]["o3"] == 200, "what already passes the limit counts with fewer windows"


def test_ozone_of_a_day_with_too_few_windows_is_missing() -> None:
    hours = {DAY + n * HOUR: dict(CLEAN) for n in range(18)}
    figure = air_of_day("aqi_day", STATION, hours, DAY, DAY + 24 * HOUR, date(2026, 11, 21))
    assert figure.of["values"]["o3"] is None
    assert figure.of["missing"]["o3"] == "13/17 x 8 h"


def test_water_is_as_good_as_its_worst_indicator_and_unknown_while_one_of_its_own_is() -> None:
    good = water_of_hour(STATION, {"do": mean(6.2), "nh3n": mean(1.2)}, NOON, "river")
    assert (good.value, good.text, good.of["by"]) == (4, "IV", ("nh3n",))
    gap = water_of_hour(STATION, {"do": mean(6.2), "nh3n": Measured(30, 0)}, NOON, "river")
    assert (gap.value, gap.reason) == (None, "missing nh3n (0/30)")
    day = water_of_day(STATION, [{"do": 6.2, "nh3n": 1.2}] * 19 + [{"do": 6.2, "nh3n": None}], "river", HOUR, DAY, DAY + 24 * HOUR)
    assert day.reason == "missing nh3n (19/24 h)"


def test_a_section_read_every_few_hours_is_judged_for_the_day_by_the_same_share_of_what_it_can_tell() -> None:
    def of(hours: int, interval: timedelta) -> tuple[str | None, str | None]:
        told: list[dict[str, float | None]] = [{"tp": 0.15 if n < hours else None} for n in range(24)]
        figure = water_of_day(STATION, told, "river", interval, DAY, DAY + 24 * HOUR)
        return figure.text, figure.reason

    assert of(6, 4 * HOUR) == of(5, 4 * HOUR) == ("III", None)
    assert of(4, 4 * HOUR) == (None, "missing tp (4/6 h)")
    assert of(10, 2 * HOUR) == ("III", None)
    assert of(19, timedelta(minutes=5)) == (None, "missing tp (19/24 h)")
    assert of(20, timedelta(minutes=5)) == ("III", None)
    assert of(1, timedelta(days=2)) == ("III", None), "it can tell once a day at the most"


def test_noise_is_meant_by_energy_and_held_to_the_hour_of_the_city() -> None:
    two = Measured(2, 2, sum=130, energy=10**6 + 10**7)
    day = noise_of_hour(STATION, two, NOON, ZONE, "2")
    assert day.value == round(10 * math.log10(5.5e6), 1) == 67.4, "not 65, the mean of 60 and 70"
    assert (day.text, day.of["limit"], day.of["night"]) == ("above", 60, False)
    night = noise_of_hour(STATION, Measured(1, 1, energy=10**5.2), datetime(2026, 11, 21, 14, 0, tzinfo=UTC), ZONE, "2")
    assert (night.text, night.of["limit"]) == ("above", 50)
    assert noise_of_hour(STATION, Measured(60, 3, energy=1e6), NOON, ZONE, "2").reason == "missing noise (3/60)"


def test_a_missing_hour_leaves_only_the_sums_that_do_not_need_it() -> None:
    hours: dict[datetime, float | None] = {NOON - n * HOUR: 2.5 for n in range(24)} | {NOON - 4 * HOUR: None}
    one, three, six, twelve, day = rain_sums(STATION, hours, NOON + HOUR)
    assert (one.value, three.value) == (2.5, 7.5)
    assert (six.value, six.reason) == (None, "missing rain (5/6 h)")
    assert (twelve.reason, day.reason) == ("missing rain (11/12 h)", "missing rain (23/24 h)")
    whole = rain_sums(STATION, hours | {NOON - 4 * HOUR: 0.0}, NOON + HOUR)
    assert (whole[4].value, whole[4].text) == (57.5, "暴雨")


@pytest.mark.parametrize(("each_is_hour", "mm"), [(True, 4.0), (False, 9.0)])
def test_rain_of_an_hour_is_the_last_word_or_the_sum_as_the_gauge_tells_it(each_is_hour: bool, mm: float) -> None:
    assert fallen(Measured(60, 60, sum=9.0, last=4.0), each_is_hour) == mm
    assert fallen(Measured(60, 10, sum=9.0, last=4.0), each_is_hour) is None


def test_a_river_is_told_against_its_own_limits_and_never_from_a_silent_gauge() -> None:
    limits = RiverLimits(4.8, 5.3)
    assert (river_of_hour(STATION, mean(4.9), NOON, limits).text, river_of_hour(STATION, mean(4.9), NOON, limits).value) == (
        "above_warning",
        0.1,
    )
    assert river_of_hour(STATION, Measured(60, 0), NOON, limits).reason == "missing water_level (0/60)"
    assert timedelta(hours=1) == HOUR
