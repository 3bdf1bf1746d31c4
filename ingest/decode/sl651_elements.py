"""The elements of SL 651-2014 annex C: their names, their numbers (BCD, HEX), the times they belong to.

Decides what a group of bytes or letters is worth and how far it can be trusted. Knows no frame and no function.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.errors import DecodeError
from core.model import Picture, Quality, Reading, Reason

# Table C.1, guides 01H–75H in their order; DRxnn (04) is the step between the values of a series.
_LETTERS = (
    "AC AI C DRxnn DT ED EJ FL GH GN GS GT GTP H HW M10 M20 M30 M40 M50 M60 M80 M100 MST NS P1 P2 P3 P6 P12 PD PJ PN01 PN05 "
    "PN10 PN30 PR PT Q Q1 Q2 Q3 Q4 Q5 Q6 Q7 Q8 QA QZ SW UC UE US VA VJ VT Z ZB ZU Z1 Z2 Z3 Z4 Z5 Z6 Z7 Z8 SQ ZT pH DO COND "
    "TURB CODMN REDOX NH4N TP TN TOC CU ZN SE AS THG CD PB CHLA WP1 WP2 WP3 WP4 WP5 WP6 WP7 WP8 SYL1 SYL2 SYL3 SYL4 SYL5 SYL6 "
    "SYL7 SYL8 SBL1 SBL2 SBL3 SBL4 SBL5 SBL6 SBL7 SBL8 VTA VTB VTC VIA VIB VIC"
).split()
HEX = tuple(f"{guide:02x}" for guide in range(256))
GUIDES: dict[str, str] = {letters.upper(): HEX[guide] for guide, letters in enumerate(_LETTERS, 1)}
GUIDES |= {"DRP": "f4"} | {f"DRZ{place}": HEX[0xF4 + place] for place in range(1, 9)}

STATION, OBSERVED, MANUAL, PICTURE, RAIN, FLOW_BATCH, STATE, STEP = 0xF1, 0xF0, 0xF2, 0xF3, 0xF4, 0xFD, 0x45, 0x04
STATE_BITS = 12  # table 58; the others are kept for later
_SCALES: tuple[int, ...] = (1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000)  # three bits of decimals
FIVE_MINUTES = timedelta(minutes=5)
SERIES = (0x31, 0x38)  # functions in which a step code makes one value a row of values up to the end
SETTINGS = range(0x40, 0x44)
CLASSES = "PHKZDTMGQIO"  # annex A: what kind of station; every function of data names it after the address
CLASSED = frozenset((*range(0x30, 0x35), *range(0x36, 0x39), 0x3A, 0x44))
# Settings that are numbers: the working mode, and table D.4. Addresses, channels, card numbers and passwords are read past.
NUMBERS = frozenset((0x0C, *range(0x20, 0xA9)))
_LEVELS = frozenset(HEX[0x39:0x44])
_NINES = frozenset((9999.99, 9999.999, 99999.99, 99999.999))
# Numbers that are words: gates without doors, shut, wide open, out of the water (E.3.2.2); a dry well (E.8.2.2).
_WORDS = {"09": frozenset((555.0, 444.0, 999.0, 888.0)), "0e": frozenset((444.0,))}


@dataclass(frozen=True, slots=True)
class About:
    """What all parts of a message share. `sent_at` None: its stamp is no time."""

    function: int
    station: str
    sent_at: datetime | None
    received_at: datetime
    zone: ZoneInfo
    quality: Quality = Quality.GOOD


@dataclass(frozen=True, slots=True)
class Flaw:
    """A part that cannot be used; its neighbours go on."""

    detail: str
    raw: bytes
    device: str
    reason: Reason = Reason.UNDECODABLE


Item = Reading | Flaw | Picture


@lru_cache(maxsize=4096)
def when(digits: str, zone: ZoneInfo) -> datetime | None:
    """YYMMDDHHmm or YYMMDDHHmmSS in the station's zone → UTC; None for what is no time. All years are of this century."""
    if not (digits.isascii() and digits.isdigit() and len(digits) in (10, 12)):
        return None
    year, month, day, hour, minute, second = (int(digits[at : at + 2] or 0) for at in range(0, 12, 2))
    try:
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def bcd(data: bytes, decimals: int) -> float | None:
    """BCD digits → number; a first byte FF is the minus sign; nothing but F or A (or no digit at all): None.

    Raises `DecodeError` (type) for other digits.
    """
    digits = data.hex()
    if digits.isdecimal():
        return int(digits) / _SCALES[decimals]
    if digits[:2] == "ff" and digits[2:].isdecimal():
        return -int(digits[2:]) / _SCALES[decimals] or 0.0
    if not digits.strip("f") or not digits.strip("a"):
        return None
    raise DecodeError(f"'{digits[:62]}' are no decimal digits", Reason.TYPE)


def reading(device: str, metric: str, value: float | None, at: datetime | None, quality: Quality) -> Reading:
    """One value of an element; None is missing, a number that stands for a word or for 'no level' is out of range."""
    if value is None:
        quality = Quality.MISSING
    elif (metric in _LEVELS and value in _NINES) or value in _WORDS.get(metric, ()):
        quality = Quality.OUT_OF_RANGE
    elif at is None and quality is Quality.GOOD:
        quality = Quality.NO_TIME
    return Reading(device, metric, value, at, quality)


def state(device: str, word: int, at: datetime | None, quality: Quality) -> Iterator[Reading]:
    """Element 45: the word as it is, and each bit that table 58 defines, as it stands on the wire."""
    yield reading(device, "45", float(word), at, quality)
    for bit in range(STATE_BITS):
        yield reading(device, f"45.{bit}", float(word >> bit & 1), at, quality)


def of_the_hour(device: str, guide: int, data: bytes, first: datetime | None, quality: Quality) -> Iterator[Item]:
    """F4 (rain, 1 byte, 0.1 mm) or F5–FC (relative level, 2 bytes, 0.01 m), one each five minutes from `first` on."""
    width, scale = (1, 10) if guide == RAIN else (2, 100)
    if first is None:
        yield Flaw(f"{HEX[guide]}: a series without the time of its first value", data, device)
        return
    invalid = (1 << 8 * width) - 1
    for place in range(len(data) // width):
        number = int.from_bytes(data[place * width : (place + 1) * width], "big")
        yield reading(device, HEX[guide], None if number == invalid else number / scale, first + place * FIVE_MINUTES, quality)


def in_steps(
    device: str, metric: str, values: Iterable[float | None], first: datetime | None, step: timedelta, quality: Quality
) -> Iterator[Item]:
    """Values one `step` apart, the first at `first` (6.6.4.4 a). Raises `DecodeError` when either is not known."""
    if first is None or not step:
        raise DecodeError("a series without the time of its first value, or without a step")
    for place, value in enumerate(values):
        try:
            yield reading(device, metric, value, first + place * step, quality)
        except OverflowError as error:
            raise DecodeError("a series beyond the calendar") from error
