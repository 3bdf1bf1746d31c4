"""A POST with an Idempotency-Key is worked at once at most, at whichever edge, and answered alike each time.

Who comes first puts the key down before it works, and says every few seconds that it still does; its twins wait for the answer.
A claim of an edge that died lapses, and the next one takes over.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

from api.gate import Gate
from core.errors import Invalid, StoreUnavailable, YipingError
from store import idempotency

Work = Callable[[], Awaitable[tuple[int, dict[str, Any]]]]
Answer = tuple[int, dict[str, Any]]

MOST_KEY = 200
_WAIT_S = 8.0  # for a twin; as long as anybody waits for the database
_LOOK_S, _LOOK_SELDOM_S = 0.02, 0.5
_SAY_S = idempotency.CLAIM_FOR.total_seconds() / 3


class Once:
    """Asks and writes through the gate; keeps nothing itself."""

    def __init__(self, gate: Gate, clock: Callable[[], datetime]) -> None:
        self._gate, self._clock = gate, clock

    async def work(self, actor: str, key: str, request: bytes, work: Work) -> Answer:
        """What `work` answers, or what it answered before; `request` is `idempotency.hash_request`.

        Raises `Invalid` when the key was used for another request, `StoreUnavailable` while a twin is still at it.
        """
        if not key or len(key) > MOST_KEY:
            raise Invalid(f"an Idempotency-Key has 1 to {MOST_KEY} characters")
        holder = uuid4().hex
        before = await self._claim(actor, key, request, holder)
        if before is not None:
            return before
        saying = asyncio.ensure_future(self._keep(actor, key, holder))
        try:
            status, body = await work()
            now = self._clock()
            await self._gate.ask(lambda connection: idempotency.remember(connection, actor, key, request, status, body, now))
        except BaseException:
            with suppress(YipingError):  # the database is away: the claim lapses
                await self._gate.ask(lambda connection: idempotency.release(connection, actor, key, holder))
            raise
        finally:
            saying.cancel()
        return status, body

    async def _claim(self, actor: str, key: str, request: bytes, holder: str) -> Answer | None:
        """The answer given before; None: the work is ours."""
        loop = asyncio.get_running_loop()
        until, pause = loop.time() + _WAIT_S, _LOOK_S
        while True:
            found = await self._gate.ask(lambda connection: idempotency.claim(connection, actor, key, request, holder, self._clock()))
            if found is not idempotency.Claim.TWINS:
                return None if found is idempotency.Claim.OURS else found
            if loop.time() > until:
                raise StoreUnavailable("the same request is still being worked at: ask again for its answer")
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LOOK_SELDOM_S)

    async def _keep(self, actor: str, key: str, holder: str) -> None:
        while True:
            await asyncio.sleep(_SAY_S)
            with suppress(YipingError):
                await self._gate.ask(lambda connection: idempotency.keep(connection, actor, key, holder, self._clock()))
