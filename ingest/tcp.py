"""A TCP port for stations (HJ 212, SL 651): one frame per packet, answered only after the commit.

Decides nothing about what a packet means. Bounded everywhere: bytes per connection, connections, frames on their way;
beyond that nothing is read and the stations wait. While the database is away they get no answer and repeat: harmless.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from threading import Event, Thread

import structlog

from core.config import FeedConfig, IngestConfig
from core.errors import FeedLost
from core.model import Frame
from ingest.decode.formats import FORMATS
from ingest.feeds import Answered, WiredFeed
from ingest.port import EVERYWHERE, Callers, bind_tcp

CONNECTIONS = 20_000
IDLE_S = 2 * 3600.0  # HJ 212 allows an hour between two real-time uploads
SWEEP_S = 5.0
BACKLOG = 1024
START_S = 10.0

_log = structlog.get_logger(__name__)


class TcpFeed(WiredFeed):
    """One configured `tcp` feed. Several workers may listen on the same port (SO_REUSEPORT): the kernel spreads stations.

    `hosts` are the addresses to listen on; by default all, IPv4 and IPv6. Raises `FeedLost` when none can be opened.
    """

    def __init__(
        self, name: str, feed: FeedConfig, ingest: IngestConfig, clock: Callable[[], datetime],
        hosts: Sequence[str] = EVERYWHERE, idle_s: float = IDLE_S, limit: int = 20_000,
    ) -> None:  # fmt: skip
        super().__init__(name, ingest, clock, limit)
        self._idle_s = idle_s
        split = FORMATS[feed.format].split
        if split is None:
            raise FeedLost(f"feed '{name}': {feed.format} is no format of a TCP port")
        self._split = split
        self._stations: dict[int, _Station] = {}
        self._numbers = 0
        self._callers = Callers("tcp", name, feed.addresses)
        self._paused = False
        self._loop = asyncio.new_event_loop()
        self._wires = bind_tcp(hosts, feed.port or 0)
        self.port: int = self._wires[0].getsockname()[1]
        self._listening = Event()
        self._thread = Thread(target=self._run, name=f"tcp-{name}", daemon=True)
        self._thread.start()
        self._listening.wait(START_S)

    def ack(self, frames: Sequence[Frame], outcome: Answered) -> None:
        """Write the answers, in order for each station. One that is gone is no error: it will ask again."""
        replies: dict[int, list[bytes]] = defaultdict(list)
        for answer in outcome.answers:
            if answer.frame.feed == self.name and isinstance(answer.frame.ref, int):
                replies[answer.frame.ref].append(answer.payload)
        self._waiting.done(frames)
        if replies or self._paused:
            self._call(self._reply, dict(replies))
        self._stored()

    def close(self) -> None:
        """Stop listening and hang up."""
        self._call(self._loop.stop)
        self._thread.join(timeout=START_S)
        self._waiting.close()

    def _call(self, what: Callable[..., object], *arguments: object) -> None:
        with suppress(RuntimeError):  # closed meanwhile
            self._loop.call_soon_threadsafe(what, *arguments)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            opening = [self._loop.create_server(lambda: _Station(self), sock=wire, backlog=BACKLOG) for wire in self._wires]
            servers = [self._loop.run_until_complete(each) for each in opening]
            self._book.turn("connected", self._clock(), f"port {self.port}")
            self._loop.call_later(SWEEP_S, self._sweep)
            self._listening.set()
            self._loop.run_forever()
            for server in servers:
                server.close()
            for station in list(self._stations.values()):
                station.hang_up()
            self._loop.run_until_complete(asyncio.sleep(0))
        finally:
            self._book.turn("stopped", self._clock())
            self._loop.close()

    def _reply(self, replies: dict[int, list[bytes]]) -> None:
        for number, payloads in replies.items():
            if station := self._stations.get(number):
                station.write(b"".join(payloads))
        if self._paused and self._waiting.has_room():
            self._paused = False
            for station in self._stations.values():
                station.resume()

    def _sweep(self) -> None:
        """Hang up on stations that said nothing for too long."""
        until = self._loop.time() - self._idle_s
        for station in [each for each in self._stations.values() if each.heard_at < until]:
            station.hang_up()
        self._reply({})
        self._loop.call_later(min(SWEEP_S, self._idle_s), self._sweep)

    def enter(self, station: "_Station", address: str) -> int:
        """A station connected: its number, or 0 when its address is not on the feed's list or there are too many."""
        if not self._callers.knows(address):
            return 0
        if len(self._stations) >= CONNECTIONS:
            _log.warning("tcp_full", feed=self.name, connections=CONNECTIONS)
            return 0
        self._numbers += 1
        self._stations[self._numbers] = station
        if self._paused:
            station.pause()
        return self._numbers

    def leave(self, number: int) -> None:
        self._stations.pop(number, None)

    def take(self, station: "_Station", buffer: bytes) -> bytes:
        """Whole packets go to the pipeline, the rest is returned."""
        pieces, rest = self._split(buffer)
        now = self._clock()
        if pieces:
            self._waiting.put([Frame(self.name, piece, now, "", station.peer, station.number) for piece in pieces])
            self._book.heard(now)
        if not self._paused and self._waiting.is_full():
            self._paused = True
            for each in self._stations.values():
                each.pause()
        return rest


class _Station(asyncio.Protocol):
    """One connection and the bytes that are not yet a packet (bounded by the splitter)."""

    def __init__(self, feed: TcpFeed) -> None:
        self._feed = feed
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self.number, self.peer, self.heard_at = 0, "", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        address = transport.get_extra_info("peername") or ("?", 0)
        self._transport, self.peer = transport, f"{address[0]}:{address[1]}"
        self.heard_at = asyncio.get_running_loop().time()
        self.number = self._feed.enter(self, str(address[0]))
        if not self.number:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self.heard_at = asyncio.get_running_loop().time()
        self._rest = self._feed.take(self, self._rest + data)

    def eof_received(self) -> bool:
        """Half closed: the station may still wait for its answers."""
        return True

    def connection_lost(self, problem: Exception | None) -> None:
        self._feed.leave(self.number)

    def write(self, payload: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(payload)

    def pause(self) -> None:
        if self._transport and self._transport.is_reading():
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.resume_reading()

    def hang_up(self) -> None:
        if self._transport:
            self._transport.abort()
