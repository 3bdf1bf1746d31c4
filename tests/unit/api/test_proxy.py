"""The forwarding door between two people: nothing of one may reach the other."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api import proxy as module
from api.body import Pace
from api.proxy import Proxy


@pytest.fixture
def web() -> httpx.ASGITransport:
    """A web process that hands out a cookie and tells what it was sent."""

    async def answer(request: Request) -> Response:
        told = f"cookie={request.headers.get('cookie', '')} encoding={request.headers.get('accept-encoding', '')}"
        response = PlainTextResponse(told)
        response.set_cookie("yiping_session", "of-the-first")
        return response

    return httpx.ASGITransport(Starlette(routes=[Route("/{path:path}", answer)]))


def ask(proxy: Proxy, headers: dict[str, str]) -> str:
    async def run() -> str:
        app = Starlette(routes=[Route("/{path:path}", proxy.forward)])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
            request = client.build_request("GET", "/wall")
            request.headers = httpx.Headers({"host": "edge", **headers})
            return (await client.send(request)).text

    return asyncio.run(run())


def test_a_cookie_given_to_one_is_never_sent_for_another(web: httpx.ASGITransport) -> None:
    proxy = Proxy("http://web", transport=web)
    ask(proxy, {})
    assert "cookie= " in ask(proxy, {})
    assert "cookie=mine=1 " in ask(proxy, {"cookie": "mine=1"})


def test_nobody_is_said_to_read_gzip_who_did_not_say_so(web: httpx.ASGITransport) -> None:
    proxy = Proxy("http://web", transport=web)
    assert ask(proxy, {}).endswith("encoding=identity")
    assert ask(proxy, {"accept-encoding": "gzip"}).endswith("encoding=gzip")


SIGNED_IN = {"cookie": "a=1; yiping_session=s"}


def post(proxy: Proxy, *pieces: bytes, rest: float = 0, headers: dict[str, str] = SIGNED_IN, peer: str = "10.0.0.7") -> httpx.Response:
    """A body of unknown length, and so many seconds until it is whole."""

    async def come() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece
        await asyncio.sleep(rest)

    async def run() -> httpx.Response:
        app = Starlette(routes=[Route("/{path:path}", proxy.forward, methods=["POST"])])
        transport = httpx.ASGITransport(app, client=(peer, 4000))
        async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
            return await client.post("/api/v1/x", content=come(), headers=headers)

    return asyncio.run(run())


@pytest.fixture
def asked() -> list[tuple[str | None, bytes]]:
    """The length and the body of each request that reached the web process."""
    return []


@pytest.fixture
def reader(asked: list[tuple[str | None, bytes]]) -> httpx.ASGITransport:
    async def answer(request: Request) -> Response:
        asked.append((request.headers.get("content-length"), await request.body()))
        return PlainTextResponse("read")

    return httpx.ASGITransport(Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])]))


def test_a_body_is_handed_on_whole_and_with_its_length(reader: httpx.ASGITransport, asked: list[tuple[str | None, bytes]]) -> None:
    proxy = Proxy("http://web", transport=reader)
    whole = [bytes([n]) * 100_000 for n in range(8)]
    assert post(proxy, *whole).text == "read"
    assert asked == [("800000", b"".join(whole))]
    assert proxy._held == 0


def test_a_slow_body_never_reaches_the_web_process(reader: httpx.ASGITransport, asked: list[tuple[str | None, bytes]]) -> None:
    proxy = Proxy("http://web", transport=reader, pace=Pace(0.01, 1000))
    answer = post(proxy, b"x", rest=60)
    assert (answer.status_code, answer.headers["connection"]) == (408, "close")
    assert (asked, proxy._held) == ([], 0)


def test_when_there_is_no_room_for_more_bodies_that_is_said_and_nothing_is_held(
    reader: httpx.ASGITransport, asked: list[tuple[str | None, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_BODIES", 10)
    proxy = Proxy("http://web", transport=reader)
    answer = post(proxy, b"x" * 11)
    assert (answer.status_code, answer.json()["type"], proxy._held) == (503, "urn:yiping:problem:busy", 0)
    assert post(proxy, b"x" * 10).text == "read"


def test_one_sender_never_has_all_the_room(reader: httpx.ASGITransport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_OF_ONE", 10)
    proxy = Proxy("http://web", transport=reader)

    async def run() -> list[int]:
        gone = asyncio.Event()
        app = Starlette(routes=[Route("/{path:path}", proxy.forward, methods=["POST"])])

        async def come(body: bytes, wait: bool) -> AsyncIterator[bytes]:
            yield body
            if wait:
                await gone.wait()

        async def send(peer: str, body: bytes, wait: bool = False) -> int:
            transport = httpx.ASGITransport(app, client=(peer, 4000))
            async with httpx.AsyncClient(transport=transport, base_url="http://edge", headers=SIGNED_IN) as client:
                return (await client.post("/x", content=come(body, wait))).status_code

        slow = asyncio.ensure_future(send("10.0.0.7", b"x" * 6, wait=True))
        while proxy._held < 6:
            await asyncio.sleep(0)
        answers = [await send("10.0.0.7", b"x" * 5), await send("10.0.0.7", b"x" * 4), await send("10.0.0.8", b"x" * 10)]
        gone.set()
        return [*answers, await slow, await send("10.0.0.7", b"x" * 10)]

    assert asyncio.run(run()) == [503, 200, 200, 200, 200]
    assert (proxy._held, dict(proxy._held_by)) == (0, {})


def test_who_shows_neither_session_nor_token_sends_no_more_than_a_form(
    reader: httpx.ASGITransport, asked: list[tuple[str | None, bytes]]
) -> None:
    proxy = Proxy("http://web", transport=reader)
    form = b"x" * 65_536
    for unknown in ({}, {"cookie": "yiping_csrf=s; x_yiping_session=s"}, {"cookie": "yiping_session="}, {"authorization": ""}):
        assert post(proxy, form, b"x", headers=unknown).status_code == 413
        assert post(proxy, form, headers=unknown).text == "read"
    assert post(proxy, form, b"x", headers={"authorization": "Bearer t"}).text == "read"
    assert post(proxy, form, b"x").text == "read"
    assert (len(asked), proxy._held) == (6, 0)
