"""Many screens at once: async SSE clients on the live stream that count what they get, as browsers would.

Counts events, gaps in the numbers and beats; decides nothing. `python -m bench.stream_clients URL TOKEN -n 20`.
"""

import argparse
import asyncio
import json
import time
from dataclasses import dataclass

import httpx


@dataclass(slots=True)
class Heard:
    """What one client got. `gaps` are numbers that went backwards or came twice; `late_ms` the age of each delta on arrival."""

    snapshots: int = 0
    deltas: int = 0
    beats: int = 0
    bytes: int = 0
    gaps: int = 0
    breaks: int = 0
    last: int = 0

    def take(self, event: str, number: int) -> None:
        if event == "snapshot":
            self.snapshots += 1
        elif event == "delta":
            self.deltas += 1
            self.gaps += number <= self.last
        self.last = max(self.last, number)


async def listen(client: httpx.AsyncClient, heard: Heard, until: float, late_ms: list[float]) -> None:
    """One client until `until` (monotonic seconds); reconnects with Last-Event-ID."""
    while time.monotonic() < until:
        headers = {"Last-Event-ID": str(heard.last)} if heard.last else {}
        try:
            async with client.stream("GET", "/api/v1/stream", params={"screen": "wall"}, headers=headers) as answer:
                answer.raise_for_status()
                await _read(answer, heard, until, late_ms)
        except (httpx.HTTPError, TimeoutError):
            heard.breaks += 1
            await asyncio.sleep(0.5)


async def _read(answer: httpx.Response, heard: Heard, until: float, late_ms: list[float]) -> None:
    event, number, stamp = "message", 0, ""
    async for line in answer.aiter_lines():
        heard.bytes += len(line) + 1
        if line.startswith("event:"):
            event = line[6:].strip()
        elif line.startswith("id:"):
            number = int(line[3:].strip() or 0)
        elif line.startswith("data:") and event == "delta":
            at = line.find('"at":')
            stamp = line[at + 5 :].lstrip()[1:33].split('"')[0] if at >= 0 else ""
        elif line.startswith(":"):
            heard.beats += 1
        elif not line:
            heard.take(event, number)
            if event == "delta" and stamp:
                late_ms.append((time.time() - _epoch(stamp)) * 1000)
            event, stamp = "message", ""
        if time.monotonic() >= until:
            return


def _epoch(stamp: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(stamp).timestamp()


async def crowd(url: str, token: str, count: int, seconds: float) -> tuple[list[Heard], list[float]]:
    """`count` clients for `seconds`; what each heard, and the ages of all deltas on arrival (ms)."""
    heard = [Heard() for _ in range(count)]
    late: list[float] = []
    limits = httpx.Limits(max_connections=count + 2)
    timeout = httpx.Timeout(10, read=10)
    until = time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, limits=limits, timeout=timeout) as client:
        await asyncio.gather(*(listen(client, each, until, late) for each in heard))
    return heard, late


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.stream_clients", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("token", help="a token that may read")
    parser.add_argument("-n", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    asked = parser.parse_args()
    heard, late = asyncio.run(crowd(asked.url, asked.token, asked.n, asked.seconds))
    late.sort()
    total = {name: sum(getattr(each, name) for each in heard) for name in Heard.__slots__ if name != "last"}
    total["late_p99_ms"] = round(late[int(0.99 * len(late))]) if late else 0
    print(json.dumps(total))


if __name__ == "__main__":
    main()
