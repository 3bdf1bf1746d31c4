"""Layers of points for the map over HTTP: how many there are, all of one layer as columns, what is known of them now, and one as a card."""

from collections.abc import Callable

import msgspec

from api.call import AREA, Answer, Call, read_params
from api.packed import Packed
from api.rest_city import sent
from core.errors import Invalid
from maps.points import columns_told, steps
from store import layers

POINT_PARAMS = (AREA,)
_JSON = "application/json"


def count_points(call: Call) -> Answer:
    """By layer: how many points, of how many nothing is known, how many are drills."""
    area = _area(call)

    def make() -> bytes:
        return msgspec.json.encode({"area": area, "layers": layers.count_points(call.connection, call.scope, area)})

    return sent(call, _fresh(call, ("counts", area), make), _JSON)


def get_points(call: Call) -> Answer:
    """All points of a layer, packed once for all who see the same; its `version` changes when a point does."""
    layer, area = call.path["layer"], _area(call)

    def make() -> bytes:
        found = layers.read_points(call.connection, call.scope, layer, area)
        told = columns_told(found.places, found.codes, found.kinds, found.signs, found.stamp)
        return msgspec.json.encode({"layer": layer, "area": area, **told})

    key = ("points", layer, area, *call.scope.areas)
    body = call.places.points.of(key, call.now, lambda: layers.read_states(call.connection, call.scope, layer, area).stamp, make)
    return sent(call, body, _JSON)


def get_states(call: Call) -> Answer:
    """Of which points nothing is known now, by their places in the columns of the same `version`."""
    layer, area = call.path["layer"], _area(call)

    def make() -> bytes:
        found = layers.read_states(call.connection, call.scope, layer, area)
        return msgspec.json.encode({"layer": layer, "version": found.stamp, "count": found.count, "unknown": steps(found.unknown)})

    return sent(call, _fresh(call, ("states", layer, area), make), _JSON)


def get_point(call: Call) -> Answer:
    """One point: what it is, how it is, its latest values, and its newest picture where it brought one."""
    return Answer(layers.read_point(call.connection, call.scope, call.path["layer"], call.path["code"]))


def _fresh(call: Call, key: tuple[str, ...], make: Callable[[], bytes]) -> Packed:
    """Looked at anew every few seconds, whatever it says."""
    return call.places.points.of((*key, *call.scope.areas), call.now, call.now.isoformat, make)


def _area(call: Call) -> str:
    """Raises `Invalid` for what cannot be the code of an area."""
    area: str = read_params(POINT_PARAMS, call.query).get("area", "")
    if area and not (area.isascii() and area.isdigit() and len(area) <= 15):
        raise Invalid("area: the code of an area, or its beginning")
    return area
