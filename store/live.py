"""The door to Redis: hints of moved devices, and the live stream's deltas. Redis may die or hang at any moment.

Nothing here is the truth and nothing here raises: whoever publishes goes on at once, whoever listens is told when to
ask the database instead.
"""

import asyncio
import threading
from array import array
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
import redis
import redis.asyncio
from redis.backoff import NoBackoff
from redis.retry import Retry

_TIMEOUT_S = 0.05  # what a publish may cost the pipeline, once
_CONNECT_TIMEOUT_S = 1.0  # of those who can wait: listeners and the probe
_RETRY_S = 1.0
_SILENCE_S = 3.0  # the projector speaks each second; a wire quiet for longer is not trusted
_MISSED = b"?"  # instead of ids: hints before this one were lost, ask the table
_MAX_MOVED = 1_000_000  # devices remembered between two looks of the projector: 4 MB


class Delta(msgspec.Struct, frozen=True, array_like=True):
    """One numbered change of the live picture; `parts` are encoded JSON objects by street. Without parts: a sign of life."""

    sequence: int
    at: str
    parts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Wire:
    """The state of the live wire: `up` False tells its listener to ask the database."""

    up: bool
    reason: str = ""


def _channels(url: str) -> tuple[str, str]:
    """Redis' channels know no database number: it is put into their names, so that two installations can share a server."""
    database = urlsplit(url).path.strip("/") or "0"
    return f"yiping:{database}:hints", f"yiping:{database}:deltas"


class Live:
    """Publishes without ever waiting long. Holds sockets and, while Redis is away, one thread that knocks each second."""

    def __init__(self, url: str | None) -> None:
        self._client = _client(url, _TIMEOUT_S) if url else None
        self._patient = _client(url, _CONNECT_TIMEOUT_S) if url else None
        self._hints, self._deltas = _channels(url) if url else ("", "")
        self._open = threading.Event()  # set: Redis is away, nothing is tried on the caller's time
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._missed = False
        self.lost = 0

    @property
    def up(self) -> bool:
        """Whether the last try succeeded."""
        return self._client is not None and not self._open.is_set()

    def hint(self, device_ids: Sequence[int]) -> None:
        """Tell the projector which devices moved. Costs at most 50 ms, once; never raises."""
        if device_ids and self._missed and self._publish(self._client, self._hints, _MISSED):
            self._missed = False
        if device_ids and not self._publish(self._client, self._hints, array("i", device_ids).tobytes()):
            self._missed = True

    def publish(self, delta: Delta) -> bool:
        """Send a delta to every edge; False when it could not be sent (they will ask the database). Never raises; may take a second."""
        return self._publish(self._patient, self._deltas, msgspec.msgpack.encode(delta))

    def _publish(self, client: redis.Redis | None, channel: str, message: bytes) -> bool:
        if client is None or self._open.is_set():
            self.lost += 1
            return False
        try:
            client.publish(channel, message)
        except (redis.RedisError, OSError):
            self.lost += 1
            self._break()
            return False
        return True

    def _break(self) -> None:
        with self._lock:
            if self._open.is_set() or self._closed.is_set():
                return
            self._open.set()
        threading.Thread(target=self._knock, name="redis-probe", daemon=True).start()

    def _knock(self) -> None:
        while not self._closed.wait(_RETRY_S):
            with suppress(redis.RedisError, OSError):
                assert self._patient is not None
                self._patient.ping()
                self._open.clear()
                return

    def close(self) -> None:
        self._closed.set()
        for client in (self._client, self._patient):
            if client is not None:
                with suppress(redis.RedisError, OSError):
                    client.close()


