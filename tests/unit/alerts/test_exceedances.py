"""Figures against limits: exceeded is exceeded whatever is missing, and what is missing never counts as kept."""

from datetime import UTC, datetime, timedelta

from alerts.exceedances import dust_of_day, dust_of_hour, permit_of_day, permit_of_hour, target_of
from alerts.figures import HOUR, Measured, Subject, water_of_hour
from core.standards import dust
from core.standards.permit import PermitLimit

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
DAY = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
OUTLET = Subject("outlet-1", "320404001001")
COD = PermitLimit("cod", "hour", 50.0, unit="mg/L", permit="91320404MA1XXXX001P")
PH = PermitLimit("ph", "hour", 9.0, 6.0)


def mean(value: float, good: int = 60) -> Measured:
    return Measured(60, good, value * good, last=value)


def test_an_hours_mean_above_its_permit_tells_by_how_many_times_and_which_permit() -> None:
    figure = permit_of_hour(OUTLET, COD, mean(75.0), NOON)
    assert (figure.subject.name, figure.value, figure.text, figure.standard) == ("outlet-1/cod", 0.5, "above", "permit 91320404MA1XXXX001P")
    assert (figure.of["mean"], figure.of["most"], figure.of["unit"]) == (75.0, 50.0, "mg/L")
    kept = permit_of_hour(OUTLET, COD, mean(50.0), NOON)
    assert (kept.value, kept.text) == (0.0, "within")


def test_small_figures_and_close_ones_are_judged_as_they_are_and_never_rounded_to_the_limit() -> None:
    mercury = PermitLimit("hg", "hour", 0.00003, unit="mg/L")
    tiny = permit_of_hour(OUTLET, mercury, mean(0.00004), NOON)
    assert (tiny.value, tiny.text, tiny.of["mean"]) == (0.333333, "above", 0.00004)
    close = permit_of_hour(OUTLET, COD, mean(50.00004), NOON)
    assert (close.value, close.text, close.of["mean"]) == (8e-7, "above", 50.00004)
    noise = permit_of_hour(OUTLET, PermitLimit("cod", "hour", 0.3), Measured(3, 3, 0.1 + 0.2 + 0.6000000000000002), NOON)
    assert (noise.value, noise.text) == (0.0, "within"), "what only the adding of floats made is no exceedance"


def test_less_than_45_minutes_say_nothing_of_a_permit() -> None:
    figure = permit_of_hour(OUTLET, COD, mean(500.0, good=44), NOON)
    assert (figure.value, figure.text, figure.reason) == (None, None, "missing cod (44/60)")
    assert permit_of_hour(OUTLET, COD, Measured(0, 0), NOON).reason == "missing cod (0/0)", "one that never reports is no clean one"


def test_ph_outside_of_its_range_is_told_without_a_factor() -> None:
    told = [permit_of_hour(OUTLET, PH, mean(value), NOON) for value in (5.5, 7.0, 9.5)]
    assert [(one.value, one.text, one.reason) for one in told] == [
        (None, "below", "a range has no factor"), (None, "within", "a range has no factor"), (None, "above", "a range has no factor"),
    ]  # fmt: skip


def test_a_days_mean_needs_twenty_hours_and_of_a_slow_monitor_the_same_share() -> None:
    daily = PermitLimit("cod", "day", 40.0)

    def of(hours: int, interval: timedelta) -> tuple[float | None, str | None]:
        figure = permit_of_day(OUTLET, daily, [mean(50.0)] * hours + [Measured(60, 0)] * (24 - hours), interval, DAY, DAY + 24 * HOUR)
        return figure.value, figure.reason

    assert of(20, timedelta(minutes=1)) == (0.25, None)
    assert of(19, timedelta(minutes=1)) == (None, "missing cod (19/24 h)")
    assert of(10, timedelta(hours=2)) == (0.25, None)
    assert of(9, timedelta(hours=2)) == (None, "missing cod (9/12 h)")


def section(**values: Measured) -> tuple[float | None, str | None, dict[str, float | None], str | None]:
    figure = target_of(water_of_hour(Subject("s1", "320404001001"), values, NOON, "river"), 3)
    assert figure.figure == "water_target_hour"
    return figure.value, figure.text, figure.of["by"], figure.reason


def test_a_section_worse_than_its_target_names_what_keeps_it_from_it() -> None:
    assert section(nh3n=mean(1.5), do=mean(7.0)) == (1.0, "unmet", {"nh3n": 0.5}, None)
    assert section(nh3n=mean(1.0), do=mean(5.0)) == (0.0, "met", {}, None)
    assert section(nh3n=mean(0.1), do=mean(8.0)) == (-2.0, "met", {}, None), "two classes better"


