"""Citizens and cameras at the real doors: calls by HTTP as they come, the hotline's list as CSV, Frigate events by MQTT.

Decides only when a thing is sent; what happened comes from `sim.city`. A door that is closed is tried again.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from sim import wire
from sim.city import City
from sim.model import Call, Sighting
from sim.mqtt import Fleet
from sim.platform import Platform
from sim.staff import caller

FRIGATE = "frigate"
_TOPIC = "frigate/events"
_LOOK_EVERY_S = 5.0
_LIST_EVERY_S = 900.0
_KEPT = 300


async def run_platform(platform: Platform, url: str, token: str, speed: float) -> None:
    """The hotline's own centre: callers whose ticket ended are asked, and what they say is passed on until it is taken."""
    waiting: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=url, timeout=15, headers={"Authorization": f"Bearer {token}"}) as client:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            waiting += platform.ask_callers(time.time(), speed)
            if waiting and await _post(client, "/api/v1/hotline/revisits", json={"revisits": waiting[:_KEPT]}):
                del waiting[:_KEPT]


class Hotline:
    """12345: half of the calls are passed on at once, the others wait for the list. Holds a connection while it runs."""

    def __init__(self, city: City, url: str, token: str, labels: Mapping[str, str]) -> None:
        self._city, self._url, self._token, self._labels = city, url, token, labels
        self._zone = ZoneInfo(city.plan.timezone)
        self._waiting: list[Call] = []
        self._listed: list[Call] = []
        self.passed_on = 0

    async def run(self) -> None:
        heard_until = listed_at = time.time()
        async with httpx.AsyncClient(base_url=self._url, timeout=15, headers={"Authorization": f"Bearer {self._token}"}) as client:
            while True:
                await asyncio.sleep(_LOOK_EVERY_S)
                now = time.time()
                for call in self._city.calls(heard_until, now):
                    (self._listed if call.batch else self._waiting).append(call)
                heard_until = now
                self._waiting = await self._pass_on(client, self._waiting)
                if self._listed and now - listed_at > _LIST_EVERY_S / max(1.0, self._city.speed):
                    listed_at = now
                    self._listed = await self._send_list(client, self._listed)

    async def _pass_on(self, client: httpx.AsyncClient, calls: list[Call]) -> list[Call]:
        """Post each call; returns those to try again."""
        left = []
        for call in calls[-_KEPT:]:
            body = wire.call_report(call, self._at(call), caller(call.key), drill=self._city.drill)
            if not await _post(client, "/api/v1/reports", json=body):
                left.append(call)
        self.passed_on += len(calls) - len(left)
        return left

    async def _send_list(self, client: httpx.AsyncClient, calls: list[Call]) -> list[Call]:
        body = wire.calls_csv([(call, self._at(call), caller(call.key)) for call in calls], self._labels)
        sent = await _post(client, "/api/v1/feeds/hotline-csv", content=body, headers={"Content-Type": "text/csv; charset=utf-8"})
        self.passed_on += len(calls) if sent else 0
        return [] if sent else calls[-_KEPT:]

    def _at(self, call: Call) -> datetime:
        return datetime.fromtimestamp(call.at, UTC).astimezone(self._zone)


async def _post(client: httpx.AsyncClient, path: str, **body: object) -> bool:
    """Whether it arrived or never will: only an absent or busy server is worth another try."""
    try:
        answer = await client.post(path, **body)  # type: ignore[arg-type]
    except httpx.HTTPError:
        return False
    return answer.status_code < 500 and answer.status_code != 429


async def run_cameras(city: City, fleet: Fleet) -> None:
    """Frigate for all cameras: `new`, then `update`, then `end` of everything seen."""
    name = f"{FRIGATE}-drill" if city.drill else FRIGATE
    fleet.open(name)
    seen_until = time.time()
    running: list[tuple[float, str, Sighting]] = []
    while True:
        await asyncio.sleep(2.0)
        now = time.time()
        for seen in city.sightings(seen_until, now):
            running += [(seen.at, "new", seen), (seen.at + seen.lasts / 2, "update", seen), (seen.at + seen.lasts, "end", seen)]
        seen_until = now
        for _, kind, seen in sorted((each for each in running if each[0] <= now), key=lambda each: each[0]):
            fleet.publish(name, _TOPIC, wire.frigate_event(seen, kind, now))
        running = [each for each in running if each[0] > now]
