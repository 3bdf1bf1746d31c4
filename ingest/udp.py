"""A UDP port for stations that send datagrams (SL 651): one frame per datagram, answered only after the commit.

Decides nothing about what a datagram means. Bounded: when too much is on its way nothing is read, the system's own buffer
fills, and what no longer fits is repeated by its station, as is all that gets no answer while the database is away.
"""

import selectors
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address, ip_network
from threading import Event, Thread
from typing import Any

import structlog

from core.config import FeedConfig, IngestConfig
from core.errors import FeedLost
from core.model import Frame
from ingest.feeds import Answered, Health, HealthBook, Waiting

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 stations come from outside; a feed's addresses name them
DATAGRAM = 65_536
AT_ONCE = 256  # datagrams taken before they are handed on
BUFFER = 4 << 20  # bytes the system may keep for us; it grants less where its limit is lower
TICK_S = 0.5
STRANGERS_NAMED = 1000  # in the log, each once: a scanner must not fill a disk

_log = structlog.get_logger(__name__)


class UdpFeed:
    """One configured `udp` feed. Several workers may bind the same port (SO_REUSEPORT): the kernel spreads stations by address.

    `hosts` are the addresses to listen on; by default all, IPv4 and IPv6. Raises `FeedLost` when none can be opened.
    """

    def __init__(
        self, name: str, feed: FeedConfig, ingest: IngestConfig, clock: Callable[[], datetime],
        hosts: Sequence[str] = EVERYWHERE, limit: int = 20_000,
    ) -> None:  # fmt: skip
        self.name, self._clock = name, clock
        self._waiting = Waiting(ingest.batch_rows, ingest.batch_window.total_seconds(), limit)
        self._book = HealthBook(name, clock())
        self._addresses = [ip_network(address) for address in feed.addresses]
        self._strangers: set[str] = set()
        self._closing, self._room = Event(), Event()
        self._wires = _bind(hosts, feed.port or 0)
        self.port: int = self._wires[0].getsockname()[1]
        self._book.turn("connected", clock(), f"port {self.port}")
        self._thread = Thread(target=self._run, name=f"udp-{name}", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[list[Frame]]:
        return self._waiting.batches()

    def ack(self, frames: Sequence[Frame], outcome: Answered) -> None:
        """Send the answers, a datagram each, from the port they were asked on. One that is lost is no error: it is asked again."""
        for answer in outcome.answers:
            if answer.frame.feed == self.name and isinstance(answer.frame.ref, tuple):
                wire, address = answer.frame.ref
                with suppress(OSError):
                    self._wires[wire].sendto(answer.payload, address)
        self._waiting.done(frames)
        self._room.set()
        if self._book.read(0).state == "store_away":
            self._book.turn("connected", self._clock())

    def retry(self, frames: Sequence[Frame]) -> None:
        """The database was away: the same batch comes again, its stations wait."""
        self._book.turn("store_away", self._clock())
        self._waiting.retry(frames)

    def health(self) -> Health:
        return self._book.read(len(self._waiting))

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
                if payload and self._is_known(address):
                    frames.append(Frame(self.name, payload, now, "", f"{address[0]}:{address[1]}", (number, address)))
        if frames:
            self._waiting.put(frames)
            self._book.heard(now)

    def _is_known(self, address: tuple[Any, ...]) -> bool:
        """Whether a station of that address may speak; without a list everybody may."""
        if not self._addresses:
            return True
        name = str(address[0]).partition("%")[0]  # of a link-local one the interface is named too
        found = ip_address(name)
        if any(found in network for network in self._addresses):
            return True
        if name not in self._strangers and len(self._strangers) < STRANGERS_NAMED:
            self._strangers.add(name)
            _log.warning("udp_stranger", feed=self.name, address=name)
        return False


def _bind(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """One bound socket per address family that this machine has."""
    wires: list[socket.socket] = []
    problems: list[str] = []
    for host in hosts:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            wire = socket.socket(family, socket.SOCK_DGRAM)
        except OSError as error:
            problems.append(f"{host}: {error}")
            continue
        try:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            if family == socket.AF_INET6:
                wire.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            wire.setblocking(False)
            wire.bind((host, port or (wires[0].getsockname()[1] if wires else 0)))
            wires.append(wire)
        except OSError as error:
            wire.close()
            problems.append(f"{host}: {error}")
    if not wires:
        raise FeedLost(f"cannot listen on UDP port {port}: {'; '.join(problems)}")
    return wires
