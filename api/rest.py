"""The REST door on Flask: registers the table of routes and carries each request through the same steps.

Identify, check the scope and the proof against forgery, open one transaction limited to the caller's areas, recall an
earlier answer to the same Idempotency-Key, let the handler work, remember, commit. Decides nothing itself.
"""

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException

from api import openapi, photos
from api.auth import CSRF_HEADER, Identity, authenticate, demand_csrf
from api.call import Answer, Call, Deps, Route
from api.places import Places
from api.problems import MEDIA_TYPE, NotSignedIn, Problem, TooLarge, problem_of, problem_of_status
from api.routes import ROUTES, SCREEN
from api.shapes import ANYBODY, PUBLIC
from core.errors import Invalid, StoreUnavailable, YipingError
from core.model import Scope
from store import idempotency

VERSION = "0.1.0"
PREFIX = "/api/v1"
ACCOUNT_HEADER = "X-Yiping-Account"  # whose work a phone sends: what one did without a network is never sent as another's
_WRITES = {"POST", "PUT", "DELETE"}
_NOBODY = Identity(Scope("", ()), frozenset(), "")
_log = structlog.get_logger(__name__)


class _Undo(Exception):
    """Rolls a transaction back and keeps the answer that says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def blueprint(deps: Deps, media: Path | None = None) -> Blueprint:
    """All of /api/v1, and beside it /openapi.json, /docs and /screen/{token}. Pictures lie in `media` (YIPING_MEDIA_DIR)."""
    folder = media or Path(os.environ.get("YIPING_MEDIA_DIR", ".run/media"))
    places = Places()
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    for route in ROUTES:
        if route.handler is not None:
            _register(api, route, deps, folder, places)
    _register_documents(api, deps)
    api.add_url_rule("/<path:rest>", "missing", _missing, methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
    api.register_error_handler(Exception, _answer_error)
    # These stand beside /api/v1; the one call that registers the blueprint brings them along.
    api.record_once(lambda state: _register_beside(state, deps, folder, places))
    return api


def _register_beside(state: BlueprintSetupState, deps: Deps, media: Path, places: Places) -> None:
    beside = Blueprint("api_beside", __name__)
    _register(beside, SCREEN, deps, media, places)
    _register_documents(beside, deps)
    beside.register_error_handler(Exception, _answer_error)
    app: Flask = state.app if isinstance(state.app, Flask) else Flask(__name__)
    app.register_blueprint(beside)


def _register(into: Blueprint, route: Route, deps: Deps, media: Path, places: Places) -> None:
    rule = route.path.replace("{", "<").replace("}", ">")
    view = _view(route, deps, media, places)
    into.add_url_rule(rule, openapi.operation_id(route), view, methods=[route.method])


def _register_documents(into: Blueprint, deps: Deps) -> None:
    def send_document() -> Response:
        _identify(deps, ANYBODY)
        return _respond(Answer(openapi.document(ROUTES, VERSION)))

    def send_docs() -> Response:
        _identify(deps, ANYBODY)
        return _respond(Answer(openapi.docs_page(ROUTES, VERSION).encode(), media_type="text/html; charset=utf-8"))

    into.add_url_rule("/openapi.json", "openapi", send_document)
    into.add_url_rule("/docs", "docs", send_docs)


def _view(route: Route, deps: Deps, media: Path, places: Places) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        now = deps.clock()
        identity = _NOBODY if route.need == PUBLIC else _identify(deps, route.need)
        if route.method in _WRITES and route.need != PUBLIC:
            demand_csrf(identity, request.headers.get(CSRF_HEADER))
        elif route.need == PUBLIC and route.method in _WRITES:
            _demand_own_page()
        return _respond(_carry_out(route, deps, identity, now, path, media, places))

    return view


def _identify(deps: Deps, need: str) -> Identity:
    with deps.store.connection() as connection:
        identity = authenticate(connection, request.headers.get("Authorization"), request.cookies, deps.clock(), need)
    meant = request.headers.get(ACCOUNT_HEADER)
    if meant and meant != str(identity.scope.account_id):
        raise NotSignedIn(f"this is for account {meant}, and another one is signed in")
    return identity


def _demand_own_page() -> None:
    """Before there is a session there is no proof: a form of another site must not sign somebody in or out."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "same-site", "none"}:
        raise Invalid("a page of another site may not do this")


