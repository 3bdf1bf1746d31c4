"""Messages of SL 651-2014 sent in several packets (mode M3), put together through the memory of the wire.

Decides which packets belong together, which is missing, and when the whole is there. A message is bounded in parts, bytes
and age. The memory of (feed, station/function) tells which parts are there; the parts lie sixteen to a row beside it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode.sl651_frame import ETX, Packet
from ingest.decode.source import Memory, Source

MOST_PARTS = 1024
MOST_BYTES = 2 << 20
HOLDS = timedelta(minutes=10)  # between two packets: two repetitions over a slow modem
BLOCK = 16


class Card(msgspec.Struct, array_like=True):
    """Which parts of a message came, by the checksum of their frames; `serial` is known from part 1 on."""

    total: int
    at: datetime
    serial: int = 0
    done: bool = False
    parts: dict[int, int] = {}


_cards = msgspec.msgpack.Decoder(Card)
_blocks = msgspec.msgpack.Decoder(dict[int, bytes])


def keys_of(station: str, function: int, total: int) -> list[str]:
    """The peers under which a message's memory lies: its card, then its blocks."""
    name = f"{station}/{function:02x}"
    return [name, *(f"{name}/{block}" for block in range(-(-min(total, MOST_PARTS) // BLOCK)))]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a packet did: `body` when the message is whole, `missing` the part to ask for, `again` when all was there before."""

    serial: int
    body: bytes | None = None
    missing: int = 0
    again: bool = False


def gather(packet: Packet, frame: Frame, source: Source, memory: Memory, out: Decoded) -> Gathered:
    """Take one packet of several. Raises `DecodeError` (too_large, undecodable) for what cannot be one."""
    total, number = packet.total, packet.number
    if not 1 <= number <= total:
        raise DecodeError(f"part {number} of {total}")
    if total > MOST_PARTS or total * len(packet.body) > MOST_BYTES:
        raise DecodeError(f"{total} parts of {len(packet.body)} bytes, {MOST_PARTS} parts and {MOST_BYTES} bytes allowed", Reason.TOO_LARGE)
    keys = [(source.name, peer) for peer in keys_of(packet.station, packet.function, total)]
    card = _card(_recall(keys[0], memory, out), packet, frame.received_at)
    if card.done:
        return Gathered(card.serial, again=True)
    if number == 1:
        card.serial = serial_of(packet)
    card.parts[number], card.at = packet.crc, frame.received_at
    key = keys[1 + (number - 1) // BLOCK]
    block = _block(_recall(key, memory, out)) | {number: packet.body}
    out.memory[key] = msgspec.msgpack.encode(block)
    body = _whole(keys[1:], total, memory, out) if len(card.parts) == total else None
    if body is not None:
        card.done = True
        out.memory.update(dict.fromkeys(keys[1:], b""))
    out.memory[keys[0]] = msgspec.msgpack.encode(card)
    last = packet.end == ETX or number == total
    return Gathered(card.serial, body, 0 if body is not None or not last else _missing(card))


def serial_of(packet: Packet) -> int:
    """The serial number at the start of a body, 0 where there is none."""
    if not packet.text:
        return int.from_bytes(packet.body[:2], "big")
    try:
        return int(packet.body[:4], 16)
    except ValueError:
        return 0


def _recall(key: tuple[str, str], memory: Memory, out: Decoded) -> bytes:
    kept = out.memory.get(key)
    return kept if kept is not None else memory.get(key, b"")


def _card(kept: bytes, packet: Packet, now: datetime) -> Card:
    """The card of the message this packet belongs to, or a new one: another total, too old, or a first part that differs.

    A first part that was asked for again ends in ETX (6.3.1.2 c): it completes the message instead of beginning another.
    """
    try:
        card = _cards.decode(kept)
        known = card.parts.get(packet.number)
        same = card.total == packet.total and timedelta() <= now - card.at <= HOLDS
        if same and known == packet.crc:
            return card
        begins = packet.number == 1 and (known is not None or packet.end != ETX)
        if same and not card.done and not begins:
            return card
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError):  # none yet, or not ours; a stamp without offset cannot be compared
        pass
    return Card(packet.total, now, parts={})


def _block(kept: bytes) -> dict[int, bytes]:
    try:
        return _blocks.decode(kept) if kept else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}


def _whole(keys: list[tuple[str, str]], total: int, memory: Memory, out: Decoded) -> bytes | None:
    """The parts in their order, None when the memory lost one."""
    parts: dict[int, bytes] = {}
    for key in keys:
        parts |= _block(_recall(key, memory, out))
    try:
        return b"".join(parts[number] for number in range(1, total + 1))
    except KeyError:
        return None


def _missing(card: Card) -> int:
    """The first part to ask for; the first of all when the memory lost one it had."""
    return next((number for number in range(1, card.total + 1) if number not in card.parts), 1)
