"""NGSI-LD and NGSIv2 entities (FIWARE), normalised, concise or as key-values, alone, in lists or in notifications.

Decides which of an entity's attributes are values, and when they were observed. Entities that tell of something that
happened become reports (`ngsi_report`). Never keeps number plates, and asks no context broker for what is left out.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from core.errors import DecodeError
from core.model import Decoded, Frame, Quality, Reason
from ingest.decode.iot_values import Bad, Said, Told, device_of, gather, leaves, place, raw_of, tree_of
from ingest.decode.ngsi_report import is_report, report_of
from ingest.decode.ngsi_values import entity_time, own_time, point_of, short, value_of
from ingest.decode.source import NAME_LIMIT, Memory, Source

LISTS = ("data", "entities")  # of a notification (both versions), of a batch
ABOUT = {"id", "type", "@context", "address", "location", "name", "alternatename", "description", "dataprovider", "source", "owner",
         "seealso", "areaserved", "scope", "unit", "measurementtype", "textvalue", "outlier"}  # fmt: skip
NOT_VALUES = re.compile(r"^(?:ref[A-Z].*|has[A-Z].*|date[A-Z].*|.*(?:DateTime|Url|URL|[a-z]At|LoggedTime)|(?:Time|time)(?:Instant|stamp)"
                        r"|valid(?:From|To)|(?:start|end)Date)$")  # fmt: skip
# Texts that are no state: number plates stay where they were read, and what a thing is called elsewhere is not observed.
NO_STATE = re.compile(r"plate|(?:id|num|content|version|address)$|^(?:serial|mcc|mnc)", re.IGNORECASE)
VALUELESS = {"object", "languageMap", "objectList", "vocab", "json"}  # what stands beside `value` in other kinds of attribute
NO_VALUES = {"DateTime", "GeoProperty", "Relationship", "LanguageProperty", "geo:json", "geo:point", "command"}
STAMPED = re.compile(r"[-_:/]?\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?(?:_\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?)?$")


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every entity of a body. Raises `DecodeError` when it is none and holds none."""
    gather(_entities(tree_of(frame.payload), frame, source), (index, frame), source, out)


def _entities(tree: Any, frame: Frame, source: Source) -> Iterator[Told]:
    many = next((tree[key] for key in LISTS if isinstance(tree.get(key), list)), [tree]) if isinstance(tree, dict) else tree
    if not isinstance(many, list):
        raise DecodeError("neither entity nor notification", Reason.UNSUPPORTED)
    for entity in many:
        try:
            if not isinstance(entity, dict) or not isinstance(entity.get("id"), str) or not isinstance(entity.get("type"), str | list):
                raise DecodeError("an entity has an id and a type")
            yield from _entity({short(key): part for key, part in entity.items()}, frame, source)
        except DecodeError as problem:
            if len(many) == 1:
                raise
            yield Bad(problem, raw_of(entity))


def _entity(entity: dict[str, Any], frame: Frame, source: Source) -> Iterator[Told]:
    if is_report(entity):
        yield report_of(entity, frame, source)
        return
    device = _device(entity)
    try:
        at = entity_time(entity, source)
    except DecodeError as problem:
        yield Bad(problem, b"", device)
        at = None
    where = point_of(entity.get("location"))
    if where:
        yield from place(source, device, *where)
    yield from _attributes(device, entity, at, source)


def _device(entity: dict[str, Any]) -> str:
    """The id; of one made anew for each observation what stands before its time."""
    name = entity["id"]
    return device_of(STAMPED.sub("", name) or name if len(name) < 300 else name, "id")


def _attributes(device: str, entity: dict[str, Any], at: datetime | None, source: Source) -> Iterator[Told]:
    controlled = value_of(entity.get("controlledProperty"))
    quality = Quality.SUSPECT if value_of(entity.get("outlier")) is True else None
    for name, attribute in entity.items():
        if len(name) > NAME_LIMIT or not _may_be_value(name):
            continue
        if name == "controlledProperty" and "numValue" in entity:
            continue
        called = controlled if name == "numValue" and isinstance(controlled, str) else name
        for instance in attribute if _many(attribute) else [attribute]:
            try:
                yield from _values(device, called, instance, own_time(instance, source) or at, quality)
            except DecodeError as problem:
                yield Bad(problem, raw_of({name: instance}), device)


@lru_cache(maxsize=1 << 14)
def _may_be_value(name: str) -> bool:
    return name.lower() not in ABOUT and not NOT_VALUES.match(name)


def _many(attribute: object) -> bool:
    """NGSI-LD's several instances of one attribute, told apart by `datasetId`."""
    return isinstance(attribute, list) and bool(attribute) and all(isinstance(each, dict) and "value" in each for each in attribute[:100])


def _values(device: str, name: str, attribute: object, at: datetime | None, quality: Quality | None) -> Iterator[Told]:
    """A number, truth value or text; of an object the numbers in it. Times, places, lists and relations are no values."""
    if isinstance(attribute, dict):
        kinds = (attribute.get("type"), attribute.get("@type"))
        if not VALUELESS.isdisjoint(attribute) or any(isinstance(kind, str) and kind in NO_VALUES for kind in kinds):
            return
        if isinstance(attribute.get("datasetId"), str):
            name = f"{name}-{attribute['datasetId'].rpartition(':')[2][:80]}"
    value = value_of(attribute)
    if isinstance(value, dict):
        for inner, part in leaves(value, name) if "coordinates" not in value else ():
            if isinstance(part, bool | int | float) or len(inner) > NAME_LIMIT:
                yield Said(device, inner, part, at, quality)
    elif isinstance(value, str):
        if value and not NO_STATE.search(name) and not value.startswith(("http", "urn:")):
            yield Said(device, name, value, at, quality)
    elif not isinstance(value, list):
        yield Said(device, name, value, at, quality)