class Hints:
    """Collects the hints of all workers in a thread, for the projector to take. `fresh` False: the table is to be asked."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._moved: list[bytes] = []
        self._size = 0
        self._lost = True  # what was told before we listened is unknown
        self._up = False
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="hints", daemon=True)
        if url:
            self._thread.start()

    @property
    def up(self) -> bool:
        return self._up

    def take(self) -> tuple[bytes, bool]:
        """The packed device ids told since the last call, and whether that is all that moved."""
        with self._lock:
            moved, complete = b"".join(self._moved), self._up and not self._lost
            self._moved, self._size, self._lost = [], 0, not self._up
            return moved, complete

    def close(self) -> None:
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(2)

    def _listen(self) -> None:
        assert self._url is not None
        while not self._closed.is_set():
            client = _client(self._url, _CONNECT_TIMEOUT_S)
            with suppress(redis.RedisError, OSError):
                self._follow(client.pubsub(ignore_subscribe_messages=False))  # type: ignore[no-untyped-call]
            with self._lock:
                self._up, self._lost = False, True
            with suppress(redis.RedisError, OSError):
                client.close()
            self._closed.wait(_RETRY_S)

    def _follow(self, wire: "redis.client.PubSub") -> None:
        """Returns or raises when the wire broke; a hung Redis is noticed by an unanswered ping."""
        assert self._url is not None
        wire.subscribe(_channels(self._url)[0])
        quiet, asked = 0, False
        while not self._closed.is_set():
            message = wire.get_message(timeout=0.25)
            if message is None:
                quiet += 1
                if asked and quiet > 8:
                    return
                if quiet % 4 == 0 and not asked:
                    wire.ping()
                    asked = True
                continue
            quiet, asked = 0, False
            self._note(message)

    def _note(self, message: Mapping[str, object]) -> None:
        with self._lock:
            if message["type"] == "subscribe":
                self._up = True
            elif message["type"] == "message":
                data = message["data"]
                assert isinstance(data, bytes)
                if data == _MISSED:
                    self._lost = True
                    return
                self._moved.append(data)
                self._size += len(data)
                if self._size > 4 * _MAX_MOVED:
                    self._moved, self._size, self._lost = [], 0, True


async def deltas(url: str | None) -> AsyncIterator[Delta | Wire]:
    """Every delta published, for ever, with a `Wire` at each change of the wire's state. Survives Redis' restarts and hangs."""
    yield Wire(False, "no Redis is configured" if url is None else "connecting")
    while url is not None:
        client = redis.asyncio.Redis.from_url(
            url, socket_timeout=_SILENCE_S, socket_connect_timeout=_CONNECT_TIMEOUT_S, retry=Retry(NoBackoff(), 0)
        )
        reason = "no sign of life"
        try:
            wire = client.pubsub(ignore_subscribe_messages=True)
            await asyncio.wait_for(wire.subscribe(_channels(url)[1]), _SILENCE_S)
            known_up = False
            while (delta := await _next(wire)) is not None:
                if not known_up:
                    known_up = True
                    yield Wire(True)
                yield delta
        except (redis.RedisError, OSError, TimeoutError) as error:
            reason = type(error).__name__
        finally:
            with suppress(redis.RedisError, OSError, TimeoutError):
                await asyncio.wait_for(client.aclose(), 1)
        yield Wire(False, reason)
        await asyncio.sleep(_RETRY_S)
    await asyncio.Event().wait()


async def _next(wire: "redis.asyncio.client.PubSub") -> Delta | None:
    """The next delta; None after a silence that no living projector makes. Raises redis' errors when the wire broke."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _SILENCE_S
    while (left := until - loop.time()) > 0:
        message = await wire.get_message(timeout=left)
        if message is not None and isinstance(message["data"], bytes):
            with suppress(msgspec.DecodeError, msgspec.ValidationError):
                return msgspec.msgpack.decode(message["data"], type=Delta)
    return None


def ping(url: str, timeout_s: float = 1.0) -> bool:
    """Whether Redis answers in time. Never raises."""
    client = _client(url, timeout_s)
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        with suppress(redis.RedisError, OSError):
            client.close()


def _client(url: str, timeout_s: float) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=Retry(NoBackoff(), 0), socket_keepalive=True
    )
