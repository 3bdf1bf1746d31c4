"""A district of two streets and a pipeline spoken to with tokens and over topics."""

import json
from datetime import datetime, timedelta
from typing import Any

from core.config import Config
from core.model import Frame, Placement, Position, Taken
from geodata.locate import NOWHERE
from geodata.model import Located
from pipeline import process
from store.timescale import Store
from tests.pipes import deps_of

DISTRICT, FIRST, SECOND = "320404", "320404001", "320404002"
WEST, EAST, NORTH = {"lon": 119.9, "lat": 31.7}, {"lon": 120.1, "lat": 31.7}, {"lon": 119.9, "lat": 32.1}


def halves(position: Position | None) -> tuple[Located, float | None, float | None]:
    """West of 120° lies the first street, east of it the second; north of 32° no cells are drawn, only the district is known."""
    if position is None:
        return NOWHERE, None, None
    area = f"{FIRST if position.lon < 120 else SECOND}003" if position.lat < 32 else DISTRICT
    return Located(Placement.INSIDE, None, None, area, None), position.lon, position.lat


class City:
    """A pipeline spoken to with tokens and over topics."""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        self.deps, self.store, self.now = deps_of(config, store, halves), store, now

    def send(self, *frames: Frame) -> list[Taken]:
        return process(frames, self.now, self.deps).taken

    def posted(self, area: str, feed: str, *bodies: dict[str, Any]) -> Frame:
        return Frame(feed, json.dumps(bodies).encode(), self.now, f"/api/v1/{feed}", f"areas:{area}")

    def report(self, by: str, /, **fields: Any) -> Taken:
        body = {"source": "s", "external_id": "1", "channel": "video", "title": "积水", "observed_at": self.now.isoformat()}
        return self.send(self.posted(by, "http-reports", body | fields))[0]

    def reading(self, area: str, device: str = "d", value: float = 1.0) -> Frame:
        at = self.now + timedelta(seconds=value)
        return self.posted(area, "http-readings", {"device": device, "metric": "noise", "value": value, "observed_at": at.isoformat()})

    def told(self, area: str, value: float = 1.0, device: str = "d", at: dict[str, float] | None = None) -> Frame:
        body = {"values": {"noise": value}, "ts": (self.now + timedelta(seconds=value)).isoformat()} | ({"at": at} if at else {})
        return Frame("city", json.dumps(body).encode(), self.now, f"city/{area}/urban/{device}/telemetry")

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query, values))

    def one(self, query: str, *values: Any) -> Any:
        return next(iter(self.rows(query, *values)[0].values()))


def reasons(*taken: Taken) -> list[list[str]]:
    return [[str(one.reason) for one in each.rejected] for each in taken]


def register(city: City, device: str, area: str) -> None:
    with city.store.connection() as connection:
        connection.execute("insert into devices (device, name, domain, area) values (%s, %s, 'urban', %s)", [device, device, area])
