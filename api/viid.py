"""The paths of GA/T 1400 (视图库) as thin doors onto the pipeline: answered after the commit, each notice with its own status.

Decides who may speak: a feed's token; else the password of a feed by HTTP Digest, and from the registration on the library's number
from the same address, as the standard has it. What a notice says only its decoder knows.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import viid_answers as answers
from api import viid_digest as digest
from api.body import Pace, read_body
from api.collector import Collector
from api.gate import Gate
from api.ingest_http import verdict
from api.problems import NotSignedIn, problem_of
from api.viid_answers import Code
from core.config import Config
from core.errors import Invalid, NotAllowed, StoreUnavailable, YipingError
from core.model import Frame, Taken
from ingest.decode.gat1400 import notices, speaker
from store import viid

PREFIX = "/VIID"
_FORMAT = "gat1400"
_ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_LONG = 64 * 1024  # bytes: what is longer is taken apart in a thread

_log = structlog.get_logger(__name__)


class Challenged(NotSignedIn):
    """401 with what the client has to answer."""

    def __init__(self, header: str) -> None:
        self.header = header
        super().__init__("register with the password of the feed, or send a token")


@dataclass(frozen=True, slots=True)
class Library:
    """Who speaks: through which feed, for which areas; `device` where its number was proved, `by_digest` where its password was."""

    feed: str
    areas: tuple[str, ...]
    device: str = ""
    by_digest: bool = False


class Doors:
    """The endpoints."""

    def __init__(self, collector: Collector, gate: Gate, config: Config, clock: Callable[[], datetime]) -> None:
        self._collector, self._gate, self._config, self._clock = collector, gate, config, clock
        self._pace, self._secret = Pace.of(config.ingest), b""
        self._served = any(feed.format == _FORMAT for feed in config.feeds.values())
        self._feeds = {name: feed.password for name, feed in config.feeds.items() if feed.format == _FORMAT and feed.password}

    def routes(self) -> list[Route]:
        """Everything under `/VIID`: also what we do not serve is answered in the library's own form; without a feed that is all."""
        unknown = Route(f"{PREFIX}/{{path:path}}", self._told(self._unknown), methods=_ALL)
        if not self._served:
            return [unknown]
        posted = {
            "System/Register": self._register, "System/Keepalive": self._keepalive, "System/UnRegister": self._unregister,
            "SubscribeNotifications": self._notices, "DispositionNotifications": self._notices,
        }  # fmt: skip
        return [
            *(Route(f"{PREFIX}/{path}", self._told(answer), methods=["POST"]) for path, answer in posted.items()),
            Route(f"{PREFIX}/System/Time", self._told(self._time), methods=["GET"]),
            unknown,
        ]

    def _told(self, endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Errors of ours leave as status objects."""

        async def answer(request: Request) -> Response:
            try:
                return await endpoint(request)
            except YipingError as error:
                problem = problem_of(error)
                headers = {"WWW-Authenticate": error.header} if isinstance(error, Challenged) else problem.headers
                body = answers.alone(self._asked(request), answers.code_of_status(problem.status), why=problem.detail)
                return Response(body, problem.status, headers, answers.MEDIA_TYPE)

        return answer

    async def _time(self, request: Request) -> Response:
        return Response(answers.time(self._asked(request)), media_type=answers.MEDIA_TYPE)

    async def _unknown(self, request: Request) -> Response:
        body = answers.alone(self._asked(request), Code.INVALID_OPERATION, why="not served here")
        return Response(body, 404, media_type=answers.MEDIA_TYPE)

    async def _register(self, request: Request) -> Response:
        library, payload, device = await self._speaker(request)
        answer, stored = await self._system(request, library, payload, device)
        if stored and library.by_digest:
            address, now = _address(request), self._clock()
            await self._gate.ask(lambda connection: viid.register(connection, library.feed, device, address, now))
            _log.info("view_library_registered", feed=library.feed, device=device, address=address)
        return answer

    async def _keepalive(self, request: Request) -> Response:
        return (await self._system(request, *await self._speaker(request)))[0]

    async def _unregister(self, request: Request) -> Response:
        library, payload, device = await self._speaker(request)
        answer, stored = await self._system(request, library, payload, device)
        if stored:
            await self._gate.ask(lambda connection: viid.unregister(connection, library.feed, device))
        return answer

    async def _speaker(self, request: Request) -> tuple[Library, bytes, str]:
        """Who speaks, its body, and the number it says it has. Raises `Invalid` without one, `NotAllowed` for another's."""
        library = await self._identify(request)
        payload = await self._read(request)
        device = speaker(payload)
        if not device:
            raise Invalid("DeviceID is missing")
        if library.device not in ("", device):
            raise NotAllowed(f"registered as {library.device}, not as {device[:40]}")
        return library, payload, device

    async def _system(self, request: Request, library: Library, payload: bytes, device: str) -> tuple[Response, bool]:
        """The answer once the library's presence is stored, and whether it is."""
        taken = await self._collector.store(self._frame(request, library, payload))
        http, code, why = (200, Code.OK, "") if not taken.rejected else _refused(taken)
        return Response(answers.alone(self._asked(request), code, device, why), http, media_type=answers.MEDIA_TYPE), code is Code.OK

    async def _notices(self, request: Request) -> Response:
        """Each notice is a frame of its own, so that one that is refused costs its neighbours nothing and has its own status."""
        library = await self._identify(request)
        payload = await self._read(request)
        parts: list[tuple[str, bytes]] = []
        if len(payload) <= self._config.ingest.max_payload:
            parts = await asyncio.to_thread(notices, payload) if len(payload) > _LONG else notices(payload)
        if not parts:  # nothing to take apart: refused as a whole, and kept
            taken = await self._collector.store(self._frame(request, library, payload))
            http, code, why = _refused(taken) if taken.rejected else (200, Code.OK, "")
            return Response(answers.alone(self._asked(request), code, why=why), http, media_type=answers.MEDIA_TYPE)
        stored = await asyncio.gather(*(self._try(self._frame(request, library, part)) for _, part in parts))
        busy = all(isinstance(each, StoreUnavailable) for each in stored)
        told = [(about, each) for (about, _), each in zip(parts, stored, strict=True) if about or _failed(each)]
        body = answers.listed(self._asked(request), told)
        headers = problem_of(StoreUnavailable()).headers if busy else None
        return Response(body, 503 if busy else 200, headers, answers.MEDIA_TYPE)

    async def _try(self, frame: Frame) -> Taken | StoreUnavailable:
        try:
            return await self._collector.store(frame)
        except StoreUnavailable as away:
            return away

    async def _read(self, request: Request) -> bytes:
        return await read_body(request, self._config.ingest.max_payload, self._pace)

    async def _identify(self, request: Request) -> Library:
        """Raises `Challenged`, `NotSignedIn`, `NotAllowed`, `StoreUnavailable`."""
        authorization = request.headers.get("authorization", "")
        if fields := digest.read(authorization):
            return await self._proved(request, fields)
        if authorization:
            identity = await self._gate.identify(request, "feed")
            return Library(f"http-{_FORMAT}", identity.scope.areas)
        device, address, now = request.headers.get("user-identify", "").strip(), _address(request), self._clock()
        if device and _named(request) == address:
            feeds = list(self._feeds)
            feed = await self._gate.ask(lambda connection: viid.registered(connection, feeds, device, address, now))
            if feed is not None:
                return Library(feed, (self._config.area.code,), device)
        raise Challenged(digest.challenge(await self._nonce_for(request), _salt()))

    async def _proved(self, request: Request, fields: dict[str, str]) -> Library:
        asked = await self._nonce_for(request)
        fresh = digest.is_fresh(fields, asked)
        path = request.url.path
        feed = next((name for name, word in self._feeds.items() if word and digest.proves(fields, word, request.method, path)), None)
        nonce, count = fields.get("nonce", ""), fields.get("nc", "")
        if feed is None or not fresh or not await self._gate.ask(lambda it: viid.spend(it, nonce, int(count, 16), asked.now)):
            raise Challenged(digest.challenge(asked, _salt(), stale=feed is not None))
        return Library(feed, (self._config.area.code,), by_digest=True)

    async def _nonce_for(self, request: Request) -> digest.Asked:
        """All edges share the secret: the answer to one's challenge may reach another."""
        if not self._secret:
            self._secret = await self._gate.ask(lambda connection: viid.nonce_secret(connection, self._clock()))
        return digest.Asked(self._secret, _address(request), self._clock())

    def _frame(self, request: Request, library: Library, payload: bytes) -> Frame:
        return Frame(library.feed, payload, self._clock(), request.url.path, f"areas:{','.join(library.areas)}")

    def _asked(self, request: Request) -> answers.Asked:
        return answers.Asked(request.url.path, self._clock(), self._config.area)


def _refused(taken: Taken) -> tuple[int, Code, str]:
    first = taken.rejected[0]
    return max(400, verdict(taken)[0]), answers.code_of(first), first.detail


def _failed(stored: Taken | StoreUnavailable) -> bool:
    """What has no id is told of only then: nobody asked for its status by name."""
    return isinstance(stored, StoreUnavailable) or bool(stored.rejected)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _named(request: Request) -> str:
    """Whom the last proxy names. Another than the address: a proxy we were not told of stands for everybody behind it."""
    return ",".join(request.headers.getlist("x-forwarded-for") or [_address(request)]).rpartition(",")[2].strip()


def _salt() -> str:
    return secrets.token_hex(8)
