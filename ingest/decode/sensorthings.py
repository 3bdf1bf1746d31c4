"""OGC SensorThings (1.0, 1.1): observations by MQTT or HTTP, alone, in lists, as data arrays, or inside their Thing.

Decides what device and quantity an observation belongs to. Never asks the service for what a message leaves out: a
datastream known only by its number is named in the feed's `columns`.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from core.errors import DecodeError
from core.model import Decoded, Frame, Quality, Reason
from ingest.decode.iot_values import Bad, Said, Told, device_of, gather, leaves, moment, part_of, place, raw_of, tree_of
from ingest.decode.source import QUALITY_WORDS, Memory, Source

_OF_TOPIC = re.compile(r"(?:Multi)?Datastreams\(([^()/]{1,100})\)/Observations")
ID = "@iot.id"
RESULT = "result"  # the quantity of a datastream of which nothing but its number is known


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every observation of a body. Raises `DecodeError` for one that names no datastream."""
    gather(_document(tree_of(frame.payload), frame.topic, source), (index, frame), source, out)


def _document(tree: Any, topic: str, source: Source) -> Iterator[Told]:
    found = _OF_TOPIC.search(topic[:500])
    stream = {ID: found[1].strip("'")} if found else None
    elements = tree.get("value") if isinstance(tree, dict) and isinstance(tree.get("value"), list) else tree
    many = elements if isinstance(elements, list) else [elements]
    for element in many:
        try:
            yield from _element(element, stream, source)
        except DecodeError as problem:
            if len(many) == 1:
                raise
            yield Bad(problem, raw_of(element))


def _element(element: Any, stream: dict[str, Any] | None, source: Source) -> Iterator[Told]:
    match element:
        case {"Datastreams": [*streams]} | {"MultiDatastreams": [*streams]}:
            yield from _thing(element, streams, source)
        case {"dataArray": [*rows], "components": [*components]}:
            owner = _owner(_stream_of(element) or stream, None, source)
            for row in rows:
                named = dict(zip(map(str, components), row, strict=False)) if isinstance(row, list) else {}
                yield from _observation(named, owner, source)
        case {"Observations": [*observations]}:
            owner = _owner(element, None, source)
            for observation in observations:
                yield from _observation(observation, owner, source)
        case {"result": _}:
            yield from _observation(element, _owner(_stream_of(element) or stream, None, source), source)
        case _:
            raise DecodeError("neither observation nor what holds observations", Reason.UNSUPPORTED)


def _thing(thing: dict[str, Any], streams: list[Any], source: Source) -> Iterator[Told]:
    device = _named(thing, "Thing")
    for where in _list_of(thing, "Locations"):
        yield from _located(device, where, source)
    for stream in streams:
        if isinstance(stream, dict):
            owner = _owner(stream, device, source)
            for observation in _list_of(stream, "Observations"):
                yield from _observation(observation, owner, source)


def _list_of(tree: dict[str, Any], key: str) -> list[Any]:
    """What stands there, [] for nothing. Raises `DecodeError` for what is no list."""
    found = tree.get(key) or []
    if not isinstance(found, list):
        raise DecodeError(f"{key}: a list belongs here, not {type(found).__name__}")
    return found


def _located(device: str, where: object, source: Source) -> Iterator[Told]:
    point = part_of(where, "location") if isinstance(where, dict) else {}
    match point.get("geometry", point):
        case {"type": "Point", "coordinates": [lon, lat, *_]}:
            yield from place(source, device, lon, lat)


def _stream_of(element: dict[str, Any]) -> dict[str, Any]:
    return part_of(element, "Datastream") or part_of(element, "MultiDatastream")


def _owner(stream: dict[str, Any] | None, device: str | None, source: Source) -> tuple[str, str]:
    """Device and quantity of a datastream: from what it says itself, else from the feed's `columns` by its number."""
    if not stream:
        raise DecodeError("an observation without its Datastream", Reason.UNKNOWN_DEVICE)
    number = stream.get(ID)
    if number is not None and (given := source.feed.columns.get(str(number)[:100])):
        name, _, metric = given.rpartition("/")
        return device_of(name), metric
    thing = part_of(stream, "Thing")
    if device is None and thing:
        device = _named(thing, "Thing")
    words = (part_of(stream, "ObservedProperty").get("name"), stream.get("name"))
    metric = next((word for word in words if isinstance(word, str) and word.strip()), RESULT)
    return device or f"datastream-{device_of(number, ID)}", metric


def _named(thing: dict[str, Any], what: str) -> str:
    return device_of(thing.get("name") or thing.get(ID), what)


def _observation(observation: object, owner: tuple[str, str], source: Source) -> Iterator[Told]:
    """The result, or each part of one that has several, at the end of the time it stands for."""
    device, metric = owner
    try:
        if not isinstance(observation, dict) or RESULT not in observation:
            raise DecodeError("an observation without result")
        at = _time(observation, source)
    except DecodeError as problem:
        yield Bad(problem, raw_of(observation), device)
        return
    word = observation.get("resultQuality")
    quality: Quality | None = QUALITY_WORDS.get(word.lower()) if isinstance(word, str) and len(word) < 20 else None
    for name, value in leaves(observation[RESULT], metric):
        yield Said(device, name, value, at, quality)


def _time(observation: dict[str, Any], source: Source) -> datetime | None:
    return moment(observation.get("phenomenonTime"), source) or moment(observation.get("resultTime"), source)
