"""A device as it is registered: what it is, whose it is, where it stands, what it measures. Nothing of its values or its state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.device_levels import DeviceLevel
from core.standards.permit import PermitLimit


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """What a device measures: its unit and plausible range in that unit, and the city's `name` where the wire has another.

    An empty unit is the city's own.
    """

    unit: str = ""
    min: float | None = None
    max: float | None = None
    name: str | None = None
    kind: str = "number"


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """A device to register, already placed: `area` is its community where the place is inside the city.

    `owner` is the unit it belongs to, `kind` what sort of thing it is in the city's words (水位计), `tags` further ones of its own,
    `interval_s` the seconds expected between two readings, `metrics` by the wire's name. Of a camera: `gb_id` its 20 digits of
    GB/T 28181, `bearing` degrees clockwise from north, `angle` how wide it sees, `reach_m` how far; `stream_url` None leaves what is
    known, '' takes it away.
    Of an outlet: `limits` of its permit; of a section: `target_class` 1 … 5; `levels` of its own, by which rules of kind `named_level`
    judge it. None leaves what is known, () and 0 take it away.
    """

    device: str
    name: str
    domain: str
    area: str
    placement: str
    cell_id: int | None = None
    lon: float | None = None
    lat: float | None = None
    interval_s: float = 300.0
    kind: str | None = None
    product: str | None = None
    model: str | None = None
    firmware: str | None = None
    owner: str | None = None
    network_zone: str | None = None
    gateway: str | None = None
    installed_on: date | None = None
    calibrated_on: date | None = None
    simulated: bool = False
    drill: bool = False
    gb_id: str | None = None
    bearing: float | None = None
    angle: float | None = None
    reach_m: float | None = None
    stream_url: str | None = field(default=None, repr=False)  # often holds a password: in no log
    limits: tuple[PermitLimit, ...] | None = None
    target_class: int | None = None
    levels: tuple[DeviceLevel, ...] | None = None
    tags: tuple[str, ...] = ()
    metrics: Mapping[str, MetricEntry] = field(default_factory=dict)
