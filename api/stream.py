"""The live stream's hub: follows the projector over Redis, or the database while Redis is away, and feeds every client.

A delta is composed and packed once per distinct set of areas, and again for each account that it has notices for. A client that does
not read is cut, and has to resync; no client can slow another.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
import structlog

from api.snapshot import Supply, named_in, part_for
from api.told import Told
from core.config import Config
from core.errors import StoreUnavailable
from core.model import Scope
from store.live import Delta, Wire

BEAT_S = 1.0
QUEUE = 256  # messages: about 50 s of a busy city
_POLL_S = 1.0
_PING_S = 1.0
_PING_WAIT_S = 1.5
_NET_S = 5.0  # how often the database is asked although Redis speaks: its last message may be the one that was lost
_RING = 2_400  # deltas kept for those who come back: ten minutes of four a second
_RING_BYTES = 64 * 1024 * 1024

_log = structlog.get_logger(__name__)

RESYNC = Told(b"")  # in a queue: what follows needs a new snapshot
BEAT = b": beat\n\n"
Message = tuple[int, Told]


@dataclass(eq=False, slots=True)
class Client:
    """One open stream. `cut` is set when it is to end."""

    scope: Scope
    queue: asyncio.Queue[Message] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the hub asks; each raises `StoreUnavailable`. `deltas` yields for ever."""

    deltas: Callable[[], AsyncIterator[Delta | Wire]]
    read_deltas: Callable[[int], Awaitable[list[dict[str, Any]]]]
    read_position: Callable[[], Awaitable[dict[str, Any]]]
    ping: Callable[[], Awaitable[None]]


