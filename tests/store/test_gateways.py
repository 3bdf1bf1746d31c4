"""A gateway goes down and comes back, minute by minute through the pipeline: one alert for it, none for what is behind it, and no orphan."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.config import Config
from core.device import DeviceEntry
from pipeline import process
from store import listening
from store.timescale import Store
from tests.store.test_registry import AREA, City

STEP = timedelta(seconds=10)


class Town(City):
    """Two gauges behind a box, one beside it; everybody speaks every minute unless it is quiet."""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        super().__init__(config, store, now)
        entry = DeviceEntry("box", "网关", "water", AREA, "none", interval_s=60)
        for each in (
            entry,
            replace(entry, device="a", gateway="box"),
            replace(entry, device="b", gateway="box"),
            replace(entry, device="c"),
        ):
            self.put(each)
        self.quiet: set[str] = set()

    def live(self, minutes: int) -> None:
        """Time goes by: the ears are open, whoever is not quiet speaks once a minute."""
        for step in range(minutes * 6):
            self.now += STEP
            with self.store.connection() as connection:
                listening.mark(connection, ["http-readings"], self.now)
            if step % 6 == 0:
                for device in sorted({"box", "a", "b", "c"} - self.quiet):
                    self.say(device, 20.0, "temperature")
            process([], self.now, self.deps)

    def alerts(self, stages: str = "unack") -> list[str]:
        return [
            row["subject"] for row in self.rows("select subject from alerts where rule = 'silent' and stage = %s order by subject", stages)
        ]

    def silent(self) -> list[str]:
        return [row["device"] for row in self.rows("select device from devices where silent_at is not null order by device")]


@pytest.fixture
def town(config: Config, database_url: str, now: datetime) -> Iterator[Town]:
    store = Store(database_url)
    yield Town(config, store, now)
    store.close()


def patience_of(town: Town) -> int:
    """Minutes of silence after which the shipped rule calls a device of one minute silent, and one more."""
    town.quiet = {"c"}
    for minute in range(1, 60):
        town.live(1)
        if town.alerts():
            town.quiet = set()
            town.live(2)
            return minute + 1
    raise AssertionError("no rule on silence")


def test_a_gateway_that_goes_down_rings_alone_and_after_its_return_only_who_stays_silent(town: Town) -> None:
    town.live(2)
    patience = patience_of(town)
    assert (town.alerts(), town.silent()) == ([], [])
    town.quiet = {"box", "a", "b"}
    town.live(3 * patience)
    assert (town.alerts(), town.silent()) == (["box"], ["a", "b", "box"])
    town.quiet = {"b"}
    town.live(patience - 1)
    assert (town.alerts(), town.silent()) == ([], ["b"]), "one patience to come back"
    town.live(2 * patience + 1)
    assert (town.alerts(), town.silent()) == (["b"], ["b"])
    town.quiet = set()
    town.live(2)
    assert (town.alerts(), town.silent()) == ([], [])
    assert town.rows("select 1 from device_watch where inhibited") == []


def test_a_device_behind_a_living_gateway_rings_for_itself(town: Town) -> None:
    town.live(2)
    patience = patience_of(town)
    town.quiet = {"a"}
    town.live(patience + 1)
    assert town.alerts() == ["a"]


def test_a_gateway_that_has_no_values_of_its_own_lives_through_what_is_behind_it(town: Town) -> None:
    town.live(2)
    patience = patience_of(town)
    town.quiet = {"box"}
    town.live(patience + 1)
    town.quiet = {"box", "a"}
    town.live(patience + 1)
    assert town.alerts() == ["a", "box"]
