"""Numbered MQTT slots: two workers share the messages, and whichever way one leaves, the other drains its queue."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from ingest.mqtt_publish import Publisher, publisher
from tests.patience import until
from tests.stack import Stack

MESSAGES = 120


class Fleet:
    """Two workers, a sensor, and questions to the database."""

    def __init__(self, stack: Stack, sensor: Publisher) -> None:
        self.stack, self.sensor, self.sent = stack, sensor, 0
        self._database = psycopg.connect(stack.environment["YIPING_DATABASE_URL"], autocommit=True)

    def close(self) -> None:
        self._database.close()

    def tell(self, count: int = MESSAGES) -> None:
        for _ in range(count):
            body = {"ts": datetime.now(UTC).isoformat(), "values": {"pm25": 1.5}}
            self.sensor.publish(f"city/320404001/environment/s{self.sent % 7}/telemetry", json.dumps(body).encode())
            self.sent += 1

    def rows(self) -> int:
        found = self._database.execute("select count(*) from readings").fetchone()
        assert found
        return int(found[0])

    def accepted(self, name: str) -> int:
        """What one worker counts as accepted."""
        query = "select coalesce(sum(accepted), 0) from feed_health where feed = 'city' and worker like %s"
        found = self._database.execute(query, [f"%:{self.stack.pid(name)}:mqtt-%"]).fetchone()
        assert found
        return int(found[0])

    def slots(self, name: str) -> set[str]:
        return set(re.findall(r"slot_taken\s+slot=(\d+)", self.stack.log(name)))

    def connected(self, name: str, slots: int = 1) -> None:
        query = "select count(*) from feed_health where feed = 'city' and state = 'connected' and worker like %s"

        def all_connected() -> bool:
            found = self._database.execute(query, [f"%:{self.stack.pid(name)}:mqtt-%"]).fetchone()
            return found is not None and found[0] >= slots

        until(all_connected, what=f"{name} connected with {slots} slot(s): {self.stack.log(name)[-500:]}")


@pytest.fixture
def fleet(stack: Stack) -> Iterator[Fleet]:
    with publisher(stack.services.mosquitto.feed_url) as sensor:
        found = Fleet(stack, sensor)
        for name in ("worker", "worker2"):
            stack.start(name)
            found.connected(name)
        yield found
        found.close()


def test_two_workers_share_and_whoever_leaves_the_other_drains_its_slot_and_every_message_is_one_row(fleet: Fleet) -> None:
    assert fleet.slots("worker") == {"0"}
    assert fleet.slots("worker2") == {"1"}

    fleet.tell()
    until(lambda: fleet.rows() == fleet.sent, what=f"{fleet.sent} rows")
    until(lambda: fleet.accepted("worker") + fleet.accepted("worker2") == fleet.sent, what="both count")
    assert min(fleet.accepted("worker"), fleet.accepted("worker2")) >= MESSAGES // 4

    fleet.stack.stop("worker2")  # it gives its slot back, and half of what comes waits there
    fleet.tell()
    fleet.connected("worker", 2)
    until(lambda: fleet.rows() == fleet.sent, what="the other drains the slot of one that was stopped")
    assert fleet.slots("worker") == {"0", "1"}

    fleet.stack.kill("worker")  # nobody gives anything back: two leases run out
    fleet.stack.start("worker2")
    fleet.tell()
    fleet.connected("worker2", 2)
    until(lambda: fleet.rows() == fleet.sent, what="the other drains the slots of one that was killed")
    until(lambda: fleet.slots("worker2") >= {"0", "1"})
    fleet.tell()
    until(lambda: fleet.rows() == fleet.sent)
    assert fleet.sent == 4 * MESSAGES
