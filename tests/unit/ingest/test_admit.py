"""What is stored of a device that measures in a unit of its own, and within which limits."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.config import Config
from core.facts import KnownDevice, MetricInfo, Valid
from core.model import Decoded, Frame, Quality, Reading, Reason
from ingest.admit import admit

STATION = KnownDevice(1, "s", "站", "environment", "320404001001", None, None, None, timedelta(minutes=5))
METRICS = {
    "pm25": MetricInfo(1, "pm25", "PM2.5", "µg/m³", min=0, max=1000),
    "water_depth": MetricInfo(2, "water_depth", "积水", "cm", min=0, max=500),
    "state": MetricInfo(3, "state", "状态", "", is_text=True),
}


def taken(config: Config, now: datetime, device: KnownDevice, *readings: tuple[str, float | None]) -> Valid:
    frame = Frame("stations", b"##", now)
    decoded = Decoded(frames=[frame], readings=[(0, Reading("s", metric, value, now)) for metric, value in readings])
    return admit(decoded, {"s": device}, METRICS, config, now)


@pytest.mark.parametrize(
    ("unit", "told", "stored"),
    [
        ("mg/m3", 0.035, 35.0),
        ("ug/m3", 35.0, 35.0),
        ("µg/m³", 35.0, 35.0),
        ("", 35.0, 35.0),
        ("mg/m³", 0.00835, 8.35),
        ("ng/m3", 35.0, 0.035),
    ],
)
def test_a_value_is_stored_in_the_citys_unit_whatever_unit_its_device_sends(
    config: Config, now: datetime, unit: str, told: float, stored: float
) -> None:
    device = replace(STATION, units={"a34004-rtd": unit} if unit else {}, names={"a34004-rtd": "pm25"})
    valid = taken(config, now, device, ("a34004-rtd", told))
    assert [(each.metric.metric, each.value) for each in valid.readings] == [("pm25", stored)]
    assert not valid.rejected


def test_the_citys_range_is_asked_of_the_value_in_the_citys_unit(config: Config, now: datetime) -> None:
    device = replace(STATION, units={"pm25": "mg/m3"})
    valid = taken(config, now, device, ("pm25", 0.999), ("pm25", 1.001), ("pm25", 35.0))
    assert [each.value for each in valid.readings] == [999.0]
    assert [(one.reason, "mg/m3" in one.detail) for _, one in valid.rejected] == [(Reason.RANGE, True)] * 2


def test_a_devices_own_limits_are_in_its_own_unit_and_stand_for_the_citys(config: Config, now: datetime) -> None:
    device = replace(STATION, units={"pm25": "mg/m3"}, limits={"pm25": (0.01, 5.0)})
    valid = taken(config, now, device, ("pm25", 0.005), ("pm25", 2.0), ("pm25", 6.0))
    assert [each.value for each in valid.readings] == [2000.0]
    assert [one.reason for _, one in valid.rejected] == [Reason.RANGE] * 2


def test_where_a_device_limits_one_side_the_citys_range_holds_on_the_other(config: Config, now: datetime) -> None:
    device = replace(STATION, units={"pm25": "mg/m3"}, limits={"pm25": (0.01, None)})
    valid = taken(config, now, device, ("pm25", 0.005), ("pm25", 0.5), ("pm25", 2.0))
    assert [each.value for each in valid.readings] == [500.0]
    assert [one.reason for _, one in valid.rejected] == [Reason.RANGE] * 2


def test_units_that_measure_different_things_are_refused_with_both_names(config: Config, now: datetime) -> None:
    device = replace(STATION, units={"pm25": "ppm"})
    valid = taken(config, now, device, ("pm25", 3.0), ("water_depth", 3.0))
    assert [(each.metric.metric, each.value) for each in valid.readings] == [("water_depth", 3.0)]
    [(_, refused)] = valid.rejected
    assert refused.reason is Reason.TYPE
    assert "ppm" in refused.detail
    assert "µg/m³" in refused.detail


def test_a_missing_value_stays_missing_in_any_unit(config: Config, now: datetime) -> None:
    valid = taken(config, now, replace(STATION, units={"pm25": "mg/m3"}), ("pm25", None))
    assert [(each.value, each.quality) for each in valid.readings] == [(None, Quality.MISSING)]


@pytest.mark.parametrize("value", [1.7e308, -1.7e308, 1e100, -1e100])
def test_a_value_that_no_sum_can_hold_is_refused_where_the_city_sets_no_range_too(config: Config, now: datetime, value: float) -> None:
    decoded = Decoded(frames=[Frame("stations", b"##", now)], readings=[(0, Reading("s", "dust", told, now)) for told in (value, 1e99)])
    valid = admit(decoded, {"s": STATION}, {"dust": MetricInfo(4, "dust", "尘", "µg/m³")}, config, now)
    assert [one.reason for _, one in valid.rejected] == [Reason.RANGE]
    assert [each.value for each in valid.readings] == [1e99]


def test_what_only_its_unit_makes_too_large_is_refused_after_it_was_turned(config: Config, now: datetime) -> None:
    free = {"dust": MetricInfo(4, "dust", "尘", "ng/m³")}
    decoded = Decoded(
        frames=[Frame("stations", b"##", now)], readings=[(0, Reading("s", "dust", told, now)) for told in (1e98, 1e307, 1.0)]
    )
    valid = admit(decoded, {"s": replace(STATION, units={"dust": "mg/m³"})}, free, config, now)
    assert [one.reason for _, one in valid.rejected] == [Reason.RANGE] * 2
    assert [each.value for each in valid.readings] == [1e6]


def test_a_metric_the_catalogue_has_no_room_for_is_refused_by_name_and_its_neighbours_go_on(config: Config, now: datetime) -> None:
    valid = taken(config, now, STATION, ("pm25", 1.0), ("brand.new", 1.0), ("water_depth", 1.0))
    assert [each.metric.metric for each in valid.readings] == ["pm25", "water_depth"]
    assert [(one.reason, "brand.new" in one.detail) for _, one in valid.rejected] == [(Reason.UNSUPPORTED, True)]
