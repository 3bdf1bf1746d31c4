"""A pipeline on a database in which hours pass: what tests of data quality and of derived figures stand on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.config import Config
from core.model import Frame
from pipeline import Outcome, process
from store import derived, hours, quality, rollups
from store.registry import keep_catalogue
from store.timescale import Store
from tests import patience
from tests.pipes import deps_of, nowhere

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class City:
    """`now` is its clock."""

    config: Config
    store: Store
    now: datetime

    def __post_init__(self) -> None:
        with self.store.connection() as connection:
            keep_catalogue(connection, self.config)
        self.deps = deps_of(self.config, self.store, nowhere)

    def device(self, device: str, domain: str = "environment", area: str = "320404001001", every: timedelta = MINUTE) -> None:
        with self.store.connection() as connection:
            connection.execute(
                "insert into devices (device, name, domain, area, interval_s) values (%s, %s, %s, %s, %s)",
                [device, device, domain, area, every.total_seconds()],
            )

    def tell(self, device: str, *told: tuple[datetime, dict[str, Any]], at: datetime | None = None, domain: str = "environment") -> Outcome:
        """Readings of a device, received `at` (the present)."""
        received = at or self.now
        frames = [
            Frame(
                "city",
                json.dumps({"ts": when.isoformat(), "values": values}).encode(),
                received,
                f"city/320404/{domain}/{device}/telemetry",
            )
            for when, values in told
        ]
        return process(frames, received, self.deps)

    def hour(
        self, device: str, hour: datetime, values: Mapping[str, float], minutes: Sequence[int] = range(60), domain: str = "environment"
    ) -> None:
        """A reading each minute, each received when it was observed; the values tremble a little."""
        for start in range(0, len(minutes), 10):
            told = [(hour + m * MINUTE, {k: v + m % 3 / 1000 for k, v in values.items()}) for m in minutes[start : start + 10]]
            self.tell(device, *told, at=told[-1][0], domain=domain)

    def pass_time(self, until: datetime, start: datetime | None = None) -> None:
        """The leader's work at `until`: roll-ups, then what became due of it."""
        self.now = until
        if start is not None:
            self.rows("insert into hours_seen (until) values (%s) returning until", start)
        with self.store.connection() as connection:
            rollups.take_dirty(connection, until)
        with self.store.connection() as connection:
            rollups.compute_dirty(connection, until)  # looks who is still writing
        patience.until(lambda: self._rolled_up(until), what="the roll-ups are computed")
        with self.store.connection() as connection:
            hours.schedule(connection, self.config.quality, until)
        for work in (quality.measure_next, derived.derive_next, derived.sum_up_next):
            going = True
            while going:
                with self.store.connection() as connection:
                    going = work(connection, self.config, until)

    def _rolled_up(self, now: datetime) -> bool:
        """All that can be computed now; True once no bucket waits. They wait for every writer, also of other databases on this server."""
        going = True
        while going:
            with self.store.connection() as connection:
                going = rollups.compute_dirty(connection, now) > 0
        with self.store.connection() as connection:
            return rollups.take_dirty(connection, now) == 0

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query, values))

    def figures(self, figure: str) -> list[tuple[Any, ...]]:
        """(subject, at, version, value, reason) of all versions."""
        rows = self.rows("select * from derived where figure = %s order by subject, at, version", figure)
        return [(row["subject"], row["at"], row["version"], row["value"], row["reason"]) for row in rows]
