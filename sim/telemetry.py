"""Sends what the sensors measure: gateways in batches, single devices by themselves, the last hours as backlog lists.

Decides when each device is due; what it says comes from `sim.city`, how it is written from `sim.wire`.
"""

import asyncio
import heapq
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sim import wire
from sim.city import City
from sim.faults import Faults, break_packet
from sim.kinds import KIND_OF
from sim.model import Site
from sim.mqtt import Fleet

TICK_S = 2.0
# A device sends at most this much oftener than registered, whatever SPEED says.
_FASTEST = 8.0
_BACKLOG_LIST = 240
# The figures the wall draws curves of are filled in finer, seconds.
_FINE_S, _COARSE_S = 300.0, 1800.0
_FINE = frozenset({"air", "noise", "pond", "river", "weather", "camera"})


class Telemetry:
    """The due times of all devices on MQTT, and what is sent through `fleet`."""

    def __init__(self, city: City, fleet: Fleet, highest: Mapping[str, float]) -> None:
        self._city, self._fleet, self._highest = city, fleet, highest
        self._zone = ZoneInfo(city.plan.timezone)
        self._faults = Faults()
        self._sites = [site for site in city.plan.sites if KIND_OF[site.kind].wire != "hj212"]
        self._due: list[tuple[float, int]] = []
        self.devices = 0

    def connect(self) -> None:
        """Open a connection per gateway and per single device."""
        for gateway in sorted({site.gateway for site in self._sites if site.gateway}):
            self._fleet.open(gateway)
        for site in self._sites:
            if not site.gateway:
                self._fleet.open(site.device, wire.status_topic(self._city.plan.area, site, KIND_OF[site.kind].domain))

    async def fill_in(self, since: float, until: float) -> int:
        """Send what was measured in [since, until) as backlog lists, with pauses; returns the number of samples."""
        count = 0
        for site in self._sites:
            if not self._city.silent(site.device, until):
                count += self._fill_in_site(site, since, until)
            if count % 50 < 5:
                await asyncio.sleep(0.02)
        return count

    def _fill_in_site(self, site: Site, since: float, until: float) -> int:
        step = _FINE_S if site.kind in _FINE else _COARSE_S
        moments = [since + n * step for n in range(int((until - since) // step))]
        samples = [(self._stamp(t), self._city.read_at_rest(site, t)) for t in moments]
        for first in range(0, len(samples), _BACKLOG_LIST):
            self._send(site, wire.backlog(samples[first : first + _BACKLOG_LIST], site.device if site.gateway else ""))
        return len(samples)

    async def run(self) -> None:
        """Send for ever, each device at its own pace; a tick that comes late sends at once and does not catch up."""
        roll = random.Random()
        now = time.time()
        pace = min(_FASTEST, max(1.0, self._city.speed))
        self._due = [(now + roll.random() * site.interval_s / pace, index) for index, site in enumerate(self._sites)]
        heapq.heapify(self._due)
        while True:
            started = time.time()
            self.tick(started, pace, roll)
            await asyncio.sleep(max(0.2, TICK_S - (time.time() - started)))

    def tick(self, t: float, pace: float, roll: random.Random) -> None:
        """Send for all devices that are due at `t`."""
        batches: dict[str, list[Site]] = defaultdict(list)
        while self._due and self._due[0][0] <= t:
            _, index = self._due[0]
            site = self._sites[index]
            heapq.heapreplace(self._due, (t + site.interval_s / pace * roll.uniform(0.95, 1.04), index))
            if not self._city.silent(site.device, t):
                batches[site.gateway or site.device].append(site)
        for name, sites in batches.items():
            self._tell(name, sites, t)

    def _tell(self, name: str, sites: Iterable[Site], t: float) -> None:
        messages = []
        for site in sites:
            told = self._faults.spoil(site, self._city.read(site, t), t, self._highest)
            message = wire.telemetry(told.values, self._stamp(t + told.clock_off), told.quality)
            messages.append({"device": site.device, **message} if site.gateway else message)
        self.devices += len(messages)
        first = next(iter(sites))
        if first.gateway:
            self._fleet.publish(name, wire.gateway_topic(self._city.plan.area, name), break_packet(wire.payload(messages), name, t))
        else:
            topic = wire.telemetry_topic(self._city.plan.area, first, KIND_OF[first.kind].domain)
            self._fleet.publish(name, topic, wire.payload(messages[0]))

    def _send(self, site: Site, message: object) -> None:
        if site.gateway:
            self._fleet.publish(site.gateway, wire.gateway_topic(self._city.plan.area, site.gateway), wire.payload(message))
        else:
            topic = wire.telemetry_topic(self._city.plan.area, site, KIND_OF[site.kind].domain)
            self._fleet.publish(site.device, topic, wire.payload(message))

    def _stamp(self, t: float) -> datetime:
        return datetime.fromtimestamp(t, UTC).astimezone(self._zone)
