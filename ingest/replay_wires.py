"""Sends the parcels of a replay over the real wires, at the pace wanted, and counts what became of them.

Over HTTP the counts are the server's own, after its commit. MQTT, TCP and UDP confirm a frame, not its readings: there
`confirmed` counts the broker's and the station server's answers.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType

import httpx

from core.errors import FeedLost, NotAllowed
from ingest.mqtt_publish import Publisher, publisher
from ingest.replay import Parcel
from ingest.replay_stations import expects_answer, is_answer

PATIENCE_S = 120.0  # how long a server that is away is waited for
ANSWER_S = 10.0  # HJ 212: a station waits ten seconds for its answer; SL 651 says the same
_CHUNK = 65_536


@dataclass(slots=True)
class Count:
    """What became of a replay. `sent` are items (readings, rows, messages), `confirmed` what the wire acknowledged."""

    sent: int = 0
    confirmed: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wires:
    """Where to send: the API's address and feed token, the broker, and host:port of HJ 212 and of SL 651 (TCP and UDP)."""

    url: str = ""
    token: str = ""
    mqtt: str = ""
    hj212: str = ""
    sl651: str = ""


class Station:
    """A station's wire, TCP or UDP: one connection, opened at once. Raises `FeedLost` when nobody listens at `address` (host:port)."""

    def __init__(self, wire: str, form: str, address: str, stack: ExitStack) -> None:
        host, _, port = address.rpartition(":")
        if not port.isdigit():
            raise FeedLost(f"no address of the {form} port; start `make demo` or give --{form}")
        host, self._form, self._datagrams = host.strip("[]"), form, wire == "udp"
        try:
            if self._datagrams:
                family = socket.AF_INET6 if ":" in host else socket.AF_INET
                self._socket = stack.enter_context(socket.socket(family, socket.SOCK_DGRAM))
                self._socket.settimeout(ANSWER_S)
                self._socket.connect((host, int(port)))
            else:
                self._socket = stack.enter_context(socket.create_connection((host, int(port)), timeout=ANSWER_S))
        except OSError as error:
            raise FeedLost(f"nobody listens on {address}: {error}") from error

    def send(self, payload: bytes) -> bool:
        """Send a packet; whether it was answered. Raises `FeedLost` when the other side hung up."""
        try:
            self._socket.sendall(payload)
            return expects_answer(self._form, payload) and self._answered()
        except OSError as error:
            raise FeedLost(f"the station server is gone: {error}") from error

    def _answered(self) -> bool:
        answer = b""
        try:
            while not is_answer(self._form, answer):
                chunk = self._socket.recv(_CHUNK)
                if not chunk and not self._datagrams:
                    raise FeedLost("the station server hung up")
                answer += chunk
        except TimeoutError:
            return False
        return True


class Sender:
    """Opens a wire when the first parcel for it comes. Raises `FeedLost` when one is not to be had."""

    def __init__(self, wires: Wires) -> None:
        self._wires, self._stack = wires, ExitStack()
        self._http: httpx.Client | None = None
        self._mqtt: Publisher | None = None
        self._stations: dict[tuple[str, str], Station] = {}
        self.count = Count()

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def send(self, parcel: Parcel) -> None:
        """Send one and count its answer."""
        {"http": self._post, "mqtt": self._publish, "tcp": self._write, "udp": self._write}[parcel.wire](parcel)
        self.count.sent += parcel.count

    def _post(self, parcel: Parcel) -> None:
        if self._http is None:
            if not self._wires.url:
                raise FeedLost("no address of the API; start `make demo` or give --url and --token")
            base = self._wires.url.rstrip("/") + "/api/v1"
            self._http = self._stack.enter_context(httpx.Client(base_url=base, timeout=60, trust_env=False))
        headers = {"Authorization": f"Bearer {self._wires.token}", "Content-Type": _kind(parcel)}
        client, until = self._http, time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = client.post(parcel.address, content=parcel.payload, headers=headers)
            except httpx.TransportError as error:
                if time.monotonic() > until:
                    raise FeedLost(f"{self._wires.url} does not answer: {error}") from error
                time.sleep(1)
                continue
            if answer.status_code != 503 or time.monotonic() > until:
                break
            time.sleep(min(float(answer.headers.get("Retry-After", "1") or 1), 10))
        self._take(answer, parcel)

    def _take(self, answer: httpx.Response, parcel: Parcel) -> None:
        if answer.status_code in (401, 403):
            raise NotAllowed(f"the API refuses this token ({answer.status_code})")
        body = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        if answer.status_code >= 300 and not (answer.status_code < 500 and "rejected" in body):
            raise FeedLost(f"{parcel.address}: {answer.status_code} {answer.text[:300]}")
        self.count.confirmed += parcel.count
        self.count.accepted += int(body.get("accepted", 0))
        self.count.duplicates += int(body.get("duplicates", 0))
        for refused in body.get("rejected", []):
            self.count.rejected += 1
            reason = str(refused.get("reason", "?"))
            self.count.reasons[reason] = self.count.reasons.get(reason, 0) + 1

    def _publish(self, parcel: Parcel) -> None:
        if self._mqtt is None:
            if not self._wires.mqtt:
                raise FeedLost("no address of the broker; start `make demo` or give --mqtt")
            self._mqtt = self._stack.enter_context(publisher(self._wires.mqtt))
        self._mqtt.publish(parcel.address, parcel.payload)
        self.count.confirmed += 1

    def _write(self, parcel: Parcel) -> None:
        key = (parcel.wire, parcel.address)
        if key not in self._stations:
            address = self._wires.sl651 if parcel.address == "sl651" else self._wires.hj212
            self._stations[key] = Station(parcel.wire, parcel.address, address, self._stack)
        self.count.confirmed += self._stations[key].send(parcel.payload)


def _kind(parcel: Parcel) -> str:
    if parcel.address.endswith("csv"):
        return "text/csv"
    return "application/json" if parcel.payload[:1] in (b"{", b"[") else "application/octet-stream"


def replay(
    parcels: Iterator[Parcel], wires: Wires, rate: float = 0.0, progress: Callable[[int], None] = lambda done: None, speed: float = 0.0
) -> Count:
    """Send everything, at most `rate` items a second, and recorded parcels `speed` times as fast as they came; 0: as fast as taken.

    Returns the counts. Raises `FeedLost` when a wire is not there, `NotAllowed` when the token is refused.
    """
    started, due, first = time.monotonic(), 0.0, None
    with Sender(wires) as sender:
        for parcel in parcels:
            if rate > 0:
                _wait_until(started + due)
                due += parcel.count / rate
            if speed > 0 and parcel.at:
                first = first or parcel.at
                _wait_until(started + offset_s(first, parcel.at, speed))
            sender.send(parcel)
            progress(sender.count.sent)
        return sender.count


def offset_s(first: datetime, at: datetime, speed: float) -> float:
    """Seconds after the beginning at which a frame recorded `at` is due."""
    return (at - first).total_seconds() / speed


def _wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
