"""What the environment tells a process: addresses and secrets. `NAME` or, for secrets kept in files, `NAME_FILE`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import ConfigError, Problem


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses of the services and a few paths. Empty addresses mean: not there.

    `mqtt_group` names the shared subscription: installations on one broker need different ones. `area`, where set, is
    another district than the configuration's (the demo's AREA). `mqtt_queue_bytes` is the broker's `max_queued_bytes`: half of
    it queued is an alarm. `station_ports` are by format, `feed_passwords` and `feed_keys` by
    the name of their variable; so are `notify_urls`, `notify_keys` and `notify_secrets` of channels. With `notify_stub`
    nothing leaves the host. `hotline_url` is where the 12345 platform takes answers. `url` is where this installation is found;
    without `prove` the path is not proven. `record` is the folder of recorded frames.
    """

    config: Path
    database_url: str
    web_database_url: str
    redis_url: str
    mqtt_url: str
    mqtt_group: str
    area: str
    mqtt_queue_bytes: int
    web_url: str
    media: Path
    simulated: bool
    record: Path
    station_ports: Mapping[str, int] = field(default_factory=dict)
    feed_passwords: Mapping[str, str] = field(default_factory=dict)
    feed_keys: Mapping[str, str] = field(default_factory=dict)
    geocoder_key: str = ""
    basemap_key: str = ""
    video_url: str = ""
    notify_urls: Mapping[str, str] = field(default_factory=dict)
    notify_keys: Mapping[str, str] = field(default_factory=dict)
    notify_secrets: Mapping[str, str] = field(default_factory=dict)
    notify_stub: bool = False
    hotline_url: str = ""
    hotline_key: str = ""
    hotline_secret: str = ""
    url: str = ""
    prove: bool = True
    version: str = "0.1.0"


FEED_PASSWORD = "YIPING_FEED_PASSWORD_"  # noqa: S105 the beginning of a name
FEED_KEY = "YIPING_FEED_KEY_"
NOTIFY = {"url": "YIPING_NOTIFY_URL_", "key": "YIPING_NOTIFY_KEY_", "secret": "YIPING_NOTIFY_SECRET_"}
STATION_PORTS = {"hj212": "YIPING_HJ212_PORT", "sl651": "YIPING_SL651_PORT"}


def password_variable(feed: str) -> str:
    """The variable that holds the password of a feed's stations."""
    return FEED_PASSWORD + re.sub(r"\W", "_", feed).upper()


def key_variable(feed: str) -> str:
    """The variable that holds the keys of a feed's stations (SM4)."""
    return FEED_KEY + re.sub(r"\W", "_", feed).upper()


def notify_variable(what: str, channel: str) -> str:
    """The variable that holds the `url`, the `key` or the `secret` of a channel that messages leave by."""
    return NOTIFY[what] + re.sub(r"\W", "_", channel).upper()


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the environment. Raises `ConfigError` naming every variable that is missing or unusable."""
    told = _Told(environment)
    database_url = told.value("YIPING_DATABASE_URL")
    settings = Settings(
        config=Path(told.value("YIPING_CONFIG", "config.yaml")),
        database_url=database_url,
        web_database_url=told.value("YIPING_WEB_DATABASE_URL", database_url),
        redis_url=told.value("YIPING_REDIS_URL", ""),
        mqtt_url=told.value("YIPING_MQTT_URL", ""),
        mqtt_group=told.value("YIPING_MQTT_GROUP", "yiping"),
        area=told.value("YIPING_AREA", ""),
        mqtt_queue_bytes=told.number("YIPING_MQTT_QUEUE_BYTES", "number of bytes", "the broker's max_queued_bytes") or 1 << 30,
        web_url=told.value("YIPING_WEB_URL", "http://127.0.0.1:8051"),
        media=Path(told.value("YIPING_MEDIA_DIR", ".run/media")),
        simulated=told.value("YIPING_SIMULATED", "") == "1",
        record=Path(told.value("YIPING_RECORD_DIR", ".run/recordings")),
        station_ports={form: port for form, name in STATION_PORTS.items() if (port := told.number(name, "port"))},
        feed_passwords=told.beginning_with(FEED_PASSWORD),
        feed_keys=told.beginning_with(FEED_KEY),
        geocoder_key=told.value("YIPING_GEOCODER_KEY", ""),
        basemap_key=told.value("YIPING_BASEMAP_KEY", ""),
        video_url=told.value("YIPING_VIDEO_URL", ""),
        notify_urls=told.beginning_with(NOTIFY["url"]),
        notify_keys=told.beginning_with(NOTIFY["key"]),
        notify_secrets=told.beginning_with(NOTIFY["secret"]),
        url=told.value("YIPING_URL", "").rstrip("/"),
        prove=told.value("YIPING_PROBE", "") != "0",
        notify_stub=told.value("YIPING_NOTIFY_STUB", "") == "1",
        hotline_url=told.value("YIPING_HOTLINE_URL", ""),
        hotline_key=told.value("YIPING_HOTLINE_KEY", ""),
        hotline_secret=told.value("YIPING_HOTLINE_SECRET", ""),
    )
    if told.problems:
        raise ConfigError("environment", told.problems)
    return settings


def read_secret(environment: Mapping[str, str], name: str) -> str:
    """One variable, or the file it names; empty where nothing is said."""
    return _Told(environment).value(name, "")


class _Told:
    """The environment, and all that is wrong with what was asked of it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.problems: list[Problem] = []

    def value(self, name: str, default: str | None = None) -> str:
        if name in self._environment:
            return self._environment[name]
        file = self._environment.get(f"{name}_FILE")
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").strip()
            except OSError as error:
                self.problems.append(Problem(f"{name}_FILE", str(error)))
                return ""
        if default is None:
            self.problems.append(Problem(name, "is not set", "e.g. postgresql://yiping:…@localhost/yiping"))
        return default or ""

    def number(self, name: str, what: str, hint: str = "") -> int | None:
        """A whole number above 0; None where nothing is said."""
        text = self.value(name, "")
        if text and not (text.isdecimal() and int(text) > 0):
            self.problems.append(Problem(name, f"'{text}' is no {what}", hint))
            return None
        return int(text) if text else None

    def beginning_with(self, prefix: str) -> dict[str, str]:
        """All variables whose names begin so, from files too."""
        names = {key.removesuffix("_FILE") for key in self._environment if key.startswith(prefix)}
        return {name: self.value(name, "") for name in sorted(names)}
