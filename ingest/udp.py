"""A UDP port for stations that send datagrams (SL 651): one frame per datagram, answered only after the commit.

Decides nothing about what a datagram means. Bounded: when too much is on its way nothing is read, the system's own buffer
fills, and what no longer fits is repeated by its station, as is all that gets no answer while the database is away.
"""

import selectors
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from threading import Event, Thread

from core.config import FeedConfig, IngestConfig
from core.model import Frame
from ingest.feeds import Answered, WiredFeed
from ingest.port import EVERYWHERE, Callers, bind_udp

DATAGRAM = 65_536
AT_ONCE = 256  # datagrams taken before they are handed on
BUFFER = 4 << 20  # bytes the system may keep for us; it grants less where its limit is lower
TICK_S = 0.5


class UdpFeed(WiredFeed):
    """One configured `udp` feed. Several workers may bind the same port (SO_REUSEPORT): the kernel spreads stations by address.

    `hosts` are the addresses to listen on; by default all, IPv4 and IPv6. Raises `FeedLost` when none can be opened.
    """

    def __init__(
        self, name: str, feed: FeedConfig, ingest: IngestConfig, clock: Callable[[], datetime],
        hosts: Sequence[str] = EVERYWHERE, limit: int = 20_000,
    ) -> None:  # fmt: skip
        super().__init__(name, ingest, clock, limit)
        self._callers = Callers("udp", name, feed.addresses)
        self._closing, self._room = Event(), Event()
        self._wires = bind_udp(hosts, feed.port or 0, BUFFER)
        self.port: int = self._wires[0].getsockname()[1]
        self._book.turn("connected", clock(), f"port {self.port}")
        self._thread = Thread(target=self._run, name=f"udp-{name}", daemon=True)
        self._thread.start()

    def ack(self, frames: Sequence[Frame], outcome: Answered) -> None:
        """Send the answers, a datagram each, from the port they were asked on. One that is lost is no error: it is asked again."""
        for answer in outcome.answers:
            if answer.frame.feed == self.name and isinstance(answer.frame.ref, tuple):
                wire, address = answer.frame.ref
                with suppress(OSError):
                    self._wires[wire].sendto(answer.payload, address)
        self._waiting.done(frames)
        self._room.set()
        self._stored()

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        self._room.set()
        self._thread.join(timeout=10 * TICK_S)
        self._waiting.close()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            for number, wire in enumerate(self._wires):
                selector.register(wire, selectors.EVENT_READ, number)
            while not self._closing.is_set():
                if self._waiting.is_full():
                    self._room.clear()
                    if not self._waiting.has_room():  # looked at after the clearing, so that no `ack` goes unheard
                        self._room.wait(TICK_S)
                        continue
                for key, _ in selector.select(TICK_S):
                    self._take(key.data)
        for wire in self._wires:
            wire.close()
        self._book.turn("stopped", self._clock())

    def _take(self, number: int) -> None:
        """What has come in on one wire, up to `AT_ONCE` datagrams."""
        now, frames = self._clock(), []
        with suppress(OSError):  # nothing more, or an answer of ours that nobody wanted
            for _ in range(AT_ONCE):
                payload, address = self._wires[number].recvfrom(DATAGRAM)
                if payload and self._callers.knows(str(address[0])):
                    frames.append(Frame(self.name, payload, now, "", f"{address[0]}:{address[1]}", (number, address)))
        if frames:
            self._waiting.put(frames)
            self._book.heard(now)
