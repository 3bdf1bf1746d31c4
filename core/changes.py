"""What rules may want done (`Change`), and nothing of how: `alerts.evaluate` makes these of `core.facts`, `store.save` does them."""

from dataclasses import dataclass
from datetime import datetime

from core.facts import Wait


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
