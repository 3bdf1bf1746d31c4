"""Levels of a device as people write them, in a request or in a cell of a file.

Pure; whether a metric is known is decided by who registers it.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any

from core.device_levels import DeviceLevel
from core.errors import Invalid

LEVEL_FIELDS = ("metric", "level", "value", "season", "source", "from", "to")
_MOST_LEVELS = 100
_LONGEST = {"metric": 128, "level": 40, "source": 120}
_NUMBER = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?")
_SEASON = re.compile(r"(\d\d-\d\d)~(\d\d-\d\d)")
_DATES = re.compile(r"(\d{4}-\d\d?-\d\d?)?~(\d{4}-\d\d?-\d\d?)?")
_LEAP_YEAR = 2000  # 02-29 is a day of the year
_SHAPE = "like 'water_level 汛限水位 91.0 04-15~07-15 2026年汛期调度方案'"


def read_levels(told: Any) -> tuple[DeviceLevel, ...] | None:
    """A list of objects, or the text of a cell, by metric and value; None where nothing is told. Raises `Invalid`."""
    if told is None:
        return None
    if isinstance(told, str):
        found = [_of_text(part.strip()) for part in re.split(r"[;；\n]", told.replace("～", "~")) if part.strip()]
    elif isinstance(told, list) and len(told) <= _MOST_LEVELS:
        found = [_of_fields(one) for one in told]
    else:
        raise Invalid(f"levels: a list of at most {_MOST_LEVELS} objects with {', '.join(LEVEL_FIELDS)}")
    return tuple(sorted(found, key=lambda one: (one.metric, one.value, one.level, one.season or (), one.since or date.min)))


def _of_text(part: str) -> DeviceLevel:
    """`metric level value [season] [from~to] [source]` between spaces."""
    metric, *words = part.split()
    if len(words) < 2 or not _NUMBER.fullmatch(words[1]):
        raise Invalid(f"levels: '{part}' is not {_SHAPE}")
    fields: dict[str, Any] = {"metric": metric, "level": words[0], "value": float(words[1])}
    rest = words[2:]
    if rest and _SEASON.fullmatch(rest[0]):
        fields["season"] = rest.pop(0)
    if rest and (span := _DATES.fullmatch(rest[0])):
        fields |= {"from": span[1], "to": span[2]}
        rest.pop(0)
    return _of_fields(fields | ({"source": " ".join(rest)} if rest else {}))


def _of_fields(fields: Any) -> DeviceLevel:
    if not isinstance(fields, Mapping) or fields.keys() - set(LEVEL_FIELDS):
        raise Invalid(f"levels: an object with {', '.join(LEVEL_FIELDS)}")
    texts = {name: _text(name, fields.get(name)) for name in _LONGEST}
    if not texts["metric"] or not texts["level"]:
        raise Invalid("levels: one names no metric or no level")
    value = fields.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise Invalid(f"levels: {texts['level']}: value is a number, in the city's unit of {texts['metric']}")
    since, until = _day(fields, "from"), _day(fields, "to")
    if since and until and since > until:
        raise Invalid(f"levels: {texts['level']}: from {since} is after to {until}")
    return DeviceLevel(texts["metric"], texts["level"], float(value), _season(fields.get("season")), texts["source"], since, until)


def _season(told: Any) -> tuple[str, str] | None:
    """`04-15~07-15`, both included; over the new year where the second is earlier."""
    if told is None or told == "":
        return None
    found = _SEASON.fullmatch(told.strip().replace("～", "~")) if isinstance(told, str) else None
    try:
        if found:
            for day in found.groups():
                date.fromisoformat(f"{_LEAP_YEAR}-{day}")
            return found[1], found[2]
    except ValueError:
        pass
    raise Invalid(f"levels: season '{told}' is no span of the year; write 04-15~07-15")


def _text(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or "\x00" in value or len(value.strip()) > _LONGEST[name]:
        raise Invalid(f"levels: {name} is a text of at most {_LONGEST[name]} letters")
    return value.strip() or None


def _day(fields: Mapping[str, Any], name: str) -> date | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        year, month, day = (int(part) for part in str(value).split("-"))
        return date(year, month, day)
    except ValueError as error:
        raise Invalid(f"levels: {name} '{value}' is no day; write 2026-03-01") from error
