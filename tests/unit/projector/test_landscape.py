"""What the cells show of what is counted, of devices' health and of the air: known everywhere, known where devices are, or not covered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from core.config import Config, MeasureConfig
from core.day import day_of
from core.standards.air import POLLUTANTS, sub_index
from projector.devices import Devices
from projector.figures import Tally
from projector.ground import Ground, survey
from projector.landscape import UNCOVERED, UNKNOWN, Landscape

LON, LAT = 119.9, 31.8
METRICS = {"pm25": 1, "pm10": 2, "o3": 3}
EACH = 0.0009  # degrees of latitude: a hundred metres
Draw = Callable[..., list[int]]


@pytest.fixture
def ground() -> Ground:
    """Ten cells from south to north, a hundred metres each."""
    return survey(["320404001"], [{"cell_id": k, "street": "320404001", "lon": LON, "lat": LAT + k * EACH} for k in range(10)])


@pytest.fixture
def draw(ground: Ground, config: Config, now: datetime) -> Draw:
    """Classes of one measure, over devices and rows."""
    day = day_of(now, config.area.zone)

    def drawn(
        of: str, limits: list[float], *, tally: Tally | None = None, devices: Devices | None = None, radius_m: float = 150
    ) -> list[int]:
        measure = MeasureConfig.model_validate({"label": "m", "label_en": "m", "of": of, "limits": limits, "radius_m": radius_m})
        screens = config.screens.model_copy(update={"measures": {"m": measure}})
        landscape = Landscape(ground, config.model_copy(update={"screens": screens}), METRICS)
        landscape.set_rows(tally or Tally(), day)
        return [int(number) for number in landscape.draw(devices or Devices(ground, ()), ["m"], day)["m"]]

    return drawn


def case(number: int, now: datetime, cell: int, **more: Any) -> dict[str, Any]:
    placed = {"cell_id": cell, "lon": None, "lat": None}
    return {"id": number, "street": "320404001", "severity": 3, "stage": "handling", "opened_at": now.isoformat(), **placed, **more}


def test_open_cases_are_counted_within_the_radius_and_a_cell_without_one_has_none_rather_than_nothing(draw: Draw, now: datetime) -> None:
    tally = Tally()
    for number in range(3):
        tally.put("case", case(number, now, 5))
    tally.put("case", case(3, now, 0, closed_at=now.isoformat()))
    tally.put("case", case(4, now, 9, drill=True))
    assert draw("cases", [1, 2, 3, 5, 8], tally=tally) == [0, 0, 0, 0, 3, 3, 3, 0, 0, 0]


def test_complaints_are_what_citizens_told_today(draw: Draw, now: datetime) -> None:
    tally = Tally()
    told = [("hotline", now), ("public", now), ("sensor", now), ("hotline", now - timedelta(days=2))]
    for number, (channel, at) in enumerate(told):
        report = {"channel": channel, "received_at": at.isoformat(), "stage": "open"}
        tally.put("report", case(number, now, 2, **report))
    assert draw("complaints", [1, 2, 3, 5, 8], tally=tally) == [0, 2, 2, 2, 0, 0, 0, 0, 0, 0]


def test_the_time_of_response_is_the_mean_of_what_was_answered_near_and_unknown_nowhere_else(draw: Draw, now: datetime) -> None:
    tally = Tally()
    for number, minutes in enumerate((2, 8)):
        at = now - timedelta(minutes=minutes)
        tally.put("alert", case(number, now, 4, raised_at=at.isoformat(), acked_at=now.isoformat(), stage="acked"))
    tally.put("alert", case(9, now, 8, raised_at=now.isoformat(), stage="unack"))
    assert draw("response", [1, 3, 5, 10, 20], tally=tally) == [UNCOVERED] * 3 + [3] * 3 + [UNCOVERED] * 4


def devices_at(ground: Ground, cells: list[int], seen: list[bool]) -> Devices:
    devices = Devices(ground, METRICS.values())
    place = {"street": "320404001", "placement": "inside", "lon": LON, "silent": False, "presence": "online", "domain": "urban"}
    devices.register([{**place, "device_id": k + 1, "lat": LAT + cell * EACH} for k, cell in enumerate(cells)])
    devices.seen = np.where(seen, 1.0, 0.0)
    return devices


def test_health_is_the_share_of_devices_near_that_are_not_online(draw: Draw, ground: Ground) -> None:
    devices = devices_at(ground, [1, 1, 1, 1, 8], [True, True, True, False, True])
    assert draw("devices", [1, 10, 25, 50, 75], devices=devices) == [3, 3, 3, *[UNCOVERED] * 4, 0, 0, 0]


def test_health_is_drawn_again_when_a_device_comes_or_goes_and_not_otherwise(ground: Ground, config: Config) -> None:
    landscape, devices = Landscape(ground, config, METRICS), devices_at(ground, [1], [True])
    assert [landscape.notice(devices), landscape.notice(devices)] == [{"devices"}, set()]
    devices.hush({1: True})
    assert landscape.notice(devices) == {"devices"}


@pytest.mark.parametrize("value", [0, 35, 36, 60, 61, 115, 300, 900])
def test_air_is_the_greatest_sub_index_and_reaches_no_further_than_its_station(
    draw: Draw, ground: Ground, now: datetime, value: float
) -> None:
    devices = devices_at(ground, [3, 3], [True, True])
    devices.values = {1: np.array([value, np.nan]), 3: np.array([np.nan, 10.0])}
    devices.observed = {metric: np.array([1.0, 1.0]) for metric in (1, 3)}
    limits = [51.0, 101, 151, 201, 301]
    index = sub_index("pm25-24h", value, now.date())
    wanted = sum(index >= limit for limit in limits)
    assert draw("aqi", limits, devices=devices) == [*[UNCOVERED] * 2, *[wanted] * 3, *[UNCOVERED] * 5]
    devices.silent[:] = True
    assert set(draw("aqi", limits, devices=devices)) == {UNCOVERED, UNKNOWN}


def test_the_shipped_measures_need_no_metric_that_nobody_keeps(config: Config, ground: Ground) -> None:
    metrics = {name: number for number, name in enumerate(config.metrics)}
    wanted = Landscape(ground, config, metrics).wanted
    assert {metrics[name] for name in POLLUTANTS} <= wanted
