"""The Open311 endpoints on a real pipeline: each question runs the application once, or several at once over two edges."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import cycle
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.collector import Collector
from api.gate import Gate
from api.open311 import GeoReport
from core.config import Config
from core.model import Frame, Taken
from pipeline import process
from store.accounts import create_token
from store.timescale import Store
from tests.pipes import deps_of

FORM = "service_code=0503&lat=31.78&long=119.95&description=%3Cb%3E+%26&last_name=%E5%BC%A0&phone=13800000000"


class Door:
    """The endpoints on a real pipeline; each question runs the application once."""

    url = ""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        self.config, self.store, self.now = config, store, now
        with store.connection() as connection:
            self.tokens = {name: create_token(connection, name, [name], ["320404"], now) for name in ("feed", "read")}
            self.tokens["south"] = create_token(connection, "south", ["read"], ["320404002"], now)

    def ask(self, *calls: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        return asyncio.run(self._ask(calls))

    async def _ask(self, calls: Sequence[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        async with self._client() as client:
            return [await client.request(method, f"/open311/v2/{path}", **more) for method, path, more in calls]

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        deps = deps_of(self.config, self.store)

        def write(frames: Sequence[Frame]) -> list[Taken]:
            return process(frames, self.now, deps).taken

        gate, collector = Gate(self.store, lambda: self.now), Collector(write)
        app = Starlette(routes=GeoReport(collector, gate, self.config, lambda: self.now).routes())
        task = asyncio.ensure_future(collector.run())
        try:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
                yield client
        finally:
            task.cancel()
            collector.close()
            gate.close()

    def get(self, path: str, token: str = "read") -> httpx.Response:
        return self.ask(("GET", path, self.as_(token)))[0]

    def post(self, body: str = FORM, form: str = "json", token: str = "feed", **headers: str) -> httpx.Response:
        more = self.as_(token)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(("POST", f"requests.{form}", {"content": body, "headers": kind | more["headers"] | headers}))[0]

    def as_(self, token: str) -> dict[str, Any]:
        return {"headers": {"Authorization": f"Bearer {self.tokens[token]}"} if token else {}}

    def at_once(self, *calls: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        """All of them under way at the same time, over two edges by turns."""
        return asyncio.run(self._at_once(calls))

    async def _at_once(self, calls: Sequence[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        async with self._client() as one, self._client() as other:
            asked = (
                edge.request(method, f"/open311/v2/{path}", **more)
                for edge, (method, path, more) in zip(cycle((one, other)), calls, strict=False)
            )
            return list(await asyncio.gather(*asked))

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query))


@pytest.fixture
def door(config: Config, database_url: str, now: datetime) -> Iterator[Door]:
    store = Store(database_url)
    door = Door(config, store, now)
    door.url = database_url
    yield door
    store.close()
