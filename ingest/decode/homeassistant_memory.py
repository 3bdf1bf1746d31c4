"""What is remembered of Home Assistant's discovery: for each topic whose values it brings, for each message which topics it named.

Decides what of an announcement stands beside what others announced. A memory that cannot be read is an empty one: the next
discovery message fills it again.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from core.model import Decoded
from ingest.decode.source import Memory

MOST_ENTITIES = 500  # of one topic
MOST_DEVICES = 2000  # whose presence one topic tells

Key = tuple[str, str]


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """One value of a device. `config`: the topic of the message that announced it; `refused`: why it cannot be read."""

    config: str
    device: str
    metric: str
    steps: list[str] = []
    filters: list[str] = []
    unit: str = ""
    device_class: str = ""
    on: str = ""
    off: str = ""
    refused: str = ""


class Word(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a topic tells the presence of a device; `alone`: no other topic does."""

    online: str
    offline: str
    steps: list[str] = []
    alone: bool = True


class About(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a device is, for the registry."""

    name: str = ""
    product: str = ""
    model: str = ""
    firmware: str = ""
    gateway: str = ""


class Topic(msgspec.Struct, omit_defaults=True):
    """Of a topic: the values it brings, the devices (by name) whose presence it tells, and what is known of both."""

    entities: list[Entity] = []
    words: dict[str, Word] = {}
    about: dict[str, About] = {}


class Config(msgspec.Struct, omit_defaults=True):
    """Of a discovery message: its device, and the topics on which it has entities."""

    device: str = ""
    topics: list[str] = []


class Announced(msgspec.Struct):
    """What one discovery message says of one device, by topic."""

    device: str
    about: About
    entities: dict[str, list[Entity]] = {}
    words: dict[str, Word] = {}


_Kind = TypeVar("_Kind", Topic, Config)
_decoders = {kind: msgspec.json.Decoder(kind) for kind in (Topic, Config)}


def key_of_topic(topic: str) -> str:
    return f"topic {topic}"


def key_of_config(topic: str) -> str:
    return f"config {topic}"


def recall(kind: type[_Kind], content: bytes | None) -> _Kind:
    try:
        return _decoders[kind].decode(content or b"{}")  # type: ignore[return-value]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return kind()


class Book:
    """The memory of one feed while a frame is read: what the batch has written stands before what was loaded."""

    def __init__(self, feed: str, memory: Memory, out: Decoded) -> None:
        self._feed, self._memory, self._out = feed, memory, out

    def topic(self, topic: str) -> Topic:
        return recall(Topic, self._read(key_of_topic(topic)))

    def announce(self, config: str, told: Announced | None, device: str = "") -> tuple[str, int]:
        """Let a message stand for what it says now, and no more for what it said before; None: it is withdrawn.

        Returns the device, and how many values or presences found no room.
        """
        before = recall(Config, self._read(key_of_config(config)))
        entities: Mapping[str, list[Entity]] = told.entities if told else {}
        words: Mapping[str, Word] = told.words if told else {}
        left_out = 0
        for topic in sorted({*before.topics, *entities, *words}):
            if topic in entities or topic in words or self._read(key_of_topic(topic)) is not None:
                left_out += self._place(topic, config, told, entities.get(topic, ()))
        device = told.device if told else before.device or device
        self._write(key_of_config(config), Config(device, sorted(entities)))
        return device, left_out

    def _place(self, topic: str, config: str, told: Announced | None, entities: Iterable[Entity]) -> int:
        known, left_out = self.topic(topic), 0
        kept = [each for each in known.entities if each.config != config]
        known.entities = sorted([*kept, *entities], key=lambda each: (each.config, each.device, each.metric))
        if len(known.entities) > MOST_ENTITIES:
            left_out += len(known.entities) - MOST_ENTITIES
            known.entities = known.entities[:MOST_ENTITIES]
        if told and (word := told.words.get(topic)):
            if told.device in known.words or len(known.words) < MOST_DEVICES:
                known.words[told.device] = word
            else:
                left_out += 1
        if told:  # the second announcement of a device often says no more of it than its identifier
            before = known.about.get(told.device, About())
            said = {name: getattr(told.about, name) or getattr(before, name) for name in About.__struct_fields__}
            known.about[told.device] = About(**said)
        named = {each.device for each in known.entities}
        known.about = {device: about for device, about in known.about.items() if device in named and about != About()}
        self._write(key_of_topic(topic), known)
        return left_out

    def _read(self, peer: str) -> bytes | None:
        key = (self._feed, peer)
        return self._out.memory.get(key) or self._memory.get(key)

    def _write(self, peer: str, content: Topic | Config) -> None:
        encoded = msgspec.json.encode(content)
        if encoded != (self._read(peer) or b"{}"):  # brokers and bridges say the same again and again
            self._out.memory[self._feed, peer] = encoded
