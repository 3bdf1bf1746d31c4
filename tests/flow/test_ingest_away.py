"""Workers are killed while jobs live: the platform rings for itself, once, and no device is blamed for what nobody heard.

Real processes; an hour passes by moving what the database remembers an hour back.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from ingest.mqtt_publish import Publisher, publisher
from tests.patience import until
from tests.stack import Stack


class District:
    """Devices that speak when told to, and the database."""

    def __init__(self, stack: Stack, sensor: Publisher) -> None:
        self.stack, self._sensor = stack, sensor
        self._database = psycopg.connect(stack.environment["YIPING_DATABASE_URL"], autocommit=True, row_factory=dict_row)

    def close(self) -> None:
        self._database.close()

    def speak(self, *devices: str) -> None:
        for device in devices:
            body = {"ts": datetime.now(UTC).isoformat(), "values": {"pm25": 1.5}}
            self._sensor.publish(f"city/320404001/environment/{device}/telemetry", json.dumps(body).encode())

    def rows(self, query: str) -> list[dict[str, Any]]:
        return list(self._database.execute(query).fetchall())

    def an_hour_passes(self, *, listening: bool, silent: str) -> None:
        """Somebody listened in it or not; of the devices, one said nothing and is due."""
        listened = "since = since - interval '1 hour'" + ("" if listening else ", until = until - interval '1 hour'")
        self._database.execute(f"update listening set {listened}")
        self._database.execute("update listening_gaps set since = since - interval '1 hour', until = until - interval '1 hour'")
        ids = f"(select device_id from devices where device = '{silent}')"
        self._database.execute(f"update device_states set updated_at = updated_at - interval '1 hour' where device_id in {ids}")
        self._database.execute(f"update device_watch set attention_at = now() where device_id in {ids}")

    def looked_at(self, device: str) -> bool:
        return not self.rows(f"select from device_watch join devices using (device_id) where device = '{device}' and attention_at <= now()")

    @property
    def silent(self) -> list[str]:
        return [row["subject"] for row in self.rows("select subject from alerts where rule = 'silent' order by subject")]

    @property
    def own(self) -> list[tuple[str, int]]:
        rows = self.rows("select stage, count from alerts where subject = 'platform/ingest'")
        return [(row["stage"], row["count"]) for row in rows]


@pytest.fixture
def district(stack: Stack) -> Iterator[District]:
    with publisher(stack.services.mosquitto.feed_url) as sensor:
        found = District(stack, sensor)
        stack.start("worker", "worker2", "jobs")
        connected = "select count(*) as n from feed_health where feed = 'city' and state = 'connected'"
        until(lambda: found.rows(connected)[0]["n"] == 2, what="both workers are connected")
        found.speak("a", "b")
        until(lambda: len(found.rows("select from device_watch where feed = 'city'")) == 2, what="both devices are watched, on their feed")
        yield found
        found.close()


def test_one_of_two_workers_is_killed_then_the_other_and_one_comes_back(district: District) -> None:
    district.stack.kill("worker2")
    district.an_hour_passes(listening=True, silent="b")
    until(lambda: district.silent == ["b"], what="listening went on: b is silent")
    assert district.own == []

    district.stack.kill("worker")
    district.an_hour_passes(listening=False, silent="a")
    until(lambda: district.own == [("unack", 1)], what="the platform rings for itself")
    until(lambda: district.looked_at("a"), what="jobs looked at a and gave it its time")
    assert district.silent == ["b"]

    district.stack.start("worker3")
    until(lambda: district.own == [("rtn_unack", 1)], what="ingest is back")
    [alert] = district.rows("select value, unit, returned_at from alerts where subject = 'platform/ingest'")
    assert alert["value"] >= 60
    assert alert["unit"] == "min"
    assert district.silent == ["b"]

    district.an_hour_passes(listening=True, silent="a")
    until(lambda: district.silent == ["a", "b"], what="one patience after the return a rings, too")
    assert district.own == [("rtn_unack", 1)]
    assert [row["act"] for row in district.rows("select act from audit where noun = 'alert' order by audit_id")] == ["raise", "return"]
