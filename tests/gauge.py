"""One device and one rule that looks back, through the whole pipeline: readings are told, alerts are read."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from core.config import Config
from core.device import DeviceEntry
from core.device_levels import DeviceLevel
from core.model import Frame
from core.rule_config import Rule
from pipeline import process
from store import devices
from store.registry import keep_catalogue
from store.timescale import Store
from tests.pipes import deps_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 7, 15, 4, 0, tzinfo=UTC)  # the last day of the plum rains' season
READ: TypeAdapter[Any] = TypeAdapter(Rule)
WORDS: dict[str, Any] = {"label": "规则", "label_en": "rule", "owner": "o", "reason": "r"}
WITH = Callable[..., "Gauge"]


class Gauge:
    """One device that reports each `every`, and one rule on it."""

    def __init__(self, config: Config, store: Store, rule: dict[str, Any], every: timedelta, own: tuple[DeviceLevel, ...]) -> None:
        self.config = config.model_copy(update={"rules": {"r": READ.validate_python({**WORDS, **rule})}})
        self.store, self.metric, self.every, self.now = store, rule["metric"], every, NOON
        self.deps = deps_of(self.config, store)
        with store.connection() as connection:
            keep_catalogue(connection, self.config)
            entry = DeviceEntry("d", "站", "water", "320404001001", "none", interval_s=every.total_seconds(), levels=own)
            devices.register(connection, entry, NOON - 30 * DAY)

    def tell(self, *values: float | None, quality: str | None = None) -> list[tuple[str, int]]:
        """Each at its time; how alerts stand afterwards."""
        for value in values:
            self.now += self.every
            self.send((self.now, value), quality=quality)
        return self.alerts()

    def send(self, *told: tuple[datetime, float | None], quality: str | None = None) -> list[tuple[str, int]]:
        """Several readings at once."""
        more = {} if quality is None else {"quality": {self.metric: quality}}
        frames = [
            Frame(
                "city",
                json.dumps({"ts": at.isoformat(), "values": {self.metric: value}, **more}).encode(),
                self.now,
                "city/320404/water/d/telemetry",
            )
            for at, value in told
        ]
        process(frames, self.now, self.deps)
        return self.alerts()

    def alerts(self) -> list[tuple[str, int]]:
        return [(row["stage"], row["severity"]) for row in self.rows("select stage, severity from alerts order by alert_id")]

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query, values))

    def one(self, query: str, *values: Any) -> Any:
        [row] = self.rows(query, *values)
        return next(iter(row.values()))


@pytest.fixture
def gauge(config: Config, database_url: str) -> Iterator[WITH]:
    store = Store(database_url)

    def build(every: timedelta = MINUTE, own: tuple[DeviceLevel, ...] = (), **rule: Any) -> Gauge:
        return Gauge(config, store, rule, every, own)

    yield build
    store.close()
