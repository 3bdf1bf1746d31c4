"""Stations on their TCP ports: HJ 212 and SL 651 frames over many connections, answered after the commit, beside a bare echo.

`python -m bench.stations` starts a private platform. Decides pace (a window of unanswered frames per connection) and counting.
"""

import argparse
import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bench import database
from bench.database import Spread, spread
from bench.stack import Stack, cpu_seconds, private_stack
from ingest.decode import hj212_check, sl651_frame

ZONE = ZoneInfo("Asia/Shanghai")
CONNECTIONS = 100
STATIONS_EACH = 20
WINDOW = 16
FORMATS = ("hj212", "sl651")
PREFIXES = {"hj212": "BENCH", "sl651": "00000"}
READINGS_EACH = {"hj212": 4, "sl651": 3}
# How an answer (or an echo) is told in a stream of them.
MARKS = {"hj212": b"\r\n", "sl651": b"\x7e\x7e"}
VALUES = {"a34004": 41.5, "a34002": 97, "LA": 56.2, "a01001": 18.5}
_ECHO = """
import asyncio, sys
class Echo(asyncio.Protocol):
    def connection_made(self, transport): self.transport = transport
    def data_received(self, data): self.transport.write(data)
async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """A run against one port. `late_ms`: sent → answered."""

    sent: int
    answered: int
    seconds: float
    late_ms: Spread

    @property
    def rate(self) -> float:
        return self.answered / self.seconds if self.seconds else 0.0


def hj212_frame(station: int, at: datetime, number: int) -> bytes:
    """Realtime data of four factors; asks for an answer."""
    values = ";".join(f"{code}-Rtd={value},{code}-Flag=N" for code, value in VALUES.items())
    body = f"DataTime={at:%Y%m%d%H%M%S};{values}"
    data = f"QN={at:%Y%m%d%H%M%S}{number % 1000:03d};ST=39;CN=2011;PW=123456;MN=BENCH{station:019d};Flag=5;CP=&&{body}&&".encode()
    return b"##%04d%s%04X\r\n" % (len(data), data, hj212_check.checksum(data))


def sl651_message(station: int, at: datetime, number: int) -> bytes:
    """A timed report (32H) of rain, level and voltage, BCD; ETX asks for EOT."""
    address = b"%010d" % station
    stamp = bytes.fromhex(f"{at:%y%m%d%H%M%S}")
    observed = bytes.fromhex(f"{at:%y%m%d%H%M}")
    head = bytes.fromhex(address.decode())
    body = (number % 65535 + 1).to_bytes(2, "big") + stamp + b"\xf1\xf1" + head + b"\x48" + b"\xf0\xf0" + observed
    body += b"\x20\x19\x00\x01\x25" + b"\x39\x23\x00\x00\x21\x50" + b"\x38\x12\x12\x35"
    frame = b"\x7e\x7e\x01" + head + b"\xa1\xb2\x32" + len(body).to_bytes(2, "big") + b"\x02" + body + b"\x03"
    return frame + sl651_frame.checksum(frame).to_bytes(2, "big")


MAKERS: dict[str, tuple[Callable[[int, datetime, int], bytes], timedelta]] = {
    "hj212": (hj212_frame, timedelta(seconds=1)),
    "sl651": (sl651_message, timedelta(minutes=1)),
}


def frames_of(form: str, connection: int, count: int, now: datetime) -> list[bytes]:
    """Frames of a connection's stations: each station's own moments, one after the other, ending before now."""
    make, step = MAKERS[form]
    start = now.replace(microsecond=0, second=0) - step * (count // STATIONS_EACH + 2)
    return [make(1 + connection * STATIONS_EACH + k % STATIONS_EACH, start + step * (k // STATIONS_EACH), k) for k in range(count)]


async def _talk(port: int, frames: list[bytes], mark: bytes, until: float, late: list[float]) -> tuple[int, int]:
    """One connection: at most WINDOW frames unanswered; returns sent and answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waiting: Iterator[bytes] = iter(frames)
    sent_at: list[float] = []
    answered, tail = 0, b""
    try:
        while time.perf_counter() < until:
            out = []
            while len(sent_at) - answered < WINDOW and (frame := next(waiting, None)) is not None:
                out.append(frame)
                sent_at.append(time.perf_counter())
            writer.write(b"".join(out))
            if answered == len(sent_at):
                break
            data = tail + await asyncio.wait_for(reader.read(65536), 30)
            found = data.count(mark)
            tail = data[-1:] if len(mark) > 1 and data[-1:] == mark[:1] and not data.endswith(mark) else b""
            now = time.perf_counter()
            late += [(now - sent_at[k]) * 1000 for k in range(answered, min(answered + found, len(sent_at)))]
            answered = min(answered + found, len(sent_at))
        return len(sent_at), answered
    finally:
        writer.close()


