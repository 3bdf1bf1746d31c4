"""Settings of what comes in: limits of ingest, and each feed with its wire, format and peculiarities. Decides nothing."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, PrivateAttr

from core.setting import ClassCode, Datum, Domain, Duration, Network, Part, Zone


class IngestConfig(Part):
    """What is accepted, and in which portions it is stored."""

    unknown_devices: Literal["adopt", "reject"] = "adopt"
    live_for: Duration = timedelta(hours=24)
    past: Duration = timedelta(days=20 * 366)
    future: Duration = timedelta(minutes=5)
    batch_rows: int = Field(5000, ge=1, le=100_000)
    batch_window: Duration = timedelta(milliseconds=20)
    max_payload: int = Field(4 * 1024 * 1024, ge=1024)
    body_within: Duration = timedelta(seconds=20)  # a body over HTTP may stop so long, or be slower than `body_rate`
    body_rate: int = Field(1024, ge=1)  # bytes a second
    max_reports: int = Field(5000, ge=1)  # in one body: about a second of the one writer that all wait for
    most_metrics: int = Field(5000, ge=1, le=30_000)  # of the city; their numbers are two bytes, and wires may name what they like
    portion_rows: int = Field(1000, ge=1)  # of a longer CSV file: others have their turn in between


class FeedConfig(Part):
    """One source of frames: its wire, its format and its peculiarities."""

    kind: Literal["mqtt", "tcp", "udp", "http"]
    format: str
    label: str = ""
    label_en: str = ""
    topics: tuple[str, ...] = ()
    port: int | None = Field(None, ge=1, le=65535)
    timezone: Zone | None = None
    lies_about_offset: bool = False
    revises: bool = False
    past: Duration | None = None
    datum: Datum = "cgcs2000"
    domain: Domain = "urban"
    addresses: tuple[Network, ...] = ()
    columns: dict[str, str] = {}
    time_format: str | None = None
    classes: dict[str, ClassCode] = {}
    cameras: dict[str, tuple[float, float]] = {}
    min_confidence: float = Field(0.0, ge=0, le=1)
    ended_words: tuple[str, ...] = ()
    factors: dict[str, float] = {}
    stay_online: bool = False
    modbus_checksum: bool = False
    record: bool = False
    _password: str | None = PrivateAttr(None)
    _key: str | None = PrivateAttr(None)

    @property
    def password(self) -> str | None:
        """What stations must say, from the environment (`core.settings`); None: nothing is asked."""
        return self._password

    @property
    def key(self) -> str | None:
        """What opens enciphered parts of its frames, from the environment like the password; None: they are refused."""
        return self._key

    def with_password(self, password: str) -> "FeedConfig":
        known = self.model_copy()
        known._password = password
        return known

    def with_key(self, key: str) -> "FeedConfig":
        known = self.model_copy()
        known._key = key
        return known
