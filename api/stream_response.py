"""One reader's stream as HTTP: snapshot or what was missed, then everything the hub puts into its queue.

Ends a stream whose reader does not read, left, or may no longer see it. Decides nothing about the content.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from api.auth import Identity
from api.gate import Gate
from api.problems import NotSignedIn
from api.snapshot import PERSONAL, SCREENS, Picture, compose_head, compose_rest, read_picture
from api.stream import BEAT, RESYNC, Client, Hub, status_event
from api.told import HEAD, Told, whole
from core.config import Config
from core.errors import Invalid, NotAllowed, StoreUnavailable
from core.model import Scope

_log = structlog.get_logger(__name__)
RECHECK_S = 15.0  # how long a revoked token's stream may go on
_PICTURE_S = 1.0
_GOODBYE_S = 1.0
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"accept-encoding"),
]


class Screens:
    """Answers `GET /snapshot` and `GET /stream`. A picture is shared, and so is what readers of the same areas see of it: a thousand
    screens that reconnect at once cost one."""

    def __init__(self, hub: Hub, gate: Gate, config: Config) -> None:
        self._hub, self._gate, self._config = hub, gate, config
        self._picture: Picture | None = None
        self._rests: dict[tuple[str, ...], asyncio.Future[Told]] = {}  # of that picture, by areas
        self._read_at = 0.0
        self._reading = asyncio.Lock()

    async def picture(self, at_least: int) -> Picture:
        """A picture not older than a second and not behind a sequence. Raises `StoreUnavailable`."""
        async with self._reading:
            present = asyncio.get_running_loop().time()
            if self._picture is None or present - self._read_at > _PICTURE_S or self._picture.sequence < at_least:
                now = self._gate.clock()
                self._picture = await self._gate.ask(lambda connection: read_picture(connection, self._config, now))
                self._read_at, self._rests = present, {}
            return self._picture

    async def told(self, at_least: int, scope: Scope, screen: str) -> tuple[int, list[Told]]:
        """The picture's number and the snapshot of a reader in pieces. Raises `StoreUnavailable`."""
        picture = await self.picture(at_least)
        if (made := self._rests.get(scope.areas)) is None:
            made = self._rests[scope.areas] = asyncio.ensure_future(asyncio.to_thread(_rest, picture, scope, self._config))
        rest = await asyncio.shield(made)  # a reader that leaves takes it from nobody
        return picture.sequence, [Told(compose_head(picture, scope, screen, self._config, self._hub.supply)), rest]

    async def snapshot(self, request: Request) -> Response:
        """`GET /api/v1/snapshot?screen=`."""
        identity, screen = await self._reader(request)
        _, pieces = await self.told(self._hub.sequence or 0, identity.scope, screen)
        headers = {"cache-control": "no-store", "vary": "accept-encoding"}
        if not _packs(request):
            return Response(b"".join(piece.plain for piece in pieces), media_type="application/json", headers=headers)
        return Response(whole(pieces), media_type="application/json", headers={**headers, "content-encoding": "gzip"})

    async def stream(self, request: Request) -> Response:
        """`GET /api/v1/stream?screen=&after=`."""
        identity, screen = await self._reader(request)
        word = request.headers.get("last-event-id") or request.query_params.get("after") or ""
        if word and not word.isdigit():
            raise Invalid("'after' and Last-Event-ID name a sequence number")

        async def first(client: Client, after: int | None) -> tuple[int, list[Told]]:
            return await self._first(client, screen, after)

        async def may_stay() -> bool:
            with suppress(StoreUnavailable):
                try:
                    await self._gate.identify(request, "screen")
                except (NotSignedIn, NotAllowed):
                    return False
            return True

        scope = identity.scope if screen in PERSONAL else replace(identity.scope, account_id=None)
        return StreamResponse(self._hub, scope, first, int(word) if word else None, may_stay, packed=_packs(request))

    async def _reader(self, request: Request) -> tuple[Identity, str]:
        screen = request.query_params.get("screen", "wall")
        if screen not in SCREENS:
            raise Invalid(f"no screen is called '{screen[:40]}'; there are: {', '.join(SCREENS)}")
        identity = await self._gate.identify(request, "screen")
        if not identity.may_watch(screen):
            raise NotAllowed(f"this token is bound to {identity.view}, not to the screen '{screen}'")
        return identity, screen

    async def _first(self, client: Client, screen: str, after: int | None) -> tuple[int, list[Told]]:
        """What a client gets before its queue: the deltas it missed, or a snapshot; and the number it then stands at."""
        hub = self._hub
        until, status = hub.sequence, Told(status_event(hub.supply))
        if after is not None and until is not None:
            missed = await hub.missed(after, until)
            if missed is not None:
                return until, [status, *(Told(hub.compose(delta, client.scope)) for delta in missed)]
        sequence, pieces = await self.told(until or 0, client.scope, screen)
        return sequence, [status, Told(b"id: %d\nevent: snapshot\ndata: " % sequence), *pieces, Told(b"\n\n")]