def _carry_out(route: Route, deps: Deps, identity: Identity, now: datetime, path: dict[str, str], media: Path, places: Places) -> Answer:
    assert route.handler is not None
    body = _read_body()
    try:
        with deps.web_store.scoped(identity.scope) as connection:
            call = Call(
                deps=deps, connection=connection, identity=identity, now=now, path=path, query=_read_query(), headers=dict(request.headers),
                body=body, address=request.remote_addr or "", url=request.path, media=media, places=places, cookies=request.cookies,
                secure=request.is_secure,
            )  # fmt: skip
            answer = _once(route, call) if route.method in _WRITES and route.need != PUBLIC else route.handler(call)
            if answer.status >= 400:
                raise _Undo(answer)
            return answer
    except _Undo as undo:
        return undo.answer


def _once(route: Route, call: Call) -> Answer:
    """With an Idempotency-Key the first answer is kept and given again; errors are not kept: they changed nothing."""
    assert route.handler is not None
    key = call.headers.get("Idempotency-Key", "")
    if not key or route.secret:
        return route.handler(call)
    if len(key) > 200:
        raise Invalid("an Idempotency-Key has at most 200 letters")
    asked = f"{call.url}?{request.query_string.decode(errors='replace')}"
    fingerprint = idempotency.hash_request(route.method, asked, call.body)
    before = idempotency.recall(call.connection, call.identity.actor, key, fingerprint, call.now)
    if before is not None:
        status, kept = before
        return Answer(kept["body"], status, {**kept["headers"], "Idempotent-Replayed": "true"})
    answer = route.handler(call)
    if answer.status < 400:
        kept = {"body": json.loads(_dump(answer.body)), "headers": dict(answer.headers)}
        idempotency.remember(call.connection, call.identity.actor, key, fingerprint, answer.status, kept, call.now)
    return answer


def _read_body() -> bytes:
    if (request.content_length or 0) > photos.MAX_BYTES:
        raise TooLarge(f"a body may have {photos.MAX_BYTES // 1024 // 1024} MB")
    body = request.stream.read(photos.MAX_BYTES + 1)
    if len(body) > photos.MAX_BYTES:
        raise TooLarge(f"a body may have {photos.MAX_BYTES // 1024 // 1024} MB")
    if request.is_json and b"\\u0000" in body:
        raise Invalid("no text has a NUL in it")
    return body


def _read_query() -> dict[str, str]:
    """Each parameter once; a repeated one is a list, written with commas."""
    query = {name: ",".join(values) for name, values in request.args.to_dict(flat=False).items()}
    if any("\0" in value for value in [*query.values(), request.path]):
        raise Invalid("no text has a NUL in it")
    return query


def _missing(rest: str) -> Response:
    methods = [route.method for route in ROUTES if re.fullmatch(re.sub(r"{\w+}", "[^/]+", route.path), f"/{rest}")]
    if methods:
        refused = problem_of_status(405, f"{PREFIX}/{rest} takes {', '.join(methods)}")
        return _respond_problem(replace(refused, headers={"Allow": ", ".join(methods)}))
    return _respond_problem(problem_of_status(404, f"no call is named {PREFIX}/{rest}; see /docs"))


def _answer_error(error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return _respond_problem(problem_of_status(error.code or 500, error.description or ""))
    if isinstance(error, StoreUnavailable):  # its words are no answer for a reader, and nobody else hears them
        _log.warning("database_away", why=str(error), route=str(request.url_rule))
    elif not isinstance(error, YipingError):
        _log.exception("unforeseen_error", route=str(request.url_rule))  # a path may hold a screen's secret
    return _respond_problem(problem_of(error))


def _respond_problem(problem: Problem) -> Response:
    return _respond(Answer(problem.body(request.path), problem.status, problem.headers, MEDIA_TYPE))


def _respond(answer: Answer) -> Response:
    body = answer.body if isinstance(answer.body, bytes) else _dump(answer.body)
    response = Response(body, answer.status, dict(answer.headers), content_type=answer.media_type)
    if "Cache-Control" not in answer.headers:
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    for cookie in answer.cookies:
        response.set_cookie(**cookie)
    return response


def _dump(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON")
