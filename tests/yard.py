"""A yard of devices that speak every two minutes unless they are quiet, and a leader who looks after them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from compose import Parts
from core.config import Config
from core.device import DeviceEntry
from core.model import Frame
from duties import maintain
from pipeline import process
from store.timescale import Store
from tests.store.test_registry import AREA, City

MINUTE = timedelta(minutes=1)
STEP = 2 * MINUTE
RINGS = 5  # minutes of silence after which a device of one minute rings: four, and the next look
LIMIT = 30  # of the rule; of 水位计 it is 10


class Yard(City):
    """Two gauges behind a box and one beside it; everybody speaks every two minutes unless it is quiet, and somebody listens unless `deaf`."""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        silent = config.rules["silent"].model_copy(
            update={"case_after": LIMIT * MINUTE, "case_after_of": {"水位计": 10 * MINUTE}, "intervals": 4.0}
        )
        self.config = config.model_copy(update={"rules": {**config.rules, "silent": silent}})
        super().__init__(self.config, store, now)
        entry = DeviceEntry("box", "网关", "water", AREA, "none", interval_s=60, owner="水务局")
        for each in (entry, replace(entry, device="a", gateway="box"), replace(entry, device="b", gateway="box")):
            self.put(each)
        self.put(replace(entry, device="c", name="三号井"))
        self.quiet: set[str] = set()
        self.live(4)

    def live(self, minutes: int, *, deaf: bool = False) -> None:
        """Time goes by; the leader looks after devices at every step."""
        until = self.now + minutes * MINUTE
        while self.now < until:
            self.now = min(self.now + STEP, until)
            if deaf:
                continue
            with self.store.connection() as connection:
                connection.execute(
                    "insert into listening (feed, since, until) values ('http-readings', %s, %s) on conflict (feed) do update set until = %s",
                    [self.now - STEP, self.now, self.now],
                )
            talking = sorted({"box", "a", "b", "c"} - self.quiet)
            at = self.now.isoformat()
            body = [{"device": one, "metric": "temperature", "value": 20.0, "observed_at": at} for one in talking]
            process([Frame("http-readings", json.dumps(body).encode(), self.now, "", "areas:320404")], self.now, self.deps)
            self.tend()

    def tend(self) -> None:
        maintain(cast(Parts, self), self.deps.rules, self.now)

    def away(self, minutes: int) -> None:
        """Nobody listens, and then somebody does again: `listening.mark` writes the gap down."""
        gone = self.now
        self.live(minutes, deaf=True)
        with self.store.connection() as connection:
            connection.execute("insert into listening_gaps (feed, since, until) values ('http-readings', %s, %s)", [gone, self.now])
            connection.execute("update listening set since = %s, until = %s, away_since = %s", [self.now, self.now, gone])

    def cases(self) -> list[str]:
        """The device of each maintenance case, in the order they were opened."""
        query = "select d.device from maintenance m join devices d using (device_id) join cases using (case_number) order by m.opened_at, d.device"
        return [row["device"] for row in self.rows(query)]

    def history(self) -> list[str]:
        return [row["act"] for row in self.rows("select act from audit where noun = 'case' order by audit_id")]

    def the_case(self) -> dict[str, Any]:
        [row] = self.rows("select distinct c.* from cases c")
        return row


@pytest.fixture
def yard(config: Config, database_url: str, now: datetime) -> Iterator[Yard]:
    store = Store(database_url)
    yield Yard(config, store, now)
    store.close()
