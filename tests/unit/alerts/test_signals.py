"""Signals as measured: rain that fell asks for its colour although an hour is missing; nothing unmeasured is called calm."""

from datetime import UTC, date, datetime, timedelta

from alerts.figures import HOUR, Measured, Subject
from alerts.signals import Asked, DayHighest, heat_asked, of_area, rain_asked, wind_asked
from core.standards import weather

NOON = datetime(2026, 7, 21, 4, 0, tzinfo=UTC)
TODAY = date(2026, 7, 21)
STREET = Subject("320404001", "320404001")


def rain(*mm: float | None) -> dict[datetime, float | None]:
    """The last hours before noon, the latest last; those before them were dry."""
    hours: dict[datetime, float | None] = {NOON - n * HOUR: 0.0 for n in range(1, 13)}
    return hours | {NOON - (len(mm) - n) * HOUR: one for n, one in enumerate(mm)}


def test_a_station_asks_for_the_most_severe_colour_its_windows_reached() -> None:
    assert rain_asked("g", rain(20.0, 20.0, 20.0), NOON).colour == "橙"
    assert rain_asked("g", rain(50.0, 0.0, 0.0, 0.0), NOON).colour == "黄", "50 mm within six hours"
    assert rain_asked("g", rain(10.0), NOON) == Asked("g", None, None, {"mm": {"3h": 10.0, "6h": 10.0, "12h": 10.0}, "gaps": []})


def test_rain_with_a_gap_asks_for_what_fell_and_is_not_called_calm() -> None:
    asked = rain_asked("g", rain(None, 30.0, 25.0), NOON)
    assert (asked.colour, asked.missing, asked.of and asked.of["gaps"]) == ("橙", None, ["2/3 h", "5/6 h", "11/12 h"])
    assert rain_asked("g", rain(None, 1.0, 1.0), NOON).missing == "rain 2/3 h"


def test_a_province_may_have_signals_of_its_own() -> None:
    own = [weather.Signal("红", HOUR, 60.0), weather.Signal("黄", HOUR, 30.0)]
    assert [rain_asked("g", rain(mm), NOON, own).colour for mm in (29.0, 30.0, 60.0)] == [None, "黄", "红"]


def test_a_gust_counts_of_half_an_hour_but_calm_needs_the_hour() -> None:
    def of(good: int, mean: float, high: float) -> Asked:
        return wind_asked("w", Measured(60, good, mean * good, high=high))

    assert of(60, 11.0, 12.0).colour == "蓝"
    assert of(30, 5.0, 21.0).colour == "黄"
    assert (of(60, 5.0, 9.0).colour, of(60, 5.0, 9.0).missing) == (None, None)
    assert of(30, 5.0, 9.0).missing == "wind 30/60"


def days(*highest: tuple[float, int]) -> dict[date, DayHighest]:
    return {TODAY - timedelta(days=n): DayHighest(*one) for n, one in enumerate(highest)}


def test_heat_asks_by_today_and_by_three_days_in_a_row() -> None:
    assert heat_asked("t", days((40.1, 12)), TODAY, 12).colour == "红"
    assert heat_asked("t", days((35.5, 12), (36.0, 24), (35.0, 24)), TODAY, 12).colour == "黄"
    cool = heat_asked("t", days((35.5, 12), (34.0, 24)), TODAY, 12)
    assert (cool.colour, cool.missing) == (None, None), "one cool day of the two is enough to know"


def test_heat_that_nobody_measured_is_unknown_and_not_cool() -> None:
    assert heat_asked("t", {}, TODAY, 12).missing == "temperature 0 h"
    assert heat_asked("t", days((30.0, 3)), TODAY, 12).missing == "temperature 3/12 h"
    assert heat_asked("t", days((36.0, 12), (36.0, 24)), TODAY, 12).missing == "temperature of the days before"
    assert heat_asked("t", days((36.0, 12), (34.0, 4), (36.0, 24)), TODAY, 12).missing == "temperature of the days before"


def test_an_area_takes_the_most_severe_station_and_says_who_it_was() -> None:
    asked = [Asked("a", "蓝", of={"gust": 14.0}), Asked("b", "橙", of={"gust": 25.0}), Asked("c", missing="wind 0/60"), Asked("d")]
    figure = of_area("wind_signal_area", STREET, asked, NOON, NOON + HOUR)
    assert (figure.since, figure.at) == (NOON, NOON + HOUR)
    assert (figure.value, figure.text, figure.of) == (2.0, "橙", {"stations": 3, "missing": {"c": "wind 0/60"}, "by": "b", "gust": 25.0})
    calm = of_area("wind_signal_area", STREET, [Asked("d"), Asked("c", missing="wind 0/60")], NOON, NOON + HOUR)
    assert (calm.value, calm.text) == (0.0, "none")
    nobody = of_area("wind_signal_area", STREET, [Asked("c", missing="wind 0/60")], NOON, NOON + HOUR)
    assert (nobody.value, nobody.reason) == (None, "missing c (wind 0/60)")
