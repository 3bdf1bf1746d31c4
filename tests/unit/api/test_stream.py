"""The hub: numbers without gaps, scopes, slow readers, and where it turns when Redis or the database is away."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from api.stream import QUEUE, RESYNC, Client, Hub, Sources
from core.config import Config
from core.errors import StoreUnavailable
from core.model import Scope
from store.live import Delta, Wire
from tests.patience import PATIENCE_S, Stopwatch

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
CITY = Scope("duty", ("320404",))


class Feed:
    """A wire and a table, told by the test."""

    def __init__(self, config: Config) -> None:
        self.wire: asyncio.Queue[Delta | Wire] = asyncio.Queue()
        self.table: list[dict[str, Any]] = []
        self.sequence, self.away = 0, False
        self.answers = asyncio.Event()  # unset: what the table says of its position is under way
        self.answers.set()
        self.hub = Hub(Sources(self.follow, self.read, self.position, self.ping), config, lambda: NOON)

    async def follow(self) -> AsyncIterator[Delta | Wire]:
        while True:
            yield await self.wire.get()

    async def read(self, after: int) -> list[dict[str, Any]]:
        self._demand()
        return [row for row in self.table if row["sequence"] > after]

    async def position(self) -> dict[str, Any]:
        self._demand()
        told = {"sequence": self.sequence, "oldest": self.table[0]["sequence"] if self.table else None, "told_at": NOON}
        await self.answers.wait()
        return told

    async def ping(self) -> None:
        self._demand()

    def _demand(self) -> None:
        if self.away:
            raise StoreUnavailable("away")

    def tell(self, **parts: str) -> Delta:
        """A delta as the projector stores it; the test sends it over the wire or not."""
        self.sequence += 1
        told = {"320404" + street.removeprefix("s") if street != "none" else "": part for street, part in parts.items()}
        self.table += [{"sequence": self.sequence, "area": area, "created_at": NOON, "payload": part} for area, part in told.items()]
        return Delta(self.sequence, NOON.isoformat(), told)


def play(config: Config, story: Callable[[Feed], Awaitable[None]]) -> None:
    async def run() -> None:
        feed = Feed(config)
        task = asyncio.ensure_future(feed.hub.run())
        try:
            async with asyncio.timeout(PATIENCE_S):
                while feed.hub.sequence is None:
                    await asyncio.sleep(0)
                await story(feed)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


async def next_delta(client: Client) -> dict[str, Any]:
    while True:
        _, message = await client.queue.get()
        if b"event: delta" in message.plain:
            found: dict[str, Any] = json.loads(message.plain.split(b"data: ", 1)[1])
            return found


def test_a_reader_gets_its_streets_only_and_every_number(config: Config) -> None:
    async def story(feed: Feed) -> None:
        one, city = feed.hub.join(Scope("duty", ("320404001",))), feed.hub.join(CITY)
        for parts in ({"s001": "{}", "none": "{}"}, {"s002": "{}"}):
            feed.wire.put_nowait(feed.tell(**parts))
        assert [(await next_delta(one))["streets"].keys() for _ in range(2)] == [{"320404001"}, set()]
        assert [(await next_delta(city))["streets"].keys() for _ in range(2)] == [{"320404001", ""}, {"320404002"}]

    play(config, story)


def test_a_delta_lost_on_the_wire_is_fetched_from_the_table_in_order(config: Config) -> None:
    async def story(feed: Feed) -> None:
        client = feed.hub.join(CITY)
        feed.tell(s001="{}")
        feed.tell(s001="{}")
        feed.wire.put_nowait(feed.tell(s001="{}"))
        assert [(await next_delta(client))["sequence"] for _ in range(3)] == [1, 2, 3]

    play(config, story)


def test_a_sign_of_life_with_a_higher_number_betrays_the_lost_tail(config: Config) -> None:
    async def story(feed: Feed) -> None:
        client = feed.hub.join(CITY)
        feed.tell(s001="{}")
        feed.wire.put_nowait(Delta(1, NOON.isoformat(), {}))
        assert (await next_delta(client))["sequence"] == 1

    play(config, story)


def test_the_same_delta_twice_is_told_once(config: Config) -> None:
    async def story(feed: Feed) -> None:
        client = feed.hub.join(CITY)
        delta = feed.tell(s001="{}")
        feed.wire.put_nowait(delta)
        feed.wire.put_nowait(delta)
        feed.wire.put_nowait(feed.tell(s001="{}"))
        assert [(await next_delta(client))["sequence"] for _ in range(2)] == [1, 2]

    play(config, story)


def test_a_position_that_the_wire_overtook_on_its_way_sends_nobody_back(config: Config) -> None:
    async def story(feed: Feed) -> None:
        client = feed.hub.join(CITY)
        feed.answers.clear()
        feed.wire.put_nowait(Wire(up=True))  # the table is asked at once
        await asyncio.sleep(0.05)
        feed.wire.put_nowait(feed.tell(s001="{}"))
        told = [await next_delta(client)]
        feed.answers.set()
        await asyncio.sleep(0.05)
        feed.wire.put_nowait(feed.tell(s001="{}"))
        while len(told) < 2:
            _, message = await client.queue.get()
            assert message is not RESYNC, "what was read before a number was told is older than it"
            if b"event: delta" in message.plain:
                told.append(json.loads(message.plain.split(b"data: ", 1)[1]))
        assert [one["sequence"] for one in told] == [1, 2]

    play(config, story)


def test_numbers_no_longer_kept_make_everybody_resync(config: Config) -> None:
    async def story(feed: Feed) -> None:
        client = feed.hub.join(CITY)
        for _ in range(5):
            feed.tell(s001="{}")
        feed.table = feed.table[-1:]
        feed.wire.put_nowait(Delta(5, NOON.isoformat(), {}))
        while (await client.queue.get())[1] is not RESYNC:
            pass
        assert feed.hub.sequence == 5

    play(config, story)


def test_a_reader_that_does_not_read_is_cut_and_the_others_go_on(config: Config) -> None:
    async def story(feed: Feed) -> None:
        slow, fast = feed.hub.join(CITY), feed.hub.join(CITY)
        for number in range(1, QUEUE + 3):
            feed.wire.put_nowait(feed.tell(s001="{}"))
            assert (await next_delta(fast))["sequence"] == number
        assert slow.cut.is_set()
        assert slow.why == "too slow"
        assert slow not in feed.hub.clients
        assert fast in feed.hub.clients

    play(config, story)


def test_who_comes_back_gets_what_was_missed_or_hears_that_only_a_snapshot_helps(config: Config) -> None:
    async def story(feed: Feed) -> None:
        client = feed.hub.join(CITY)
        for _ in range(4):
            feed.wire.put_nowait(feed.tell(s001="{}"))
            await next_delta(client)
        missed = await feed.hub.missed(1, 4)
        assert missed is not None
        assert [delta.sequence for delta in missed] == [2, 3, 4]
        assert await feed.hub.missed(4, 4) == []
        assert await feed.hub.missed(9, 4) is None
        feed.hub._ring.clear()
        feed.table = feed.table[2:]
        assert await feed.hub.missed(0, 4) is None

    play(config, story)


def test_the_store_away_is_said_and_the_hub_lives_on(config: Config) -> None:
    async def story(feed: Feed) -> None:
        client = feed.hub.join(CITY)
        feed.away = True
        while feed.hub.supply.store == "ok":
            await asyncio.sleep(0.01)
        events: list[bytes] = []
        while not any(b'"store":"away"' in event for event in events):
            events.append((await client.queue.get())[1].plain)
        feed.away = False
        feed.wire.put_nowait(Wire(True))
        feed.wire.put_nowait(feed.tell(s001="{}"))
        assert (await next_delta(client))["sequence"] == 1

    play(config, story)


def test_the_database_is_asked_at_the_moment_the_wire_falls_silent(config: Config) -> None:
    async def story(feed: Feed) -> None:
        client = feed.hub.join(CITY)
        feed.wire.put_nowait(Wire(True))
        while feed.hub.supply.live != "push":
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)  # the hub has asked what it missed and lies down until the net's next turn
        feed.tell(s001="{}")
        watch = Stopwatch()
        feed.wire.put_nowait(Wire(False, "killed"))
        assert (await next_delta(client))["sequence"] == 1
        watch.within(0.5, "the first question to the database")

    play(config, story)


def test_two_officers_of_one_area_get_each_their_own_notices_and_a_wall_gets_none(config: Config) -> None:
    part = json.dumps({"figures": {"devices": 9}, "notices": [{"id": 1, "accounts": [7], "area": "320404001"}]})

    async def story(feed: Feed) -> None:
        clients = [feed.hub.join(Scope("duty", ("320404",), account)) for account in (7, 8, None)]
        await feed.wire.put(feed.tell(s001=part))
        told = [(await next_delta(client))["streets"]["320404001"] for client in clients]
        assert [[row["id"] for row in one.get("notices", [])] for one in told] == [[1], [], []]
        assert [one["figures"] for one in told] == [{"devices": 9}] * 3

    play(config, story)
