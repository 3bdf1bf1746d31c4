"""A load generator: telemetry at a fixed pace over raw MQTT connections, every message stamped and counted.

`python -m bench.load URL --rate 10000 --seconds 60`, or `Load(url, …).run()` in a test. Decides only pace and counting:
each message has a (device, stamp) of its own; what was not acknowledged when a connection broke is sent again, marked DUP.
"""

import argparse
import json
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from threading import Event

from bench import mqtt_packets as packets
from sim.mqtt import Broker, broker_of

TICK_S = 0.004
_WINDOW = 20_000  # unacknowledged messages per connection; then the generator waits, and says so
_DRAIN_S = 30.0
_RECONNECT_S = 1.0  # as paho's senders do
_TAKE = 1 << 18


@dataclass(slots=True)
class Counts:
    """What a run did. `held` is how many messages could not be sent at their time because too many were unacknowledged."""

    sent: int = 0
    acked: int = 0
    resent: int = 0
    broken: int = 0
    held: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    first_ms: int = 0
    last_ms: int = 0
    devices: int = 0

    @property
    def rate(self) -> float:
        return self.sent / self.seconds if self.seconds else 0.0


@dataclass(slots=True)
class _Connection:
    """One client of the broker; `unacked` keeps packets in the order they were sent."""

    number: int
    sock: socket.socket | None = None
    out: bytearray = field(default_factory=bytearray)
    rest: bytes = b""
    unacked: dict[int, bytes] = field(default_factory=dict)
    next_id: int = 1
    welcome: bool = False
    retry_at: float = 0.0


