"""Permit limits and target classes as people write them, in a request or in a cell of a file.

Pure; whether a metric is known and its unit can be turned is decided by who registers it.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any

from core.errors import Invalid
from core.standards import water
from core.standards.permit import PermitLimit

_AVERAGES = {
    **dict.fromkeys(("hour", "h", "小时", "时均", "小时均值"), "hour"),
    **dict.fromkeys(("day", "d", "日", "日均", "日均值"), "day"),
}
LIMIT_FIELDS = ("metric", "average", "most", "least", "unit", "permit", "from", "to")
_MOST_LIMITS = 200
_LONGEST = {"metric": 128, "unit": 40, "permit": 60}
_NUMBER = r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"(?:({_NUMBER})\s*~\s*)?({_NUMBER})")
_DATES = re.compile(r"(\d{4}-\d\d?-\d\d?)?~(\d{4}-\d\d?-\d\d?)?")
_PERMIT = re.compile(r"[0-9A-Za-z]{10,}")  # 22 characters: a unified social credit code, three digits, a letter
_SHAPE = "like 'cod 小时 50 mg/L 91320404MA1XXXX001P 2025-01-01~2029-12-31'"


def read_limits(told: Any) -> tuple[PermitLimit, ...] | None:
    """A list of objects, or the text of a cell, in the order of their metrics; None where nothing is told. Raises `Invalid`."""
    if told is None:
        return None
    if isinstance(told, str):
        found = [_of_text(part.strip()) for part in re.split(r"[;；\n]", told.replace("～", "~")) if part.strip()]
    elif isinstance(told, list) and len(told) <= _MOST_LIMITS:
        found = [_of_fields(one) for one in told]
    else:
        raise Invalid(f"limits: a list of at most {_MOST_LIMITS} objects with {', '.join(LIMIT_FIELDS)}")
    return tuple(sorted(found, key=lambda one: (one.metric, one.average, one.since or date.min)))


def read_target(told: Any) -> int:
    """A target class 1 … 5 from `III`, `Ⅲ类`, `3`; 0 takes it away. Raises `Invalid`."""
    if told is None or told == "":
        return 0
    try:
        return water.read_class(told)
    except ValueError as error:
        raise Invalid(f"target_class: {error}") from error


def _of_text(part: str) -> PermitLimit:
    """`metric [average] value [unit] [permit] [from~to]` between spaces; a value is `50` or `6~9`."""
    metric, *words = part.split()
    fields: dict[str, Any] = {"metric": metric}
    if words and words[0].lower() in _AVERAGES:
        fields["average"] = words.pop(0)
    if not words or not (value := _RANGE.fullmatch(words.pop(0))):
        raise Invalid(f"limits: '{part}' is not {_SHAPE}")
    fields["most"], fields["least"] = float(value[2]), value[1] and float(value[1])
    for word in words:
        if span := _DATES.fullmatch(word):
            fields |= {"from": span[1], "to": span[2]}
        elif _PERMIT.fullmatch(word):
            fields["permit"] = word
        elif "unit" not in fields:
            fields["unit"] = word
        else:
            raise Invalid(f"limits: '{word}' in '{part}' is neither unit, permit nor from~to; write {_SHAPE}")
    return _of_fields(fields)


def _of_fields(fields: Any) -> PermitLimit:
    if not isinstance(fields, Mapping) or fields.keys() - set(LIMIT_FIELDS):
        raise Invalid(f"limits: an object with {', '.join(LIMIT_FIELDS)}")
    average = _AVERAGES.get(str(fields.get("average", "hour")).strip().lower())
    if average is None:
        raise Invalid(f"limits: '{fields['average']}' is no average; write hour (小时) or day (日)")
    texts = {name: _text(name, fields.get(name)) for name in _LONGEST}
    if not texts["metric"]:
        raise Invalid("limits: one names no metric")
    most, least = _number(fields, "most"), _number(fields, "least")
    since, until = _day(fields, "from"), _day(fields, "to")
    if most is None and least is None:
        raise Invalid(f"limits: {texts['metric']} has neither most nor least")
    if most is not None and least is not None and least > most:
        raise Invalid(f"limits: {texts['metric']}: least {least:g} is more than most {most:g}")
    if since and until and since > until:
        raise Invalid(f"limits: {texts['metric']}: from {since} is after to {until}")
    return PermitLimit(
        texts["metric"], "day" if average == "day" else "hour", most, least, texts["unit"] or "", texts["permit"], since, until
    )


def _text(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or "\x00" in value or len(value.strip()) > _LONGEST[name]:
        raise Invalid(f"limits: {name} is a text of at most {_LONGEST[name]} letters")
    return value.strip() or None


def _number(fields: Mapping[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise Invalid(f"limits: {name} is a number")
    return float(value)


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
        raise Invalid(f"limits: {name} '{value}' is no day; write 2026-03-01") from error
