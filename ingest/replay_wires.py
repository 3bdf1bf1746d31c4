"""Sends the parcels of a replay over the real wires and counts what became of them.

Over HTTP the counts are the server's own, after its commit. MQTT and TCP confirm a frame, not its readings: there
`confirmed` counts the broker's and the station server's answers.
"""

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType

import httpx

from core.errors import FeedLost, NotAllowed
from ingest.mqtt_publish import Publisher, publisher
from ingest.replay import Parcel

PATIENCE_S = 120.0  # how long a server that is away is waited for
ANSWER_S = 10.0  # HJ 212: a station waits ten seconds for its answer
_WANTS_ANSWER = re.compile(rb";Flag=(\d+);")


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
    """Where to send: the API's address and feed token, the broker, and host:port of HJ 212."""

    url: str = ""
    token: str = ""
    mqtt: str = ""
    hj212: str = ""


class Sender:
    """Opens a wire when the first parcel for it comes. Raises `FeedLost` when one is not to be had."""

    def __init__(self, wires: Wires) -> None:
        self._wires, self._stack = wires, ExitStack()
        self._http: httpx.Client | None = None
        self._mqtt: Publisher | None = None
        self._tcp: socket.socket | None = None
        self.count = Count()

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def send(self, parcel: Parcel) -> None:
        """Send one and count its answer."""
        {"http": self._post, "mqtt": self._publish, "tcp": self._write}[parcel.wire](parcel)
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
        if self._tcp is None:
            host, _, port = self._wires.hj212.rpartition(":")
            if not port:
                raise FeedLost("no address of the HJ 212 port; start `make demo` or give --hj212")
            try:
                self._tcp = self._stack.enter_context(socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWER_S))
            except OSError as error:
                raise FeedLost(f"nobody listens on {self._wires.hj212}: {error}") from error
        self._tcp.sendall(parcel.payload)
        flag = _WANTS_ANSWER.search(parcel.payload)
        if flag and int(flag[1]) & 1 and self._answered(self._tcp):
            self.count.confirmed += 1

    @staticmethod
    def _answered(wire: socket.socket) -> bool:
        """Whether an answer came in time; a broken frame gets none."""
        answer = b""
        try:
            while not answer.endswith(b"\n"):
                chunk = wire.recv(4096)
                if not chunk:
                    raise FeedLost("the station server hung up")
                answer += chunk
        except TimeoutError:
            return False
        return True


def _kind(parcel: Parcel) -> str:
    if parcel.address.endswith("csv"):
        return "text/csv"
    return "application/json" if parcel.payload[:1] in (b"{", b"[") else "application/octet-stream"


def replay(parcels: Iterator[Parcel], wires: Wires, rate: float = 0.0, progress: Callable[[int], None] = lambda done: None) -> Count:
    """Send everything, at most `rate` items a second (0: as fast as it is taken); returns the counts.

    Raises `FeedLost` when a wire is not there, `NotAllowed` when the token is refused.
    """
    started, due = time.monotonic(), 0.0
    with Sender(wires) as sender:
        for parcel in parcels:
            if rate > 0:
                time.sleep(max(0.0, started + due - time.monotonic()))
                due += parcel.count / rate
            sender.send(parcel)
            progress(sender.count.sent)
        return sender.count
