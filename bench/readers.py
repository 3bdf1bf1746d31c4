"""Many readers of the live stream on raw sockets of one thread: they only count bytes, so that the server is what is measured.

Each comes with a token of its own, as every wall of a city does. `bench.stream_clients` looks at what they would read, beside them.
"""

import selectors
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_TAKE = 1 << 18
_OPEN_AT_ONCE = 20  # as walls come back after a restart: together, not in one packet
_REQUEST = "GET /api/v1/stream?screen=wall HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nAccept-Encoding: gzip\r\n\r\n"


class Readers:
    """One stream for each token, open within a `with` block. `ended`: streams that the server closed; `taken`: bytes of each so far."""

    def __init__(self, url: str, tokens: Sequence[str]) -> None:
        self._host, self._tokens = urlsplit(url).netloc, tokens
        self._selector = selectors.DefaultSelector()
        self._stop = Event()
        self._thread = Thread(target=self._read, daemon=True)
        self.taken = [0] * len(tokens)
        self.ended = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join(10)

    @property
    def bytes(self) -> int:
        return sum(self.taken)

    def stand(self, within_s: float = 60.0) -> None:
        """Wait until every reader has a snapshot. Raises `TimeoutError`."""
        until = time.monotonic() + within_s
        while (lacking := sum(taken < 4096 for taken in self.taken)) and time.monotonic() < until:
            time.sleep(0.1)
        if lacking:
            raise TimeoutError(f"{lacking} of {len(self.taken)} readers have no snapshot within {within_s:.0f} s")

    def _read(self) -> None:
        opened = 0
        while not self._stop.is_set():
            for number in range(opened, min(opened + _OPEN_AT_ONCE, len(self._tokens))):
                self._open(number)
            opened = min(opened + _OPEN_AT_ONCE, len(self._tokens))
            for key, _ in self._selector.select(0.02 if opened < len(self._tokens) else 0.25):
                self._take(key)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _open(self, number: int) -> None:
        host, _, port = self._host.rpartition(":")
        sock = socket.create_connection((host, int(port)), timeout=10)
        sock.sendall(_REQUEST.format(host=self._host, token=self._tokens[number]).encode())
        sock.setblocking(False)
        self._selector.register(sock, selectors.EVENT_READ, number)

    def _take(self, key: selectors.SelectorKey) -> None:
        sock = key.fileobj
        assert isinstance(sock, socket.socket)
        data = b""
        with suppress(OSError):
            data = sock.recv(_TAKE)
        self.taken[key.data] += len(data)
        if not data:
            self.ended += 1
            self._selector.unregister(sock)
            sock.close()
