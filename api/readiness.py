"""/healthz, /readyz and /metrics of the edge: whether it lives, whether each dependency answers, and the figures of operation.

Decides what ready means: the database answers and somebody projects. The others are named, and do not stop feeds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from api.collector import Collector
from api.gate import Gate
from api.stream import Hub
from core.errors import StoreUnavailable
from store import live, live_rows, outbox, probes
from store.leader import somebody_leads
from store.timescale import Connection, queries

_FRESH = timedelta(seconds=30)
_PROJECTED = timedelta(seconds=10)
_REJECTED_OF = timedelta(minutes=5)
_NEEDED = ("database", "projector")
_MQTT_LANE = ":mqtt-"  # worker.py names its lanes `host:pid:mqtt-slot`

Row = dict[str, Any]


class Readiness:
    """Answers for the edge; `ping_web` says whether the web process answers, `set_aside` which rules this software cannot read."""

    def __init__(
        self, gate: Gate, hub: Hub, collector: Collector, redis_url: str | None, mqtt: bool, ping_web: Callable[[], Awaitable[bool]],
        set_aside: Callable[[Connection], Iterable[str]] = lambda connection: (),
    ) -> None:  # fmt: skip
        self._gate, self._hub, self._collector = gate, hub, collector
        self._redis_url, self._mqtt, self._ping_web = redis_url, mqtt, ping_web
        self._set_aside, self._aside = set_aside, list[str]()

    async def healthz(self, request: Request) -> Response:
        """The process lives and its loop turns."""
        return PlainTextResponse("ok")

    async def readyz(self, request: Request) -> Response:
        """Every dependency by name, each `ok` or why not; 200 when feeds are stored and screens told."""
        now = self._gate.clock()
        store, redis, web = await asyncio.gather(self._store(now), self._redis(), self._ping_web())
        checks = {**store, "redis": redis, "web": "ok" if web else "does not answer"}
        ready = all(checks[name] == "ok" for name in _NEEDED) and checks["web"] == "ok" and checks["mqtt"] in ("ok", "not configured")
        body = {"ready": ready, "checks": checks, "sequence": self._hub.sequence}
        return Response(msgspec.json.encode(body), 200 if ready else 503, media_type="application/json")

    async def _redis(self) -> str:
        if self._redis_url is None:
            return "not configured"
        return "ok" if await asyncio.to_thread(live.ping, self._redis_url) else "away: screens are fed from the database"

    async def _store(self, now: datetime) -> dict[str, str]:
        try:
            feeds, leads = await asyncio.wait_for(self._gate.ask(self._look), 3)
        except (StoreUnavailable, TimeoutError) as error:
            return {"database": str(error) or "does not answer", "projector": "unknown", "mqtt": "unknown", "rules": "unknown"}
        # A worker listens on TCP, too: its open port says nothing of the broker.
        slots = [row for row in feeds if _MQTT_LANE in row["worker"]]
        connected = any(row["state"] == "connected" and now - row["updated_at"] < _FRESH for row in slots)
        told = self._hub.supply.projector_at
        speaks = told is not None and now - told < _PROJECTED
        return {
            "database": "ok",
            "projector": "ok" if leads and speaks else "nobody leads" if not leads else "says nothing",
            "mqtt": "not configured" if not self._mqtt else "ok" if connected else "no worker is connected",
            "rules": "ok" if not self._aside else f"newest words not understood by this software: {', '.join(self._aside)}",
        }

    def _look(self, connection: Connection) -> tuple[list[Row], bool]:
        self._aside = sorted(self._set_aside(connection))
        return list(queries.readiness_feeds(connection)), somebody_leads(connection)

    async def metrics(self, request: Request) -> Response:
        """Prometheus text, for readers."""
        await self._gate.identify(request, "read")
        now = self._gate.clock()
        try:
            await self._gate.ask(self._look)
            rows, rejected = await self._gate.ask(lambda connection: _figures(connection, now))
            position = await self._gate.ask(live_rows.read_position)
            ways = await self._gate.ask(lambda connection: outbox.read_health(connection, now))
            path = await self._gate.ask(lambda connection: probes.read_path(connection, now))
        except StoreUnavailable:
            rows, rejected, position, ways, path = [], [], {}, [], {}
        registry = CollectorRegistry()
        registry.register(_Now(list(self._families(now, rows, rejected, position, ways, path))))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    def _families(
        self, now: datetime, rows: list[Row], rejected: list[Row], position: Row, ways: Sequence[Row] = (), path: Row | None = None
    ) -> list[Metric]:
        supply, at = self._hub.supply, self._hub.supply.projector_at
        found: list[Metric] = [
            _counter(name, f"Readings and reports {name} since the worker's start", rows) for name in ("accepted", "duplicates", "rejected")
        ]
        reasons = GaugeMetricFamily("yiping_rejected_recent", "Refused input of the last 5 minutes", labels=["feed", "reason"])
        for row in rejected:
            reasons.add_metric([row["feed"], row["reason"]], row["n"])
        found += [reasons, *_of_outbox(ways, now), *_of_path(path or {})]
        figures = {
            "yiping_stream_clients": ("Open live streams", len(self._hub.clients)),
            "yiping_stream_cut": ("Streams cut because their reader was too slow", self._hub.cut_count),
            "yiping_sequence": ("Last delta known to this edge", self._hub.sequence or 0),
            "yiping_sequence_behind": ("Deltas beyond it in the database", max(0, position.get("sequence", 0) - (self._hub.sequence or 0))),
            "yiping_projector_age_seconds": ("Since the projector was heard of", (now - at).total_seconds() if at else -1),
            "yiping_live_push": ("1 when Redis feeds the streams, 0 when the database is polled", int(supply.live == "push")),
            "yiping_store_up": ("1 when the database answers", int(supply.store == "ok")),
            "yiping_rules_set_aside": ("Rules whose newest words this software cannot read", len(self._aside)),
            "yiping_edge_batches": ("Transactions of HTTP feeds since start", self._collector.batches),
        }
        return found + [GaugeMetricFamily(name, text, value=value) for name, (text, value) in figures.items()]


class _Now:
    """What prometheus_client collects from: figures already gathered."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


