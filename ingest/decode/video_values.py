"""How the values of video wires are read: times, confidences, places, words; and the number plates taken out of free text.

Decides what a vendor's stamp or scale means. Knows no event and no memory.
"""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from core.errors import DecodeError
from core.model import Position, Reason
from ingest.decode.source import EPOCH, Source, clean, json_of, position_of

MARKS = 20_000  # commas and brackets of JSON: what takes time is their number, not the length of a picture in base64
WORD = 80

_DIGITS = re.compile(r"\d{14}(?:\d{3})?")
_SHORT_OFFSET = re.compile(r"([+-])(\d):(\d\d)$")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-HJ-NP-Z]\s?[·•.]?\s?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]"
)


def json_in(payload: bytes) -> Any:
    """JSON with at most `MARKS` commas and brackets. Raises `DecodeError`."""
    if payload.count(b",") + payload.count(b"{") + payload.count(b"[") > MARKS:
        raise DecodeError(f"more than {MARKS} elements", Reason.TOO_LARGE)
    return json_of(payload)


def stamp_of(stamp: object, source: Source, fallback: datetime | None = None, form: str | None = None) -> datetime:
    """A vendor's time → UTC: RFC 3339 (also `+8:00`), `2026-11-21 12:00:00`, 14 or 17 digits, epoch seconds or milliseconds.

    Local in the feed's zone where no offset is given, and where the feed `lies_about_offset`. `form` is a strptime form.
    Empty is the `fallback`. Raises `DecodeError` for what is no time.
    """
    text = stamp.strip() if isinstance(stamp, str) else stamp
    if text in (None, "") and fallback is not None:
        return fallback
    try:
        if isinstance(text, bool) or not isinstance(text, str | int | float):
            raise ValueError
        at = datetime.strptime(str(text), form) if form else _moment(text)  # noqa: DTZ007 — the zone comes next
        if at.tzinfo is None or source.feed.lies_about_offset:
            at = at.replace(tzinfo=source.zone)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        shown = clean(str(stamp)[:60]) if isinstance(stamp, str | int | float) else type(stamp).__name__
        raise DecodeError(f"'{shown}' is no time") from error


def _moment(text: str | int | float) -> datetime:
    if isinstance(text, str) and _DIGITS.fullmatch(text):
        return datetime.strptime(text[:14], "%Y%m%d%H%M%S") + timedelta(milliseconds=int(text[14:] or 0))  # noqa: DTZ007
    if isinstance(text, str) and not text.replace(".", "", 1).isdigit():
        return datetime.fromisoformat(_SHORT_OFFSET.sub(r"\g<1>0\2:\3", text.replace("/", "-")))
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return EPOCH + timedelta(seconds=number / 1000 if abs(number) >= 1e11 else number)  # 1e11 s are the year 5138


def share_of(value: object, full: float = 1.0) -> float | None:
    """A confidence as a share of 1, from a number or its text. None for none.

    Above `full` it is read as per cent, above 100 as one of 255: where scales overlap, the higher reading is taken, for a
    candidate too many is looked at and one too few is not.
    """
    number = number_in(value)
    if number is None or number < 0:
        return None
    return min(number / (full if number <= full else 100.0 if number <= 100 else 255.0), 1.0)


def number_in(value: object) -> float | None:
    """A number, also written as text; None for everything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def place_of(lon: object, lat: object, source: Source) -> Position | None:
    """Degrees of a camera, also as text; 0/0 and what lies on no globe is no place: then the registry knows better."""
    x, y = number_in(lon), number_in(lat)
    if x is None or y is None or (x == 0 and y == 0):
        return None
    try:
        return position_of(x, y, None, source)
    except DecodeError:
        return None


def word_of(value: object) -> str:
    """A short word or number of a vendor as one line of text; '' for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean("".join(letter if letter.isprintable() else " " for letter in str(value)[: 2 * WORD])).strip()[:WORD]


def without_plates(text: str) -> str:
    """Free text with number plates taken out."""
    return _PLATE.sub("*", text)


def unsupported(what: str) -> DecodeError:
    """A message of the same vendor that is no event."""
    return DecodeError(what, Reason.UNSUPPORTED)