async def _run(port: int, form: str, plan: list[list[bytes]], seconds: float) -> Answered:
    late: list[float] = []
    started = time.perf_counter()
    counts = await asyncio.gather(*(_talk(port, frames, MARKS[form], started + seconds, late) for frames in plan))
    took = time.perf_counter() - started
    return Answered(sum(sent for sent, _ in counts), sum(answered for _, answered in counts), took, spread(late))


def measure_echo(form: str, plan: list[list[bytes]], seconds: float) -> Answered:
    """The same frames against a process that sends back what it gets."""
    echo = subprocess.Popen([sys.executable, "-c", _ECHO], stdout=subprocess.PIPE)
    try:
        assert echo.stdout
        return asyncio.run(_run(int(echo.stdout.readline()), form, plan, seconds))
    finally:
        echo.terminate()
        echo.wait()


def measure_stations(stack: Stack, form: str, seconds: float, most: int = 90_000) -> list[tuple[str, str]]:
    """Rows for the table: frames answered a second, latency, CPU, and the ratio to the echo."""
    now = datetime.now(ZONE)
    plan = [frames_of(form, connection, most // CONNECTIONS, now) for connection in range(CONNECTIONS)]
    port = getattr(stack.instance.ports, form)
    _wait_open(port)
    before = {name: cpu_seconds(pid) for name, pid in stack.pids().items()}
    found = asyncio.run(_run(port, form, plan, seconds))
    cpu = {name: (cpu_seconds(pid) - before.get(name, 0.0)) / found.seconds for name, pid in stack.pids().items()}
    echo = measure_echo(form, plan, seconds)
    with database.connect(stack.urls["database_url"]) as connection:
        stored = database.count_rows(connection, PREFIXES[form])
    shares = " · ".join(f"{name} {share:.0%}" for name, share in sorted(cpu.items()) if share >= 0.005)
    counted = f"{found.answered:,} of {found.sent:,} in {found.seconds:.1f} s"
    ratio = f"{echo.rate:,.0f}/s : {found.rate:,.0f}/s = {echo.rate / max(found.rate, 1):.1f} : 1"
    return [
        (f"{form}: frames answered after the commit", f"{found.rate:,.0f}/s over {CONNECTIONS} connections, {counted}"),
        (f"{form}: sent → answered", f"{found.late_ms}; {found.answered * READINGS_EACH[form]:,} readings = {stored:,} rows"),
        (f"{form}: bare echo : chain", f"{ratio}; CPU {shares}"),
    ]


def _wait_open(port: int, patience_s: float = 60.0) -> None:
    until = time.perf_counter() + patience_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            if time.perf_counter() > until:
                raise
            time.sleep(0.2)
        else:
            return


def main() -> int:
    """A private platform, both formats, their rows."""
    parser = argparse.ArgumentParser(prog="python -m bench.stations", description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    asked = parser.parse_args()
    with private_stack() as stack:
        stack.seed()
        stack.start(["worker", "jobs"])
        for form in FORMATS:
            for name, value in measure_stations(stack, form, asked.seconds):
                print(f"{name}: {value}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
