"""What the three private servers have in common: how one is started, waited for, stopped and killed.

Knows no server's programs, settings or protocol.
"""

from __future__ import annotations

import signal
from abc import ABC, abstractmethod
from pathlib import Path

from deploy.local.errors import SetupError
from deploy.local.process import Process, wait_until


class Server(ABC):
    """A server whose data lie in `home`, reached on the loopback address at `port`. `bound` ones end with this process.

    `title` is what people call it; `patience_s`: how long it may take until it answers.
    """

    title: str
    patience_s: float

    def __init__(self, home: Path, port: int, *, bound: bool) -> None:
        self._home = home
        self._process = Process(home.name, home.with_name(f"{home.name}.pid"), bound=bound)
        self.port = port
        self.log = home.parent / "log" / f"{home.name}.log"

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Starts without waiting; one that runs already is left alone."""
        if self.pid is None:
            self._launch()

    def wait_ready(self) -> None:
        """Waits until the server answers. Raises `SetupError` when it does not in time, or ended."""
        if not wait_until(lambda: self.pid is None or self.answers(), self.patience_s) or self.pid is None:
            raise SetupError(f"{self.title} on port {self.port} does not answer", mend=f"its last words are in {self.log}")

    def stop(self) -> None:
        """Asks the server to end, and waits."""
        self._process.end(signal.SIGTERM)

    def kill(self) -> None:
        self._process.end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    @abstractmethod
    def answers(self) -> bool:
        """True when the server takes connections."""

    @abstractmethod
    def _launch(self) -> None:
        """Writes its settings and starts its program."""
