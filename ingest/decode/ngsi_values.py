"""How NGSI writes values, times and places: three forms of an attribute, read by one set of functions.

Decides nothing about entities.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ingest.decode.iot_values import moment
from ingest.decode.source import Source

# Where an entity says when it was observed, the most telling first. Of a period the end: the value stands for all of it.
TIMES = ("dateObservedTo", "dateObserved", "observationDateTime", "TimeInstant", "observedAt", "timestamp", "dateLastValueReported",
         "binLoggedTime", "endDateTime", "modifiedAt", "dateModified")  # fmt: skip
OWN_TIMES = ("TimeInstant", "timestamp", "dateObserved", "observedAt", "dateModified")  # in the metadata of NGSIv2


def short(name: str) -> str:
    """The last step of an expanded name: `https://uri.etsi.org/ngsi-ld/default-context/temperature` → `temperature`."""
    return name.replace("#", "/").rpartition("/")[2] if name.startswith("http") and len(name) < 500 else name


def value_of(attribute: object) -> Any:
    """What an attribute says, in whichever form it came."""
    if not isinstance(attribute, dict):
        return attribute
    if "@value" in attribute:
        return attribute["@value"]
    if "value" in attribute:
        value = attribute["value"]
        return value["@value"] if isinstance(value, dict) and "@value" in value else value
    return None if "object" in attribute or "languageMap" in attribute else attribute


def own_time(attribute: object, source: Source) -> datetime | None:
    """When this attribute was observed, if it says so itself. Raises `DecodeError`."""
    if not isinstance(attribute, dict):
        return None
    if attribute.get("observedAt") is not None:
        return moment(value_of(attribute["observedAt"]), source)
    metadata = attribute.get("metadata")
    return first_time(metadata, OWN_TIMES, source) if isinstance(metadata, dict) else None


def entity_time(entity: Mapping[str, Any], source: Source) -> datetime | None:
    """When the entity as a whole was observed. Raises `DecodeError`."""
    return first_time(entity, TIMES, source)


def first_time(parts: Mapping[str, Any], names: tuple[str, ...], source: Source) -> datetime | None:
    """The first of the named parts that holds a time. Raises `DecodeError` when it is none."""
    for name in names:
        stamp = value_of(parts.get(name))
        if isinstance(stamp, str | int | float) and not isinstance(stamp, bool) and stamp != "":
            return moment(stamp, source)
    return None


def point_of(attribute: object) -> tuple[object, object] | None:
    """lon, lat of a GeoJSON point, of the middle of a line, or of NGSIv2's `geo:point` (which is lat, lon)."""
    value = value_of(attribute)
    if isinstance(value, str):
        lat, comma, lon = value[:80].partition(",")
        return (_degrees(lon), _degrees(lat)) if comma else None
    match value:
        case {"type": "Point", "coordinates": [lon, lat, *_]}:
            return lon, lat
        case {"type": "LineString", "coordinates": [_, *_] as line}:
            match line[len(line) // 2]:
                case [lon, lat, *_]:
                    return lon, lat
    return None


def _degrees(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
