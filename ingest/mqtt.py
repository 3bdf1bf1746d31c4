"""The MQTT door: our own MQTT 5 receiver for shared subscriptions, acknowledging only what was committed.

One thread owns the socket: it takes 256 KB at a time, reads PUBLISH in bulk (Rust codec `mqtt5`), sends acknowledgements
in bulk, keeps the connection alive and connects again. Memory is bounded by not reading (Mosquitto 2.0 overshoots the
receive maximum). A PUBACK belongs to one connection: after a reconnect what was pending is dropped, the broker repeats.
"""

import random
import socket
import ssl
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from urllib.parse import unquote, urlsplit

import mqtt5
import structlog

from core.config import Config
from core.errors import FeedLost
from core.model import Frame
from ingest.feeds import Answered, WiredFeed, back_off
from ingest.mqtt_connection import CHUNK, Connection
from ingest.mqtt_topics import FeedOfTopic, filters, retained_filters

KEEP_ALIVE_S = 30
CONNECT_TIMEOUT_S = 10.0
PACE_S = 0.004  # a thin stream is read 250 times a second, not once per message: a tenth of the CPU, 2 ms later
FOREVER = 0xFFFFFFFF  # session expiry: the broker keeps our queue until its own limit
SUBSCRIBE_ID, RETAINED_ID, UNSUBSCRIBE_ID = 1, 2, 3
TAKEN_OVER = 0x8E
_TICK = timedelta(microseconds=1)
# Mosquitto 2.0 keeps a shared subscription's queue over its restart, and not the subscription: what senders hand it before we
# have subscribed again is confirmed and forgotten. So we knock often: senders (paho: 1 s) come back later than we do.
KNOCK_AT_MOST_S = 0.15

_log = structlog.get_logger(__name__)


