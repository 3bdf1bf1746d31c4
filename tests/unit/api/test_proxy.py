"""The forwarding door between two people: nothing of one may reach the other."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

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
