"""What rules may want done (`Change`), and nothing of how: `alerts.evaluate` makes these of `core.facts`, `store.save` does them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.facts import Wait


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """A new alert, or the same one again while nobody had acknowledged its return.

    `level`: which of the rule's limits is passed, 0 the mildest. `revision`: the words of the rule that rang. `ref`, below zero: by
    which later changes of the same batch name it. `flap_times` rings within `flap_within` are flapping; 0: never.
    """

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
    level: int = 0
    revision: int | None = None
    probe: bool = False  # proves the path; in no list and no figure
    ref: int = 0
    flap_times: int = 0
    flap_within: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class AlertReturned:
    """The condition is over: acknowledged ones end, the others wait for somebody to have seen them."""

    alert_id: int
    observed_at: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class AlertAgain:
    """It came back, before anybody acknowledged that it had gone or while it flaps: counted on the same row.

    None: level, severity, threshold and title stay what they were.
    """

    alert_id: int
    observed_at: datetime
    value: float | None
    level: int | None = None
    severity: int | None = None
    threshold: float | None = None
    title: str | None = None
    flap_times: int = 0
    flap_within: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class AlertWorsened:
    """It passed a graver limit: whoever acknowledged the milder one is to look again."""

    alert_id: int
    observed_at: datetime
    value: float | None
    level: int
    severity: int
    threshold: float | None
    title: str


@dataclass(frozen=True, slots=True)
class AlertEased:
    """It fell below a graver limit and is still beyond a milder one: no act of anybody's; how bad it was is remembered."""

    alert_id: int
    observed_at: datetime
    value: float | None
    level: int
    severity: int
    threshold: float | None
    title: str


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """The condition goes on; `known` False: its device is silent and nobody knows."""

    alert_id: int
    value: float | None
    known: bool = True


@dataclass(frozen=True, slots=True)
class AlertRetold:
    """Of a place, not of a device: where it is, what it says and how certain it is now. It rings no more by this than before."""

    alert_id: int
    observed_at: datetime
    value: float | None
    title: str
    area: str
    cell_id: int | None
    lon: float | None
    lat: float | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class WaitSet:
    wait: Wait
    device_id: int
    metric_id: int


@dataclass(frozen=True, slots=True)
class WaitDropped:
    rule: str
    subject: str
    level: int = 0


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


OnAlert = AlertReturned | AlertAgain | AlertWorsened | AlertEased | AlertSeen | AlertRetold
Other = WaitSet | WaitDropped | DeviceSilent | DeviceBack | WatchSet
Change = AlertRaised | OnAlert | Other
ON_ALERTS = (AlertReturned, AlertAgain, AlertWorsened, AlertEased, AlertSeen, AlertRetold)
