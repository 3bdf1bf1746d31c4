"""One reader's stream as HTTP: snapshot or what was missed, then everything the hub puts into its queue.

Ends a stream whose reader does not read, left, or may no longer see it. Decides nothing about the content.
"""

import asyncio
import gzip
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
from api.snapshot import PERSONAL, SCREENS, Picture, compose_snapshot, read_picture
from api.stream import RESYNC, Client, Hub, snapshot_event, status_event
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
]


class Screens:
    """Answers `GET /snapshot` and `GET /stream`. Pictures are shared: a hundred screens that reconnect at once cost one."""

    def __init__(self, hub: Hub, gate: Gate, config: Config) -> None:
        self._hub, self._gate, self._config = hub, gate, config
        self._picture: Picture | None = None
        self._read_at = 0.0
        self._reading = asyncio.Lock()

    async def picture(self, at_least: int) -> Picture:
        """A picture not older than a second and not behind a sequence. Raises `StoreUnavailable`."""
        async with self._reading:
            present = asyncio.get_running_loop().time()
            if self._picture is None or present - self._read_at > _PICTURE_S or self._picture.sequence < at_least:
                now = self._gate.clock()
                self._picture = await self._gate.ask(lambda connection: read_picture(connection, self._config, now))
                self._read_at = present
            return self._picture

    async def snapshot(self, request: Request) -> Response:
        """`GET /api/v1/snapshot?screen=`."""
        identity, screen = await self._reader(request)
        picture = await self.picture(self._hub.sequence or 0)
        body = compose_snapshot(picture, identity.scope, screen, self._config, self._hub.supply)
        headers = {"cache-control": "no-store", "vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            body = await asyncio.to_thread(gzip.compress, body, 1)
            headers["content-encoding"] = "gzip"
        return Response(body, media_type="application/json", headers=headers)

    async def stream(self, request: Request) -> Response:
        """`GET /api/v1/stream?screen=&after=`."""
        identity, screen = await self._reader(request)
        word = request.headers.get("last-event-id") or request.query_params.get("after") or ""
        if word and not word.isdigit():
            raise Invalid("'after' and Last-Event-ID name a sequence number")

        async def first(client: Client, after: int | None) -> tuple[int, list[bytes]]:
            return await self._first(client, screen, after)

        async def may_stay() -> bool:
            with suppress(StoreUnavailable):
                try:
                    await self._gate.identify(request, "screen")
                except (NotSignedIn, NotAllowed):
                    return False
            return True

        scope = identity.scope if screen in PERSONAL else replace(identity.scope, account_id=None)
        return StreamResponse(self._hub, scope, first, int(word) if word else None, may_stay)

    async def _reader(self, request: Request) -> tuple[Identity, str]:
        screen = request.query_params.get("screen", "wall")
        if screen not in SCREENS:
            raise Invalid(f"no screen is called '{screen[:40]}'; there are: {', '.join(SCREENS)}")
        identity = await self._gate.identify(request, "screen")
        if not identity.may_watch(screen):
            raise NotAllowed(f"this token is bound to {identity.view}, not to the screen '{screen}'")
        return identity, screen

    async def _first(self, client: Client, screen: str, after: int | None) -> tuple[int, list[bytes]]:
        """What a client gets before its queue: the deltas it missed, or a snapshot; and the number it then stands at."""
        hub, status = self._hub, [status_event(self._hub.supply)]
        until = hub.sequence
        if after is not None and until is not None:
            missed = await hub.missed(after, until)
            if missed is not None:
                return until, [*status, *(hub.compose(delta, client.scope) for delta in missed)]
        picture = await self.picture(until or 0)
        snapshot = compose_snapshot(picture, client.scope, screen, self._config, hub.supply)
        return picture.sequence, [*status, snapshot_event(picture.sequence, snapshot)]


First = Callable[[Client, int | None], Awaitable[tuple[int, list[bytes]]]]


class StreamResponse(Response):
    """Sends until the reader leaves or is cut; written on ASGI itself because a cut reader's `send` never returns."""

    def __init__(self, hub: Hub, scope: Scope, first: First, after: int | None, may_stay: Callable[[], Awaitable[bool]]) -> None:
        self._hub, self._scope, self._first, self._after, self._may_stay = hub, scope, first, after, may_stay
        self.status_code, self.background, self.body = 200, None, b""
        self.raw_headers = list(_HEADERS)

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
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send(_body(b"retry: 2000\n: hello\n\n"))
        stands_at = await self._begin(client, self._after, send)
        while True:
            sequence, message = await client.queue.get()
            if message is RESYNC:
                stands_at = await self._begin(client, None, send)
            elif sequence == 0 or sequence > stands_at:
                stands_at = max(stands_at, sequence)
                await send(_body(message))

    async def _begin(self, client: Client, after: int | None, send: Send) -> int:
        """The first events. While the database is away the reader is told so, and waits."""
        while True:
            try:
                stands_at, messages = await self._first(client, after)
            except StoreUnavailable:
                while not client.queue.empty():
                    client.queue.get_nowait()  # what follows begins after them
                await send(_body(status_event(self._hub.supply) + b": beat\n\n"))
                await asyncio.sleep(1)
                continue
            for message in messages:
                await send(_body(message))
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
