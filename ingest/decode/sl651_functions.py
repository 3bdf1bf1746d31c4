"""The functions of SL 651-2014 whose bodies are no elements: versions, switches, gates, quotas, counters, the clock.

Decides what the bytes after the station's address mean for the function. Sources: SL 651-2014 6.6.4.19–6.6.4.31, tables 57–86.
"""

from collections.abc import Callable, Iterator

from core.errors import DecodeError
from core.model import Reading
from ingest.decode.sl651_body import HEAD
from ingest.decode.sl651_elements import About, Flaw, Item, bcd, reading
from ingest.decode.sl651_text import HEAD as TEXT_HEAD
from ingest.decode.sl651_text import address_of

COUNTERS, EVENTS = 32, 18  # table 82 has words for eighteen; the others are kept for later
_ADDRESS = b"\xf1\xf1"


def read_command(body: bytes, text: bool, about: About) -> Iterator[Item]:
    """The body of a function in `COMMANDS`. Raises `DecodeError` when it is not what the function's table asks for."""
    device, data = _addressed(body, text, about)
    if text and about.function != VERSION:
        words = b"".join(data.split())
        try:
            data = bytes.fromhex(words.decode("ascii"))
        except ValueError as error:
            raise DecodeError("no bytes in hexadecimal after the address") from error
    yield from COMMANDS[about.function](device, data, about)


def _addressed(body: bytes, text: bool, about: About) -> tuple[str, bytes]:
    """The station the body names (else the frame's), and what follows."""
    if text:
        words = body[TEXT_HEAD:].split(b" ", 2)
        if len(words) > 1 and words[0] == b"ST":
            return address_of(words[1].decode("ascii", "replace")), words[2] if len(words) > 2 else b""
        return about.station, body[TEXT_HEAD:]
    if body[HEAD : HEAD + 2] == _ADDRESS and len(body) >= HEAD + 7:
        return body[HEAD + 2 : HEAD + 7].hex().upper(), body[HEAD + 7 :]
    return about.station, body[HEAD:]


def _nothing(device: str, data: bytes, about: About) -> Iterator[Item]:
    """Done as told (initialised, reset, password changed): nothing to keep, a password least of all."""
    yield from ()


def _version(device: str, data: bytes, about: About) -> Iterator[Item]:
    """A byte of length (two letters in ASCII), then words of the maker's."""
    start = 1 if data[:1] and data[0] == len(data) - 1 else 2 if _counted(data) else 0
    words = "".join(letter for letter in data[start:].decode("ascii", "replace") if letter.isprintable()).strip()
    if not words:
        raise DecodeError("no version")
    yield Reading(device, "version", None, about.sent_at, about.quality, words[:200])


def _counted(data: bytes) -> bool:
    try:
        return int(data[:2], 16) in range(len(data.strip()) - 3, len(data))
    except ValueError:
        return False


def _switches(name: str) -> Callable[[str, bytes, About], Iterator[Item]]:
    def read(device: str, data: bytes, about: About) -> Iterator[Item]:
        if not data or not data[0] or len(data) != data[0] + 1:
            raise DecodeError(f"{len(data)} bytes of states of {name}s, the first says {data[0] if data else 'nothing'}")
        for place in range(8 * data[0]):
            open_ = data[1 + place // 8] >> place % 8 & 1
            yield reading(device, f"{name}.{place + 1}", float(open_), about.sent_at, about.quality)

    return read


def _gates(device: str, data: bytes, about: About) -> Iterator[Item]:
    """Number of gates, a bit each, then how far each is open in BCD (2 bytes, cm)."""
    count = data[0] if data else 0
    start = 1 + (count + 7) // 8
    if not count or len(data) not in (start, start + 2 * count):
        raise DecodeError(f"{len(data)} bytes of {count} gates")
    for gate in range(count):
        yield reading(device, f"gate.{gate + 1}", float(data[1 + gate // 8] >> gate % 8 & 1), about.sent_at, about.quality)
        if opening := data[start + 2 * gate : start + 2 * gate + 2]:
            try:
                yield reading(device, f"gate.{gate + 1}.opening", bcd(opening, 0), about.sent_at, about.quality)
            except DecodeError as problem:
                yield Flaw(f"gate {gate + 1}: {problem}", opening, device, problem.reason)


def _quota(device: str, data: bytes, about: About) -> Iterator[Item]:
    if data not in (b"\x00", b"\xff"):
        raise DecodeError("the control of quotas is neither FF (on) nor 00 (off)")
    yield reading(device, "quota", float(data == b"\xff"), about.sent_at, about.quality)


def _events(device: str, data: bytes, about: About) -> Iterator[Item]:
    """How often each event of table 82 was recorded."""
    if len(data) != 2 * COUNTERS:
        raise DecodeError(f"{len(data)} bytes of counters, {2 * COUNTERS} expected")
    for place in range(EVENTS):
        times = float(int.from_bytes(data[2 * place : 2 * place + 2], "big"))
        yield reading(device, f"event.{place + 1}", times, about.sent_at, about.quality)


def _clock(device: str, data: bytes, about: About) -> Iterator[Item]:
    """How many seconds the station's clock is ahead of the time of receipt."""
    if about.sent_at is None:
        raise DecodeError("the station's clock shows no time")
    yield reading(device, "clock", round((about.sent_at - about.received_at).total_seconds(), 3), about.received_at, about.quality)


VERSION = 0x45
COMMANDS: dict[int, Callable[[str, bytes, About], Iterator[Item]]] = {
    VERSION: _version, 0x47: _nothing, 0x48: _nothing, 0x49: _nothing, 0x4A: _clock, 0x4C: _switches("pump"), 0x4D: _switches("valve"),
    0x4E: _gates, 0x4F: _quota, 0x50: _events, 0x51: _clock,
}  # fmt: skip
