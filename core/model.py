"""The central nouns: frozen, slotted, with aware UTC times. They decide nothing and touch no wire.

`Frame → Reading | Report | Presence | Rejected → Moved → Change`: a batch of the pipeline is read in that order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

DOMAINS = ("emergency", "urban", "environment", "water")


class Quality(StrEnum):
    """How far a value can be trusted; rules use `good` unless they say otherwise."""

    GOOD = "good"
    SUSPECT = "suspect"
    MISSING = "missing"
    CALIBRATION = "calibration"
    MAINTENANCE = "maintenance"
    FAULT = "fault"
    OUT_OF_RANGE = "out_of_range"
    NO_TIME = "no_time"
    ESTIMATED = "estimated"
    MANUAL = "manual"  # written down by a person, who stands in the audit


QUALITY_CODE: dict[Quality, int] = {quality: code for code, quality in enumerate(Quality)}
QUALITY_OF_CODE: tuple[Quality, ...] = tuple(Quality)
TRUSTED = (Quality.GOOD, Quality.MANUAL)


class Reason(StrEnum):
    """Why input was refused; the word stands in `rejected.reason` and in the metrics."""

    UNDECODABLE = "undecodable"
    CHECKSUM = "checksum"
    RANGE = "range"
    CLOCK = "clock"
    TYPE = "type"
    UNKNOWN_DEVICE = "unknown_device"
    AREA = "area"
    CONFLICT = "conflict"
    REVISED = "revised"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"


class Placement(StrEnum):
    """What is known of a position: inside the city, outside, none given, or the 0/0 of a dead GPS."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    NONE = "none"
    ZERO = "zero"


class Channel(StrEnum):
    SENSOR = "sensor"
    VIDEO = "video"
    HOTLINE = "hotline"
    COLLECTOR = "collector"
    PUBLIC = "public"
    LEADER = "leader"
    TRANSFER = "transfer"
    WEATHER = "weather"


class Severity(IntEnum):
    """1 red/I … 4 blue/IV as in the warning levels of the Emergency Response Law; 5 is a mere notice."""

    RED = 1
    ORANGE = 2
    YELLOW = 3
    BLUE = 4
    NOTICE = 5


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees in the datum named; `geodata.datums.to_cgcs2000` turns it into what we store."""

    lon: float
    lat: float
    datum: str = "cgcs2000"


@dataclass(frozen=True, slots=True)
class Frame:
    """Bytes as they came from a wire. `ref` is the feed's own handle for acknowledging and answering."""

    feed: str
    payload: bytes
    received_at: datetime
    topic: str = ""
    peer: str = ""
    ref: Any = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one metric of one device. `observed_at` None: the wire carried no time."""

    device: str
    metric: str
    value: float | None
    observed_at: datetime | None
    quality: Quality = Quality.GOOD
    text: str | None = None


@dataclass(frozen=True, slots=True)
class DeviceHint:
    """What a wire tells of a device besides its values: used to adopt an unknown one and to move a known one.

    `name`, `product`, `model` and `firmware` are as in the registry, and only of use when the device is adopted.
    """

    device: str
    domain: str | None = None
    area: str | None = None
    position: Position | None = None
    gateway: str | None = None
    name: str | None = None
    product: str | None = None
    model: str | None = None
    firmware: str | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """A device said (or its last will said for it) that it is online or offline; `frame`: the index of the frame that did."""

    device: str
    online: bool
    at: datetime
    frame: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Report:
    """Something said to have happened: a video event, a hotline ticket, a patrol's find, a warning."""

    source: str
    external_id: str
    channel: Channel
    title: str
    observed_at: datetime
    class_code: str | None = None
    text: str | None = None
    position: Position | None = None
    cell_code: str | None = None
    area: str | None = None
    address: str | None = None
    confidence: float | None = None
    media: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    caller: Mapping[str, str] = field(default_factory=dict)  # personal data: stored apart, never shown on a wall
    ended: bool = False
    severity: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that came inside a frame: of a report (its `external_id`), or of a device (a station's own camera)."""

    content: bytes
    observed_at: datetime | None
    external_id: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Input refused with its reason; `index` is its place in the frame it came in."""

    feed: str
    reason: Reason
    detail: str
    raw: bytes
    received_at: datetime
    device: str | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes to send back to a peer, after the commit."""

    frame: Frame
    payload: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one frame: the body of an HTTP answer."""

    accepted: int = 0
    duplicates: int = 0
    rejected: tuple[Rejected, ...] = ()
    created: int = 0
    late: int = 0  # of the accepted: received later than `quality.late` after they were observed


@dataclass(slots=True)
class Decoded:
    """What a batch of frames said. `frames[i]` is the frame that `readings[i]`'s index points at.

    `hints` are by device and of one frame: decoders write there while they read it; `hinted` holds those of every frame.
    """

    readings: list[tuple[int, Reading]] = field(default_factory=list)
    hints: dict[str, DeviceHint] = field(default_factory=dict)
    hinted: list[tuple[int, DeviceHint]] = field(default_factory=list)
    presences: list[Presence] = field(default_factory=list)
    reports: list[tuple[int, Report]] = field(default_factory=list)
    pictures: list[tuple[int, Picture]] = field(default_factory=list)
    rejected: list[tuple[int, Rejected]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    memory: dict[tuple[str, str], bytes] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    refused: dict[int, list[int | None]] = field(default_factory=dict)  # frame → places of all its refused parts, told or counted


@dataclass(frozen=True, slots=True)
class Scope:
    """Who reads: a role, and the area codes (prefixes) it may see. Every store read takes one."""

    role: str
    areas: tuple[str, ...]
    account_id: int | None = None
    name: str = ""

    def sees(self, area: str | None) -> bool:
        """Whether an area code lies within one of this scope's areas (`""` is everywhere)."""
        return any((area or "").startswith(prefix) for prefix in self.areas)


EVERYWHERE = Scope("system", ("",))
