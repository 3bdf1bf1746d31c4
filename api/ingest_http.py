"""HTTP feeds: a request becomes a frame, goes through the pipeline with its neighbours and is answered after the commit.

Decides what is refused before the pipeline sees it, and how its verdict is told. What cannot be decoded is told as a
problem and is kept as rejected all the same.
"""

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.auth import CSRF_HEADER, Identity, demand_csrf
from api.collector import Collector
from api.gate import Gate, problem_response
from api.problems import Problem, TooLarge, problem_of_status
from core.config import Config
from core.errors import Invalid, NotFound
from core.model import Frame, Reason, Rejected, Taken
from ingest.decode import MOST_TOLD, portions, source_of
from store import idempotency

_JSON = frozenset({"", "application/json", "text/json", "text/plain", "application/x-www-form-urlencoded"})
_WHOLE = {Reason.UNDECODABLE: 400, Reason.CHECKSUM: 400, Reason.TOO_LARGE: 413, Reason.UNSUPPORTED: 415}
_MOST_KEY = 200
_LONG = 4 * 1024  # bytes: what is shorter is not worth looking at
_MOST_QUERY = 200
_MOST_ANSWERED = MOST_TOLD + 1  # what decoding tells of one body one by one, and its word about the others


class Feeds:
    """The endpoints of HTTP feeds."""

    def __init__(self, collector: Collector, gate: Gate, config: Config, clock: Callable[[], datetime]) -> None:
        self._collector, self._gate, self._config, self._clock = collector, gate, config, clock
        self._same: dict[tuple[str, str], asyncio.Lock] = {}

    async def readings(self, request: Request) -> Response:
        """`POST /api/v1/readings`."""
        return await self._take(request, "http-readings", json_only=True)

    async def reports(self, request: Request) -> Response:
        """`POST /api/v1/reports`: 201 when one was created, 200 when all were known."""
        return await self._take(request, "http-reports", json_only=True, created=True)

    async def feed(self, request: Request) -> Response:
        """`POST /api/v1/feeds/{format}` and `/feeds/{format}/{token}`."""
        name, secret = request.path_params["format"], request.path_params.get("token", "")
        await self._gate.identify(request, "feed", secret)  # strangers do not learn which feeds there are
        if source_of(name, self._config) is None:
            raise NotFound(f"no feed or format is called '{name[:60]}'")
        return await self._take(request, name, secret=secret)

    async def _take(self, request: Request, feed: str, *, json_only: bool = False, created: bool = False, secret: str = "") -> Response:
        identity = await self._gate.identify(request, "feed", secret)
        demand_csrf(identity, request.headers.get(CSRF_HEADER))
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if json_only and media not in _JSON and not media.endswith("+json"):
            return problem_response(problem_of_status(415, f"'{media[:80]}' is not JSON"), _path(request))
        payload = await read_body(request, self._config.ingest.max_payload)
        frame = Frame(feed, payload, self._clock(), _topic(request), f"areas:{','.join(identity.scope.areas)}")
        key = request.headers.get("idempotency-key")
        if key is None:
            status, body = verdict(await self._store(frame), created=created)
        else:
            status, body = await self._once(identity, key, frame, created=created)
        if status >= 400:
            problem = Problem(status, "undecodable", "The body cannot be read", body["rejected"][0]["detail"], body)
            return problem_response(problem, _path(request))
        return Response(msgspec.json.encode(body), status, media_type="application/json")

    async def _store(self, frame: Frame) -> Taken:
        """What became of a frame; a long file is stored in portions, one after the other, so that others have their turn.

        Raises `StoreUnavailable`; what was stored by then is known when the same file comes again.
        """
        ingest = self._config.ingest
        taken, source = None, source_of(frame.feed, self._config)
        parts = [(0, frame.payload)]
        if source and _LONG < len(frame.payload) <= ingest.max_payload:
            parts = await asyncio.to_thread(portions, source.feed.format, frame.payload, ingest.portion_rows)
        for first, payload in parts:
            more = await self._collector.store(replace(frame, payload=payload))
            taken = more if taken is None else _sum(taken, more, first)
            if first == 0 and len(more.rejected) == 1 and more.rejected[0].index is None:
                break  # refused as a whole: the rest would be too
            if not taken.accepted and not taken.duplicates and len(taken.rejected) >= MOST_TOLD and first != parts[-1][0]:
                taken = replace(taken, rejected=(*taken.rejected[:MOST_TOLD], _unread(frame)))
                break  # nothing of so many could be used: they are stored and told, more of them would tell nothing new
        assert taken is not None
        return taken

    async def _once(self, identity: Identity, key: str, frame: Frame, *, created: bool) -> tuple[int, dict[str, Any]]:
        """The answer given before, if this key was used; a twin on its way is waited for. Raises `Invalid` for another body."""
        if not key or len(key) > _MOST_KEY:
            raise Invalid(f"an Idempotency-Key has 1 to {_MOST_KEY} characters")
        actor, request = identity.actor, idempotency.hash_request("POST", frame.topic, frame.payload)
        lock = self._same.setdefault((actor, key), asyncio.Lock())
        try:
            async with lock:
                now = self._clock()
                before = await self._gate.ask(lambda connection: idempotency.recall(connection, actor, key, request, now))
                if before is not None:
                    return before
                status, body = verdict(await self._store(frame), created=created)
                await self._gate.ask(lambda connection: idempotency.remember(connection, actor, key, request, status, body, now))
                return status, body
        finally:
            if not lock.locked():
                self._same.pop((actor, key), None)


