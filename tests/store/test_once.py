"""The same Idempotency-Key at two edges at once: worked at once, answered alike."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from api.collector import Collector
from api.gate import Gate, guarded
from api.ingest_http import Feeds
from core.config import Config
from core.errors import StoreUnavailable
from core.model import Frame, Taken
from pipeline import process
from store import idempotency
from store.accounts import create_token
from store.timescale import Store
from tests.patience import PATIENCE_S
from tests.pipes import deps_of

# Without a time of its own nothing makes a reading the same as another.
READING = {"readings": [{"device": "pole-1", "metric": "pm25", "value": 35}]}


class City:
    """As many edges as are asked for, each with a loop of its own, on one database."""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        self.config, self.store, self.now = config, store, now
        with store.connection() as connection:
            token = create_token(connection, "feed", ["feed"], ["320404"], now)
        self.headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}

    def post(self, start: threading.Barrier, fails: bool = False) -> httpx.Response:
        return asyncio.run(self._post(start, fails))

    async def _post(self, start: threading.Barrier, fails: bool) -> httpx.Response:
        deps = deps_of(self.config, self.store).for_thread()

        def write(frames: Sequence[Frame]) -> list[Taken]:
            if fails:
                raise StoreUnavailable("away")
            return process(frames, self.now, deps).taken

        gate, collector = Gate(self.store, lambda: self.now), Collector(write)
        feeds = Feeds(collector, gate, self.config, lambda: self.now)
        app = Starlette(routes=[Route("/readings", guarded(feeds.readings), methods=["POST"])])
        task = asyncio.ensure_future(collector.run())
        try:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge") as client:
                await asyncio.to_thread(start.wait, PATIENCE_S)
                return await client.post("/readings", json=READING, headers=self.headers)
        finally:
            task.cancel()
            collector.close()
            gate.close()

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query))


@pytest.fixture
def city(config: Config, database_url: str, now: datetime) -> Iterator[City]:
    store = Store(database_url, connections=12)
    yield City(config, store, now)
    store.close()


def alone() -> threading.Barrier:
    return threading.Barrier(1)


def test_two_edges_that_get_the_same_request_at_once_store_it_once_and_answer_alike(city: City) -> None:
    start = threading.Barrier(4)
    with ThreadPoolExecutor(4) as edges:
        answers = [each.result() for each in [edges.submit(city.post, start) for _ in range(4)]]
    assert [(answer.status_code, answer.json()["accepted"], answer.json()["duplicates"]) for answer in answers] == [(200, 1, 0)] * 4
    assert len(city.rows("select 1 from readings")) == 1


def test_a_request_that_failed_is_worked_at_anew(city: City) -> None:
    assert city.post(alone(), fails=True).status_code == 503
    answer = city.post(alone())
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


def test_the_claim_of_an_edge_that_died_lapses_and_that_of_one_at_work_does_not(city: City) -> None:
    request, lapsed = b"request", city.now + idempotency.CLAIM_FOR
    with city.store.connection() as connection:
        assert idempotency.claim(connection, "a", "k", request, "one", city.now) is idempotency.Claim.OURS
        assert idempotency.claim(connection, "a", "k", request, "two", city.now) is idempotency.Claim.TWINS
        idempotency.keep(connection, "a", "k", "one", lapsed)
        assert idempotency.claim(connection, "a", "k", request, "two", lapsed) is idempotency.Claim.TWINS
        assert idempotency.claim(connection, "a", "k", request, "two", lapsed + idempotency.CLAIM_FOR) is idempotency.Claim.OURS
        idempotency.release(connection, "a", "k", "one")  # it comes back to life: the claim is another's by now
        assert idempotency.claim(connection, "a", "k", request, "three", lapsed + idempotency.CLAIM_FOR) is idempotency.Claim.TWINS
