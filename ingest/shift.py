"""A frame in another time: the stamps in its bytes moved, everything else as it was. Pure.

Decides which reader of stamps a format has, and the rule by which a whole replay moves (`mapping`). Never decodes values: what a
binary format hides (SenML in CBOR, sheets, enciphered packets) stays as it was and `moved` is 0.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model import Frame
from ingest.decode.hotline_fields import COLUMNS
from ingest.decode.source import Source
from ingest.shift_sparkplug import shift_sparkplug
from ingest.shift_stamps import Move, Stamps
from ingest.shift_stations import shift_hj212, shift_sl651
from ingest.shift_text import Names, is_table, shift_keyed, shift_table

_OWN = {"hj212": shift_hj212, "sl651": shift_sl651, "sparkplug": shift_sparkplug}
_TABLES = ("hotline-csv", "hotline-sheet", "mapped")
# Values counted from one stamp on (a series, relative times): the whole frame moves as its receipt does, else they would run ahead.
_RIGID = ("sl651", "senml")


@dataclass(frozen=True, slots=True)
class Shifted:
    """The bytes to send, and how many stamps in them were moved."""

    payload: bytes
    moved: int


def by(delta: timedelta) -> Move:
    """Every moment by the same."""
    return lambda at: at + delta


def mapping(first: datetime, last: datetime, now: datetime, speed: float) -> Move:
    """How a replay that begins `now` moves the moments of a recording received from `first` to `last`.

    At speed 1 the first receipt becomes now; at n the moments lie n times closer, around the same beginning; at 0, where all is
    sent at once, the last receipt becomes now. To the second below, so that spellings without fractions move exactly alike.
    What was not in the future when it was received is not in the future when it is sent.
    """
    if speed == 0:
        return by(_whole(now - last))
    if speed == 1:
        return by(_whole(now - first))
    begin = now.replace(microsecond=0)
    return lambda at: begin + (at - first) / speed


def _whole(span: timedelta) -> timedelta:
    return timedelta(seconds=span // timedelta(seconds=1))


def shift(frame: Frame, source: Source, move: Move) -> Shifted:
    """The frame's payload with its stamps moved. Only those within two days of its receipt are; each keeps its spelling."""
    feed = source.feed
    if feed.format in _RIGID:
        move = by(move(frame.received_at) - frame.received_at)
    stamps = Stamps(move, frame.received_at, source.zone, feed.time_format, feed.lies_about_offset)
    if own := _OWN.get(feed.format):
        return Shifted(own(frame.payload, stamps), stamps.moved)
    names = Names(feed.columns or (COLUMNS if feed.format.startswith("hotline") else {}))
    read = shift_table if feed.format in _TABLES and is_table(frame.payload) else shift_keyed
    return Shifted(read(frame.payload, stamps, names), stamps.moved)
