"""`config.yaml` → one frozen `Config`. Every problem is reported at once, with its path and a did-you-mean.

Secrets never stand here: they come from the environment (`NAME` or `NAME_FILE`, see `core.settings`).
"""

import difflib
import re
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError

from core.checks import cross_check
from core.errors import ConfigError, Problem

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def _duration(value: object) -> object:
    """`90s`, `5m`, `24h`, `7d` or a number of seconds."""
    if isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        if not match:
            raise ValueError(f"'{value}' is no duration; write 30s, 5m, 24h or 7d")
        return timedelta(seconds=float(match[1]) * _UNIT_SECONDS[match[2]])
    return value


def _timezone(value: object) -> object:
    if isinstance(value, str) and value not in available_timezones():
        near = difflib.get_close_matches(value, sorted(available_timezones()), 1)
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


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Zone = Annotated[str, BeforeValidator(_timezone)]
Domain = Literal["emergency", "urban", "environment", "water"]
Network = Annotated[str, BeforeValidator(_network)]
AreaCode = Annotated[str, Field(pattern=r"^\d{4}(\d{2}(\d{3}(\d{3})?)?)?$")]
ClassCode = Annotated[str, Field(pattern=r"^\d{4}$")]


class Part(BaseModel):
    """Unknown keys are refused: a misspelt setting must not be silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AreaConfig(Part):
    """The city or district whose centre this is."""

    code: AreaCode
    name: str
    name_en: str
    title: str = "城市运行“一网统管”态势总览"
    title_en: str = "City Operations Centre"
    timezone: Zone = "Asia/Shanghai"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class IngestConfig(Part):
    """What is accepted, and in which portions it is stored."""

    unknown_devices: Literal["adopt", "reject"] = "adopt"
    live_for: Duration = timedelta(hours=24)
    past: Duration = timedelta(days=20 * 366)
    future: Duration = timedelta(minutes=5)
    batch_rows: int = Field(5000, ge=1, le=100_000)
    batch_window: Duration = timedelta(milliseconds=20)
    max_payload: int = Field(4 * 1024 * 1024, ge=1024)
    max_reports: int = Field(5000, ge=1)  # in one body: about a second of the one writer that all wait for
    portion_rows: int = Field(1000, ge=1)  # of a longer CSV file: others have their turn in between


class FeedConfig(Part):
    """One source of frames: its wire, its format and its peculiarities."""

    kind: Literal["mqtt", "tcp", "http"]
    format: str
    label: str = ""
    label_en: str = ""
    topics: tuple[str, ...] = ()
    port: int | None = Field(None, ge=1, le=65535)
    timezone: Zone | None = None
    lies_about_offset: bool = False
    revises: bool = False
    past: Duration | None = None
    datum: Literal["cgcs2000", "wgs84", "gcj02", "bd09"] = "cgcs2000"
    domain: Domain = "urban"
    addresses: tuple[Network, ...] = ()
    columns: dict[str, str] = {}
    time_format: str | None = None
    classes: dict[str, ClassCode] = {}
    cameras: dict[str, tuple[float, float]] = {}
    min_confidence: float = Field(0.0, ge=0, le=1)
    _password: str | None = PrivateAttr(None)

    @property
    def password(self) -> str | None:
        """What stations must say, from the environment (`core.settings`); None: nothing is asked."""
        return self._password

    def with_password(self, password: str) -> "FeedConfig":
        known = self.model_copy()
        known._password = password
        return known


class MetricConfig(Part):
    """A quantity: its name on the screens, unit and plausible range."""

    label: str
    label_en: str
    unit: str = ""
    kind: Literal["number", "text"] = "number"
    min: float | None = None
    max: float | None = None
    decimals: int = Field(1, ge=0, le=6)


class ClassConfig(Part):
    """An event class: 4 digits, 2 big and 2 small; each city brings its own."""

    label: str
    label_en: str
    group: str
    domain: Domain
    severity: int = Field(4, ge=1, le=5)
    deadline: Duration


class RulePart(Part):
    """What every rule says of itself."""

    label: str
    label_en: str
    severity: int = Field(ge=1, le=5)
    class_code: ClassCode | None = None
    owner: str
    reason: str
    runbook: str = ""


class ThresholdRule(RulePart):
    """Rings when a metric stays beyond `above` or `below` for `hold`; clears only beyond `clear` on the calm side."""

    kind: Literal["threshold"]
    metric: str
    above: float | None = None
    below: float | None = None
    clear: float
    hold: Duration = timedelta(0)
    domains: tuple[Domain, ...] = ()
    areas: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ("good",)


class NoDataRule(RulePart):
    """Rings when a device was silent for `intervals` of its own interval, and at least `at_least`."""

    kind: Literal["no_data"]
    intervals: float = Field(3, ge=1)
    at_least: Duration = timedelta(minutes=2)
    domains: tuple[Domain, ...] = ()
    areas: tuple[str, ...] = ()


class ReportRule(RulePart):
    """Rings for a report of the named channels or classes, when its confidence suffices."""

    kind: Literal["report"]
    channels: tuple[str, ...] = ()
    classes: tuple[ClassCode, ...] = ()
    min_confidence: float = Field(0.0, ge=0, le=1)


Rule = Annotated[ThresholdRule | NoDataRule | ReportRule, Field(discriminator="kind")]


class IncidentConfig(Part):
    """When alerts and reports are about the same thing: place, time, class."""

    radius_m: float = Field(300, gt=0)
    window: Duration = timedelta(minutes=30)
    compatible: tuple[tuple[ClassCode, ...], ...] = ()


class VitalConfig(Part):
    """A vital sign on the wall: one metric folded over the area."""

    metric: str
    label: str
    label_en: str
    fold: Literal["mean", "max", "min", "sum"]
    good: float | None = None
    bad: float | None = None


class MeasureConfig(Part):
    """What the cells of the map may show: a metric with six classes between five limits."""

    label: str
    label_en: str
    metric: str | None = None
    fold: Literal["mean", "max"] = "mean"
    limits: tuple[float, float, float, float, float]
    radius_m: float = Field(250, gt=0)


class ScreenConfig(Part):
    vitals: tuple[VitalConfig, ...] = ()
    measures: dict[str, MeasureConfig] = {}


class RetentionConfig(Part):
    """How long things are kept; the law asks 180 days for the audit."""

    readings: Duration = timedelta(days=30)
    rejected: Duration = timedelta(days=30)
    audit: Duration = timedelta(days=365)
    live: Duration = timedelta(minutes=10)


class Config(Part):
    """All that a city changes."""

    area: AreaConfig
    ingest: IngestConfig = IngestConfig()
    feeds: dict[str, FeedConfig]
    metrics: dict[str, MetricConfig]
    classes: dict[ClassCode, ClassConfig]
    rules: dict[str, Rule]
    incidents: IncidentConfig = IncidentConfig()
    screens: ScreenConfig = ScreenConfig()
    retention: RetentionConfig = RetentionConfig()

    def feed_label(self, feed: str) -> dict[str, str]:
        """What screens call a feed; bodies posted to the API come under the name of their format."""
        if feed == "broker":
            return {"label": "消息队列", "label_en": "Broker queue"}
        known = self.feeds.get(feed)
        return {"label": (known and known.label) or feed, "label_en": (known and known.label_en) or feed}


def load(path: Path) -> Config:
    """Read a configuration file.

    Raises `ConfigError` with every problem found: syntax, unknown keys, wrong values, broken references.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(str(path), [Problem("", "no such file", "set YIPING_CONFIG or run in the repository")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(str(path), [Problem(where, f"not YAML: {getattr(error, 'problem', error)}")]) from error
    return parse(raw, str(path))


def parse(raw: object, source: str) -> Config:
    """Check a configuration already read from YAML. Raises `ConfigError`."""
    problems: list[Problem] = []
    config = None
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        problems += [_problem(dict(item)) for item in error.errors()]
    problems += cross_check(raw)
    if problems or config is None:
        raise ConfigError(source, problems)
    return config


def _problem(item: dict[str, Any]) -> Problem:
    location = tuple(item["loc"])
    path = ".".join(str(step) for step in location)
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(location[-1]), sorted(_siblings(location)), 1)
        return Problem(path, "unknown setting", f"did you mean '{near[0]}'?" if near else "remove it")
    if item["type"] == "missing":
        return Problem(path, "is missing")
    return Problem(path, str(item["msg"]).removeprefix("Value error, "))


def _siblings(location: tuple[int | str, ...]) -> set[str]:
    """The names that would have been allowed where an unknown one stands."""
    model: Any = Config
    for step in location[:-1]:
        model = _below(model, step)
    options = model if isinstance(model, tuple) else (model,)
    return {name for option in options if isinstance(option, type) and issubclass(option, BaseModel) for name in option.model_fields}


def _below(model: Any, step: int | str) -> Any:
    """The model one step down a path; a rule's path carries its kind, a mapping's its key."""
    kinds = {"threshold": ThresholdRule, "no_data": NoDataRule, "report": ReportRule}
    if step in kinds:
        return kinds[str(step)]
    if isinstance(model, type) and issubclass(model, BaseModel):
        field = model.model_fields.get(str(step))
        return field.annotation if field else None
    for inner in getattr(model, "__args__", ()):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return model
