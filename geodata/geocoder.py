"""How a city's own geocoder is asked and what its answer says. Pure: the door to it is `ingest.geocoder`."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any
from urllib.parse import quote

from core.place_config import GeocoderConfig
from geodata.datums import to_cgcs2000


@dataclass(frozen=True, slots=True)
class Geocoded:
    """Where a geocoder sees an address, degrees in CGCS2000; `lon` None: it knows none."""

    address: str
    lon: float | None = None
    lat: float | None = None
    confidence: float = 0.0


def question(config: GeocoderConfig, address: str, key: str) -> str:
    """The URL to get. Other braces of the template stay as they are."""
    url = config.url
    for name, value in (("address", address), ("city", config.city), ("key", key)):
        url = url.replace("{" + name + "}", quote(value, safe=""))
    return url


def read_answer(config: GeocoderConfig, address: str, body: Any) -> Geocoded:
    """What a JSON answer says. Raises `ValueError` when a figure is none; a path that leads nowhere means: not known."""
    lon, lat = _at(body, config.lon), _at(body, config.lat)
    if lon is None or lat is None or lon == [] or lat == []:
        return Geocoded(address)
    if config.lon == config.lat:
        lon, lat = _pair(lon)
    x, y = float(lon), float(lat)
    if not (isfinite(x) and isfinite(y) and -180 <= x <= 180 and -90 <= y <= 90):
        raise ValueError(f"lon {lon}, lat {lat} are no degrees")
    if (x, y) == (0.0, 0.0):
        return Geocoded(address)
    told = _at(body, config.confidence) if config.confidence else None
    confidence = config.assumed if told is None else float(told) / config.confidence_of
    if not isfinite(confidence):
        raise ValueError(f"confidence {told} is no number")
    return Geocoded(address, *to_cgcs2000(x, y, config.datum), min(1.0, max(0.0, confidence)))


def _at(body: Any, path: str) -> Any:
    """The value a path leads to, or None."""
    for step in path.split("."):
        if isinstance(body, Mapping):
            body = body.get(step)
        elif isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        else:
            return None
    return body


def _pair(value: Any) -> tuple[Any, Any]:
    """`"119.95,31.78"` or `[119.95, 31.78]`. Raises `ValueError`."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or len(parts) != 2:
        raise ValueError(f"'{value}' is no pair of lon and lat")
    return parts[0], parts[1]
