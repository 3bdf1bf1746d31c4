"""The kinds of values a setting may have, and what every part of the configuration is. Decides how each is written and refused."""

import difflib
import re
from datetime import timedelta
from functools import cache
from ipaddress import ip_network
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def duration(value: object) -> object:
    """`90s`, `5m`, `24h`, `7d` or a number of seconds."""
    if isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        if not match:
            raise ValueError(f"'{value}' is no duration; write 30s, 5m, 24h or 7d")
        return timedelta(seconds=float(match[1]) * _UNIT_SECONDS[match[2]])
    return value


def written(span: timedelta) -> str:
    """A duration as the configuration writes it: the largest unit that says it in a whole number."""
    milliseconds = round(span.total_seconds() * 1000)
    sizes = sorted(_UNIT_SECONDS.items(), key=lambda each: -each[1])
    unit, seconds = next((each for each in sizes if milliseconds and milliseconds % round(each[1] * 1000) == 0), ("s", 1))
    return f"{milliseconds // round(seconds * 1000)}{unit}"


@cache
def _zones() -> frozenset[str]:
    """Read from the disk once: every feed asks."""
    return frozenset(available_timezones())


def _timezone(value: object) -> object:
    if isinstance(value, str) and value not in _zones():
        near = difflib.get_close_matches(value, sorted(_zones()), 1)
        raise ValueError(f"'{value}' is no time zone" + (f"; did you mean '{near[0]}'?" if near else ""))
    return value


def _network(value: object) -> object:
    """An address or a network of them (CIDR)."""
    if isinstance(value, str):
        try:
            return str(ip_network(value.strip()))
        except ValueError as error:
            raise ValueError(f"'{value}' is no address or network; write 10.20.0.0/16 or 2001:db8::/32 ({error})") from error
    return value


Duration = Annotated[timedelta, BeforeValidator(duration), PlainSerializer(written, return_type=str, when_used="json")]
Zone = Annotated[str, BeforeValidator(_timezone)]
Domain = Literal["emergency", "urban", "environment", "water"]
Datum = Literal["cgcs2000", "wgs84", "gcj02", "bd09"]
Network = Annotated[str, BeforeValidator(_network)]
AreaCode = Annotated[str, Field(pattern=r"^\d{4}(\d{2}(\d{3}(\d{3})?)?)?$")]
ClassCode = Annotated[str, Field(pattern=r"^\d{4}$")]


class Part(BaseModel):
    """Unknown keys are refused: a misspelt setting must not be silently without effect. So are NaN and infinity: no limit is one."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
