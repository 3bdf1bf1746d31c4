"""Stamps as text, moved in time without changing how they are written: separators, padding, decimals, offset stay.

Decides what is a stamp and how it is written after a move. What lies more than two days from the receipt is no stamp of this
frame (a due date, a history, a number that looks like one) and stays. What is finer than the spelling is cut off, never rounded up.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import ROUND_FLOOR, Decimal, InvalidOperation

from ingest.decode.source import EPOCH

NEAR = timedelta(days=2)
_MICROSECOND = timedelta(microseconds=1)
_UNITS = {10: 1_000_000, 13: 1000, 16: 1}  # digits of an epoch number of this century → microseconds of its unit
_FORMS = {"s": 1_000_000, "ms": 1000}  # `time_format` of a mapped feed

_WRITTEN = re.compile(
    r"(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})(日?[ Tt]{1,3}|日)(\d{1,2})([:时点])(\d{1,2})(?:([:分])(\d{1,2}))?([分秒]?)"
    r"(?:([.,])(\d{1,12}))?( ?(?:[Zz]|[+-]\d{1,2}(?::?\d\d)?))?",
    re.ASCII,
)
_COMPACT = re.compile(r"(20\d{6})(T?)(\d{4})(\d\d)?(\d{3})?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_EPOCH = re.compile(r"(\d{10}|\d{13}|\d{16})(?:\.\d{1,12})?", re.ASCII)
_INTERVAL = re.compile(r"(\d{4}-[^/]{5,30})/(\d{4}-[^/]{5,30})", re.ASCII)  # ISO 8601, of SensorThings and NGSI
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d\d)?")

Move = Callable[[datetime], datetime]


@dataclass(slots=True)
class Stamps:
    """Moves the stamps of one frame and counts them (`moved`).

    `near` is when the frame was received; `zone` that of times without offset, and of all where offsets are lies (`lies`);
    `form` the feed's own pattern (strptime, or `s` and `ms` of the epoch).
    """

    move: Move
    near: datetime
    zone: tzinfo
    form: str | None = None
    lies: bool = False
    moved: int = 0

    def text(self, text: str, certain: bool = True) -> str | None:
        """The stamp moved; None for what is none, or stays. `certain`: it stands where a time belongs, so bare digits are one too."""
        try:
            if found := _WRITTEN.fullmatch(text):
                return self._written(found)
            if found := _INTERVAL.fullmatch(text):
                return self._interval(found[1], found[2])
            if not certain:
                return None
            if self.form and self.form not in _FORMS:
                return self._formed(text, self.form)
            if found := _COMPACT.fullmatch(text):
                return self._compact(found)
            return self.number(text)
        except (ValueError, OverflowError):
            return None

    def number(self, text: str) -> str | None:
        """Seconds, milliseconds or microseconds of the epoch, with as many decimals as before."""
        unit = _FORMS.get(self.form or "")
        if not unit:
            found = _EPOCH.fullmatch(text)
            unit = _UNITS[len(found[1])] if found else 0
        try:
            number = Decimal(text) if unit else None
        except InvalidOperation:
            return None
        if number is None or not number.is_finite() or abs(number) > 10**16:
            return None
        at = EPOCH + int((number * unit).to_integral_value(ROUND_FLOOR)) * _MICROSECOND
        if (then := self._moved(at)) is None:
            return None
        moved = number + Decimal((then - at) // _MICROSECOND) / unit
        self.moved += 1
        return format(moved.quantize(Decimal(1).scaleb(min(int(number.as_tuple().exponent), 0)), ROUND_FLOOR), "f")

    def _interval(self, begin: str, end: str) -> str | None:
        new = [self.text(part, certain=False) or part for part in (begin, end)]
        return None if new == [begin, end] else "/".join(new)

    def _moved(self, at: datetime) -> datetime | None:
        """The moment it moves to, None where it stays."""
        return self.move(at) if abs(at - self.near) <= NEAR else None

    def _wall(self, wall: datetime, offset: str) -> datetime | None:
        """A clock on the wall moved, in its own zone; None where it stays."""
        zone = self.zone if self.lies or not offset else _zone(offset)
        then = self._moved(wall.replace(tzinfo=zone).astimezone(UTC))
        return then.astimezone(zone) if then else None

    def _written(self, found: re.Match[str]) -> str | None:
        year, s1, month, s2, day, gap, hour, s3, minute, s4, second, end, dot, fraction, offset = found.groups(default="")
        micros = int(fraction[:6].ljust(6, "0"))
        wall = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micros)  # noqa: DTZ001 zone follows
        then = self._wall(wall, offset)
        if then is None:
            return None
        self.moved += 1
        bare = len(month) == 1 or len(day) == 1
        bare_hour = len(hour) == 1 or (bare and hour[0] != "0")
        bare_minute = s3 != ":" and (len(minute) == 1 or (bare_hour and minute[0] != "0"))
        date = f"{then.year:04}{s1}{_two(then.month, bare)}{s2}{_two(then.day, bare)}"
        clock = f"{_two(then.hour, bare_hour)}{s3}{_two(then.minute, bare_minute)}"
        seconds = f"{s4}{_two(then.second, bare_minute)}" if second else ""
        part = f"{then.microsecond:06}"[: len(fraction)] + fraction[6:]
        return f"{date}{gap}{clock}{seconds}{end}{dot}{part}{offset}"

    def _compact(self, found: re.Match[str]) -> str | None:
        day, gap, clock, second, thousandth, offset = found.groups(default="")
        wall = datetime.strptime(day + clock + (second or "00") + (thousandth or "000"), "%Y%m%d%H%M%S%f")  # noqa: DTZ007 zone follows
        then = self._wall(wall, offset)
        if then is None:
            return None
        self.moved += 1
        text = f"{then:%Y%m%d}{gap}{then:%H%M}" + (f"{then:%S}" if second else "")
        return text + (f"{then.microsecond // 1000:03}" if thousandth else "") + offset

    def _formed(self, text: str, form: str) -> str | None:
        at = datetime.strptime(text.strip(), form)  # noqa: DTZ007 the zone follows
        zone = self.zone if self.lies or at.tzinfo is None else at.tzinfo
        then = self._moved(at.replace(tzinfo=zone).astimezone(UTC))
        if then is None:
            return None
        self.moved += 1
        return then.astimezone(zone).replace(tzinfo=at.tzinfo).strftime(form)


def _two(number: int, bare: bool) -> str:
    return str(number) if bare else f"{number:02}"


def _zone(offset: str) -> tzinfo:
    found = _OFFSET.search(offset)
    if found is None:
        return UTC
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
