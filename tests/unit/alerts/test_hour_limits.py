"""What an hour is held against: levels of a device itself have the number that holds on each day."""

from datetime import date

from alerts.hour_limits import HourLimit, of_levels, of_rules, own_numbers
from core.config import Config
from core.device_levels import DeviceLevel

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
WARNING = HourLimit("river.0", "water_level", 0.0, None, "device", "警戒水位", "Warning level", named="警戒水位")
FLOOD = HourLimit("river.1", "water_level", -0.2, None, "device", "汛限水位", "Flood season", named="汛限水位")


def numbers(*levels: DeviceLevel, limit: HourLimit = WARNING) -> list[tuple[float, date | None, date | None]]:
    found = list(own_numbers([limit], {"river-01": levels}, FIRST, LAST))
    assert {(one.key, one.device) for one in found} <= {(limit.key, "river-01")}
    return [(one.number, one.first, one.last) for one in found]


def test_a_level_that_holds_throughout_is_one_number() -> None:
    assert numbers(DeviceLevel("water_level", "警戒水位", 4.3)) == [(4.3, None, None)]
    assert numbers(DeviceLevel("water_level", "警戒水位", 4.3, since=date(2020, 1, 1))) == [(4.3, None, None)]


def test_what_is_counted_from_a_level_is_the_number() -> None:
    assert numbers(DeviceLevel("water_level", "汛限水位", 4.1), limit=FLOOD) == [(3.9, None, None)]


def test_a_season_has_its_number_in_its_time_and_the_year_s_around_it() -> None:
    season = DeviceLevel("water_level", "警戒水位", 4.0, ("07-20", "08-31"))
    assert numbers(season) == [(4.0, date(2026, 7, 20), date(2026, 8, 31))]
    assert numbers(season, DeviceLevel("water_level", "警戒水位", 4.3)) == [
        (4.3, None, date(2026, 7, 19)), (4.0, date(2026, 7, 20), date(2026, 8, 31)), (4.3, date(2026, 9, 1), None),
    ]  # fmt: skip


def test_a_new_number_holds_from_its_day_and_one_that_ended_no_more() -> None:
    told = (
        DeviceLevel("water_level", "警戒水位", 4.3, until=date(2026, 7, 31)),
        DeviceLevel("water_level", "警戒水位", 4.5, since=date(2026, 8, 1)),
    )
    assert numbers(*told) == [(4.3, None, date(2026, 7, 31)), (4.5, date(2026, 8, 1), None)]
    assert numbers(DeviceLevel("water_level", "警戒水位", 4.3, until=date(2026, 6, 30))) == []


def test_days_on_which_another_level_turns_leave_a_number_whole() -> None:
    other = DeviceLevel("water_level", "汛限水位", 3.9, ("07-20", "08-31"))
    assert numbers(DeviceLevel("water_level", "警戒水位", 4.3), other) == [(4.3, None, None)]


def test_who_has_no_such_level_or_none_of_this_metric_has_no_number() -> None:
    assert numbers(DeviceLevel("water_level", "保证水位", 4.8)) == []
    assert numbers(DeviceLevel("water_depth", "警戒水位", 4.8)) == []
    assert list(own_numbers([], {"river-01": [DeviceLevel("water_level", "警戒水位", 4.3)]}, FIRST, LAST)) == []


def test_each_level_a_rule_knows_by_name_is_a_limit_of_the_devices_themselves(config: Config) -> None:
    found = {one.key: (one.source, one.named, one.label, one.severity) for one in of_levels(config.rules)}
    assert found["river-warning.0"] == ("device", "警戒水位", "警戒水位", 3)
    assert not found.keys() & {one.key for one in of_rules(config.rules)}
    off = {"river-warning": config.rules["river-warning"].model_copy(update={"enabled": False})}
    assert of_levels(off) == []
