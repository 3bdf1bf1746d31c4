"""A non-blocking MQTT 5 connection: bytes to packets and back. Decides nothing about their meaning."""

import selectors
import socket
import ssl
import time
from collections.abc import Iterator

import mqtt5

from core.errors import FeedLost

CHUNK = 256 * 1024
PING = b"\xc0\x00"
_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Connection:
    """A connected socket with its two buffers. Every method may raise `OSError` or `FeedLost`: the wire broke."""

    def __init__(self, wire: socket.socket) -> None:
        wire.setblocking(False)
        self._wire = wire
        self._selector = selectors.DefaultSelector()
        self._watched = 0
        self._wake: socket.socket | None = None
        self._in, self._out = bytearray(), bytearray()
        self._sent_at = self._heard_at = time.monotonic()
        self._pinged_at = 0.0
        self.keep_alive_s: float = 30
        self.paused = False
        self.took = 0

    def send(self, payload: bytes) -> None:
        """Send now, or as soon as the wire takes it."""
        self._out += payload
        self.flush()

    def flush(self) -> None:
        while self._out:
            try:
                sent = self._wire.send(self._out)
            except _NOT_NOW:
                return
            del self._out[:sent]
            self._sent_at = time.monotonic()

    def keep_alive(self) -> None:
        """Ping when either side was quiet for half the time; give up when the broker was silent for one and a half."""
        now = time.monotonic()
        if self.paused:
            self._heard_at = now  # what it says waits unread
        elif now - self._heard_at > 1.5 * self.keep_alive_s:
            raise FeedLost(f"the broker was silent for {now - self._heard_at:.0f} s")
        if now - min(self._sent_at, max(self._heard_at, self._pinged_at)) > self.keep_alive_s / 2:
            self._pinged_at = now
            self.send(PING)

    def wait(self, wake: socket.socket, seconds: float) -> None:
        """Until the wire has something, `wake` was written to, or `seconds` are over; unread while paused."""
        if not self.paused and isinstance(self._wire, ssl.SSLSocket) and self._wire.pending():
            seconds = 0
        self._watch(wake)
        for key, _ in self._selector.select(seconds):
            if key.fileobj is wake:
                wake.recv(4096)
        self.flush()

    def _watch(self, wake: socket.socket) -> None:
        if self._wake is None:
            self._selector.register(wake, selectors.EVENT_READ)
            self._wake = wake
        events = (0 if self.paused else selectors.EVENT_READ) | (selectors.EVENT_WRITE if self._out else 0)
        if events != self._watched:
            if not events:
                self._selector.unregister(self._wire)
            elif not self._watched:
                self._selector.register(self._wire, events)
            else:
                self._selector.modify(self._wire, events)
            self._watched = events

    def packets(self) -> Iterator[mqtt5.Packet]:
        """Read what there is and give every whole packet; `took` says how many bytes came."""
        self._receive()
        view, place = memoryview(self._in), 0
        try:
            while place < len(view):
                try:
                    packet, length = mqtt5.read(view[place:])
                except IndexError:  # not whole yet
                    break
                place += length
                yield packet
        finally:
            view.release()
            del self._in[:place]

    def _receive(self) -> None:
        self.took = 0
        while self.took < CHUNK:
            try:
                chunk = self._wire.recv(CHUNK)
            except _NOT_NOW:
                return
            if not chunk and self.took:
                return  # first what it said before it left: it may have told why
            if not chunk:
                raise FeedLost("the broker closed the connection")
            self._in += chunk
            self.took += len(chunk)
            self._heard_at = time.monotonic()
            if not isinstance(self._wire, ssl.SSLSocket):  # TLS gives 16 KB at a time
                return

    def close(self) -> None:
        self._selector.close()
        self._wire.close()
