"""The worker: MQTT slots, TCP and UDP ports through the pipeline. Composition, threads and waiting; decides nothing else.

Any number of workers may run. Each leases numbered MQTT slots in the database; a slot nobody renews is taken over, so that
no queue is ever stranded. End it with SIGTERM: what is not acknowledged is delivered again, to whoever asks next.
"""

import gc
import os
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread

import structlog

from compose import Parts, run_role
from core.config import FeedConfig
from core.errors import BatchRefused, FeedLost, StoreUnavailable
from core.model import Frame
from ingest.feeds import Feed, back_off
from ingest.mqtt import MqttFeed
from ingest.mqtt_watch import BrokerWatch
from ingest.record import recorder
from ingest.tcp import TcpFeed
from ingest.udp import UdpFeed
from pipeline import Outcome, process
from store.health import HealthWriter
from store.slots import Slots

_log = structlog.get_logger("worker")
_KEEP_SLOTS_EVERY_S = 1.0
_REFRESH_CITY_EVERY = 30  # rounds of the keeper


def clock() -> datetime:
    """The one place where a worker reads the time."""
    return datetime.now(UTC)


class Lane:
    """One feed and the thread that runs its batches through the pipeline."""

    def __init__(self, name: str, parts: Parts, make: Callable[[], Feed], feeds: tuple[str, ...], stop: Event) -> None:
        self._parts, self._make, self._stop, self._closed = parts, make, stop, Event()
        self._deps = parts.pipeline()
        self._recorder = recorder(parts.settings.record, {feed: parts.config.feeds[feed] for feed in feeds})
        self._health = HealthWriter(parts.store, f"{socket.gethostname()}:{os.getpid()}:{name}", feeds, clock())
        self._feed: Feed | None = None
        self.thread = Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self._closed.set()
        if self._feed:
            self._feed.close()

    def _run(self) -> None:
        attempt = 0
        while not self._over():
            try:
                self._feed = self._make()
                self._drain(self._feed)
                attempt = 0
            except FeedLost as lost:
                attempt += 1
                _log.warning("feed_lost", feed=self.thread.name, why=str(lost), attempt=attempt)
                self._stop.wait(back_off(attempt))
            finally:
                if self._feed:
                    self._feed.close()
        self._recorder.close()
        self._health.tell("stopped", clock(), "", clock())

    def _over(self) -> bool:
        return self._stop.is_set() or self._closed.is_set()

    def _drain(self, feed: Feed) -> None:
        for frames in feed:
            if self._over():
                return  # not acknowledged: delivered again
            outcome = self._process(feed, frames)
            if outcome is None:
                return
            feed.ack(frames, outcome)
            self._recorder.keep(outcome.frames)
            self._health.count(outcome.frames, outcome.taken)
            health = feed.health()
            self._health.tell(health.state, health.since, health.detail, clock())

    def _process(self, feed: Feed, frames: list[Frame]) -> Outcome | None:
        """Until it is stored: the batch waits for the database, unacknowledged, and says so."""
        attempt, since = 0, clock()
        while not self._over():
            try:
                outcome = process(frames, clock(), self._deps)
            except BatchRefused as fault:  # of a tick: there is nothing to keep, and real frames wait behind it
                _log.error("tick_failed", feed=self.thread.name, why=str(fault))
                return Outcome([], [])
            except StoreUnavailable as away:
                attempt += 1
                wait = back_off(attempt)
                _log.warning(
                    "store_away",
                    feed=self.thread.name,
                    why=str(away),
                    frames=len(frames),
                    since=since.isoformat(),
                    next_try_s=round(wait, 1),
                )
                self._stop.wait(wait)
            else:
                if attempt:
                    _log.info("store_back", feed=self.thread.name, away_s=round((clock() - since).total_seconds(), 1))
                return outcome
        return None


class Worker:
    """Keeps one lane per leased MQTT slot and one per port of stations."""

    def __init__(self, parts: Parts, stop: Event) -> None:
        self._parts, self._stop = parts, stop
        self._pressed_since: datetime | None = None
        self._slots = Slots(parts.store, f"{socket.gethostname()}:{os.getpid()}")
        self._mqtt: dict[int, Lane] = {}
        self._broker = self._watch_broker()
        self._lanes = [self._port_lane(name, feed) for name, feed in parts.config.feeds.items() if feed.kind in ("tcp", "udp")]

    def run(self) -> None:
        rounds = 0
        while not self._stop.is_set():
            try:
                if self._parts.settings.mqtt_url:
                    self._keep_slots()
                    self._tell_broker()
                rounds += 1
                if rounds % _REFRESH_CITY_EVERY == 0:
                    self._parts.city.refresh()
            except StoreUnavailable as away:
                _log.warning("store_away", doing="keeping slots", why=str(away))
            self._stop.wait(_KEEP_SLOTS_EVERY_S)
        self._leave()

    def _keep_slots(self) -> None:
        held = self._slots.keep()
        for slot in self._mqtt.keys() - held:
            _log.warning("slot_lost", slot=slot)
            self._mqtt.pop(slot).close()
        for slot in sorted(held - self._mqtt.keys()):
            _log.info("slot_taken", slot=slot)
            self._mqtt[slot] = self._mqtt_lane(slot)

    def _watch_broker(self) -> BrokerWatch | None:
        settings, name = self._parts.settings, f"{socket.gethostname()}:{os.getpid()}:broker"
        self._broker_health = HealthWriter(self._parts.store, name, ("broker",), clock(), listens=False)
        return BrokerWatch(settings.mqtt_url, settings.mqtt_queue_bytes, clock, f"watch-{os.getpid()}") if settings.mqtt_url else None

    def _tell_broker(self) -> None:
        """A queue that is half full is shown with the feeds and logged: rule 8, no silent loss."""
        if self._broker is None:
            return
        health = self._broker.health()
        if health.state == "pressed" and self._pressed_since != health.since:
            self._pressed_since = health.since
            _log.error("broker_queue_pressed", detail=health.detail)
        self._broker_health.heard("broker", health.last_at)
        self._broker_health.tell(health.state, health.since, health.detail, clock())

    def _mqtt_lane(self, slot: int) -> Lane:
        config, url, group = self._parts.config, self._parts.settings.mqtt_url, self._parts.settings.mqtt_group
        client_id = f"{group}-{config.area.code}-{slot}"
        feeds = tuple(name for name, feed in config.feeds.items() if feed.kind == "mqtt")
        return Lane(f"mqtt-{slot}", self._parts, lambda: MqttFeed(url, client_id, config, clock, group), feeds, self._stop)

    def _port_lane(self, name: str, feed: FeedConfig) -> Lane:
        door = TcpFeed if feed.kind == "tcp" else UdpFeed
        return Lane(f"{feed.kind}-{name}", self._parts, lambda: door(name, feed, self._parts.config.ingest, clock), (name,), self._stop)

    def _leave(self) -> None:
        if self._broker:
            self._broker.close()
        lanes = [*self._mqtt.values(), *self._lanes]
        for lane in lanes:
            lane.close()
        for lane in lanes:
            lane.thread.join(timeout=5)
        try:
            self._slots.release()
        except StoreUnavailable as away:
            _log.warning("store_away", doing="releasing slots", why=str(away))


def run(parts: Parts, stop: Event) -> None:
    """Until `stop` is set."""
    # What stands now stands for good, and batches free themselves: looking for cycles would only stop the feeds.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    Worker(parts, stop).run()


def main() -> int:
    return run_role("worker", 8, run, clock)


if __name__ == "__main__":
    sys.exit(main())