def test_class_and_target_are_told_by_the_same_values() -> None:
    phosphorus = water_of_hour(Subject("s1", "320404001001"), {"tp": mean(0.10004)}, NOON, "river")
    figure = target_of(phosphorus, 2)
    assert (phosphorus.text, phosphorus.of["values"]) == ("III", {"tp": 0.10004})
    assert (figure.value, figure.text, figure.of["by"]) == (1.0, "unmet", {"tp": 0.0004})
    noise = water_of_hour(Subject("s1", "320404001001"), {"tp": Measured(3, 3, 0.1 + 0.2)}, NOON, "river")
    kept = target_of(noise, 2)
    assert (noise.text, kept.value, kept.text, kept.of["by"]) == ("II", 0.0, "met", {}), "0.1 mg/L is class II"


def test_a_missing_indicator_leaves_a_bad_section_bad_and_calls_none_good() -> None:
    assert section(nh3n=mean(2.5), do=mean(7.0, good=3)) == (3.0, "unmet", {"nh3n": 1.5}, None)
    assert section(nh3n=mean(0.1), do=mean(7.0, good=3)) == (None, None, {}, "missing do (3/60)")


SHANGHAI, HEBEI = dust.RULES["上海"], dust.RULES["河北"]
SITE = Subject("site-1", "320404001001")


def test_a_sites_hour_counts_the_averages_above_the_lowest_limit() -> None:
    figure = dust_of_hour(SITE, SHANGHAI, [1200.0, 2100.0, 900.0, None], NOON)
    assert (figure.value, figure.text, figure.standard) == (2.0, "above", "DB31/964-2016")
    assert dust_of_hour(SITE, SHANGHAI, [900.0, 900.0, 900.0, None], NOON).text == "within"
    assert dust_of_hour(SITE, SHANGHAI, [900.0, 900.0, None, None], NOON).reason == "missing tsp (2/4)"
    assert dust_of_hour(SITE, SHANGHAI, [None, None, None, 1500.0], NOON).value == 1.0, "what was seen was seen"


def test_hebei_compares_with_the_area_and_cannot_without_it() -> None:
    assert dust_of_hour(SITE, HEBEI, [200.0], NOON, 100.0).value == 1.0
    assert dust_of_hour(SITE, HEBEI, [170.0], NOON, 100.0).value == 0.0
    assert dust_of_hour(SITE, HEBEI, [200.0], NOON, None).reason == "missing the area's mean"


def test_a_day_counts_what_its_hours_counted() -> None:
    hours = [dust_of_hour(SITE, SHANGHAI, [1000.04] * 4, NOON) for _ in range(24)]
    day = dust_of_day(SITE, SHANGHAI, [hour.of for hour in hours], DAY, DAY + 24 * HOUR)
    assert (hours[0].value, day.value, day.text) == (4.0, 96.0, "above")
    assert [one["passed"] for one in day.of["rules"]] == [0, 96]
    hours = [dust_of_hour(SITE, HEBEI, [180.04], NOON, 100.03) for _ in range(24)]
    day = dust_of_day(SITE, HEBEI, [hour.of for hour in hours], DAY, DAY + 24 * HOUR)
    assert (hours[0].value, day.value, day.text) == (1.0, 24.0, "above")
    assert dust_of_hour(SITE, HEBEI, [80.3], NOON, 0.3).text == "within", "80.3 less 0.3 is 80, also in floats"
    assert dust_of_hour(SITE, SHANGHAI, [1000.0000000000001] * 4, NOON).text == "within", "what only the averaging of floats made"


def test_a_day_is_broken_by_one_exceedance_more_than_the_rule_bears() -> None:
    def of(*high: float, gone: int = 0) -> tuple[float | None, str | None, list[bool]]:
        averages: list[float | None] = [*high, *[500.0] * (96 - len(high) - gone), *[None] * gone]
        hours = [dust_of_hour(SITE, SHANGHAI, averages[n : n + 4], NOON).of for n in range(0, 96, 4)]
        figure = dust_of_day(SITE, SHANGHAI, hours, DAY, DAY + 24 * HOUR)
        return figure.value, figure.text or figure.reason, [one["broken"] for one in figure.of["rules"]]

    assert of(2100.0, *[1500.0] * 5) == (6.0, "within", [False, False])
    assert of(2100.0, 2100.0) == (2.0, "above", [True, False])
    assert of(*[1500.0] * 7) == (7.0, "above", [False, True])
    assert of(1500.0, gone=40) == (None, "missing tsp (56/96)", [False, False])
    assert of(2100.0, 2100.0, gone=90)[1] == "above", "a broken rule stays broken"
