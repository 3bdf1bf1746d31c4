"""Readers of the same areas share one picture, packed once; each still reads who it is, and whoever takes no gzip reads the same."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.types import Message

from api.gate import Gate
from api.stream import Hub, Sources
from api.stream_response import Screens, StreamResponse
from api.told import whole
from core.config import Config
from core.model import Scope
from store import live_rows
from store.live import Delta, Wire
from tests.patience import PATIENCE_S
from tests.told_city import City

WALLS = [Scope("wall", ("320404",), None, f"wall {n}") for n in range(20)]


@pytest.fixture
def city(database_url: str, config: Config) -> Iterator[City]:
    city = City(database_url, config)
    city.tick(2)
    yield city
    city.store.close()


def screens_of(city: City, config: Config) -> Screens:
    gate = Gate(city.store, lambda: city.now)

    async def wire() -> AsyncIterator[Delta | Wire]:
        yield Wire(False)

    sources = Sources(
        wire,
        lambda after: gate.ask(lambda connection: live_rows.read_deltas(connection, after)),
        lambda: gate.ask(live_rows.read_position),
        lambda: gate.ask(live_rows.ping),
    )
    return Screens(Hub(sources, config, lambda: city.now), gate, config)


def test_twenty_walls_that_come_at_once_share_all_but_their_names(city: City, config: Config) -> None:
    async def story() -> None:
        screens = screens_of(city, config)
        street = screens.told(0, Scope("duty", ("320404001",), 7, "street"), "wall")
        *walls, (_, own) = await asyncio.gather(*(screens.told(0, wall, "wall") for wall in WALLS), street)
        assert len({id(pieces[1]) for _, pieces in walls}) == 1, "composed and packed once"
        for wall, (sequence, pieces) in zip(WALLS, walls, strict=True):
            told = json.loads(b"".join(piece.plain for piece in pieces))
            assert (told["scope"]["name"], told["sequence"]) == (wall.name, sequence)
            assert json.loads(gzip.decompress(whole(pieces))) == told
        assert set(json.loads(b"".join(piece.plain for piece in own))["streets"]) == {"320404001"}

    asyncio.run(story())


def test_a_packed_stream_says_what_a_plain_one_says(city: City, config: Config) -> None:
    async def first_events(screens: Screens, *, packed: bool) -> bytes:
        """What a reader has once its snapshot is whole; then it leaves."""
        unpack, said, left = zlib.decompressobj(31), bytearray(), asyncio.Event()

        async def send(message: Message) -> None:
            body = message.get("body", b"")
            said.extend(unpack.decompress(body) if packed else body)
            if b"event: snapshot" in said and said.endswith(b"\n\n"):
                left.set()

        async def receive() -> Message:
            await left.wait()
            return {"type": "http.disconnect"}

        async def stays() -> bool:
            return True

        first = lambda client, after: screens._first(client, "wall", after)  # noqa: E731
        answer = StreamResponse(screens._hub, WALLS[0], first, None, stays, packed=packed)
        await asyncio.wait_for(answer({"type": "http"}, receive, send), PATIENCE_S)
        return bytes(said)

    async def story() -> None:
        screens = screens_of(city, config)
        plain, packed = [await first_events(screens, packed=packed) for packed in (False, True)]
        assert plain == packed
        assert json.loads(plain.split(b"event: snapshot\ndata: ")[1])["scope"]["name"] == "wall 0"

    asyncio.run(story())
