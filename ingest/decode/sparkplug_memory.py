"""What is remembered of a Sparkplug node between two messages: its session, and the names its births gave.

Decides what of a birth is kept, and what a sequence number tells. A memory that cannot be read is an empty one: the next
birth fills it again.
"""

from collections.abc import Iterator

import msgspec

from core.errors import DecodeError
from core.model import Decoded, Reason
from ingest.decode.iot_values import MOST, Bad
from ingest.decode.source import NAME_LIMIT, Memory
from ingest.decode.sparkplug_payload import Metric

SEQUENCES = 256
LATE = 128  # a number this far behind is a late message, not a hundred lost ones
DEVICES_KEPT = 2000

Key = tuple[str, str]


class Session(msgspec.Struct):
    """Of a node: the bdSeq of its birth, the last `seq` it sent, the devices born behind it."""

    number: int | None = None
    sequence: int | None = None
    devices: list[str] = []


class Names(msgspec.Struct):
    """Of one birth: the name of each alias, and the data type of each name (data messages leave both out)."""

    aliases: dict[int, str] = {}
    types: dict[str, int] = {}


_sessions, _names = msgspec.json.Decoder(Session), msgspec.json.Decoder(Names)


def session_of(key: Key, memory: Memory, out: Decoded) -> Session:
    try:
        return _sessions.decode(out.memory.get(key) or memory.get(key) or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Session()


def names_of(key: Key, memory: Memory, out: Decoded) -> Names:
    try:
        return _names.decode(out.memory.get(key) or memory.get(key) or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Names()


def born(metrics: list[Metric]) -> Names:
    """The names a birth gives; those too long to be stored are left out, their metrics are refused anyway."""
    names = Names()
    for metric in metrics[:MOST]:
        if metric.name and len(metric.name) <= NAME_LIMIT:
            if metric.alias is not None:
                names.aliases[metric.alias] = metric.name
            if metric.datatype is not None:
                names.types[metric.name] = metric.datatype
    return names


def remember_device(session: Session, device: str) -> None:
    if device not in session.devices:
        session.devices = [*session.devices[1 - DEVICES_KEPT :], device]


def follow(session: Session, sequence: int) -> Iterator[Bad]:
    """Take the next sequence number (6.4.2.1: 0 … 255 and round again); a gap is told once, when it opens."""
    last = session.sequence
    missing = 0 if last is None else (sequence - last - 1) % SEQUENCES
    if missing >= LATE:
        return
    session.sequence = sequence % SEQUENCES
    if missing:
        problem = f"seq {sequence} after {last}: {missing} message(s) lost or late, a rebirth is wanted"
        yield Bad(DecodeError(problem, Reason.CONFLICT), b"seq=%d" % sequence)