def _rest(picture: Picture, scope: Scope, config: Config) -> Told:
    rest = Told(compose_rest(picture, scope, config))
    assert rest.packed  # here, in a thread: a city of 100,000 cells takes some time
    return rest


def _packs(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


First = Callable[[Client, int | None], Awaitable[tuple[int, list[Told]]]]


class StreamResponse(Response):
    """Sends until the reader leaves or is cut; written on ASGI itself because a cut reader's `send` never returns."""

    def __init__(
        self, hub: Hub, scope: Scope, first: First, after: int | None, may_stay: Callable[[], Awaitable[bool]], *, packed: bool
    ) -> None:
        self._hub, self._scope, self._first, self._after, self._may_stay, self._packed = hub, scope, first, after, may_stay, packed
        self.status_code, self.background, self.body = 200, None, b""
        self.raw_headers = [*_HEADERS, *([(b"content-encoding", b"gzip")] if packed else [])]

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        client = self._hub.join(self._scope)
        tasks = [
            asyncio.ensure_future(job)
            for job in (self._pump(client, send), _gone(receive), self._recheck(), client.cut.wait())
        ]  # fmt: skip
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.leave(client)
            for task in tasks:
                task.cancel()
            for end in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(end, Exception) and not isinstance(end, OSError):  # a reader that left is no fault
                    _log.error("stream_failed", exc_info=end)
        with suppress(TimeoutError, OSError, RuntimeError):
            await asyncio.wait_for(send({"type": "http.response.body", "body": b"", "more_body": False}), _GOODBYE_S)

    async def _pump(self, client: Client, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        if self._packed:
            await send(_body(HEAD))
        await self._send(send, Told(b"retry: 2000\n: hello\n\n"))
        stands_at = await self._begin(client, self._after, send)
        while True:
            sequence, message = await client.queue.get()
            if message is RESYNC:
                stands_at = await self._begin(client, None, send)
            elif sequence == 0 or sequence > stands_at:
                stands_at = max(stands_at, sequence)
                await self._send(send, message)

    async def _send(self, send: Send, message: Told) -> None:
        await send(_body(message.packed if self._packed else message.plain))

    async def _begin(self, client: Client, after: int | None, send: Send) -> int:
        """The first events. While the database is away the reader is told so, and waits."""
        while True:
            try:
                stands_at, messages = await self._first(client, after)
            except StoreUnavailable:
                while not client.queue.empty():
                    client.queue.get_nowait()  # what follows begins after them
                await self._send(send, Told(status_event(self._hub.supply) + BEAT))
                await asyncio.sleep(1)
                continue
            for message in messages:
                await self._send(send, message)
            return stands_at

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_S)
            if not await self._may_stay():
                return


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _body(data: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": True}
