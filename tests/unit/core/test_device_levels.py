"""Which number of a device's level holds on a day."""

from datetime import date

from core.device_levels import DeviceLevel, holding


def of(name: str, value: float, season: tuple[str, str] | None = None, since: date | None = None, until: date | None = None) -> DeviceLevel:
    return DeviceLevel("water_level", name, value, season, None, since, until)


def test_in_season_the_seasons_number_holds_and_outside_that_of_the_year() -> None:
    levels = (of("汛限水位", 95.0), of("汛限水位", 91.0, ("04-15", "07-15")), of("汛限水位", 92.5, ("07-16", "10-15")))
    told = [
        holding(levels, "water_level", date(2026, *day))["汛限水位"] for day in ((4, 14), (4, 15), (7, 15), (7, 16), (10, 15), (10, 16))
    ]
    assert told == [95.0, 91.0, 91.0, 92.5, 92.5, 95.0]


def test_outside_every_season_a_level_without_a_yearly_number_is_not_there() -> None:
    assert holding((of("汛限水位", 91.0, ("04-15", "07-15")),), "water_level", date(2026, 12, 1)) == {}


def test_a_season_may_pass_the_new_year_and_of_two_the_lower_holds() -> None:
    levels = (of("汛限水位", 91.0, ("11-01", "02-28")), of("汛限水位", 90.0, ("01-10", "01-20")))
    assert [holding(levels, "water_level", date(2026, *day)).get("汛限水位") for day in ((12, 31), (1, 15), (3, 1))] == [91.0, 90.0, None]


def test_a_number_holds_from_its_first_to_its_last_day_and_of_two_the_later_one() -> None:
    levels = (
        of("警戒水位", 19.8, until=date(2025, 12, 31)),
        of("警戒水位", 19.5, since=date(2026, 1, 1)),
        of("警戒水位", 19.6, since=date(2026, 6, 1)),
    )
    assert [holding(levels, "water_level", day)["警戒水位"] for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 1))] == [
        19.8,
        19.5,
        19.6,
    ]


def test_levels_of_another_metric_are_not_there() -> None:
    assert holding((of("警戒水位", 19.8),), "flow", date(2026, 1, 1)) == {}
