"""Hands every other request to the web process, so that a small installation has one port. Answers are streamed.

A body is handed on when it is whole: the web process gives a thread to each request, and a slow sender would hold it.
Decides nothing about the content; tells people in both languages, and machines in JSON, when the web process is away.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from tempfile import SpooledTemporaryFile
from typing import IO

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from api.auth import SESSION_COOKIE
from api.body import PACE, Pace, chunks
from api.gate import problem_response
from api.problems import Problem, TooLarge, problem_of
from core.errors import YipingError

# RFC 9110 §7.6.1: they belong to one connection, not to the message.
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding"}
    | {"upgrade"}
)
_OURS = frozenset({"host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix", "forwarded"})
_OF_BODY = frozenset({"content-length", "expect"})  # it has come, and its length is known
_SERVERS = frozenset({"date", "server"})  # our own server says them
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 §9.2.1
_RETRY_S = 3
_MOST_BODY = 33 * 1024 * 1024  # the web process takes 32 MiB (app.py) and says so itself
_MOST_BODIES = 512 * 1024 * 1024  # of all that are on their way at a moment: they stand in memory, and beyond that in files
_MOST_OF_ONE = 3 * _MOST_BODY  # of one sender, so that nobody has all the room
_MOST_UNKNOWN = 64 * 1024  # of who shows neither a session nor a token: nothing but a form to sign in
_IN_MEMORY = 256 * 1024
_PIECE = 64 * 1024

_AWAY = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="{retry}">
<meta name="viewport" content="width=device-width"><title>页面服务暂不可用 · Web process away</title></head><body>
<h1>页面服务暂不可用</h1><p>原因：{cause_zh}。数据接收不受影响。本页每 {retry} 秒自动重试。</p>
<h1 lang="en">The web process is away</h1>
<p lang="en">Cause: {cause}. Data are still being received. This page tries again every {retry} seconds.</p>
</body></html>"""


class Full(YipingError):
    """Too many bodies are on their way: 503."""