class Load:
    """A run of load. `topic_of(n)` names the topic of device n; `values[n % len]` are what they say, all equally wide.

    `stop` ends a run early; `connections` raw sockets share it. Holds sockets only while it runs.
    """

    def __init__(
        self,
        url: str,
        *,
        rate: float,
        seconds: float,
        devices: int,
        connections: int = 8,
        topic_of: Callable[[int], str] | None = None,
        metric: str = "noise",
        values: Sequence[bytes] = (b"51.5", b"52.6", b"53.7"),
        name: str = "load",
        stop: Event | None = None,
    ) -> None:
        if len({len(value) for value in values}) != 1:
            raise ValueError("all values must be equally wide")
        if devices < rate / 1000:
            raise ValueError("fewer devices than messages a millisecond: stamps would repeat")
        self._broker: Broker = broker_of(url)
        self._rate, self._seconds, self._devices, self._name = rate, seconds, devices, name
        topic = topic_of or (lambda n: f"city/320404001/environment/load-{n:06d}/telemetry")
        self._templates = [packets.template(topic(n), metric, len(values[0])) for n in range(devices)]
        self._values = values
        self._connections = [_Connection(n) for n in range(connections)]
        self._selector = selectors.DefaultSelector()
        self._stop = stop or Event()
        self.counts = Counts(devices=devices)

    def run(self, each_second: Callable[[Counts], None] | None = None) -> Counts:
        """Send at the pace for the time asked, then wait until all is acknowledged (at most 30 s)."""
        cpu, counts = time.process_time(), self.counts
        for connection in self._connections:
            self._connect(connection)
        started = time.perf_counter()
        told = started
        due = 0
        while (now := time.perf_counter()) - started < self._seconds and not self._stop.is_set():
            due = int((now - started) * self._rate)
            self._send_until(due)
            self._exchange(max(0.0, TICK_S - (time.perf_counter() - now)))
            if each_second and now - told >= 1:
                told = now
                each_second(counts)
        if not self._stop.is_set():
            self._send_until(int(self._seconds * self._rate))  # what fell due in the last tick
        counts.seconds = time.perf_counter() - started
        self._drain()
        counts.cpu_seconds = time.process_time() - cpu
        self._close()
        return counts

    def _send_until(self, due: int) -> None:
        """Everything up to number `due`, dealt out in turn; a full window holds the generator back."""
        stamp = time.time_ns() // 1_000_000
        counts = self.counts
        live = [connection for connection in self._connections if len(connection.unacked) < _WINDOW]
        if not live:
            counts.held = max(counts.held, due - counts.sent)
            return
        # Not more at once than one message per device: the stamp is the same for all of them.
        many = min(due - counts.sent, self._devices)
        share = -(-many // len(live)) if many else 0
        for connection in live:
            for _ in range(min(share, many)):
                self._publish(connection, stamp)
            many -= min(share, many)

    def _publish(self, connection: _Connection, stamp: int) -> None:
        number = self.counts.sent
        packet_id = connection.next_id
        while packet_id in connection.unacked:
            packet_id = packet_id % 65535 + 1
        connection.next_id = packet_id % 65535 + 1
        packet = self._templates[number % self._devices].fill(packet_id, stamp, self._values[number % len(self._values)])
        connection.unacked[packet_id] = packet
        if connection.welcome:
            connection.out += packet
        self.counts.sent += 1
        self.counts.first_ms = self.counts.first_ms or stamp
        self.counts.last_ms = stamp

    def _exchange(self, wait_s: float) -> None:
        """Write what is to be written, read acknowledgements, reconnect what broke."""
        now = time.perf_counter()
        for connection in self._connections:
            if connection.sock is None and now >= connection.retry_at:
                self._connect(connection)
            elif connection.welcome and connection.out:
                self._write(connection)
        if not self._selector.get_map():
            time.sleep(wait_s)
            return
        until = time.perf_counter() + wait_s
        while True:
            for key, _ in self._selector.select(max(0.0, until - time.perf_counter())):
                self._read(key.data)
            if time.perf_counter() >= until:
                return

    def _write(self, connection: _Connection) -> None:
        assert connection.sock is not None
        try:
            while connection.out:
                written = connection.sock.send(memoryview(connection.out)[:_TAKE])
                del connection.out[:written]
        except BlockingIOError:
            pass
        except OSError:
            self._lose(connection)

    def _read(self, connection: _Connection) -> None:
        assert connection.sock is not None
        try:
            data = connection.sock.recv(_TAKE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lose(connection)
            return
        data = connection.rest + data
        if not connection.welcome:
            if len(data) < 4:
                connection.rest = data
                return
            if data[3] != 0:
                raise PermissionError(f"the broker refused the connection: code {data[3]}")
            self._resume(connection)
            data = data[4:]
        ids, connection.rest = packets.packet_ids_of_pubacks(data)
        unacked = connection.unacked
        self.counts.acked += sum(unacked.pop(packet_id, None) is not None for packet_id in ids)

    def _connect(self, connection: _Connection) -> None:
        connection.welcome, connection.rest, connection.retry_at = False, b"", time.perf_counter() + _RECONNECT_S
        connection.out.clear()
        try:
            connection.sock = socket.create_connection((self._broker.host, self._broker.port), timeout=5)
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sock.sendall(packets.connect(f"{self._name}-{connection.number}", self._broker.username, self._broker.password))
            connection.sock.setblocking(False)
            self._selector.register(connection.sock, selectors.EVENT_READ, connection)
        except OSError:
            connection.sock = None

    def _resume(self, connection: _Connection) -> None:
        """After CONNACK: everything unacknowledged again, in its order."""
        connection.welcome = True
        if connection.unacked and self.counts.broken:
            self.counts.resent += len(connection.unacked)
        again = packets.again if self.counts.broken else bytes
        connection.out += b"".join(again(packet) for packet in connection.unacked.values())

    def _lose(self, connection: _Connection) -> None:
        self.counts.broken += 1
        if connection.sock is not None:
            self._selector.unregister(connection.sock)
            connection.sock.close()
        connection.sock, connection.welcome = None, False
        connection.retry_at = time.perf_counter() + _RECONNECT_S

    def _drain(self) -> None:
        until = time.perf_counter() + _DRAIN_S
        while any(connection.unacked for connection in self._connections) and time.perf_counter() < until:
            self._exchange(0.02)

    def _close(self) -> None:
        for connection in self._connections:
            if connection.sock is not None:
                with suppress(OSError):
                    connection.sock.sendall(packets.DISCONNECT)
                connection.sock.close()
        self._selector.close()


def main() -> None:
    """The command line of the load generator."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("url", help="mqtt://user:password@host:port")
    parser.add_argument("--rate", type=float, default=1000, help="messages a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--devices", type=int, default=5000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--metric", default="noise")
    parser.add_argument("--json", action="store_true", help="print only the result, as JSON")
    asked = parser.parse_args()
    load = Load(
        asked.url, rate=asked.rate, seconds=asked.seconds, devices=asked.devices, connections=asked.connections, metric=asked.metric
    )

    def tell(counts: Counts) -> None:
        print(f"sent {counts.sent:>9,}  acked {counts.acked:>9,}  resent {counts.resent:,}  broken {counts.broken}", flush=True)

    counts = load.run(None if asked.json else tell)
    if asked.json:
        print(json.dumps(asdict(counts)))
    else:
        tell(counts)
        share = counts.cpu_seconds / counts.seconds
        print(f"{counts.rate:,.0f}/s for {counts.seconds:.1f} s, {counts.cpu_seconds:.2f} CPU s ({share:.0%} of a core)")


if __name__ == "__main__":
    main()
