"""The parts of a watched city: started, spoken to over the broker, and asked what they have taken."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.mqtt_publish import Publisher, publisher
from tests.patience import until
from tests.stack import Stack
from tests.watched_city import City, alive


@pytest.fixture
def city(stack: Stack) -> Iterator[City]:
    """Two streets and forty gas detectors; nothing runs yet."""
    found = City(stack, stack.environment["YIPING_DATABASE_URL"])
    yield found
    found.store.close()


@contextmanager
def broker(city: City) -> Iterator[Publisher]:
    with publisher(city.stack.services.mosquitto.feed_url) as connected:
        yield connected


def start(city: City, *names: str) -> None:
    city.stack.start(*names)
    if "edge" in names:
        until(lambda: alive(city.stack), what="the edge answers")
    if "worker" in names:
        until(lambda: feed(city)["state"] == "connected", what="the worker is connected")


def one(city: City, query: str, *values: object) -> Any:
    with city.store.connection() as connection:
        row = connection.execute(query, values).fetchone()
        assert row
        return next(iter(row.values()))


def feed(city: City, name: str = "city") -> dict[str, Any]:
    """What the worker says of a feed."""
    with city.store.connection() as connection:
        row = connection.execute("select * from feed_health where feed = %s and worker not like 'edge:%%'", [name]).fetchone()
        return row or {"state": "nothing"}


def tell(connected: Publisher, device: str, value: float = 1.5) -> None:
    """A message without neighbours, as a sensor sends it; on the district's topic, so that whoever tells of a device first may adopt it."""
    body = {"ts": datetime.now(UTC).isoformat(), "values": {"pm25": value}}
    connected.publish(f"city/320404/environment/{device}/telemetry", json.dumps(body).encode())


def rows_of(city: City, device: str) -> int:
    return int(one(city, "select count(*) from readings join devices using (device_id) where device = %s", device))
