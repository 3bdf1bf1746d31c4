"""Files at the edge: whole or not at all, packed for who reads that, anew when they changed, and what is no such file is asked of others."""

import asyncio
import gzip
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.assets import Assets


class Client:
    """Asks one application, a question at a time."""

    def __init__(self, app: Starlette) -> None:
        self._transport = httpx.ASGITransport(app)

    def ask(self, path: str, method: str = "GET", **headers: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://city") as client:
                return await client.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})

        return asyncio.run(once())


SCRIPT = b"export const one = 1;\n" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets" / "vendor").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "assets" / "wall.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "small.css").write_text("a {}")
    (tmp_path / "assets" / "vendor" / "map.mjs").write_bytes(SCRIPT)
    (tmp_path / "assets" / "sign.woff2").write_bytes(b"\0" * 5000)
    return tmp_path / "assets"


@pytest.fixture
def client(folder: Path) -> Client:
    async def others(request: Request) -> Response:
        return PlainTextResponse(f"the web process: {request.method}", 404)

    assets = Assets(folder, {"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff"}, others)
    return Client(Starlette(routes=[Route("/assets/{name:path}", assets.answer), Route("/{rest:path}", others, methods=["POST"])]))


def test_a_script_comes_packed_with_its_type_and_the_policy(client: Client) -> None:
    answer = client.ask("/assets/wall.js")
    assert (answer.status_code, answer.content, answer.headers["content-encoding"]) == (200, SCRIPT, "gzip")
    assert answer.headers["content-type"].split(";")[0] in ("text/javascript", "application/javascript")
    assert answer.headers["content-security-policy"] == "default-src 'self'"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert len(gzip.compress(SCRIPT)) + 50 > int(answer.headers["content-length"])
    assert "javascript" in client.ask("/assets/vendor/map.mjs").headers["content-type"], "a module of another type is refused by browsers"


def test_who_cannot_unpack_gets_it_whole_and_what_gains_nothing_stays_as_it_is(client: Client) -> None:
    whole = client.ask("/assets/wall.js", Accept_Encoding="identity")
    assert (whole.content, "content-encoding" in whole.headers) == (SCRIPT, False)
    for name in ("small.css", "sign.woff2"):
        assert "content-encoding" not in client.ask(f"/assets/{name}").headers


def test_what_is_known_is_not_sent_again_and_a_fingerprint_is_kept_for_ever(client: Client) -> None:
    first = client.ask("/assets/wall.js")
    again = client.ask("/assets/wall.js", If_None_Match=f'"other", W/{first.headers["etag"]}')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert first.headers["cache-control"] == "no-cache"
    assert "immutable" in client.ask("/assets/wall.js?v=6").headers["cache-control"]
    assert client.ask("/assets/wall.js?v=").headers["cache-control"] == "no-cache"


def test_one_file_is_kept_once_however_its_name_is_written(folder: Path) -> None:
    async def others(request: Request) -> Response:
        return PlainTextResponse("", 404)

    assets = Assets(folder, {}, others)
    client = Client(Starlette(routes=[Route("/assets/{name:path}", assets.answer)]))
    names = ["wall.js", "vendor/%2e%2e/wall.js", "./wall.js", "vendor/%2e%2e/vendor/%2e%2e/wall.js"]
    assert [client.ask(f"/assets/{name}").content for name in names] == [SCRIPT] * 4
    assert len(assets._kept) == 1


def test_a_file_that_changed_is_read_again(client: Client, folder: Path) -> None:
    first = client.ask("/assets/wall.js")
    (folder / "wall.js").write_bytes(b"other")
    os.utime(folder / "wall.js", ns=(1, 1))
    now = client.ask("/assets/wall.js", If_None_Match=first.headers["etag"])
    assert (now.status_code, now.content) == (200, b"other")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/assets/vendor",
        "/assets/",
        "/assets/%2e%2e/secret.txt",
        "/assets/vendor/..%2f..%2fsecret.txt",
        "/assets/a%00b",
        f"/assets/{'x' * 5000}",
        "/assets//etc/passwd",
    ],
)
def test_what_is_no_file_of_the_folder_is_left_to_the_web_process(client: Client, path: str) -> None:
    assert client.ask(path).text == "the web process: GET"


def test_ranges_and_other_methods_are_left_to_the_web_process(client: Client) -> None:
    assert client.ask("/assets/wall.js", Range="bytes=0-3").text == "the web process: GET"
    assert client.ask("/assets/wall.js", "POST").text == "the web process: POST"
    assert client.ask("/assets/wall.js", "HEAD").headers["content-encoding"] == "gzip"