def verdict(taken: Taken, *, created: bool = False) -> tuple[int, dict[str, Any]]:
    """Status and body of the answer for one frame; `rejected_more` says how many entries are left out of a long `rejected`."""
    refused = [_refused(each) for each in taken.rejected[:_MOST_ANSWERED]]
    body: dict[str, Any] = {"accepted": taken.accepted, "duplicates": taken.duplicates, "rejected": refused}
    if len(taken.rejected) > _MOST_ANSWERED:
        body["rejected_more"] = len(taken.rejected) - _MOST_ANSWERED
    nothing = not taken.accepted and not taken.duplicates
    if nothing and len(taken.rejected) == 1 and taken.rejected[0].index is None and taken.rejected[0].reason in _WHOLE:
        return _WHOLE[taken.rejected[0].reason], body
    return 201 if created and taken.created else 200, body


def _sum(taken: Taken, more: Taken, first: int) -> Taken:
    """Two portions of one body; the rows of the second are counted from where it began."""
    moved = tuple(replace(each, index=None if each.index is None else each.index + first) for each in more.rejected)
    counts = (taken.created + more.created, taken.late + more.late)
    return Taken(taken.accepted + more.accepted, taken.duplicates + more.duplicates, taken.rejected + moved, *counts)


def _unread(frame: Frame) -> Rejected:
    detail = f"none of the first {MOST_TOLD} parts could be used: the rest was not read"
    return Rejected(frame.feed, Reason.TOO_LARGE, detail, b"", frame.received_at)


def _refused(rejected: Rejected) -> dict[str, Any]:
    return {"index": rejected.index, "reason": str(rejected.reason), "detail": rejected.detail}


def _topic(request: Request) -> str:
    """What the address says besides the body: ChirpStack names the event in the query."""
    query = request.url.query[:_MOST_QUERY]
    return f"{_path(request)}?{query}" if query else _path(request)


def _path(request: Request) -> str:
    """The path without the token that may stand in it."""
    token = request.path_params.get("token")
    return request.url.path.removesuffix(f"/{token}") if token else request.url.path


class Unpacker:
    """Unpacks gzip or zlib up to `room` bytes. Several members one after the other are one body (RFC 1952, 2.2)."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._member = _member()

    @property
    def whole(self) -> bool:
        """Whether the last member came to its end; beyond the room nobody looks any more: the pipeline refuses it anyway."""
        return self._room <= 0 or self._member.eof

    def take(self, chunk: bytes) -> bytes:
        """What the next bytes unpack to. Raises `zlib.error`."""
        out = bytearray()
        rest = chunk
        while rest and self._room > 0:
            if self._member.eof:
                rest = rest.lstrip(b"\0")  # padding between and after members, as gzip itself allows
                if not rest:
                    break
                self._member = _member()
            piece = self._member.decompress(rest, self._room)
            self._room -= len(piece)
            out += piece
            rest = self._member.unused_data
        return bytes(out)


def _member() -> "zlib._Decompress":
    return zlib.decompressobj(zlib.MAX_WBITS | 32)


async def read_body(request: Request, most: int) -> bytes:
    """The body, unpacked when it came compressed; one byte more than `most` is kept so that the pipeline refuses and keeps it.

    Raises `TooLarge` for what does not stop there, `Invalid` for a compression that is broken or breaks off.
    """
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip", "deflate"):
        raise Invalid(f"Content-Encoding '{packing[:40]}' is not known here: gzip, deflate, identity")
    unpacker = None if packing == "identity" else Unpacker(most + 1)
    body = bytearray()
    came = 0
    try:
        async for chunk in request.stream():
            came += len(chunk)
            body += unpacker.take(chunk) if unpacker else chunk
            if came > 2 * most:
                raise TooLarge(f"more than {most} bytes")
        if unpacker and not unpacker.whole:
            raise Invalid(f"the body breaks off: its {packing} has no end")
    except zlib.error as error:
        raise Invalid(f"the body is not {packing}: {error}") from error
    except ClientDisconnect as error:
        raise Invalid("the client left before its body was whole") from error
    return bytes(body[: most + 1])
