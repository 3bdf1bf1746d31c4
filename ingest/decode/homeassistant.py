"""Home Assistant's MQTT discovery: a message announces a device's values and their topics, messages on these become readings.

Decides units and what a state means. Never evaluates a template that does more than name a place.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from core.errors import DecodeError
from core.model import Decoded, DeviceHint, Frame, Presence, Reason
from core.units import conversion, spelled
from ingest.decode.homeassistant_config import LONGEST_TOPIC, Address, address_of, announced_by, device_at, said
from ingest.decode.homeassistant_memory import About, Book, Config, Entity, Topic, Word, key_of_config, key_of_topic, recall
from ingest.decode.homeassistant_template import ABSENT, filtered, place_in
from ingest.decode.iot_values import MOST, TEXT_LIMIT, Bad, Said, Told, gather, metric_of, moment, raw_of, spoken, told, tree_of
from ingest.decode.source import Memory, Source, number_of

retained = ("/config", "/availability", "/status", "/LWT", "/bridge/state")  # endings of topics whose last message the broker keeps
UNKNOWN = {"none", "unknown", "unavailable"}
STAMPS = ("last_seen", "Time")  # of Zigbee2MQTT and Tasmota; others say nothing of the time
# In what unit a quantity comes that the city does not know; of those it knows, in the city's.
UNITS = {
    "apparent_temperature": "℃", "atmospheric_pressure": "hPa", "current": "A", "distance": "m", "duration": "s", "energy": "kWh",
    "power": "W", "precipitation": "mm", "pressure": "hPa", "speed": "m/s", "temperature": "℃", "voltage": "V", "volume": "m³",
    "water": "m³", "weight": "kg", "wind_speed": "m/s",
}  # fmt: skip
IMPERIAL = {
    "ft": (0.3048, "m"), "ft/s": (0.3048, "m/s"), "gal": (3.785411784, "L"), "in": (25.4, "mm"), "inhg": (3.386389, "kPa"),
    "lb": (0.45359237, "kg"), "mi": (1.609344, "km"), "mi/h": (1.609344, "km/h"), "mph": (1.609344, "km/h"), "psi": (6.894757, "kPa"),
}  # fmt: skip
_NUMBER = re.compile(r"[-+]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][-+]?\d{1,3})?", re.ASCII)


def wire_keys(frame: Frame) -> set[str]:
    """The memory of its topic; of a discovery message its own, and that of the topics it names."""
    return {key for topic, body in _messages(frame) for key in _keys(topic, body)}


def further_keys(frame: Frame, recalled: Callable[[str], bytes | None]) -> set[str]:
    """The memory of the topics that a discovery message named when it came before: from these it may be gone."""
    configs = [topic for topic, _ in _messages(frame) if address_of(topic)]
    return {key_of_topic(topic) for config in configs for topic in recall(Config, recalled(key_of_config(config))).topics}


def _messages(frame: Frame) -> list[tuple[str, Any]]:
    """(topic, body) of each message of a frame; over HTTP it may bring several."""
    if frame.topic and not frame.topic.startswith("/"):
        return [(frame.topic, frame.payload)]
    try:
        tree = tree_of(frame.payload)
    except DecodeError:
        return []
    many = [each for each in (tree if isinstance(tree, list) else [tree])[:MOST] if isinstance(each, dict)]
    return [(each["topic"], each.get("payload")) for each in many if isinstance(each.get("topic"), str)]


def _keys(topic: str, body: Any) -> set[str]:
    address = address_of(topic)
    if address is None:
        return {key_of_topic(topic)} if len(topic) <= LONGEST_TOPIC else set()
    keys = {key_of_config(topic)}
    try:
        if (tree := _config_body(body)) is not None:
            announced, _ = announced_by(topic, address, tree)
            keys |= {key_of_topic(each) for each in (*announced.entities, *announced.words)}
    except DecodeError:
        pass  # told when it is decoded
    return keys


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """One message by its topic; over HTTP `{topic, payload}` or a list of such. Raises `DecodeError`."""
    book = Book(source.name, memory, out)

    def speak(topic: str, body: Any) -> Iterator[Told]:
        address = address_of(topic)
        return _announce(topic, address, body, book, source) if address else _hear(topic, body, book.topic(topic), frame, source)

    over_mqtt = frame.topic and not frame.topic.startswith("/")
    gather(speak(frame.topic, frame.payload) if over_mqtt else told(frame, speak), (index, frame), source, out)


def _config_body(body: Any) -> dict[str, Any] | None:
    """None: the announcement is withdrawn, by an empty message. Raises `DecodeError`."""
    tree = (tree_of(body) if body.strip() else None) if isinstance(body, bytes) else body
    if tree is None or tree == "" or tree == {}:
        return None
    if not isinstance(tree, dict):
        raise DecodeError(f"an object belongs here, not {type(tree).__name__}")
    return tree


def _announce(topic: str, address: Address, body: Any, book: Book, source: Source) -> Iterator[Told]:
    tree = _config_body(body)
    announced, bad = announced_by(topic, address, tree) if tree is not None else (None, [])
    device, left_out = book.announce(topic, announced, device_at(address) if announced is None else "")
    yield _hint(device, announced.about if announced else About(), source)
    yield from bad
    if left_out:
        problem = DecodeError(f"{left_out} value(s) or presences found no room beside the others of their topic", Reason.TOO_LARGE)
        yield Bad(problem, b"", device)


def _hint(device: str, about: About, source: Source) -> DeviceHint:
    fields = {name: getattr(about, name) or None for name in ("gateway", "name", "product", "model", "firmware")}
    return DeviceHint(device, source.feed.domain, **fields)


def _hear(topic: str, body: Any, known: Topic, frame: Frame, source: Source) -> Iterator[Told]:
    """What a message on an announced topic says of the devices there."""
    if not known.entities and not known.words:
        raise DecodeError(f"no discovery message has named topic '{topic[:200]}'", Reason.UNSUPPORTED)
    tree = _tree(body)
    yield from _presences(known, tree, frame, source)
    readable = [entity for entity in known.entities if not entity.refused]
    if not readable and known.entities:
        yield Bad(DecodeError(known.entities[0].refused, Reason.UNSUPPORTED), raw_of(tree), known.entities[0].device)
    try:
        at = next((moment(tree[name], source) for name in STAMPS if isinstance(tree, dict) and name in tree), None)
    except DecodeError as problem:
        yield Bad(problem, raw_of(tree), None)
        at = None
    yield from _values(readable, known, tree, at, source)


def _values(entities: list[Entity], known: Topic, tree: Any, at: datetime | None, source: Source) -> Iterator[Told]:
    heard, hinted = set[tuple[str, str]](), set[str]()
    for entity in entities:
        value = place_in(tree, entity.steps)
        if value is ABSENT or value == "" or (entity.device, entity.metric) in heard:
            continue
        heard.add((entity.device, entity.metric))
        if entity.device not in hinted:
            hinted.add(entity.device)
            yield _hint(entity.device, known.about.get(entity.device, About()), source)
        try:
            yield Said(entity.device, entity.metric, _value(entity, value, source), at)
        except DecodeError as problem:
            detail = DecodeError(f"{entity.metric[:80]}: {problem}", problem.reason)
            yield Bad(detail, raw_of({entity.metric[:80]: value}), entity.device)


def _tree(body: Any) -> Any:
    """JSON where it is JSON, else its text."""
    if not isinstance(body, bytes):
        return body
    try:
        return tree_of(body)
    except DecodeError as problem:
        if problem.reason is Reason.TOO_LARGE:
            raise
        return body[: 4 * TEXT_LIMIT].decode("utf-8", "replace").strip()


def _presences(known: Topic, tree: Any, frame: Frame, source: Source) -> Iterator[Told]:
    """A word on a topic of several devices that have others too tells who is gone, and not who is there."""
    for device, word in known.words.items():
        online = _is_online(word, place_in(tree, word.steps))
        if online is None:
            yield Bad(DecodeError(f"neither '{word.online}' nor '{word.offline}'", Reason.TYPE), raw_of(tree), device)
        elif not online or word.alone or len(known.words) == 1:
            yield Presence(device, online, frame.received_at)
        else:
            yield DeviceHint(device, source.feed.domain)


def _is_online(word: Word, value: Any) -> bool | None:
    """None: it is neither of the two words."""
    told = said(value)
    return told == word.online if told and told in (word.online, word.offline) else None


def _value(entity: Entity, value: Any, source: Source) -> object:
    """A state as a number in its unit, a truth value or a text. Raises `DecodeError` (type)."""
    if isinstance(value, str) and value.strip().lower() in UNKNOWN:
        value = None
    if entity.on or entity.off:
        return _switched(entity, value)
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value.strip()) else spoken(value.strip())
    if isinstance(value, str):
        if entity.unit or "float" in entity.filters or "int" in entity.filters:
            raise DecodeError(f"'{value[:40]}' is no number", Reason.TYPE)
        return value
    number = number_of(value)
    return None if number is None else _in_unit(entity, filtered(number, entity.filters), source)


def _switched(entity: Entity, value: Any) -> float | None:
    if value is None:
        return None
    word = said(value)
    if word not in (entity.on, entity.off):
        raise DecodeError(f"'{word[:40]}' is neither '{entity.on}' nor '{entity.off}'", Reason.TYPE)
    return 1.0 if word == entity.on else 0.0


def _in_unit(entity: Entity, number: float, source: Source) -> float:
    """In the city's unit of the metric; where the city knows none, in the usual one of its class, so that all devices agree."""
    known = source.config.metrics.get(metric_of(entity.metric))
    wanted = known.unit if known else UNITS.get(entity.device_class, "")
    factor, given = IMPERIAL.get(spelled(entity.unit), (1.0, entity.unit))
    turn = conversion(given, wanted)
    if turn is None:
        raise DecodeError(f"'{entity.unit}' cannot become '{wanted}'", Reason.TYPE)
    if not wanted or (turn.factor, turn.offset, factor) == (1.0, 0.0, 1.0):
        return number
    return float(f"{turn(number * factor):.12g}")
