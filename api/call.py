"""What a handler is given and what it gives back: plain data, so that the table of routes can be read, tested and documented.

Reads parameters strictly: a misspelt filter is refused, not ignored, because a list that silently shows everything lies.
"""

import base64
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from api.auth import Identity
from api.places import Places
from core.config import Config
from core.errors import Invalid
from core.model import Scope
from core.plain import fault_of
from store.lists import MOST, Filter
from store.timescale import Connection, Store


class Deps(Protocol):
    """What the composing process hands in. `store` is the owner's login, `web_store` the one under row security."""

    @property
    def config(self) -> Config: ...
    @property
    def store(self) -> Store: ...
    @property
    def web_store(self) -> Store: ...
    def clock(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is JSON-able, or bytes with their own type."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    cookies: tuple[Mapping[str, Any], ...] = ()


def _refuse_constant(word: str) -> float:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(f"{word} is no number")


@dataclass(frozen=True, slots=True)
class Call:
    """One request, already identified, inside one transaction that sees only the caller's areas."""

    deps: Deps
    connection: Connection
    identity: Identity
    now: datetime
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    address: str
    url: str
    media: Path
    places: Places
    cookies: Mapping[str, str] = field(default_factory=dict)
    secure: bool = False

    @property
    def scope(self) -> Scope:
        return self.identity.scope

    @property
    def config(self) -> Config:
        return self.deps.config

    def json(self) -> Any:
        """The body as JSON, without what no part of the software takes (`core.plain`). Raises `Invalid`."""
        try:
            body = json.loads(self.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Invalid(f"the body is not JSON: {error}") from error
        if fault := fault_of(body):
            raise Invalid(f"the body: {fault}")
        return body

    def fields(self) -> dict[str, Any]:
        """The body as a JSON object. Raises `Invalid`."""
        body = self.json()
        if not isinstance(body, dict):
            raise Invalid("the body must be a JSON object")
        for name in ("alert_id", "report_id", "incident_id"):
            value = body.get(name)
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _LARGEST):
                raise Invalid(f"{name}: the number of one")
        return body

    def number(self, name: str) -> int:
        """A whole number of the path. Raises `Invalid`."""
        if not self.path[name].isdigit() or len(self.path[name]) > 18:
            raise Invalid(f"'{self.path[name]}' is no {name}")
        return int(self.path[name])


_LARGEST = 2**62  # ids are 64 bits: what is larger cannot be one

Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Param:
    """A query parameter: `kind` is text, integer, number, boolean, time, duration or list (comma-separated)."""

    name: str
    about: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table that registers, authorises and documents. `handler` None: the edge answers it.

    `secret`: the body holds a password, so nothing is kept of it, not even the hash that tells a repetition.
    """

    method: str
    path: str
    need: str
    about: str
    handler: Handler | None = None
    params: tuple[Param, ...] = ()
    body: Mapping[str, Any] | None = None
    body_type: str = "application/json"
    answers: tuple[tuple[int, str], ...] = ((200, "done"),)
    secret: bool = False


PAGE = (Param("limit", f"rows a page, at most {MOST}", "integer"), Param("next", "where the last page ended, as its `next` said"))
SPAN = (Param("from", "inclusive, RFC 3339", "time"), Param("to", "exclusive, RFC 3339", "time"))
AREA = Param("area", "code of an area, or its beginning")


def read_params(params: tuple[Param, ...], query: Mapping[str, str]) -> dict[str, Any]:
    """The query as values. Raises `Invalid` for a name the route does not know or a value that cannot be read."""
    known = {param.name: param for param in params}
    for name in query:
        if name not in known:
            raise Invalid(f"no parameter is called '{name}'; there are {', '.join(known) or 'none'}")
    return {name: READ[known[name].kind](name, value) for name, value in query.items() if value != ""}


def read_time(name: str, value: object) -> datetime:
    """RFC 3339 with its offset, or epoch milliseconds. Raises `Invalid`: a time without an offset is ambiguous."""
    text = str(value)
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        time = datetime.fromisoformat(text.replace(" ", "+"))
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid(f"{name}: '{text}' is no time; write 2026-11-21T08:00:00+08:00") from error
    if time.tzinfo is None:
        raise Invalid(f"{name}: '{text}' has no offset; write 2026-11-21T08:00:00+08:00")
    if not 1900 <= time.year <= 2200:
        raise Invalid(f"{name}: '{text}' is no time of ours")
    return time


def _read_integer(name: str, value: str) -> int:
    if not value.lstrip("-").isdigit() or len(value) > 18:
        raise Invalid(f"{name}: '{value}' is no whole number")
    return int(value)


def _read_number(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Invalid(f"{name}: '{value}' is no number")
    return number


def _read_boolean(name: str, value: str) -> bool:
    if value not in {"true", "false", "1", "0"}:
        raise Invalid(f"{name}: '{value}' is neither true nor false")
    return value in {"true", "1"}


def _read_duration(name: str, value: str) -> timedelta:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    count, unit = (value[:-1], value[-1]) if value[-1] in units else (value, "s")
    if not count.isdigit() or not 0 < int(count) * units[unit] <= 366 * 86400:
        raise Invalid(f"{name}: '{value}' is no step; write 30s, 5m, 1h or 1d")
    return timedelta(seconds=int(count) * units[unit])


READ: Mapping[str, Callable[[str, str], Any]] = {
    "text": lambda _, value: value,
    "integer": _read_integer,
    "number": _read_number,
    "boolean": _read_boolean,
    "time": read_time,
    "duration": _read_duration,
    "list": lambda _, value: [word for word in value.split(",") if word],
}


def read_filter(wanted: dict[str, Any]) -> Filter:
    """A list's filter from the values of `read_params`; the names of the API become those of the store."""
    limit = wanted.pop("limit", 100)
    if "severity" in wanted:
        wanted["severity"] = _read_severities(wanted["severity"])
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit: from 1 to {MOST}")
    renamed = {"stage": "stages", "state": "stages", "class": "class_code", "incident": "incident_id"}
    common = {"area": wanted.pop("area", ""), "since": wanted.pop("from", None), "until": wanted.pop("to", None)}
    wanted.pop("next", None)
    return Filter({renamed.get(name, name): value for name, value in wanted.items()}, **common, limit=limit)


def _read_severities(words: list[str]) -> list[int]:
    if not set(words) <= {"1", "2", "3", "4", "5"}:
        raise Invalid("severity: one or more of 1 (red) to 5 (notice), comma-separated")
    return [int(word) for word in words]


def write_cursor(*place: Any) -> str:
    """Where a page ended, opaque to the reader."""
    return base64.urlsafe_b64encode(json.dumps(place, default=str).encode()).decode().rstrip("=")


def read_cursor(word: str | None, *kinds: type) -> list[Any] | None:
    """What `write_cursor` wrote, of the kinds expected. Raises `Invalid` for anything else."""
    if word is None:
        return None
    try:
        place: object = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except ValueError:
        place = None
    if not isinstance(place, list) or [type(part) for part in place] != list(kinds):
        raise Invalid("next: take it as the last page gave it")
    if any(isinstance(part, int) and abs(part) >= _LARGEST for part in place):
        raise Invalid("next: take it as the last page gave it")
    return place


def read_id_cursor(word: str | None) -> int | None:
    """The cursor of a list in the order of its ids. Raises `Invalid`."""
    place = read_cursor(word, int)
    return int(place[0]) if place else None


def page(name: str, rows: list[dict[str, Any]], limit: int, *keys: str) -> Answer:
    """A list and, when there may be more, where to go on; `keys` are the columns the cursor holds."""
    more = write_cursor(*(rows[-1][key] for key in keys)) if len(rows) >= limit and rows else None
    return Answer({name: rows, "next": more})
