"""HTTP feeds: a request becomes a frame, goes through the pipeline with its neighbours and is answered after the commit.

Decides what is refused before the pipeline sees it, and how its verdict is told. What cannot be decoded is told as a
problem and is kept as rejected all the same.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api import manual_entry
from api.auth import CSRF_HEADER, demand_csrf
from api.body import Pace, read_body
from api.collector import Collector
from api.gate import Gate, problem_response
from api.once import Once, Work
from api.problems import Problem, problem_of_status
from core.config import Config
from core.errors import NotFound
from core.model import Frame, Reason, Rejected, Taken
from ingest.decode import MOST_TOLD, portions, source_of
from store import idempotency
from store.acts import Act
from store.timescale import Connection

_JSON = frozenset({"", "application/json", "text/json", "text/plain", "application/x-www-form-urlencoded"})
_WHOLE = {Reason.UNDECODABLE: 400, Reason.CHECKSUM: 400, Reason.TOO_LARGE: 413, Reason.UNSUPPORTED: 415}
_LONG = 4 * 1024  # bytes: what is shorter is not worth looking at
_MOST_QUERY = 200
_MOST_ANSWERED = MOST_TOLD + 1  # what decoding tells of one body one by one, and its word about the others


class Feeds:
    """The endpoints of HTTP feeds."""

    def __init__(self, collector: Collector, gate: Gate, config: Config, clock: Callable[[], datetime]) -> None:
        self._collector, self._gate, self._config, self._clock = collector, gate, config, clock
        self._once, self._pace = Once(gate, clock), Pace.of(config.ingest)

    async def readings(self, request: Request) -> Response:
        """`POST /api/v1/readings`: systems by token; a person by session writes them down by hand."""
        if "authorization" not in request.headers:
            return await self._enter(request)
        return await self._take(request, "http-readings", json_only=True)

    async def _enter(self, request: Request) -> Response:
        """Marked as written by hand, of registered devices only, and in the audit before they are stored."""
        identity = await self._gate.identify(request, "read")
        manual_entry.demand_role(identity.scope)
        demand_csrf(identity, request.headers.get(CSRF_HEADER))
        body = await read_body(request, self._config.ingest.max_payload, self._pace)
        asked, now = manual_entry.read_rows(body), self._clock()
        address = request.client.host if request.client else ""
        act = Act("enter", identity.scope, now, asked.note, address=address)

        def prepare(connection: Connection) -> manual_entry.Prepared:
            rows = manual_entry.prepare(connection, identity.scope, asked, now)
            manual_entry.put_down(connection, act, asked, rows)
            return rows

        async def write() -> tuple[int, dict[str, Any]]:
            rows = await self._gate.ask(prepare)
            feed, bounds = manual_entry.feed_of(self._config), f"areas:{','.join(identity.scope.areas)}"
            taken = await self.store(Frame(feed, rows.payload, now, _path(request), bounds)) if rows.places else Taken()
            return 200, manual_entry.conclude(rows, verdict(taken)[1])

        status, answer = await self._answered(request, identity.actor, body, write)
        return Response(msgspec.json.encode(answer), status, media_type="application/json")

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
        payload = await read_body(request, self._config.ingest.max_payload, self._pace)
        frame = Frame(feed, payload, self._clock(), _topic(request), f"areas:{','.join(identity.scope.areas)}")

        async def store() -> tuple[int, dict[str, Any]]:
            return verdict(await self.store(frame), created=created)

        status, body = await self._answered(request, identity.actor, payload, store)
        if status >= 400:
            problem = Problem(status, "undecodable", "The body cannot be read", body["rejected"][0]["detail"], body)
            return problem_response(problem, _path(request))
        return Response(msgspec.json.encode(body), status, media_type="application/json")

    async def store(self, frame: Frame) -> Taken:
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

    async def _answered(self, request: Request, actor: str, payload: bytes, work: Work) -> tuple[int, dict[str, Any]]:
        """What the work answers, or the answer given before under the same Idempotency-Key."""
        key = request.headers.get("idempotency-key")
        if key is None:
            return await work()
        return await self._once.work(actor, key, idempotency.hash_request("POST", _topic(request), payload), work)


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
