"""City components over HTTP: what stands near a spot and whose it is."""

from api.call import Answer, Call, Param, read_params
from core.errors import Invalid
from store import components

COMPONENT_PARAMS = (
    Param("near", "lon,lat in degrees of CGCS2000"), Param("radius_m", "metres, at most 1,000; 50 unless given", "number"),
    Param("class_code", "component class"), Param("limit", "at most 100, usually 20", "integer"),
)  # fmt: skip


def list_components(call: Call) -> Answer:
    """The nearest first."""
    wanted = read_params(COMPONENT_PARAMS, call.query)
    lon, lat = _near(wanted.get("near", ""))
    radius, limit = wanted.get("radius_m", 50.0), wanted.get("limit", 20)
    if not 0 < radius <= 1000 or not 1 <= limit <= 100:
        raise Invalid("radius_m: up to 1,000 metres; limit: from 1 to 100")
    found = components.find_near(call.connection, call.scope, lon, lat, radius, wanted.get("class_code"), limit)
    return Answer({"components": found, "radius_m": radius})


def _near(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise Invalid("near: lon,lat as in 119.905,31.785") from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid("near: lon,lat must be degrees")
    return lon, lat


def get_component(call: Call) -> Answer:
    return Answer(components.get_component(call.connection, call.scope, call.path["code"]))