class Proxy:
    """Holds connections to the web process: close it. `trusted` proxies before us may name the client and its scheme."""

    def __init__(
        self, web_url: str, *, trusted: Iterable[str] = ("127.0.0.1", "::1"), transport: httpx.AsyncBaseTransport | None = None,
        pace: Pace = PACE,
    ) -> None:  # fmt: skip
        self._client = httpx.AsyncClient(
            base_url=web_url,
            timeout=httpx.Timeout(60, connect=2, pool=5),
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=4),
            trust_env=False,
            transport=transport,
            # One client serves everybody: a jar that kept the first one's session would let the next one in.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )
        self._trusted, self._pace, self._held = frozenset(trusted), pace, 0
        self._held_by: Counter[str] = Counter()

    async def close(self) -> None:
        await self._client.aclose()

    async def ping(self) -> bool:
        """Whether the web process answers at all."""
        try:
            await self._client.get("/healthz", timeout=2)
        except httpx.HTTPError:
            return False
        return True

    async def forward(self, request: Request) -> Response:
        """The web process' own answer, or 502, 503 or 504 with the cause; 408 or 413 for a body that does not come or end."""
        if "content-length" not in request.headers and "transfer-encoding" not in request.headers:
            return await self._hand_on(request, None, 0)
        held, peer, most = 0, _peer(request), _MOST_BODY if _shows_who(request) else _MOST_UNKNOWN
        with SpooledTemporaryFile(_IN_MEMORY) as body:
            try:
                async for chunk in chunks(request, self._pace):
                    held += self._hold(peer, len(chunk), most - held)
                    body.write(chunk)
                body.seek(0)
                return await self._hand_on(request, body, held)
            except Full as full:
                problem = Problem(503, "busy", "Too much at once", str(full), headers={"Retry-After": str(_RETRY_S), "Connection": "close"})
                return problem_response(problem, request.url.path)
            except YipingError as error:
                return problem_response(problem_of(error), request.url.path)
            finally:
                self._release(peer, held)

    def _hold(self, peer: str, more: int, left: int) -> int:
        """Make room for so many bytes. Raises `TooLarge` where they are more than are `left`, `Full` while there is no room."""
        if more > left:
            raise TooLarge("more bytes than are taken here; without a session or a token nothing but a form is")
        if self._held + more > _MOST_BODIES or self._held_by[peer] + more > _MOST_OF_ONE:
            raise Full("too many bodies are on their way: send it again")
        self._held += more
        self._held_by[peer] += more
        return more

    def _release(self, peer: str, held: int) -> None:
        self._held -= held
        self._held_by[peer] -= held
        if self._held_by[peer] <= 0:
            del self._held_by[peer]

    async def _hand_on(self, request: Request, body: IO[bytes] | None, length: int) -> Response:
        query = request.scope["query_string"]
        target = httpx.URL(raw_path=request.scope["raw_path"] + (b"?" + query if query else b""))
        headers = self._headers(request) + ([] if body is None else [(b"content-length", b"%d" % length)])
        sent = self._client.build_request(request.method, target, headers=headers, content=None if body is None else _pieces(body))
        try:
            answer = await self._send(sent, again=request.method in _SAFE and body is None)
        except httpx.ConnectError:
            return away(request, 503, "页面进程没有运行", "the web process does not run")
        except httpx.TimeoutException:
            return away(request, 504, "页面进程没有及时应答", "the web process did not answer in time")
        except httpx.HTTPError:
            return away(request, 502, "页面进程中断了连接", "the web process broke the connection")
        response = StreamingResponse(_chunks(answer), answer.status_code, background=BackgroundTask(answer.aclose))
        response.raw_headers = [
            (name.lower(), value) for name, value in answer.headers.raw if name.lower().decode() not in _HOP_BY_HOP | _SERVERS
        ]
        return response

    async def _send(self, request: httpx.Request, again: bool) -> httpx.Response:
        """A kept connection may be closed by the other side just as it is used: what changes nothing is asked once more."""
        try:
            return await self._client.send(request, stream=True)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            if not again:
                raise
            return await self._client.send(request, stream=True)

    def _headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        named = {word.strip().lower() for word in request.headers.get("connection", "").split(",")}
        dropped = _HOP_BY_HOP | _OURS | _OF_BODY | named
        kept = [(name, value) for name, value in request.headers.raw if name.decode("latin-1").lower() not in dropped]
        peer = _peer(request)
        believed = peer in self._trusted
        before = request.headers.get("x-forwarded-for", "") if believed else ""
        scheme = request.headers.get("x-forwarded-proto", request.url.scheme) if believed else request.url.scheme
        host = request.headers.get("host", "")
        forwarded = request.headers.get("x-forwarded-host", host) if believed else host
        ours = {
            # Without this the client library asks for gzip in the name of somebody who cannot read it.
            **({} if "accept-encoding" in request.headers else {"accept-encoding": "identity"}),
            "host": host,
            "x-forwarded-for": f"{before}, {peer}" if before else peer,
            "x-forwarded-proto": scheme,
            "x-forwarded-host": forwarded,
        }
        return kept + [(name.encode(), value.encode("latin-1")) for name, value in ours.items()]


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def _shows_who(request: Request) -> bool:
    """Whether there is anything to know somebody by; whether it holds, the web process finds out."""
    return bool(request.headers.get("authorization") or request.cookies.get(SESSION_COOKIE))


async def _pieces(body: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := body.read(_PIECE):
        yield piece


async def _chunks(answer: httpx.Response) -> AsyncIterator[bytes]:
    """Raw bytes: what the web process compressed stays so."""
    async for chunk in answer.aiter_raw():
        yield chunk


def away(request: Request, status: int, cause_zh: str, cause: str) -> Response:
    """Pages retry by themselves; the API says it in JSON."""
    path = request.url.path
    retry = {"Retry-After": str(_RETRY_S)}
    if path.startswith(("/api/", "/open311/", "/_dash")) or "text/html" not in request.headers.get("accept", ""):
        return problem_response(Problem(status, "web_away", "The web process is away", cause, headers=retry), path)
    headers = {**retry, "cache-control": "no-store", "content-security-policy": "default-src 'none'"}
    return HTMLResponse(_AWAY.format(retry=_RETRY_S, cause_zh=cause_zh, cause=cause), status, headers=headers)
