"""The web process: Dash screens and the REST API on one Flask server (`gunicorn app:server`). Composition, the clock, and who may enter.

Holds no state that matters: any number of them may run. Streams live in `edge.py`, because here each would take a thread.
"""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from flask import Flask, Response, g, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from api import auth, rest
from api.problems import NotSignedIn
from compose import adapted
from core import logs
from core.config import Config, load
from core.errors import ConfigError, NotAllowed, StoreUnavailable
from core.settings import Settings, read_settings
from panels import field, login
from panels.frame import Reader
from panels.site import make_site
from panels.text import load_texts
from store.rule_revisions import keep_file
from store.rulebook import Rulebook
from store.timescale import Store

ASSETS = Path(__file__).resolve().parent / "assets"
CONNECTIONS = 16  # one for each thread of the server
_log = structlog.get_logger("web")

# What needs no session, or asks for its own proof (the API answers 401 in its own format).
_OPEN_PATHS = frozenset({"/healthz", "/favicon.ico", "/openapi.json", "/docs", *field.OPEN_PATHS})
_OPEN_UNDER = ("/login", "/logout", "/assets/", "/_dash-component-suites/", "/screen/", "/api/", "/open311/", "/cap/")
_AWAY = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>数据库暂不可用</title>
<h1>数据库暂不可用，本页每 3 秒自动重试</h1><p lang="en">The database is away; this page tries again every 3 seconds.</p></html>"""


@dataclass(frozen=True, slots=True)
class Deps:
    """What the API's handlers are given (`api.call.Deps`)."""

    config: Config
    store: Store
    web_store: Store

    def clock(self) -> datetime:
        """The one place where the web process reads the time."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Door:
    """Logging in and out for the page at /login (`panels.login.Door`); each call is a transaction of its own."""

    deps: Deps

    def log_in(self, name: str, password: str, address: str, secure: bool) -> login.Entered | login.Refused:
        with self.deps.store.connection() as connection:
            found = auth.log_in(connection, name, password, self.deps.clock(), address)
        if isinstance(found, auth.Entrance):
            return login.Entered(found.identity.scope, found.cookies(secure))
        return login.Refused(found.reason, found.until)

    def log_out(self, cookies: Mapping[str, str], address: str) -> Sequence[str]:
        with self.deps.store.connection() as connection:
            auth.log_out(connection, cookies, self.deps.clock(), address)
        return (auth.SESSION_COOKIE, auth.CSRF_COOKIE)

    def proves(self, cookies: Mapping[str, str], header: str) -> bool:
        secret = cookies.get(auth.SESSION_COOKIE, "")
        return bool(secret) and header == auth.derive_csrf(secret)


def read_reader(deps: Deps) -> Reader | None:
    """Who asks, once per request; None without a session. Raises `StoreUnavailable`."""
    if "reader" not in g:
        try:
            with deps.store.connection() as connection:
                found = auth.authenticate(connection, request.headers.get("Authorization"), request.cookies, deps.clock(), "screen")
            g.reader = Reader(found.scope, found.view)
        except (NotSignedIn, NotAllowed):
            g.reader = None
    reader: Reader | None = g.reader
    return reader


def read_config(deps: Deps, rulebook: Rulebook) -> Config:
    """With the rules in force: what a page tells of a rule is what rings. Raises `StoreUnavailable`."""
    with deps.store.connection() as connection:
        return rulebook.open(connection).config


def guard_pages(server: Flask, deps: Deps) -> None:
    """Everything but the open paths needs a session; a page without one goes to the login, a script gets 401."""

    @server.before_request
    def demand_session() -> AnyResponse | None:
        if request.path in _OPEN_PATHS or request.path.startswith(_OPEN_UNDER):
            return None
        if read_reader(deps) is not None:
            return None
        if request.path.startswith("/_dash"):
            return Response("sign in at /login", 401, mimetype="text/plain")
        return redirect("/login" if request.path == "/" else f"/login?next={request.path}", 302)

    @server.errorhandler(StoreUnavailable)
    def tell_away(error: StoreUnavailable) -> Response:
        _log.warning("store_away", path=request.path, why=str(error))
        return Response(_AWAY, 503, {"Retry-After": "3"}, mimetype="text/html")


def add_own_paths(server: Flask) -> None:
    @server.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @server.get("/favicon.ico")
    def favicon() -> AnyResponse:
        return redirect("/assets/favicon.svg", 301)


def build(settings: Settings, config: Config, store: Store, hops: int = 1) -> Flask:
    """The server. `hops` proxies before us are believed about the client's address and scheme (the edge is one)."""
    deps = Deps(config, store, Store(settings.web_database_url, name="yiping-web-pages", connections=CONNECTIONS))
    rulebook = Rulebook(config)
    server = Flask("yiping", static_folder=None)
    server.config["MAX_CONTENT_LENGTH"] = 32 * 1024 * 1024
    guard_pages(server, deps)
    server.register_blueprint(rest.blueprint(deps, settings.media))
    add_own_paths(server)
    texts = load_texts(ASSETS / "i18n")
    login.register(server, texts, config, Door(deps))
    field.register(server, str(ASSETS), config, texts)
    make_site(config, ASSETS, server, lambda: read_reader(deps), in_force=lambda: read_config(deps, rulebook))
    server.wsgi_app = ProxyFix(server.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return server


def create(environment: Mapping[str, str]) -> Flask:
    """The server from the environment; waits for the database. Raises `ConfigError`."""
    settings = read_settings(environment)
    config = load(settings.config)
    config = config.model_copy(
        update={"map": config.map.keyed(settings.basemap_key), "camera_wall": config.camera_wall.based(settings.video_url)}
    )
    store = Store(settings.database_url, name="yiping-web", connections=CONNECTIONS)
    while True:
        try:
            config = adapted(config, settings, store)
            with store.connection() as connection:
                keep_file(connection, config, datetime.now(UTC), settings.config.name)
            return build(settings, config, store, int(environment.get("YIPING_PROXY_HOPS", "1")))
        except StoreUnavailable as away:
            _log.warning("store_away", doing="starting", why=str(away))
            time.sleep(1)


def __getattr__(name: str) -> Flask:
    """`app:server` is made when gunicorn asks for it, so that importing this module (a test, a tool) opens nothing."""
    if name != "server":
        raise AttributeError(name)
    logs.configure(os.environ)
    try:
        globals()["server"] = create(os.environ)
    except ConfigError as error:
        sys.exit(str(error))
    made: Flask = globals()["server"]
    return made
