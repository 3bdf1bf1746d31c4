"""A cable between a browser and a server that a test can pull: while it is pulled nothing passes and nobody is told, as on a dead network.

Connections stay open and wake when the cable is put back. Decides nothing about what passes.
"""

import socket
from contextlib import suppress
from threading import Event, Thread
from urllib.parse import urlsplit

_PIECE = 65_536


class Cable:
    """Holds a listening socket and a thread for each way of each connection: `close` it."""

    def __init__(self, url: str) -> None:
        aim = urlsplit(url)
        self._aim = (aim.hostname or "127.0.0.1", aim.port or 80)
        self._whole = Event()
        self._whole.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def pull(self) -> None:
        self._whole.clear()

    def put_back(self) -> None:
        self._whole.set()

    def close(self) -> None:
        self._whole.set()
        for end in (self._listener, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._ends.append(near)
                Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self._whole.wait()
        try:
            far = socket.create_connection(self._aim)
        except OSError:
            near.close()
            return
        self._ends.append(far)
        Thread(target=self._pass_on, args=(far, near), daemon=True).start()
        self._pass_on(near, far)

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                self._whole.wait()
                sink.sendall(piece)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
