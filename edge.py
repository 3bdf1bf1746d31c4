"""The edge: HTTP feeds in with group commit, live streams, snapshots and the screens' files out, everything else to the web process.

Composition and the clock; decides nothing. Any number may run.
"""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.assets import Assets
from api.body import Pace
from api.collector import Collector
from api.gate import LIST_THREADS, STATEMENT_S, THREADS, Gate, guarded
from api.ingest_http import Feeds
from api.open311 import GeoReport
from api.proxy import Proxy
from api.readiness import Readiness
from api.stream import Hub, Sources
from api.stream_response import Screens
from api.viid import Doors
from compose import Parts, compose
from core import logs
from core.errors import BatchRefused, ConfigError, StoreUnavailable
from core.model import Frame, Taken
from ingest.record import recorder
from panels.headers import content_policy, security_headers
from pipeline import process
from store import live, live_rows
from store.health import HealthWriter
from store.timescale import Store

_log = structlog.get_logger("edge")
_TELL_HEALTH_EVERY_S = 5.0
_ASSETS = Path(__file__).resolve().parent / "assets"
_ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def clock() -> datetime:
    """The one place where the edge reads the time."""
    return datetime.now(UTC)


class Writer:
    """What the collector's thread does: the pipeline, and the count of it."""

    def __init__(self, parts: Parts) -> None:
        self._deps = parts.pipeline()
        feeds = tuple(name for name, feed in parts.config.feeds.items() if feed.kind == "http")
        self._health = HealthWriter(parts.store, f"edge:{socket.gethostname()}:{os.getpid()}", feeds, clock())
        self._recorder = recorder(parts.settings.record, parts.config.feeds)
        self._since = clock()

    def write(self, frames: Sequence[Frame]) -> list[Taken]:
        """Raises `StoreUnavailable`."""
        try:
            outcome = process(frames, clock(), self._deps)
        except BatchRefused as refused:
            raise StoreUnavailable(str(refused)) from refused
        self._recorder.keep(outcome.frames)
        self._health.count(outcome.frames, outcome.taken)
        self.tell()
        return outcome.taken

    def tell(self) -> None:
        self._health.tell("connected", self._since, "", clock())

    async def keep_telling(self) -> None:
        while True:
            await asyncio.to_thread(self.tell)
            await asyncio.sleep(_TELL_HEALTH_EVERY_S)


def build(parts: Parts) -> Starlette:
    """The application. Its parts start with it and are closed with it."""
    settings, config = parts.settings, parts.config
    store = Store(settings.database_url, name="yiping-edge-screens", connections=THREADS + LIST_THREADS, statement_s=STATEMENT_S)
    gate, redis_url, pace = Gate(store, clock), settings.redis_url or None, Pace.of(config.ingest)
    sources = Sources(
        lambda: live.deltas(redis_url),
        lambda after: gate.ask(lambda connection: live_rows.read_deltas(connection, after)),
        lambda: gate.ask(live_rows.read_position),
        lambda: gate.ask(live_rows.ping),
    )
    hub, writer, proxy = Hub(sources, config, clock, pushed=redis_url is not None), Writer(parts), Proxy(settings.web_url, pace=pace)
    collector = Collector(writer.write)
    feeds, screens = Feeds(collector, gate, config, clock), Screens(hub, gate, config)
    ready = Readiness(gate, hub, collector, redis_url, bool(settings.mqtt_url), proxy.ping, parts.rulebook.read_set_aside)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.ensure_future(job) for job in (hub.run(), collector.run(), writer.keep_telling())]
        for task in tasks:
            task.add_done_callback(_end_if_failed)
        yield
        for client in list(hub.clients):
            hub.leave(client, "the edge ends")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await proxy.close()
        collector.close()
        gate.close()
        store.close()
        parts.live.close()
        parts.store.close()

    others = [*GeoReport(collector, gate, config, clock).routes(), *Doors(collector, gate, config, clock).routes()]
    policy = content_policy([], config.map.hosts(), config.camera_wall.based(settings.video_url).origins())  # workers run under it
    assets = Assets(_ASSETS, security_headers(policy), proxy.forward)
    return Starlette(routes=_routes(ready, feeds, screens, others, assets, proxy), lifespan=life)


def _routes(ready: Readiness, feeds: Feeds, screens: Screens, others: Sequence[Route], assets: Assets, proxy: Proxy) -> list[Route]:
    v1 = "/api/v1"
    return [
        Route("/healthz", ready.healthz),
        Route("/readyz", ready.readyz),
        Route("/metrics", guarded(ready.metrics)),
        Route(f"{v1}/stream", guarded(screens.stream)),
        Route(f"{v1}/snapshot", guarded(screens.snapshot)),
        Route(f"{v1}/readings", guarded(feeds.readings), methods=["POST"]),
        Route(f"{v1}/reports", guarded(feeds.reports), methods=["POST"]),
        Route(f"{v1}/feeds/{{format}}", guarded(feeds.feed), methods=["POST"]),
        Route(f"{v1}/feeds/{{format}}/{{token}}", guarded(feeds.feed), methods=["POST"]),
        *others,
        Route("/assets/{name:path}", assets.answer),
        # The same paths with other methods are the web's: lists are read there.
        Route("/{path:path}", proxy.forward, methods=_ALL),
    ]


def _end_if_failed(task: "asyncio.Future[None]") -> None:
    """A part that ended takes the process with it: a supervisor starts it anew, a half-dead edge would lie."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("edge_part_failed", why=repr(error))
        os.kill(os.getpid(), signal.SIGTERM)


def open_parts() -> Parts:
    """Wait for the database; a configuration that cannot be used ends the process with all its problems."""
    while True:
        try:
            return compose(os.environ, "edge", clock(), connections=3)
        except ConfigError as error:
            print(error, file=sys.stderr)  # noqa: T201 — a person reads this at start-up
            raise SystemExit(2) from error
        except StoreUnavailable as away:
            _log.warning("store_away", doing="starting", why=str(away))
            time.sleep(1)


class Door:
    """The ASGI application; composed when its server starts it, not when it is imported."""

    def __init__(self) -> None:
        self._inner: Starlette | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._inner is None:
            logs.configure(os.environ)
            self._inner = build(open_parts())
            _log.info("edge_started", pid=os.getpid())
        await self._inner(scope, receive, send)


app = Door()


def main() -> int:
    host, port = os.environ.get("YIPING_HOST", "127.0.0.1"), int(os.environ.get("YIPING_PORT", "8050"))
    # No access log: feed tokens may stand in paths. Live streams never end by themselves.
    with suppress(KeyboardInterrupt):
        uvicorn.run(app, host=host, port=port, access_log=False, timeout_graceful_shutdown=3, server_header=False, backlog=2048)
    return 0


if __name__ == "__main__":
    sys.exit(main())
