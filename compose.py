"""Puts the parts together from configuration and environment, and keeps a role running until told to end. Only the entry files use it."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock

import structlog

from core import logs
from core.config import Config, FeedConfig, load
from core.errors import ConfigError, Problem, StoreUnavailable
from core.model import Position
from core.settings import Settings, key_variable, password_variable, read_settings
from geodata.gazetteer_places import Match
from geodata.locate import Locator
from geodata.model import Located
from ingest.decode.hj212_sm4 import keys_of
from pipeline import Deps
from store.escalations import keep_terms
from store.gazetteer import CityNames
from store.geography import area_name, geography_version, load_locator
from store.live import Live
from store.registry import Registry, keep_catalogue
from store.rule_revisions import keep_file
from store.rulebook import Rulebook
from store.timescale import Store

_log = structlog.get_logger("compose")
_TRY_AGAIN_S = 1.0


class CityMap:
    """Position → place on the grid of the city as it stands in the database; refreshed when it was imported anew."""

    def __init__(self, store: Store, names: CityNames | None = None) -> None:
        self._store, self._version, self._lock = store, "", Lock()
        self.names = names or CityNames(store)
        self._locator = Locator([], [], "", None)
        self.refresh()

    def refresh(self) -> None:
        """Read the cells again if they changed. Raises `StoreUnavailable`."""
        with self._lock, self._store.connection() as connection:
            version = geography_version(connection)
            if version != self._version:
                self._locator, self._version = load_locator(connection), version
        self.names.present()

    def __call__(self, position: Position | None) -> tuple[Located, float | None, float | None]:
        """The place, and longitude and latitude in our datum."""
        return self._locator.place(position)

    def find(self, address: str, area: str) -> Match | None:
        """What an address means, for reports that come without a position."""
        return self.names.find(address, area)


@dataclass(frozen=True, slots=True)
class Parts:
    """All that an entry file may need."""

    rulebook: Rulebook
    settings: Settings
    store: Store
    live: Live
    city: CityMap

    @property
    def config(self) -> Config:
        """With the rules in force when this process last asked, which every batch does."""
        return self.rulebook.known.config

    def pipeline(self) -> Deps:
        """For one thread."""
        registry = Registry(self.config, self.city)
        return Deps(self.config, self.store, registry, self.city, self.rulebook, self.live, self.settings.media)


def compose(environment: Mapping[str, str], name: str, now: datetime, connections: int = 4) -> Parts:
    """Read configuration and environment and open what they name; what the file says anew of metrics and rules is kept.

    Raises `ConfigError` with all problems, `StoreUnavailable` when the database is away.
    """
    settings = read_settings(environment)
    config = load(settings.config)
    store = Store(settings.database_url, name=f"yiping-{name}", connections=connections, check=False, lists=False)
    try:
        config = adapted(config, settings, store)
        with store.connection() as connection:
            keep_catalogue(connection, config)
            keep_terms(connection, config.escalations)
            keep_file(connection, config, now, settings.config.name)
        city = CityMap(store, CityNames(store, config.places.prefixes))
        return Parts(Rulebook(config), settings, store, Live(settings.redis_url or None), city)
    except BaseException:
        store.close()
        raise


def run_role(name: str, connections: int, run: Callable[[Parts, Event], None], clock: Callable[[], datetime]) -> int:
    """What every role without a web server does: wait for the database, run until SIGTERM or SIGINT sets the event; the exit code."""
    logs.configure(os.environ)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        try:
            parts = compose(os.environ, name, clock(), connections)
        except ConfigError as error:
            print(error, file=sys.stderr)  # noqa: T201 — a person reads this at start-up
            return 2
        except StoreUnavailable as away:
            _log.warning("store_away", role=name, doing="starting", why=str(away))
            stop.wait(_TRY_AGAIN_S)
            continue
        _log.info(f"{name}_started", pid=os.getpid(), area=parts.config.area.code)
        run(parts, stop)
        parts.store.close()
    return 0


def adapted(config: Config, settings: Settings, store: Store) -> Config:
    """The configuration with what the environment changes: ports of stations, secrets of feeds, another district than its own.

    Raises `ConfigError` for a password of no feed: a misspelt one would leave the port open.
    """
    config = with_keys(with_passwords(config, settings.feed_passwords), settings.feed_keys)
    if settings.station_ports:
        feeds = {name: feed.model_copy(update={"port": _port(feed, settings)}) for name, feed in config.feeds.items()}
        config = config.model_copy(update={"feeds": feeds})
    if settings.area and settings.area != config.area.code:
        with store.connection() as connection:
            name = area_name(connection, settings.area) or settings.area
        area = config.area.model_copy(
            update={"code": settings.area, "name": name, "name_en": name, "title": config.area.title.replace(config.area.name, name),
                    "title_en": config.area.title_en.replace(config.area.name_en.split()[0], name)}
        )  # fmt: skip
        config = config.model_copy(update={"area": area})
    return config


def _port(feed: FeedConfig, settings: Settings) -> int | None:
    return settings.station_ports.get(feed.format, feed.port) if feed.kind in ("tcp", "udp") else feed.port


def with_passwords(config: Config, passwords: Mapping[str, str]) -> Config:
    """Each feed with the password that its variable names; an empty one is none. Raises `ConfigError`."""
    words = _by_feed(config, passwords, password_variable)
    return config.model_copy(
        update={"feeds": {**config.feeds, **{name: config.feeds[name].with_password(word) for name, word in words.items()}}}
    )


def with_keys(config: Config, keys: Mapping[str, str]) -> Config:
    """Each feed with the keys that its variable names. Raises `ConfigError`, also for what is no key, without repeating it."""
    words = _by_feed(config, keys, key_variable)
    problems: list[Problem] = []
    for name, word in words.items():
        try:
            keys_of(word)
        except ValueError as error:
            problems.append(Problem(key_variable(name), str(error)))
    if problems:
        raise ConfigError("environment", problems)
    return config.model_copy(
        update={"feeds": {**config.feeds, **{name: config.feeds[name].with_key(word) for name, word in words.items()}}}
    )


def _by_feed(config: Config, secrets: Mapping[str, str], variable: Callable[[str], str]) -> dict[str, str]:
    """Secrets by the feed that their variable names. Raises `ConfigError` for one of no feed: a misspelt one would be without effect."""
    feeds = {variable(name): name for name in config.feeds}
    hint = f"there are {', '.join(sorted(feeds))}"
    unknown = [Problem(name, "no feed is called so", hint) for name in secrets if name not in feeds]
    if unknown:
        raise ConfigError("environment", unknown)
    return {feeds[name]: word for name, word in secrets.items() if word}
