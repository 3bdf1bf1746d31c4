"""What rules may know (`Facts`) and what they may want done (`Change`). `alerts.evaluate` turns one into the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from core.model import Placement, Presence, Quality, Reading, Rejected, Report


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
    """A device of the registry, as ingest needs it. `limits`, `names`, `units` are by the wire's metric name; no unit: the city's."""

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
    """A latest state that became newer."""

    device: KnownDevice
    metric: MetricInfo
    value: float | None
    quality: Quality
    observed_at: datetime
    feed: str | None = None  # whose listeners would hear it again


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
    """A threshold is passed since `since`, and rings at `due_at` if it stays so."""

    rule: str
    subject: str
    since: datetime
    due_at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert whose stage is not `normal`."""

    alert_id: int
    rule: str
    subject: str
    device_id: int | None
    stage: str
    value: float | None
    state_known: bool
    updated_at: datetime


@dataclass(slots=True)
class Moved:
    """What a batch changed, and what fell due with it."""

    states: list[StateMoved] = field(default_factory=list)
    reports: list[ReportMoved] = field(default_factory=list)
    due_devices: list[DueDevice] = field(default_factory=list)
    due_waits: list[StateMoved] = field(default_factory=list)
    gone: list[DueDevice] = field(default_factory=list)  # a last will said so
    silent: frozenset[int] = frozenset()  # of those that spoke: devices that had been silent
    unwatched: frozenset[int] = frozenset()  # of those that spoke: devices heard for the first time

    def __or__(self, other: "Moved") -> "Moved":
        return Moved(
            self.states + other.states, self.reports + other.reports, self.due_devices + other.due_devices,
            self.due_waits + other.due_waits, self.gone + other.gone, self.silent | other.silent, self.unwatched | other.unwatched,
        )  # fmt: skip


@dataclass(slots=True)
class Facts:
    """Everything a rule may look at. Keys of `alerts` and `waits`: (rule, subject)."""

    moved: Moved
    alerts: Mapping[tuple[str, str], OpenAlert] = field(default_factory=dict)
    waits: Mapping[tuple[str, str], Wait] = field(default_factory=dict)
    rung: frozenset[tuple[str, str]] = frozenset()  # reports that already raised an alert once


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """A new alert, or the same one again while nobody had acknowledged its return."""

    rule: str
    subject: str
    severity: int
    title: str
    domain: str
    class_code: str | None
    area: str
    cell_id: int | None
    lon: float | None
    lat: float | None
    observed_at: datetime
    device_id: int | None = None
    metric_id: int | None = None
    report_id: int | None = None
    value: float | None = None
    threshold: float | None = None
    unit: str = ""
    drill: bool = False
    simulated: bool = False
    ended: bool = False  # over before anybody was told: raised as returned, so that somebody sees that it was


@dataclass(frozen=True, slots=True)
class AlertReturned:
    """The condition is over: acknowledged ones end, the others wait for somebody to have seen them."""

    alert_id: int
    observed_at: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class AlertAgain:
    """It came back before anybody acknowledged that it had gone: counted on the same row."""

    alert_id: int
    observed_at: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """The condition goes on; `known` False: its device is silent and nobody knows."""

    alert_id: int
    value: float | None
    known: bool = True


@dataclass(frozen=True, slots=True)
class WaitSet:
    wait: Wait
    device_id: int
    metric_id: int


@dataclass(frozen=True, slots=True)
class WaitDropped:
    rule: str
    subject: str


@dataclass(frozen=True, slots=True)
class DeviceSilent:
    device_id: int
    since: datetime


@dataclass(frozen=True, slots=True)
class DeviceBack:
    device_id: int


@dataclass(frozen=True, slots=True)
class WatchSet:
    """Look at this device again then. `feed`: where it was heard, if that is news; `inhibited`: its silence is laid to its gateway."""

    device_id: int
    attention_at: datetime
    feed: str | None = None
    inhibited: bool = False


@dataclass(frozen=True, slots=True)
class AttentionNeeded:
    """Something that more than one subject decides: the leader's work."""

    rule: str
    tile: str


Change = (
    AlertRaised | AlertReturned | AlertAgain | AlertSeen | WaitSet | WaitDropped | DeviceSilent | DeviceBack | WatchSet | AttentionNeeded
)
