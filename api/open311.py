"""Open311 GeoReport v2 as a server (/open311/v2): discovery, services, requests in and out, tokens; XML and JSON.

Decides who may ask and how a posted form is read. A posted request goes the way of `POST /reports`: one frame through the
pipeline, answered after the commit with its number. Keys are our tokens: `api_key` is a Bearer by another name.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import structlog
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import open311_document as document
from api import open311_requests as service_requests
from api.auth import CSRF_HEADER, Identity, demand_csrf
from api.body import read_body
from api.collector import Collector
from api.gate import Gate
from core.config import Config
from core.errors import Invalid, NotAllowed, NotFound, StoreUnavailable, YipingError
from core.model import Frame
from store import idempotency

PREFIX = "/open311/v2"
FIELDS_LIMIT = 100
BODY_LIMIT = 256 * 1024  # a form with a description of 4,000 letters; pictures come as media_url

_log = structlog.get_logger(__name__)


class GeoReport:
    """The endpoints. `routes` puts them into an application, before anything that takes every path."""

    def __init__(self, collector: Collector, gate: Gate, config: Config, clock: Callable[[], datetime]) -> None:
        self._collector, self._gate, self._config, self._clock = collector, gate, config, clock

    def routes(self) -> list[Route]:
        return [Route(f"{PREFIX}/{{rest:path}}", self.answer, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])]

    async def answer(self, request: Request) -> Response:
        """Any path under the prefix: its last word's ending says the form. Errors are the standard's documents."""
        name, form = _form(request.path_params["rest"])
        if request.method not in ("GET", "HEAD", "POST"):
            return _refused(405, f"{request.method} is not known here", form)
        try:
            return await self._dispatch(request, name, form)
        except YipingError as error:
            return _refusal(error, form)
        except Exception as fault:
            _log.exception("open311_fault", path=request.url.path[:200])
            return _refusal(fault, form)

    async def _dispatch(self, request: Request, name: str, form: str) -> Response:
        if form not in document.MEDIA_TYPES:
            raise Invalid(f"'.{form[:20]}' is no form of ours: .json or .xml")
        if not name.isprintable():
            raise Invalid("a path has no control characters")
        what, _, which = name.partition("/")
        if request.method == "POST":
            if name != "requests":
                raise NotFound(f"nothing is posted to '{name[:60]}'")
            return await self._post(request, form)
        fields = _query(request)
        match what, bool(which):
            case ("discovery", False):
                await self._identify(request, fields)
                return _respond(form, "discovery", "", document.discovery(self._config.area, str(request.base_url) + PREFIX.lstrip("/")))
            case ("services", _):
                return await self._services(request, fields, form, which)
            case ("requests", _):
                return await self._requests(request, fields, form, which)
            case ("tokens", True):
                return await self._token(request, fields, form, which)
            case _:
                raise NotFound(f"no call is named '{name[:60]}'")

    async def _identify(self, request: Request, fields: dict[str, str], need: str = "") -> Identity:
        return await self._gate.identify(request, need, fields.get("api_key", ""))

    async def _services(self, request: Request, fields: dict[str, str], form: str, code: str) -> Response:
        await self._identify(request, fields)
        service_requests.demand_known(fields, service_requests.COMMON, self._config)
        if not code:
            return _respond(form, "services", "service", document.services(self._config.classes))
        if code not in self._config.classes:
            raise NotFound(f"service_code '{code[:40]}' was not found")
        return _respond(form, "service_definition", "", document.definition(code))

    async def _requests(self, request: Request, fields: dict[str, str], form: str, number: str) -> Response:
        identity, now = await self._identify(request, fields, "read"), self._clock()
        asked = {**fields, "service_request_id": number} if number else fields
        rows = await self._gate.ask(
            lambda connection: service_requests.list_requests(connection, identity.scope, asked, self._config, now), True
        )
        return _respond(form, "service_requests", "request", document.requests(rows))

    async def _token(self, request: Request, fields: dict[str, str], form: str, token: str) -> Response:
        """Who fed may ask for the number of what it fed."""
        identity = await self._identify(request, fields)
        if not identity.may("read") and not identity.may("feed"):
            raise NotAllowed("this needs the scope 'read' or 'feed'")
        row = await self._gate.ask(lambda connection: service_requests.request_of_token(connection, identity.scope, token))
        return _respond(form, "service_requests", "request", [row])

    async def _post(self, request: Request, form: str) -> Response:
        fields = _query(request) | await _posted(request)
        identity = await self._identify(request, fields, "feed")
        demand_csrf(identity, request.headers.get(CSRF_HEADER))
        key = request.headers.get("idempotency-key")
        if key is not None and not 0 < len(key) <= 200:
            raise Invalid("an Idempotency-Key has 1 to 200 letters")
        body = msgspec.json.encode(sorted((name, value) for name, value in fields.items() if name != "api_key"))
        asked = idempotency.hash_request("POST", f"{PREFIX}/requests", body)
        before = await self._gate.ask(lambda c: idempotency.recall(c, identity.actor, key, asked, self._clock())) if key else None
        token = _token(identity.actor, key, asked) if key else secrets.token_urlsafe(18)
        row = before[1] if before else await self._store(identity, fields, request.url.path, token)
        if key and not before and "service_request_id" in row:
            await self._gate.ask(lambda c: idempotency.remember(c, identity.actor, key, asked, 201, row, self._clock()))
        return _respond(form, "service_requests", "request", [row], 201)

    async def _store(self, identity: Identity, fields: dict[str, str], path: str, token: str) -> dict[str, Any]:
        """One report through the pipeline, and its number after the commit. Raises `Invalid` when the pipeline refuses it."""
        now = self._clock()
        report = service_requests.report_of(fields, token, self._config, now)
        frame = Frame("http-reports", msgspec.json.encode(report), now, path, f"areas:{','.join(identity.scope.areas)}")
        taken = await self._collector.store(frame)
        if taken.rejected:
            raise Invalid(taken.rejected[0].detail)
        try:
            row = await self._gate.ask(lambda connection: service_requests.request_of_token(connection, identity.scope, token))
        except (NotFound, StoreUnavailable):  # stored all the same: the token leads to it later
            return {"token": token}
        return {"service_request_id": row["service_request_id"], "service_notice": None, "account_id": None}


def _token(actor: str, key: str, asked: bytes) -> str:
    """The same for the same request, at whichever edge and moment: the report's own unique key then makes it once.

    The request is part of it: another one under a key long forgotten makes a report of its own and changes none.
    """
    return base64.urlsafe_b64encode(hashlib.sha256(f"{actor}\0{key}\0".encode() + asked).digest()[:18]).decode()


def _form(rest: str) -> tuple[str, str]:
    """`requests/7.json` → `requests/7`, `json`; without an ending it is JSON."""
    head, slash, last = rest.rpartition("/")
    name, dot, form = last.rpartition(".")
    return (f"{head}{slash}{name}", form.lower()) if dot else (rest.rstrip("/"), "json")


def _query(request: Request) -> dict[str, str]:
    """Each parameter once; a repeated one is a list, written with commas. Raises `Invalid`."""
    found: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        found.setdefault(name, []).append(value)
    return _demand_texts({name: ",".join(values) for name, values in found.items()})


def _demand_texts(fields: dict[str, str]) -> dict[str, str]:
    if len(fields) > FIELDS_LIMIT or any("\0" in text for pair in fields.items() for text in pair):
        raise Invalid(f"{FIELDS_LIMIT} fields at most, and no text has a NUL in it")
    return {name: value.strip() for name, value in fields.items()}


async def _posted(request: Request) -> dict[str, str]:
    """The fields of a form (urlencoded or multipart without files) or of a JSON object. Raises `Invalid`, `TooLarge`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_body(request, BODY_LIMIT)
    if len(body) > BODY_LIMIT:
        raise Invalid(f"a request has {BODY_LIMIT} bytes at most; pictures come as media_url")
    try:
        if kind == "application/json":
            whole = msgspec.json.decode(body, type=dict[str, str | float | int | None])
            return _demand_texts({name: str(value) for name, value in whole.items() if value is not None})
        if kind == "multipart/form-data":
            return _demand_texts(await _parts(request.headers, body))
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FIELDS_LIMIT)
        found: dict[str, str] = {}
        for name, value in pairs:
            found[name] = f"{found[name]},{value}" if name in found else value
        return _demand_texts(found)
    except (ValueError, RecursionError, MultiPartException, msgspec.DecodeError) as error:
        raise Invalid(f"the form cannot be read: {str(error)[:160]}") from error


async def _parts(headers: Headers, body: bytes) -> dict[str, str]:
    async def stream() -> Any:
        yield body

    form = await MultiPartParser(headers, stream(), max_files=0, max_fields=FIELDS_LIMIT).parse()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _respond(form: str, root: str, item: str, body: Any, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(document.write(form, root, item, body), status, headers, document.MEDIA_TYPES[form])


def _refusal(error: Exception, form: str) -> Response:
    answer = _refused(*document.error_of(error), form)
    if answer.status_code == 503:
        answer.headers["Retry-After"] = "2"
    return answer


def _refused(status: int, words: str, form: str) -> Response:
    return _respond(form if form in document.MEDIA_TYPES else "json", "errors", "error", document.errors(status, words), status)
