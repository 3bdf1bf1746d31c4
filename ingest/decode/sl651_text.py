"""Bodies of letters of SL 651-2014: the ASCII variant, and what people key in at a station (F2, RGZS).

Decides which word names what and which is a number. Identifiers of table C.1 become the guide they have in HEX, others keep
their letters. Sources: SL 651-2014 6.6.2, 6.6.4.4 (series), 6.6.4.8 and annex G (words of SL 330-2011).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from core.errors import DecodeError
from core.model import Picture, Quality, Reason
from ingest.decode.sl651_elements import (
    CLASSES,
    GUIDES,
    HEX,
    NUMBERS,
    RAIN,
    SETTINGS,
    About,
    Flaw,
    Item,
    in_steps,
    of_the_hour,
    reading,
    state,
    when,
)  # fmt: skip

HEAD = 16  # serial and time of sending
_CLASSES = frozenset(CLASSES)
_AS_IT_IS = re.compile(rb"(?:^|(?<= ))(PIC|RGZS) ")
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{0,10})?")
_LETTERS = re.compile(r"[A-Za-z][A-Za-z0-9]{0,11}")
_ADDRESS = re.compile(r"[0-9A-Fa-f]{10}|[0-9A-Fa-f]{8}")
_STEP = re.compile(r"DR([DHN])(\d\d)")
_UNITS = {"D": "days", "H": "hours", "N": "minutes"}
_OTHERS_IN_SL330 = frozenset(("AS", "CD"))  # annex G: how an area was measured, the day's water; in table C.1 arsenic, cadmium
_OF_THE_HOUR = frozenset(HEX[RAIN : RAIN + 9])


def read_text(body: bytes, about: About) -> Iterator[Item]:
    """All a body of the ASCII variant says, in its order."""
    body = body[HEAD:]
    found = _AS_IT_IS.search(body)
    words = body[: found.start() if found else len(body)].decode("ascii", "replace").split()
    device, at, rest = about.station, about.sent_at, iter(range(len(words)))
    for place in rest:
        word, value = words[place], words[place + 1] if place + 1 < len(words) else ""
        if _STEP.fullmatch(word):
            yield from _series(words[place:], device, at, about)
            break
        next(rest, None)  # its value
        if word == "ST":
            device = address_of(value)
            if _is_class(words, place + 2):
                next(rest, None)
        elif word == "TT":
            at = when(value, about.zone)
            if at is None:
                yield Flaw(f"'{value[:40]}' is no time of observation", value.encode(), device)
        else:
            yield from _element(word, value, device, at, about)
    if found and found[1] == b"RGZS":
        yield from manual(body[found.end() :], device, at, about)
    elif found:
        content = body[found.end() :].removesuffix(b" ")
        yield Picture(content, at, device=device) if content else Flaw("a picture without a byte", b"", device)


def _is_class(words: list[str], place: int) -> bool:
    """Whether the word after an address is the station's class: a letter that no number follows."""
    after = words[place + 1] if place + 1 < len(words) else ""
    return place < len(words) and words[place] in _CLASSES and after != "M" and not _NUMBER.fullmatch(after)


def address_of(word: str) -> str:
    """Ten digits, or the eight of SL 502 with their two zeros. Raises `DecodeError`."""
    if not _ADDRESS.fullmatch(word):
        raise DecodeError(f"'{word[:40]}' is no address of a station")
    return word.upper().rjust(10, "0")


def _element(word: str, value: str, device: str, at: datetime | None, about: About) -> Iterator[Item]:
    try:
        if about.function in SETTINGS:
            if re.fullmatch(r"[0-9A-Fa-f]{2}", word) and int(word, 16) in NUMBERS:
                yield reading(device, word.lower() + ".config", _number(value), at, about.quality)
            return
        metric = _metric(word)
        if metric == "45" and re.fullmatch(r"[0-9A-Fa-f]{8}", value):
            yield from state(device, int(value, 16), at, about.quality)
        elif metric in _OF_THE_HOUR:
            yield from of_the_hour(device, int(metric, 16), _bytes(value), at, about.quality)
        else:
            yield reading(device, metric, _number(value), at, about.quality)
    except DecodeError as problem:
        yield Flaw(f"{word[:40]}: {problem}", f"{word} {value}".encode(), device, problem.reason)


def _metric(word: str, keyed_in: bool = False) -> str:
    """The guide of table C.1; a word that has none keeps its letters."""
    if not _LETTERS.fullmatch(word):
        raise DecodeError("no identifier")
    guide = GUIDES.get(word.upper())
    return guide if guide and not (keyed_in and word.upper() in _OTHERS_IN_SL330) else f"{word.lower()}.sl330"


def _number(word: str) -> float | None:
    """A decimal number; M, or nothing but F, says that there is none."""
    if _NUMBER.fullmatch(word):
        return float(word)
    if word == "M" or (word and not word.strip("F")):
        return None
    raise DecodeError(f"'{word[:40]}' is no number", Reason.TYPE)


def _bytes(word: str) -> bytes:
    if len(word) % 2 or not re.fullmatch(r"[0-9A-Fa-f]+", word):
        raise DecodeError(f"'{word[:60]}' are no bytes", Reason.TYPE)
    return bytes.fromhex(word)


def _series(words: list[str], device: str, at: datetime | None, about: About) -> Iterator[Item]:
    """DRxnn, identifiers, then their values time by time. All are of one step (6.6.4.4)."""
    unit, many = words[0][2], int(words[0][3:])
    count = next((place for place, word in enumerate(words[1:]) if word == "M" or not _LETTERS.fullmatch(word)), 0)
    if not count:
        raise DecodeError("a series without identifiers or without values")
    metrics, values = [_metric(word) for word in words[1 : count + 1]], words[count + 1 :]
    for column, metric in enumerate(metrics):
        mine = values[column::count]
        if metric in _OF_THE_HOUR:
            yield from of_the_hour(device, int(metric, 16), _bytes("".join(mine)), at, about.quality)
        else:
            step = timedelta(**{_UNITS[unit]: many})
            yield from in_steps(device, metric, map(_number, mine), at, step, about.quality)


def manual(raw: bytes, device: str, at: datetime | None, about: About) -> Iterator[Item]:
    """What was keyed in: words of SL 330, each before its value, perhaps with station, class and time. Estimated, as typed by hand."""
    words = raw.decode("ascii", "replace").split()
    about = replace(about, quality=Quality.ESTIMATED)
    if len(words) > 2 and words[0] in _CLASSES and _ADDRESS.fullmatch(words[1]) and words[2].isdigit():
        words = ["ST", words[1], "TT", *words[2:]]  # the head of a telegram of SL 330: class, station, time
    place, said = 0, False
    while place + 1 < len(words):
        word, value = words[place].upper(), words[place + 1]
        place += 2
        try:
            if word == "ST":
                device = address_of(value)
                place += _is_class(words, place)
            elif word == "TT":
                at = when(value if len(value) == 10 else f"{_year(about)}{value}", about.zone)
            else:
                yield reading(device, _metric(word, keyed_in=True), _number(value), at, about.quality)
                said = True
        except DecodeError as problem:
            place -= 1
            yield Flaw(f"{word[:40]}: {problem}", f"{word} {value}".encode("ascii", "replace"), device, problem.reason)
    if not said:
        yield Flaw("keyed in, but not in words of SL 330", raw, device, Reason.UNSUPPORTED)


def _year(about: About) -> str:
    """Telegrams of SL 330 leave the year out: it is the year in which they were sent."""
    return f"{(about.sent_at or about.received_at).astimezone(about.zone).year % 100:02d}"