class MqttFeed(WiredFeed):
    """All configured MQTT feeds over one connection, as one member of the shared subscription `$share/{group}/…`.

    `url` is mqtt://user:password@host:port or mqtts://…; `client_id` is the slot this worker has leased. A frame's `feed`
    is the configured feed its topic belongs to. Iterating raises `FeedLost` when another client takes the slot over.
    """

    def __init__(
        self, url: str, client_id: str, config: Config, clock: Callable[[], datetime],
        group: str = "yiping", context: ssl.SSLContext | None = None, limit: int = 50_000,
    ) -> None:  # fmt: skip
        super().__init__("mqtt", config.ingest, clock, limit)
        self._url, self._client_id, self._config = urlsplit(url), client_id, config
        self._group, self._context = group, context
        self._feed_of = FeedOfTopic(config.feeds)
        self._epoch, self._linked, self._stamp = 0, False, clock()
        self._outbox: list[tuple[int, bytes]] = []
        self._lock = Lock()
        self._stop = Event()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_out.setblocking(False)
        self._thread = Thread(target=self._run, name=f"mqtt-{client_id}", daemon=True)
        self._thread.start()

    def ack(self, frames: Sequence[Frame], outcome: Answered) -> None:
        """Tell the broker to forget these, in their order. Those of an earlier connection are left to be repeated."""
        epoch = self._epoch
        numbers = [frame.ref[1] for frame in frames if frame.ref[0] == epoch and frame.ref[1]]
        if numbers:
            words = [0x4002] * (2 * len(numbers))
            words[1::2] = numbers
            with self._lock:
                self._outbox.append((epoch, struct.pack(f">{len(words)}H", *words)))
        self._waiting.done(frames)
        if frames:
            self._wake()
        self._stored("connected" if self._linked else "waiting")

    def close(self) -> None:
        """Leave the broker without ending the session: what is not acknowledged goes to the next holder of the slot."""
        self._stop.set()
        self._wake()
        self._waiting.close()
        self._thread.join(timeout=CONNECT_TIMEOUT_S)
        if not self._thread.is_alive():
            self._wake_in.close()
            self._wake_out.close()

    def _wake(self) -> None:
        with suppress(OSError):  # the pipe is full: it is awake
            self._wake_in.send(b"!")

    def _run(self) -> None:
        attempt = 0
        while not self._stop.is_set():
            epoch = self._epoch
            try:
                self._serve(Connection(self._open()))
            except SlotTaken as error:
                self._waiting.fail(error)
                break
            except Exception as error:  # a thread that dies unseen would silence the city: whatever it was, try again
                attempt = 1 if self._epoch != epoch else attempt + 1
                self._book.turn("waiting", self._clock(), f"{type(error).__name__}: {error}")
                if attempt.bit_count() == 1:  # 1, 2, 4, 8 …: a broker that is away for long does not fill the log
                    _log.warning("mqtt_lost", error=str(error), attempt=attempt)
                self._stop.wait(back_off(attempt, random.random(), 0.03, KNOCK_AT_MOST_S))
        self._book.turn("stopped", self._clock())

    def _open(self) -> socket.socket:
        tls = self._url.scheme in ("mqtts", "ssl", "tls")
        host, port = self._url.hostname or "127.0.0.1", self._url.port or (8883 if tls else 1883)
        wire = socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S)
        try:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * CHUNK)
            return (self._context or ssl.create_default_context()).wrap_socket(wire, server_hostname=host) if tls else wire
        except OSError:
            wire.close()
            raise

    def _serve(self, connection: Connection) -> None:
        try:
            resumed = self._greet(connection)
            self._epoch += 1
            with self._lock:
                self._outbox.clear()
            self._subscribe(connection, resumed)
            self._linked = True
            self._book.turn("connected", self._clock())
            while not self._stop.is_set():
                self._turn(connection)
            connection.send(b"\xe0\x00")
            connection.flush()
        finally:
            self._linked = False
            connection.close()

    def _greet(self, connection: Connection) -> bool:
        """CONNECT and CONNACK. Returns whether the broker kept our session; raises `FeedLost` when it refuses us."""
        user, password = self._url.username, self._url.password
        connection.send(
            mqtt5.ConnectPacket(
                self._client_id,
                username=unquote(user) if user else None,
                password=unquote(password).encode() if password else None,
                clean_start=False,
                keep_alive=KEEP_ALIVE_S,
                session_expiry_interval=FOREVER,
                receive_max=65535,
            ).write()
        )
        until = time.monotonic() + CONNECT_TIMEOUT_S
        while time.monotonic() < until:
            connection.wait(self._wake_out, 0.5)
            for packet in connection.packets():
                if isinstance(packet, mqtt5.ConnAckPacket):
                    if packet.reason_code != mqtt5.ConnAckReasonCode.SUCCESS:
                        raise FeedLost(f"the broker refuses us: {packet.reason_code.name}")
                    connection.keep_alive_s = packet.server_keep_alive or KEEP_ALIVE_S
                    return bool(packet.session_present)
        raise FeedLost("no CONNACK")

    def _subscribe(self, connection: Connection, resumed: bool) -> None:
        once = mqtt5.QoS.AT_LEAST_ONCE
        shared = [mqtt5.TopicFilter(f"$share/{self._group}/{topic}", max_qos=once) for topic in filters(self._config.feeds)]
        connection.send(mqtt5.SubscribePacket(SUBSCRIBE_ID, shared).write())
        kept = retained_filters(self._config.feeds)
        if kept and not resumed:  # once per session: presence as it stands, which a shared subscription never brings
            own = [mqtt5.TopicFilter(topic, max_qos=once) for topic in kept]
            connection.send(mqtt5.SubscribePacket(RETAINED_ID, own).write() + mqtt5.UnsubscribePacket(UNSUBSCRIBE_ID, kept).write())

    def _turn(self, connection: Connection) -> None:
        """One round: send what is due, read if there is room."""
        with self._lock:
            outbox, self._outbox = self._outbox, []
        connection.send(b"".join(payload for epoch, payload in outbox if epoch == self._epoch))
        connection.keep_alive()
        connection.paused = not self._waiting.has_room() if connection.paused else self._waiting.is_full()
        connection.wait(self._wake_out, 0.5)
        if not connection.paused:
            self._take(connection)
            if connection.took < CHUNK // 8:
                self._stop.wait(PACE_S)

    def _take(self, connection: Connection) -> None:
        now, epoch, feed_of = self._clock(), self._epoch, self._feed_of
        # Each frame gets a moment of its own: for readings without a time it is their time, and two are never one.
        stamp = max(now, self._stamp)
        frames: list[Frame] = []
        for packet in connection.packets():
            if isinstance(packet, mqtt5.PublishPacket):
                topic = packet.topic
                stamp += _TICK
                frames.append(Frame(feed_of(topic), packet.payload or b"", stamp, topic, "", (epoch, packet.packet_id)))
            elif isinstance(packet, mqtt5.DisconnectPacket):
                if int(packet.reason_code) == TAKEN_OVER:
                    raise SlotTaken(f"another client took over {self._client_id}")
                raise FeedLost(f"the broker left: {packet.reason_code.name}")
            elif isinstance(packet, mqtt5.SubAckPacket) and any(int(code) >= 0x80 for code in packet.reason_codes):
                self._book.turn("connected", now, "the broker refuses a subscription")
                _log.error("mqtt_subscription_refused", codes=[int(code) for code in packet.reason_codes])
        self._stamp = stamp
        if frames:
            self._book.heard(now)
            self._waiting.put(frames)


class SlotTaken(FeedLost):
    """Another client connected with our client id: lease another slot."""
