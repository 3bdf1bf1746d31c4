"""What stands in the CP of an HJ 212 packet: values, their flags, their names.

Decides which keys are values and which flag speaks of which. Never knows a time or a device.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from core.errors import DecodeError
from core.model import Quality, Reason
from ingest.decode.hj212_packet import Group
from ingest.decode.source import QUALITY_WORDS, clean, name_of

NOT_VALUES = frozenset("flag eflag sampletime datatime polid infoid restarttime systemtime begintime endtime".split())
NULLS = ("", "NULL", "null", "Null")
FLAGS_KNOWN = {flag: quality for letter, quality in QUALITY_WORDS.items() for flag in (letter, letter.upper())}
# Air stations of 2005 number their flags: 0 calibration, 1 weather, 2 abnormal, 3 normal; there S is a fixed value.
FLAGS_OF_2005 = FLAGS_KNOWN | {"0": Quality.CALIBRATION, "1": Quality.GOOD, "2": Quality.SUSPECT, "3": Quality.GOOD}
_QUALITIES: dict[int, Mapping[str, Quality]] = {2005: MappingProxyType(FLAGS_OF_2005)}
_OF_LATER: Mapping[str, Quality] = MappingProxyType(FLAGS_KNOWN)

Value = tuple[str, str, str]


def qualities(edition: int) -> Mapping[str, Quality]:
    """Data flag → quality; a flag that is not there is not trusted."""
    return _QUALITIES.get(edition, _OF_LATER)


@lru_cache(maxsize=8192)  # the same keys come with every packet
def _key(key: str) -> tuple[str, str, str]:
    """(code, name, role) of a key. Roles: value, flag, time, factor, of and words (of the factor before), aside."""
    code, *kinds = key.split("-")
    kind = kinds[-1] if kinds else ""
    word = (kind or code).lower()
    if word == "flag":
        return (code if kind else "").lower(), key, "flag"
    if word in ("datatime", "polid"):
        return code, key, "time" if word == "datatime" else "factor"
    if word in NOT_VALUES:
        return code, key, "aside"
    return code.lower(), f"{code}-{kind}" if kind else code, {"info": "of", "sn": "words"}.get(word, "value")


def values_of(groups: Sequence[Group]) -> tuple[list[Value], str | None]:
    """(name, text, flag) of everything that is a value, and the DataTime.

    `a-Rtd=1,a-Flag=N` is the rule; `a-Rtd=1;a-Flag=N`, `a-Rtd=1;Flag=N` and `LA-Rtd-Rtd=1` occur. PolId puts its factor before
    the information that follows it.
    """
    found: list[Value] = []
    stamp: str | None = None
    factor, before = "", 0  # `before`: where the values of the group before this one begin
    for group in groups:
        flags: dict[str, str] = {}
        first = len(found)
        codes: list[str] = []
        for key, text in group:
            code, name, role = _key(key)
            if role == "value":
                codes.append(code)
                found.append((name, text, ""))
            elif role == "flag":
                flags[code] = text
            elif role in ("of", "words"):
                codes.append(code)
                text = f"//{text}//" if text and role == "words" else text  # a serial number may look like a number
                found.append((f"{factor}-{name}" if factor.lower() not in ("", code) else name, text, ""))
            elif role == "factor":
                factor = text
            elif role == "time" and text and stamp is None:
                stamp = text
        if flags and not codes:  # flags that stand alone speak of the group before
            _flag(found, before, flags)
            continue
        for place, code in enumerate(codes if flags else (), first):
            name, text, _ = found[place]
            found[place] = (name, text, flags.get(code, flags.get("", "")))
        before = first
    return found, stamp


def _flag(found: list[Value], start: int, flags: dict[str, str]) -> None:
    bare = flags.get("", "")
    for place in range(start, len(found)):
        name, text, flag = found[place]
        found[place] = (name, text, flag or flags.get(_key(name)[0], bare))


@lru_cache(maxsize=8192)
def metric_name(name: str, suffix: str) -> str:
    """The metric of a value: lower case, with the suffix of its period. Raises `DecodeError`."""
    return name_of(name.lower() + suffix, "metric")


def value_of(text: str) -> tuple[float | None, str | None]:
    """A number, or the text of an information item (`//清洗管路//`); empty is null. Raises `DecodeError` (type)."""
    try:
        number = float(text)
        if math.isfinite(number) and "_" not in text and text.isascii():
            return number, None
    except ValueError:
        pass
    if text in NULLS:
        return None, None
    if text.startswith("//") and text.endswith("//") and len(text) >= 4:
        return None, clean(text[2:-2])
    raise DecodeError(f"'{clean(text[:60])}' is no number", Reason.TYPE)
