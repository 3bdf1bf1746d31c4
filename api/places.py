"""Where a position, a cell or an area code of a request lies, and layers ready to send: the door's own look at the map.

Both are made from what is stored and made again when the map's stamp changes; thrown away, they come back.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any

import msgspec

from api.basemaps import Archives
from api.packed import Packed, Shelf, pack
from core.errors import Invalid, NotFound
from core.model import Placement, Position, Scope
from geodata.datums import DATUMS
from geodata.lattice import find_lattice
from geodata.locate import Locator
from maps.cells import cell_ground
from store import desk, devices, geography
from store.gazetteer import CityNames
from store.timescale import Connection, Store

if TYPE_CHECKING:
    from api.call import Call

_LOOK_AGAIN_AFTER = timedelta(seconds=10)
_LAYERS_KEPT = 32
_GROUND = "/grid"  # no layer is called so


class Places:
    """The present map as the door needs it, shared by the threads of a process. Holds the index and some layers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locator: Locator | None = None
        self._stamp = ""
        self._looked_at: datetime | None = None
        self._layers: OrderedDict[tuple[str, tuple[str, ...]], Packed] = OrderedDict()
        self._names: CityNames | None = None
        self.archives = Archives()
        self.points = Shelf()

    def names(self, store: Store, prefixes: Sequence[str]) -> CityNames:
        """The gazetteer, read anew when it changes."""
        with self._lock:
            self._names = self._names or CityNames(store, prefixes)
            return self._names

    def locator(self, store: Store, now: datetime) -> Locator:
        """The index of the present cells."""
        with self._lock:
            with store.connection() as connection:
                self._notice_change(connection, now)
                if self._locator is None:
                    self._locator = geography.load_locator(connection)
            return self._locator

    def layer(self, connection: Connection, name: str, scope: Scope, now: datetime) -> Packed:
        """A layer for a scope. Raises `NotFound`."""

        def make() -> bytes:
            text = geography.layer_text(connection, name, scope)
            if text is None:
                raise NotFound(f"no layer is called '{name}'")
            return text.encode()

        return self._kept(connection, (name, scope.areas), now, make)

    def ground(self, connection: Connection, scope: Scope, now: datetime) -> Packed:
        """The cells of a scope as screens draw them (`maps.cells`)."""

        def make() -> bytes:
            cell_ids, areas, shapes = geography.read_cells_seen(connection, scope)
            return msgspec.json.encode(cell_ground(cell_ids, areas, find_lattice(shapes)))

        return self._kept(connection, (_GROUND, scope.areas), now, make)

    def _kept(self, connection: Connection, key: tuple[str, tuple[str, ...]], now: datetime, make: Callable[[], bytes]) -> Packed:
        with self._lock:
            self._notice_change(connection, now)
            if key not in self._layers:
                self._layers[key] = pack(make())
            self._layers.move_to_end(key)
            while len(self._layers) > _LAYERS_KEPT:
                self._layers.popitem(last=False)
            return self._layers[key]

    def _notice_change(self, connection: Connection, now: datetime) -> None:
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < _LOOK_AGAIN_AFTER:
            return
        stamp = desk.geography_stamp(connection)
        if stamp != self._stamp:
            self._locator, self._stamp = None, stamp
            self._layers.clear()
        self._looked_at = now


def place_of_fields(call: "Call", fields: Mapping[str, Any]) -> dict[str, Any]:
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
    located, lon, lat = call.places.locator(call.deps.store, call.now).place(position)
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
    if datum not in DATUMS:
        raise Invalid(f"no datum is called '{datum}'; there are {', '.join(DATUMS)}")
    return Position(float(lon or 0), float(lat or 0), datum)
