"""An office that places reports by their addresses: a pipeline on a small city with a gazetteer, and a person who teaches it."""

import json
from datetime import datetime
from typing import Any

from api.places import Places
from compose import CityMap
from core.config import Config
from core.model import Frame, Position, Scope, Taken
from geodata.gazetteer_places import PlaceEntry
from geodata.model import City
from ingest.geocoder import Geocoder
from pipeline import process
from placing import place_waiting
from store import gazetteer, reports
from store.acts import Act
from store.geography import save_city
from store.timescale import Store
from tests.pipes import deps_of

DUTY = Scope("duty", ("320404",), 1, "值班员 01")


class Office:
    """A pipeline on a small city with a gazetteer, spoken to in reports."""

    def __init__(self, config: Config, url: str, village: City, now: datetime) -> None:
        self.store, self.now, self.config = Store(url), now, config
        with self.store.connection() as connection:
            save_city(connection, village, now)
            connection.execute("insert into accounts (login, password_hash, role, areas) values ('duty1', '', 'duty', '{320404}')")
        self.cells = [cell for cell in village.cells if cell.area.startswith("320404001")]
        self.elsewhere = next(cell for cell in village.cells if cell.area.startswith("320404002"))
        self.know(PlaceEntry("金色新城", "estate", self.cells[0].lon, self.cells[0].lat, self.cells[0].area, source="test"))
        self.city = CityMap(self.store, gazetteer.CityNames(self.store, config.places.prefixes))
        self.deps = deps_of(config, self.store, self.city)

    def know(self, *places: PlaceEntry) -> gazetteer.SavedPlaces:
        with self.store.connection() as connection:
            return gazetteer.save_places(connection, "test", places, self.now)

    def send(self, peer: str = "", **report: Any) -> Taken:
        body = {"source": "s", "external_id": "1", "channel": "hotline", "title": "井盖缺损", "observed_at": self.now.isoformat()} | report
        return process([Frame("http-reports", json.dumps(body).encode(), self.now, peer=peer)], self.now, self.deps).taken[0]

    def row(self, external_id: str = "1") -> dict[str, Any]:
        with self.store.connection() as connection:
            return dict(connection.execute("select * from reports where external_id = %s", [external_id]).fetchone() or {})

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query))

    def place(self, report_id: int, scope: Scope = DUTY, **fields: Any) -> int | None:
        """A person's act, and what it taught, as the API does both."""
        places = Places()
        act = Act("place", scope, self.now, extra=fields)

        def locate(given: Any) -> dict[str, Any]:
            located, lon, lat = places.locator(self.store, self.now).place(Position(given["lon"], given["lat"]))
            return {
                "area": located.area or "320404",
                "cell_id": located.cell_id,
                "lon": lon,
                "lat": lat,
                "placement": located.placement.value,
            }

        with self.store.connection() as connection:
            reports.act_on_report(connection, report_id, act, self.config.classes, locate)
            taught_id = gazetteer.learn(connection, act, report_id)
        self.city.names.refresh()
        return taught_id

    def wait(self, geocoder: Any = None, config: Config | None = None, now: datetime | None = None) -> int:
        """The jobs' duty."""
        self.city.names.refresh()
        config = config or self.config
        geocoder = geocoder or Geocoder(config.places.geocoder)
        return place_waiting(self.store, self.city, self.city.names.version, geocoder, config, now or self.now)
