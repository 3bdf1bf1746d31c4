"""HEX/BCD bodies of SL 651-2014: identifiers with their data definition byte, one after the other → readings.

Decides where a group ends, whose it is and of which time. Bodies of letters are `sl651_text`'s, commands' `sl651_functions`'s.
Sources: SL 651-2014 6.6.3 (identifiers, signs), 6.6.4.4 (series), table C.1 with its notes (fixed lengths), annex D.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from core.errors import DecodeError
from core.model import Picture, Reason
from ingest.decode.sl651_elements import (
    CLASSED,
    CLASSES,
    FLOW_BATCH,
    HEX,
    MANUAL,
    NUMBERS,
    OBSERVED,
    PICTURE,
    RAIN,
    SERIES,
    SETTINGS,
    STATE,
    STATION,
    STEP,
    About,
    Flaw,
    Item,
    bcd,
    in_steps,
    of_the_hour,
    reading,
    state,
    when,
)  # fmt: skip
from ingest.decode.sl651_text import manual

HEAD = 8  # serial and time of sending
_CLASSES = CLASSES.encode()
_RELAY = 0x0E  # its definition byte is all length (table D.1)

Group = tuple[int, str, int, bytes]


def groups(body: bytes, function: int) -> Iterator[Group]:
    """(guide, name, definition, data) of every group after the head. Raises `DecodeError` when the body ends in the midst of one."""
    place, size, settings, row = HEAD, len(body), function in SETTINGS, False
    while place < size:
        guide = body[place]
        name = HEX[guide]
        if guide == 0xFF and place + 1 < size:
            place += 1
            name += HEX[body[place]]
        if place + 1 >= size:
            raise DecodeError(f"{name}: the body ends after the identifier")
        definition = body[place + 1]
        place += 2
        long = size - place if row else _length(guide, definition, settings, size - place)
        if place + long > size:
            raise DecodeError(f"{name}: {long} bytes announced, {size - place} are there")
        yield guide, name, definition, body[place : place + long]
        place += long
        if guide == STATION and _has_class(body, place, function):
            place += 1
        row = guide == STEP and function in SERIES


def _has_class(body: bytes, place: int, function: int) -> bool:
    """Whether the byte after a station's address is its class and not an identifier."""
    after = body[place : place + 3]
    return after[1:] == b"\xf0\xf0" or (function in CLASSED and after[:1] in _CLASSES and after[:1] != b"")


def _length(guide: int, definition: int, settings: bool, left: int) -> int:
    """Bytes of data; the guides from F0 on have theirs from the standard, whatever the definition byte says."""
    if guide < 0xF0 or guide == 0xFF:
        return definition if settings and guide == _RELAY else definition >> 3
    if guide in (OBSERVED, STATION):
        return 5
    if guide == RAIN:
        return 12
    return 24 if RAIN < guide < FLOW_BATCH else left


def read_bytes(body: bytes, about: About) -> Iterator[Item]:
    """All a body says, in its order. Raises `DecodeError` where it breaks off: what came before it holds."""
    device, at, step = about.station, about.sent_at, None
    for guide, name, definition, data in groups(body, about.function):
        try:
            if guide == STATION:
                device = data.hex().upper()
            elif guide == OBSERVED:
                at = when(data.hex(), about.zone)
                if at is None:
                    yield Flaw(f"'{data.hex()}' is no time of observation", data, device)
            elif about.function in SETTINGS:
                if guide in NUMBERS:
                    yield reading(device, name + ".config", bcd(data, definition & 7), at, about.quality)
            elif step is not None or MANUAL <= guide < 0xFF:
                yield from _many(guide, name, definition, data, device, at, step, about)
            elif guide == STEP and about.function in SERIES:
                step = _step(data)
            elif guide == STATE and len(data) == 4:
                yield from state(device, int.from_bytes(data, "big"), at, about.quality)
            else:
                yield reading(device, name, bcd(data, definition & 7), at, about.quality)
        except DecodeError as problem:
            yield Flaw(f"{name}: {problem}", data, device, problem.reason)


def _step(data: bytes) -> timedelta:
    """Days, hours, minutes, one BCD byte each; all zero stands before the series of an hour."""
    if len(data) != 3 or not data.hex().isdecimal():
        raise DecodeError(f"'{data.hex()}' is no step between values")
    days, hours, minutes = (int(f"{part:02x}") for part in data)
    return timedelta(days=days, hours=hours, minutes=minutes)


def _many(
    guide: int, name: str, definition: int, data: bytes, device: str, at: datetime | None, step: timedelta | None, about: About
) -> Iterator[Item]:
    """A group that is no single number."""
    if RAIN <= guide < FLOW_BATCH:
        yield from of_the_hour(device, guide, data, at, about.quality)
    elif guide == PICTURE:
        yield Picture(data, at, device=device) if data else Flaw("a picture without a byte", data, device)
    elif guide == MANUAL:
        yield from manual(data, device, at, about)
    elif step is None or guide == FLOW_BATCH:
        yield Flaw(f"{name}: the standard gives this group no form", data, device, Reason.UNSUPPORTED)
    else:
        yield from _row(name, definition, data, device, at, step, about)


def _row(name: str, definition: int, data: bytes, device: str, at: datetime | None, step: timedelta, about: About) -> Iterator[Item]:
    """One element's values up to the end of the body, all as long as the definition byte says."""
    width = definition >> 3
    if not width:
        raise DecodeError("a series of values without length")
    whole = len(data) // width * width
    values = (bcd(data[place : place + width], definition & 7) for place in range(0, whole, width))
    yield from in_steps(device, name, values, at, step, about.quality)
    if whole < len(data):
        yield Flaw(f"{name}: {len(data) - whole} bytes over after the series", data[whole:], device)
