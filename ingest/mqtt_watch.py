"""Watches how full the broker's queues are: half full is an alarm, a dropped message is a loss that must not be silent.

A connection of its own, because the feed's is not read while the database is away: just then the queues grow.
"""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ingest.feeds import Health, HealthBook

# Mosquitto's own accounts of itself: payload bytes kept for clients, and messages it threw away since it started.
BYTES, DROPPED = "$SYS/broker/store/messages/bytes", "$SYS/broker/publish/messages/dropped"
KEEP_ALIVE_S = 15


class BrokerWatch:
    """Follows two figures of the broker. `limit` is its `max_queued_bytes`; holds a connection and a thread: close it."""

    def __init__(self, url: str, limit: int, clock: Callable[[], datetime], name: str) -> None:
        parts = urlsplit(url)
        self._limit, self._clock, self._lock = limit, clock, Lock()
        self._book = HealthBook("broker", clock())
        self._queued, self._dropped, self._dropped_before = 0, 0, -1
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=True)
        if parts.username:
            self._client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
        if parts.scheme == "mqtts":
            self._client.tls_set()
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.reconnect_delay_set(1, 5)
        self._client.connect_async(parts.hostname or "localhost", parts.port or 1883, KEEP_ALIVE_S)
        self._client.loop_start()

    @property
    def queued_bytes(self) -> int:
        """Payload bytes the broker keeps for all clients together, as it last said."""
        return self._queued

    def health(self) -> Health:
        """State connected, pressed (half full, or something was dropped) or waiting; `detail` says the figures."""
        return self._book.read(self._queued)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: mqtt.Client, *_: Any) -> None:
        client.subscribe([(BYTES, 0), (DROPPED, 0)])

    def _on_disconnect(self, *_: Any) -> None:
        self._book.turn("waiting", self._clock(), "the broker does not answer")

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        try:
            figure = int(message.payload)
        except ValueError:
            return
        with self._lock:
            now = self._clock()
            if message.topic == BYTES:
                self._queued = figure
            else:
                # It counts since its start: what was dropped before we came is not ours to ring for.
                self._dropped_before = figure if self._dropped_before < 0 or figure < self._dropped_before else self._dropped_before
                self._dropped = figure - self._dropped_before
            self._book.heard(now)
            self._book.turn("pressed" if self._is_pressed() else "connected", now, self._words())

    def _is_pressed(self) -> bool:
        return self._dropped > 0 or self._queued * 2 >= self._limit

    def _words(self) -> str:
        words = f"{self._queued:,} of {self._limit:,} bytes queued ({self._queued / self._limit:.0%})"
        return f"{words}; {self._dropped:,} messages dropped" if self._dropped else words
