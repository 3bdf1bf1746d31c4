"""/healthz, /readyz and /metrics of the edge: whether it lives, whether each dependency answers, and the figures of operation.

Decides what ready means: the database answers and somebody projects. The others are named, and do not stop feeds.
"""

import asyncio
from collections.abc import Awaitable, Callable
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
from store import live, live_rows
from store.leader import somebody_leads
from store.timescale import Connection, queries

_FRESH = timedelta(seconds=30)
_PROJECTED = timedelta(seconds=10)
_REJECTED_OF = timedelta(minutes=5)
_NEEDED = ("database", "projector")
_MQTT_LANE = ":mqtt-"  # worker.py names its lanes `host:pid:mqtt-slot`

Row = dict[str, Any]


class Readiness:
    """Answers for the edge; `ping_web` says whether the web process answers."""

    def __init__(
        self, gate: Gate, hub: Hub, collector: Collector, redis_url: str | None, mqtt: bool, ping_web: Callable[[], Awaitable[bool]]
    ) -> None:
        self._gate, self._hub, self._collector = gate, hub, collector
        self._redis_url, self._mqtt, self._ping_web = redis_url, mqtt, ping_web

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
            feeds, leads = await asyncio.wait_for(self._gate.ask(_look), 3)
        except (StoreUnavailable, TimeoutError) as error:
            return {"database": str(error) or "does not answer", "projector": "unknown", "mqtt": "unknown"}
        # A worker listens on TCP, too: its open port says nothing of the broker.
        slots = [row for row in feeds if _MQTT_LANE in row["worker"]]
        connected = any(row["state"] == "connected" and now - row["updated_at"] < _FRESH for row in slots)
        told = self._hub.supply.projector_at
        speaks = told is not None and now - told < _PROJECTED
        return {
            "database": "ok",
            "projector": "ok" if leads and speaks else "nobody leads" if not leads else "says nothing",
            "mqtt": "not configured" if not self._mqtt else "ok" if connected else "no worker is connected",
        }

    async def metrics(self, request: Request) -> Response:
        """Prometheus text, for readers."""
        await self._gate.identify(request, "read")
        now = self._gate.clock()
        try:
            rows, rejected = await self._gate.ask(lambda connection: _figures(connection, now))
            position = await self._gate.ask(live_rows.read_position)
        except StoreUnavailable:
            rows, rejected, position = [], [], {}
        registry = CollectorRegistry()
        registry.register(_Now(list(self._families(now, rows, rejected, position))))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    def _families(self, now: datetime, rows: list[Row], rejected: list[Row], position: Row) -> list[Metric]:
        supply, at = self._hub.supply, self._hub.supply.projector_at
        found: list[Metric] = [
            _counter(name, f"Readings and reports {name} since the worker's start", rows) for name in ("accepted", "duplicates", "rejected")
        ]
        reasons = GaugeMetricFamily("yiping_rejected_recent", "Refused input of the last 5 minutes", labels=["feed", "reason"])
        for row in rejected:
            reasons.add_metric([row["feed"], row["reason"]], row["n"])
        found.append(reasons)
        figures = {
            "yiping_stream_clients": ("Open live streams", len(self._hub.clients)),
            "yiping_stream_cut": ("Streams cut because their reader was too slow", self._hub.cut_count),
            "yiping_sequence": ("Last delta known to this edge", self._hub.sequence or 0),
            "yiping_sequence_behind": ("Deltas beyond it in the database", max(0, position.get("sequence", 0) - (self._hub.sequence or 0))),
            "yiping_projector_age_seconds": ("Since the projector was heard of", (now - at).total_seconds() if at else -1),
            "yiping_live_push": ("1 when Redis feeds the streams, 0 when the database is polled", int(supply.live == "push")),
            "yiping_store_up": ("1 when the database answers", int(supply.store == "ok")),
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


def _look(connection: Connection) -> tuple[list[Row], bool]:
    return list(queries.readiness_feeds(connection)), somebody_leads(connection)


def _figures(connection: Connection, now: datetime) -> tuple[list[Row], list[Row]]:
    return list(queries.readiness_feeds(connection)), list(queries.readiness_rejected(connection, since=now - _REJECTED_OF))
