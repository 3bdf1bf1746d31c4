"""A device as it is registered: what it is, whose it is, where it stands, what it measures. Nothing of its values or its state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


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

    `owner` is the unit it belongs to, `kind` what sort of thing it is in the city's words (水位计), `interval_s` the seconds expected
    between two readings, `metrics` by the wire's name.
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
    metrics: Mapping[str, MetricEntry] = field(default_factory=dict)