def _counter(name: str, text: str, rows: list[Row]) -> Metric:
    family = CounterMetricFamily(f"yiping_{name}", text, labels=["feed", "worker"])
    for row in rows:
        family.add_metric([row["feed"], row["worker"]], row[name])
    return family


def _of_outbox(ways: Sequence[Row], now: datetime) -> Iterator[Metric]:
    """How messages leave, by channel."""
    texts = {
        "waiting": ("yiping_outbox_waiting", "Messages not yet sent"),
        "oldest": ("yiping_outbox_oldest_seconds", "Age of the oldest message not yet sent; 0 when none waits"),
        "failed": ("yiping_outbox_failed_recent", "Messages given up in the last hour"),
    }
    for figure, (name, text) in texts.items():
        family = GaugeMetricFamily(name, text, labels=["channel"])
        for row in ways:
            age = (now - row["oldest_at"]).total_seconds() if row["oldest_at"] else 0
            family.add_metric([row["channel"]], age if figure == "oldest" else row[figure])
        yield family


def _of_path(path: Row) -> Iterator[Metric]:
    """How long the proof of the path takes, leg by leg, and how old the last one is."""
    legs = GaugeMetricFamily("yiping_path_seconds", "Legs of the proof of the path over the last hour", labels=["leg", "quantile"])
    for leg, took in path.get("legs", {}).items():
        for quantile in ("p50", "p95") if took else ():
            legs.add_metric([leg, quantile], took[quantile])
    age = path.get("age_s")
    yield legs
    yield GaugeMetricFamily("yiping_path_age_seconds", "Since the path was last proven; -1 when never", value=-1 if age is None else age)
    yield GaugeMetricFamily("yiping_path_failed_recent", "Proofs of the path that failed in the last hour", value=path.get("failed", 0))


def _figures(connection: Connection, now: datetime) -> tuple[list[Row], list[Row]]:
    return list(queries.readiness_feeds(connection)), list(queries.readiness_rejected(connection, since=now - _REJECTED_OF))
