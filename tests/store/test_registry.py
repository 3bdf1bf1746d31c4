"""The registry of devices: units of their own become the city's on the way in, and what cannot become it is not registered."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.config import Config
from core.device import DeviceEntry, MetricEntry
from core.errors import Invalid
from core.model import EVERYWHERE, Frame, Taken
from pipeline import process
from store import devices
from store.registry import keep_catalogue
from store.timescale import Store
from tests.pipes import deps_of, nowhere

AREA = "320404001001"


class City:
    """A pipeline with the shipped catalogue, and its registry."""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        self.deps, self.store, self.now = deps_of(config, store, nowhere), store, now
        with store.connection() as connection:
            keep_catalogue(connection, config)

    def register(self, device: str, **metrics: MetricEntry) -> bool:
        return self.put(DeviceEntry(device, device, "environment", AREA, "none", metrics=metrics))

    def put(self, entry: DeviceEntry) -> bool:
        with self.store.connection() as connection:
            return devices.register(connection, entry, self.now)

    def get(self, device: str) -> dict[str, Any]:
        with self.store.connection() as connection:
            return devices.get_device(connection, EVERYWHERE, device)

    def send(self, device: str, metric: str, value: float) -> Taken:
        self.now += timedelta(seconds=5)  # later than the registry's next look
        return self.say(device, value, metric)

    def say(self, device: str, value: float, metric: str = "water_level") -> Taken:
        body = [{"device": device, "metric": metric, "value": value, "observed_at": self.now.isoformat()}]
        frame = Frame("http-readings", json.dumps(body).encode(), self.now, "/api/v1/readings", "areas:320404")
        return process([frame], self.now, self.deps).taken[0]

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query, values))

    def stored(self) -> list[tuple[str, str, float]]:
        query = (
            "select device, metric, value from readings join devices using (device_id) join metrics using (metric_id) order by observed_at"
        )
        return [(row["device"], row["metric"], row["value"]) for row in self.rows(query)]

    def metric(self, name: str) -> dict[str, Any]:
        return self.rows("select label, unit, kind from metrics where metric = %s", name)[0]


@pytest.fixture
def city(config: Config, database_url: str, now: datetime) -> Iterator[City]:
    store = Store(database_url)
    yield City(config, store, now)
    store.close()


def test_two_stations_that_send_one_metric_in_two_units_are_stored_in_one(city: City) -> None:
    city.register("a", **{"a34004-rtd": MetricEntry("mg/m3", name="pm25")})
    city.register("b", **{"a34004-rtd": MetricEntry("ug/m3", name="pm25")})
    assert city.send("a", "a34004-rtd", 0.0835).accepted == 1
    assert city.send("b", "a34004-rtd", 83.5).accepted == 1
    assert city.stored() == [("a", "pm25", 83.5), ("b", "pm25", 83.5)]


def test_a_unit_that_is_corrected_counts_from_the_next_look(city: City) -> None:
    city.register("a", pm25=MetricEntry("ug/m3"))
    city.send("a", "pm25", 0.5)
    city.register("a", pm25=MetricEntry("mg/m3"))
    city.send("a", "pm25", 0.5)
    assert [value for _, _, value in city.stored()] == [0.5, 500.0]


def test_a_metric_without_a_unit_takes_that_of_the_first_device_that_tells_it_and_others_are_turned(city: City) -> None:
    city.send("early", "ozone-x", 1.0)
    assert city.metric("ozone-x")["unit"] == ""
    city.register("a", **{"ozone-x": MetricEntry("mg/m3")})
    city.register("b", **{"ozone-x": MetricEntry("ug/m3")})
    city.send("a", "ozone-x", 1.0)
    city.send("b", "ozone-x", 1000.0)
    assert city.metric("ozone-x")["unit"] == "mg/m3"
    assert [value for _, _, value in city.stored()] == [1.0, 1.0, 1.0]


def test_a_unit_that_cannot_become_the_citys_is_not_registered(city: City) -> None:
    with pytest.raises(Invalid, match=r"metrics\.pm25\.unit: 'ppm' cannot become 'µg/m³'"):
        city.register("a", pm25=MetricEntry("ppm"))
    with pytest.raises(Invalid, match="'ppb' cannot become 'mg/m3'"):
        city.register("a", x=MetricEntry("mg/m3", name="new"), y=MetricEntry("ppb", name="new"))
    assert city.rows("select 1 from devices") == []


def test_a_unit_that_has_become_impossible_refuses_the_value_with_both_names(city: City) -> None:
    city.register("a", odour=MetricEntry("ppm"))
    with city.store.connection() as connection:
        connection.execute("update metrics set unit = 'mg/m3' where metric = 'odour'")
    [refused] = city.send("a", "odour", 1.0).rejected
    assert (str(refused.reason), "ppm" in refused.detail, "mg/m3" in refused.detail) == ("type", True, True)


def test_a_metric_of_the_standard_that_nobody_registered_gets_its_name_and_unit(city: City) -> None:
    city.send("s", "w01018-rtd", 20.0)
    city.send("s", "a34004-avg.hour", 20.0)
    city.send("s", "something", 20.0)
    assert city.metric("w01018-rtd")["unit"].lower() == "mg/l"
    assert "w01018" not in city.metric("w01018-rtd")["label"]
    assert (city.metric("a34004-avg.hour")["unit"], "PM2.5" in city.metric("a34004-avg.hour")["label"]) == ("", True)
    assert city.metric("something") == {"label": "something", "unit": "", "kind": "number"}


def test_a_device_shows_its_ranges_in_its_own_unit(city: City) -> None:
    city.register("a", so=MetricEntry("mg/m3", max=2.0, name="so2"), co=MetricEntry())
    assert city.get("a")["metrics"] == {
        "so": {"unit": "mg/m3", "min": 0.0, "max": 2.0, "name": "so2", "kind": "number", "label": "二氧化硫", "stored_unit": "µg/m³"},
        "co": {"unit": "mg/m³", "min": 0.0, "max": 200.0, "name": None, "kind": "number", "label": "一氧化碳", "stored_unit": "mg/m³"},
    }


def test_what_was_played_stays_a_drill_and_what_the_device_says_as_a_real_one_is_none(city: City) -> None:
    smoke = DeviceEntry("s", "s", "emergency", AREA, "none", metrics={"smoke": MetricEntry("")}, drill=True)
    city.put(smoke)
    city.send("s", "smoke", 1)
    assert [row["drill"] for row in city.rows("select drill from alerts")] == [True]
    with pytest.raises(Invalid, match="drill"):
        city.put(replace(smoke, drill=False))  # what is real would go on under the drill's alert
    city.put(replace(smoke, name="other"))
    city.send("s", "smoke", 0)
    city.rows("update alerts set stage = 'normal' returning 1")
    city.put(replace(smoke, drill=False))
    city.send("s", "smoke", 1)
    assert [row["drill"] for row in city.rows("select drill from alerts order by alert_id")] == [True, False]
