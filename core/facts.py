"""What rules may know (`Facts`): of a batch what may be stored, what moved by it, and who is due. `core.changes` is what they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from core.measured import Measured
from core.model import Placement, Presence, Quality, Reading, Rejected, Report

ACTIVE = ("unack", "acked")  # the stages of an alert whose condition holds
CALM = -1  # the level of a wait for calm


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """A quantity of the catalogue and its plausible range in its own unit."""

    metric_id: int
    metric: str
    label: str
    unit: str
    is_text: bool = False
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device of the registry, as ingest needs it. `limits`, `names`, `units` are by the wire's metric name; no unit: the city's.

    `levels` are by the city's metric name: what the device itself calls a limit ({"water_level": {"warning": 4.8}}), in the city's unit.
    """

    device_id: int
    device: str
    name: str
    domain: str
    area: str
    cell_id: int | None
    lon: float | None
    lat: float | None
    interval: timedelta
    simulated: bool = False
    drill: bool = False
    limits: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    tags: tuple[str, ...] = ()
    cell_code: str | None = None
    levels: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


class ValidReading(NamedTuple):
    """A reading that will be stored: resolved, in range, with a time."""

    frame: int
    device: KnownDevice
    metric: MetricInfo
    observed_at: datetime
    received_at: datetime
    quality: Quality
    value: float | None
    text: str | None
    feed: str
    source: Reading
    item: int | None = None  # its place in a list, to tell the sender which one was refused


class ValidReport(NamedTuple):
    """A report that will be stored: its time is plausible."""

    frame: int
    report: Report
    received_at: datetime
    feed: str
    history: bool
    item: int | None = None


@dataclass(slots=True)
class Valid:
    """What of a batch may be stored, and what may not."""

    readings: list[ValidReading] = field(default_factory=list)
    reports: list[ValidReport] = field(default_factory=list)
    presences: list[Presence] = field(default_factory=list)
    rejected: list[tuple[int, Rejected]] = field(default_factory=list)


class StateMoved(NamedTuple):
    """A latest state that became newer. `changed_at`: since when its last trusted value stands; None: not looked up."""

    device: KnownDevice
    metric: MetricInfo
    value: float | None
    quality: Quality
    observed_at: datetime
    feed: str | None = None  # whose listeners would hear it again
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportMoved:
    """A live report that is new, or whose words changed; or `history`, which opens nothing, but may end what it opened when it was live."""

    report_id: int
    report: Report
    area: str
    cell_id: int | None
    lon: float | None
    lat: float | None
    placement: Placement
    created: bool
    drill: bool = False
    simulated: bool = False
    history: bool = False


@dataclass(frozen=True, slots=True)
class Listening:
    """Somebody listened to a feed from `since` to `until` without a gap. `away_since`: when the gap before it began."""

    feed: str
    since: datetime
    until: datetime
    away_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gateway:
    """The gateway of a device, itself a device. `heard_at`: when it or anything behind it last spoke, as we processed it.

    `offline_at`: when it said, or its last will for it, that it is gone; `attention_at`: when its own patience ends.
    """

    device: KnownDevice
    silent: bool
    offline_at: datetime | None = None
    heard_at: datetime | None = None
    attention_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueDevice:
    """A device whose moment to be looked at has come. `seen_at`: when it last spoke, as we processed it.

    `heard`: when somebody listened to its feed; None: nobody ever did. `deaf`: how long nobody did between its last word and
    `heard.since`. `inhibited`: its silence was laid to its gateway.
    """

    device: KnownDevice
    seen_at: datetime
    silent: bool
    offline: bool
    heard: Listening | None = None
    gateway: Gateway | None = None
    inhibited: bool = False
    deaf: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Wait:
    """One of a rule's limits (`level`) is passed since `since`, and rings at `due_at` if it stays so.

    Level `CALM`: a flapping alert is calm since then, and returns at `due_at`.
    """

    rule: str
    subject: str
    since: datetime
    due_at: datetime
    value: float
    level: int = 0


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert whose stage is not `normal`. `rings`: when it rang of late, newest last; `flapping`: it returns only after a while of calm.

    An `alert_id` below zero: raised in this very batch, and known by that number within it (`AlertRaised.ref`).
    """

    alert_id: int
    rule: str
    subject: str
    device_id: int | None
    stage: str
    value: float | None
    state_known: bool
    updated_at: datetime
    level: int = 0
    severity: int = 5
    rings: tuple[datetime, ...] = ()
    flapping: bool = False

    @property
    def is_active(self) -> bool:
        """Whether what it tells of goes on, as far as we know."""
        return self.stage in ACTIVE


@dataclass(slots=True)
class Moved:
    """What a batch changed, and what fell due with it."""

    states: list[StateMoved] = field(default_factory=list)
    reports: list[ReportMoved] = field(default_factory=list)
    due_devices: list[DueDevice] = field(default_factory=list)
    due_waits: list[StateMoved] = field(default_factory=list)
    gone: list[DueDevice] = field(default_factory=list)  # a last will said so
    back: list[KnownDevice] = field(default_factory=list)  # silent cameras that are said to be online: more they never say
    silent: frozenset[int] = frozenset()  # of those that spoke: devices that had been silent
    unwatched: frozenset[int] = frozenset()  # of those that spoke: devices heard for the first time

    def __or__(self, other: "Moved") -> "Moved":
        return Moved(
            self.states + other.states, self.reports + other.reports, self.due_devices + other.due_devices,
            self.due_waits + other.due_waits, self.gone + other.gone, self.back + other.back, self.silent | other.silent,
            self.unwatched | other.unwatched,
        )  # fmt: skip


@dataclass(slots=True)
class Facts:
    """Everything a rule may look at. Keys: of `alerts` (rule, subject), of `waits` (rule, subject, level).

    `measured`: windows and what is usual, only of states whose rules ask for them.
    """

    moved: Moved
    alerts: Mapping[tuple[str, str], OpenAlert] = field(default_factory=dict)
    waits: Mapping[tuple[str, str, int], Wait] = field(default_factory=dict)
    rung: frozenset[tuple[str, str]] = frozenset()  # reports that already raised an alert once
    measured: Measured = field(default_factory=Measured)
