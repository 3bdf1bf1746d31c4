"""Who asks at the async door: `api.auth` behind threads and a cache of five seconds. Decides nothing of its own.

A token revoked is refused at most five seconds later; a stream is asked again while it lives.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.auth import Identity, authenticate
from api.problems import MEDIA_TYPE, Problem, problem_of
from core.errors import StoreUnavailable, YipingError
from store.timescale import Connection, Store

CACHE_S = 5.0
ANSWER_S = 8.0  # a database that hangs holds a socket open for ever; nobody waits that long
STATEMENT_S = 0.85 * ANSWER_S  # for the store that is asked here: a statement ends before its reader leaves, and frees its thread
_MOST_CACHED = 10_000
THREADS, LIST_THREADS = 6, 2

T = TypeVar("T")


class Gate:
    """Runs store calls in a few threads, so that the event loop never waits for the database. Holds threads: close it.

    Lists have threads of their own, so that however many are asked for, who asks is still found out. Nobody waits longer than
    `answer_s`; the store ends statements before (`STATEMENT_S`), else a thread would stay away after its reader has left.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], answer_s: float = ANSWER_S) -> None:
        self._store, self.clock, self._answer_s = store, clock, answer_s
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="edge-store")
        self._list_threads = ThreadPoolExecutor(LIST_THREADS, thread_name_prefix="edge-list")
        self._known: dict[bytes, tuple[float, Identity]] = {}

    def close(self) -> None:
        for threads in (self._threads, self._list_threads):
            threads.shutdown(wait=False, cancel_futures=True)

    async def ask(self, question: Callable[[Connection], T], lists: bool = False) -> T:
        """Run a function in one transaction, off the loop; `lists`: it reads a list, and waits for one of the lists' threads.

        Raises `StoreUnavailable` and what the function raises.
        """

        def run() -> T:
            with self._store.connection() as connection:
                return question(connection)

        threads = self._list_threads if lists else self._threads
        try:
            return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(threads, run), self._answer_s)
        except TimeoutError as error:
            raise StoreUnavailable(f"the database did not answer within {self._answer_s:.0f} s") from error

    async def identify(self, request: Request, need: str, secret: str = "") -> Identity:
        """Who asks, if they may do what `need` names; `secret` is a token from the path.

        Raises `NotSignedIn`, `NotAllowed`, `StoreUnavailable`.
        """
        authorization = f"Bearer {secret}" if secret else request.headers.get("authorization")
        return await self.identify_by(authorization, request.cookies, need)

    async def identify_by(self, authorization: str | None, cookies: Mapping[str, str], need: str) -> Identity:
        """The same from the headers themselves."""
        key = hashlib.sha256(repr((authorization, sorted(cookies.items()), need)).encode()).digest()
        present = asyncio.get_running_loop().time()
        found = self._known.get(key)
        if found is not None and found[0] > present:
            return found[1]
        identity = await self.ask(lambda connection: authenticate(connection, authorization, cookies, self.clock(), need))
        if len(self._known) >= _MOST_CACHED:
            self._known.clear()
        self._known[key] = present + CACHE_S, identity
        return identity


def problem_response(problem: Problem, path: str) -> Response:
    """RFC 9457."""
    return Response(msgspec.json.encode(problem.body(path)), problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def guarded(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Errors of ours leave as problem details; what we did not foresee goes on to the log as it is."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except YipingError as error:
            return problem_response(problem_of(error), request.url.path)

    return answer
