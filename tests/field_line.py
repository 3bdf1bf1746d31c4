"""A line between a phone and the server that a test can cut and mend: nothing passes, whoever asks, the service worker too."""

import socket
import threading
from contextlib import suppress


class Line:
    """Forwards TCP from a port of its own to another one of this machine. Holds sockets and threads: close it."""

    def __init__(self, port: int, to: int) -> None:
        self.port, self._to = port, to
        self._door: socket.socket | None = None
        self._ends: set[socket.socket] = set()
        self.mend()

    def mend(self) -> None:
        """Connections are taken again."""
        self._door = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self._listen, args=(self._door,), daemon=True).start()

    def cut(self) -> None:
        """All connections end, and none is taken."""
        if self._door is not None:
            with suppress(OSError):
                self._door.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
            self._door.close()
            self._door = None
        for end in list(self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    close = cut

    def _listen(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = door.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                for one, other in ((near, far), (far, near)):
                    self._ends.add(one)
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65536):
                other.sendall(piece)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)
        self._ends.discard(one)
        if other not in self._ends:
            one.close()
            other.close()
