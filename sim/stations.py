"""HJ 212 stations on their own TCP connections: send, wait for the host's 9014, repeat as the standard says, reconnect.

Time-out 10 s and three tries are those of HJ 212-2017 6.5; a station that got no answer hangs up and calls again.
"""

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sim import wire
from sim.city import City
from sim.kinds import HJ212_CODES
from sim.model import Site

ANSWER_WITHIN_S = 10.0
TRIES = 3
PASSWORD = "123456"  # noqa: S105 - what stations leave the factory with


@dataclass(slots=True)
class Tally:
    """What all stations together did."""

    sent: int = 0
    answered: int = 0
    repeated: int = 0
    reconnects: int = 0


class UnansweredError(Exception):
    """The host did not answer three times."""


async def run_station(site: Site, city: City, address: str, tally: Tally) -> None:
    """One station for ever. `address` is host:port."""
    host, _, port = address.rpartition(":")
    wait = 1.0
    await asyncio.sleep(random.uniform(0, min(20.0, site.interval_s)))
    while True:
        try:
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            wait = 1.0
            try:
                await _talk(site, city, reader, writer, tally)
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
        except (OSError, EOFError, asyncio.IncompleteReadError, UnansweredError):
            tally.reconnects += 1
        await asyncio.sleep(wait + random.random())
        wait = min(30.0, wait * 2)


async def _talk(site: Site, city: City, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tally: Tally) -> None:
    zone = ZoneInfo(city.plan.timezone)
    while True:
        t = time.time()
        if not city.silent(site.device, t):
            values = {metric: value for metric, value in city.read(site, t).items() if metric in HJ212_CODES}
            qn, packet = wire.hj212_realtime(site, values, datetime.fromtimestamp(t, UTC).astimezone(zone), PASSWORD)
            await _deliver(qn, packet, reader, writer, tally)
        await asyncio.sleep(site.interval_s / max(1.0, min(4.0, city.speed)) * random.uniform(0.97, 1.03))


async def _deliver(qn: str, packet: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tally: Tally) -> None:
    """Send until answered. Raises `UnansweredError` after the last try."""
    for attempt in range(TRIES):
        writer.write(packet)
        await writer.drain()
        tally.sent += 1
        tally.repeated += attempt > 0
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                while not wire.is_answer_to(qn, (await reader.readuntil(b"\r\n")).strip()):
                    pass
            tally.answered += 1
            return
    raise UnansweredError(qn)
