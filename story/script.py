"""How a story is written: YAML with steps in relative time, each telling something or expecting something. Reads it; plays nothing.

Every problem is told at once, with its path, as `core.config` does.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from core.config import problems_of
from core.errors import ConfigError, Problem
from core.rule_files import read_yaml
from core.setting import Domain, Part

_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")


def _span(value: object) -> object:
    """`90s`, `2m30s`, `1h`, or seconds as a number; `-2m` is before the step."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return timedelta(seconds=value)
    if not isinstance(value, str):
        return value
    sign, text = (-1, value[1:]) if value.startswith("-") else (1, value)
    match = _SPAN.fullmatch(text)
    if not match or not text:
        raise ValueError(f"'{value}' is no span of time; write 90s, 2m30s or 1h")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return sign * timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


Span = Annotated[timedelta, BeforeValidator(_span)]
Place = tuple[float, float]  # metres east and north of the middle of the story's city


class StoryDevice(Part):
    """A device of the story. `entry` is handed to PUT /devices as it is, for what has no word here."""

    domain: Domain = "water"
    at: Place | None = (0.0, 0.0)
    name: str = ""
    interval: Span = timedelta(minutes=1)
    gateway: str | None = None
    kind: str | None = None
    entry: dict[str, Any] = {}


class Told(Part):
    """A report, as a call, a camera or a patrol tells it. What is repeated under one `id` is told again."""

    id: str
    channel: str = "hotline"
    source: str = "12345"
    class_code: str | None = None
    title: str = ""
    at: Place | None = (0.0, 0.0)
    extra: dict[str, Any] = {}  # further fields of POST /reports


class StoryUnit(Part):
    """A unit that cases are given to, and who of the city works there."""

    name: str = ""
    people: tuple[str, ...] = ()


class Act(Part):
    """What somebody does: an act on an alert ('rule subject'), an incident (by one of its alerts or reports), a report, a case or any call.

    `case` is the kept number of one, `photo` what a picture taken for it shows. `answers` is the status it must have; `post`, `put`, `get`
    or `delete` name a path below /api/v1, with {kept} words in it.
    """

    by: str = "duty1"
    alert: str | None = None
    incident: str | None = None
    report: str | None = None
    case: str | None = None
    photo: Literal["before", "after", "evidence"] | None = None
    do: str | None = None
    post: str | None = None
    put: str | None = None
    get: str | None = None
    delete: str | None = None
    body: dict[str, Any] | None = None
    note: str | None = None
    answers: int | None = None
    keep: dict[str, str] = {}  # name → dotted path in the answer, for later {name}


class Expected(Part):
    """What must be true now. `alerts`: exactly these are open, by 'rule subject' with the fields that matter; and so on."""

    alerts: dict[str, dict[str, Any]] | None = None
    incidents: list[dict[str, Any]] | None = None
    ended: dict[str, int] | None = None  # how many alerts of 'rule subject' have ended
    cases: dict[str, dict[str, Any]] = {}  # by the kept number: the fields that matter, as whoever opens it reads them
    queue: int | None = None  # rows of the duty officer's queue
    told: dict[str, int] | None = None  # rows of the outbox by target
    query: dict[str, Any] = {}  # SQL with one value → that value; for what has no word


class Step(Part):
    """One moment, told in this order: presences, readings, reports, acts; then the leader has its turn; then it is judged."""

    at: Span
    note: str = ""
    readings: dict[str, dict[str, float | None] | list[dict[str, Any]]] = {}  # a list: {at: -2m, metric: value …}, older ones too
    reports: list[Told] = []
    online: tuple[str, ...] = ()
    offline: tuple[str, ...] = ()
    acts: list[Act] = []
    figures: bool = False  # after the leader's turn: hours that are over are summed up, measured, and figures are made of them
    restart: bool = False  # every process forgets what it had in memory
    away: bool = False  # from here until the next step nobody listens and no leader works
    expect: Expected | None = None


class Script(Part):
    """A whole story. `rules` given: these and no others; `config` is laid over the city's own configuration."""

    story: str
    why: str = ""
    begins: datetime = Field(default_factory=lambda: datetime.fromisoformat("2026-07-01T14:00:00+08:00"))
    rules: dict[str, Any] | Literal["city"] = "city"
    config: dict[str, Any] = {}
    units: dict[str, StoryUnit] = {}
    devices: dict[str, StoryDevice] = {}
    steps: list[Step] = Field(min_length=1)


def read_script(path: Path) -> Script:
    """Raises `ConfigError` with every problem of the file."""
    try:
        raw = read_yaml(path)
        script = Script.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(str(path), problems_of(error, Script)) from error
    if problems := [
        Problem(f"steps.{n}.at", "goes back in time", "steps stand in the order of their moments")
        for n, (before, step) in enumerate(zip(script.steps, script.steps[1:], strict=False), 1)
        if step.at < before.at
    ]:
        raise ConfigError(str(path), problems)
    return script