class Hub:
    """Keeps the last deltas and the clients. `run` it in one task. `pushed`: a Redis is configured, so that its absence is a fault."""

    def __init__(self, sources: Sources, config: Config, clock: Callable[[], datetime], *, pushed: bool = True) -> None:
        self._sources, self._config, self._clock = sources, config, clock
        self._without = "poll" if pushed else "database"
        self.sequence: int | None = None
        self.supply = Supply(live=self._without, since=clock())
        self.clients: set[Client] = set()
        self.cut_count = 0
        self._ring: deque[Delta] = deque()
        self._ring_bytes = 0
        self._asking = asyncio.Lock()
        self._turned = asyncio.Event()  # the supply turned from push to asking or back: the sleeper wakes

    async def run(self) -> None:
        """Follow, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for task in (self._follow, self._poll, self._watch, self._beat):
                tasks.create_task(task())

    async def _follow(self) -> None:
        async for event in self._sources.deltas():
            if isinstance(event, Wire):
                self._supply(live="push" if event.up else self._without)
                if not event.up and self._without == "poll":
                    _log.warning("live_wire_away", why=event.reason)
                continue
            self.supply = replace(self.supply, projector_at=datetime.fromisoformat(event.at))
            if self.sequence is not None and event.sequence == self.sequence + 1 and event.parts:
                self._tell(event)
            elif event.sequence != self.sequence:
                await self._ask()

    async def _poll(self) -> None:
        while True:
            await self._ask()
            with suppress(TimeoutError):  # not wait_for: before Python 3.12 it can swallow the end of its task
                async with asyncio.timeout(_NET_S if self.supply.live == "push" else _POLL_S):
                    await self._turned.wait()
            self._turned.clear()

    async def _ask(self) -> None:
        """Fetch what the database told since; a number that cannot be reached any more makes everybody resync."""
        async with self._asking:
            try:
                before, position = self.sequence, await self._sources.read_position()
                if self.sequence == before:  # else the wire told more meanwhile: the position is old, and the wire finds its gaps
                    await self._reach(position)
            except StoreUnavailable:
                return
            if self.supply.live != "push" and position["told_at"] is not None:
                self.supply = replace(self.supply, projector_at=position["told_at"])

    async def _reach(self, position: dict[str, Any]) -> None:
        if self.sequence is None or position["sequence"] < self.sequence or self._is_gap(position):
            self._resync(position["sequence"])
        elif position["sequence"] > self.sequence:
            for delta in deltas_of(await self._sources.read_deltas(self.sequence)):
                if delta.sequence == self.sequence + 1:
                    self._tell(delta)

    def _is_gap(self, position: dict[str, Any]) -> bool:
        assert self.sequence is not None
        if position["sequence"] == self.sequence:
            return False
        return position["oldest"] is None or position["oldest"] > self.sequence + 1

    def _resync(self, sequence: int) -> None:
        first, self.sequence = self.sequence is None, sequence
        self._ring.clear()
        self._ring_bytes = 0
        if not first:
            _log.warning("resync", sequence=sequence, clients=len(self.clients))
            for client in list(self.clients):
                self._put(client, (sequence, RESYNC))

    async def _watch(self) -> None:
        """Ask the database for a sign of life; one that hangs is away although its socket is open."""
        asked: asyncio.Task[None] | None = None
        while True:
            asked = asked or asyncio.ensure_future(self._sources.ping())
            done, _ = await asyncio.wait({asked}, timeout=_PING_WAIT_S)
            if not done:
                self._supply(store="away")
                continue
            self._supply(store="ok" if asked.exception() is None else "away")
            asked = None
            await asyncio.sleep(_PING_S)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            beat = Told(BEAT + status_event(self.supply))  # the edge lives; whether the projector does, the status says
            for client in list(self.clients):
                self._put(client, (0, beat))

    def _supply(self, **changed: str) -> None:
        """Note how we are fed, and tell everybody when it became another way."""
        new = replace(self.supply, **changed)  # type: ignore[arg-type]
        if new == self.supply:
            return
        if new.live != self.supply.live:
            self._turned.set()
        self.supply = replace(new, since=self._clock())
        status = Told(status_event(self.supply))
        for client in list(self.clients):
            self._put(client, (0, status))

    def _tell(self, delta: Delta) -> None:
        self.sequence = delta.sequence
        self._ring.append(delta)
        self._ring_bytes += _size(delta)
        while len(self._ring) > _RING or self._ring_bytes > _RING_BYTES:
            self._ring_bytes -= _size(self._ring.popleft())
        composed: dict[tuple[tuple[str, ...], int | None], Told] = {}
        named = named_in(delta.parts)
        for client in list(self.clients):
            account = client.scope.account_id
            key = client.scope.areas, account if account in named else None
            if key not in composed:
                composed[key] = Told(self.compose(delta, client.scope))
            self._put(client, (delta.sequence, composed[key]))

    def compose(self, delta: Delta, scope: Scope) -> bytes:
        """One event, with the parts this scope sees; without any it still carries the number, so that no client finds a gap."""
        seen = ((street, part_for(scope, street, part.encode(), self._config)) for street, part in delta.parts.items())
        streets = ",".join(f'"{street}":{part.decode()}' for street, part in seen if part is not None)
        data = f'{{"sequence":{delta.sequence},"at":"{delta.at}","streets":{{{streets}}}}}'
        return f"id: {delta.sequence}\nevent: delta\ndata: {data}\n\n".encode()

    def _put(self, client: Client, message: Message) -> None:
        try:
            client.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.cut_count += 1
            self.leave(client, "too slow")

    def join(self, scope: Scope) -> Client:
        """A new client; everything told from now on waits in its queue."""
        client = Client(scope)
        self.clients.add(client)
        return client

    def leave(self, client: Client, why: str = "") -> None:
        self.clients.discard(client)
        client.why = client.why or why
        client.cut.set()

    async def missed(self, after: int, until: int) -> list[Delta] | None:
        """The deltas between two numbers; None when they are no longer kept and only a snapshot helps."""
        if after == until:
            return []
        if after > until:
            return None
        kept = [delta for delta in self._ring if after < delta.sequence <= until]
        if not kept or kept[0].sequence != after + 1:
            kept = [delta for delta in deltas_of(await self._sources.read_deltas(after)) if delta.sequence <= until]
        whole = len(kept) == until - after and kept[0].sequence == after + 1
        return kept if whole else None


def deltas_of(rows: Sequence[dict[str, Any]]) -> list[Delta]:
    """Stored parts → deltas, in order."""
    found = []
    for sequence, group in groupby(rows, key=lambda row: row["sequence"]):
        parts = list(group)
        found.append(Delta(sequence, parts[0]["created_at"].isoformat(), {row["area"]: row["payload"] for row in parts}))
    return found


def status_event(supply: Supply) -> bytes:
    return b"event: status\ndata: " + msgspec.json.encode(supply.body()) + b"\n\n"


def _size(delta: Delta) -> int:
    return sum(len(part) for part in delta.parts.values())
