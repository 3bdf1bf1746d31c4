"""What surrounds an incident, over HTTP: past ones like it, devices near it, cameras that see it."""

from api.call import Answer, Call, Param, read_params
from core.errors import Invalid
from store import incidents_around

NEARBY_PARAMS = (Param("radius", "metres, 500 unless given, at most 2,000", "integer"),)


def get_similar(call: Call) -> Answer:
    return Answer(incidents_around.find_similar(call.connection, call.scope, call.number("id"), call.config))


def get_nearby(call: Call) -> Answer:
    radius = read_params(NEARBY_PARAMS, call.query).get("radius", 500)
    if not 1 <= radius <= 2_000:
        raise Invalid("radius: 1 to 2,000 metres")
    return Answer(incidents_around.find_nearby(call.connection, call.scope, call.number("id"), call.config, float(radius)))
