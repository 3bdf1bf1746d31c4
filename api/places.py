"""Where a position, a cell or an area code of a request lies: the door's own look at the city's grid.

The index is built from the stored cells and built again when their number or newest area changes.
"""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from api.call import Call
from core.errors import Invalid, NotFound
from core.model import Placement, Position
from geodata.locate import Locator
from store import devices, places
from store.timescale import Store

_LOOK_AGAIN_AFTER = timedelta(seconds=30)
_DATUMS = ("cgcs2000", "wgs84", "gcj02", "bd09")


class Locators:
    """The present city's locator, shared by the threads of a process; holds the index."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locator = Locator.of(())
        self._stamp: object = None
        self._looked_at: datetime | None = None

    def get(self, store: Store, now: datetime) -> Locator:
        with self._lock:
            if self._looked_at is None or now - self._looked_at >= _LOOK_AGAIN_AFTER:
                self._refresh(store)
                self._looked_at = now
            return self._locator

    def _refresh(self, store: Store) -> None:
        with store.connection() as connection:
            stamp = places.stamp(connection)
            if stamp != self._stamp:
                self._locator = Locator.of(places.read_cells(connection), places.read_areas(connection))
                self._stamp = stamp


def place_of_fields(call: Call, fields: Mapping[str, Any]) -> dict[str, Any]:
    """`cell_code`, or `lon`, `lat` and perhaps `datum`, as area, cell_id, lon, lat and placement.

    Raises `Invalid` when neither is given or a number is none; a place outside the city is a place.
    """
    if fields.get("cell_code"):
        try:
            cell = devices.cell_of_code(call.connection, str(fields["cell_code"]))
        except NotFound as error:
            raise Invalid(str(error)) from error
        found = {name: cell[name] for name in ("area", "cell_id", "lon", "lat")}
        return {**found, "placement": Placement.INSIDE.value}
    position = read_position(fields)
    if position is None:
        raise Invalid("give lon and lat, or a cell_code")
    located, lon, lat = call.locators.get(call.deps.store, call.now).place(position)
    area = located.area or str(fields.get("area") or call.config.area.code)
    return {"area": area, "cell_id": located.cell_id, "lon": lon, "lat": lat, "placement": located.placement.value}


def read_position(fields: Mapping[str, Any]) -> Position | None:
    """The position that fields name, or None. Raises `Invalid` for half of one or an unknown datum."""
    lon, lat, datum = fields.get("lon"), fields.get("lat"), fields.get("datum") or "cgcs2000"
    if lon is None and lat is None:
        return None
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) for value in (lon, lat))
    if not numbers or not -180 <= float(lon or 0) <= 180 or not -90 <= float(lat or 0) <= 90:
        raise Invalid("lon and lat must be degrees")
    if datum not in _DATUMS:
        raise Invalid(f"no datum is called '{datum}'; there are {', '.join(_DATUMS)}")
    return Position(float(lon or 0), float(lat or 0), datum)
