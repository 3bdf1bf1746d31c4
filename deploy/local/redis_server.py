"""A private Redis: memory only. It may die at any moment and nothing is lost, so it saves nothing."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

from deploy.local.errors import SetupError
from deploy.local.process import Process, as_service_user, own_file, own_folder, wait_until
from deploy.local.secret import Secrets


class RedisServer:
    """The Redis server in `home`, on the loopback addresses, with a password."""

    def __init__(self, program: Path, home: Path, port: int, secrets: Secrets, *, bound: bool = False) -> None:
        self._program = program
        self._home = home
        self._password = secrets.redis
        self._process = Process("redis", home.with_name("redis.pid"), bound=bound)
        self.port = port
        self.log = home.parent / "log" / "redis.log"

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Starts without waiting."""
        if self.pid is not None:
            return
        own_folder(self._home)
        conf = own_file(self._home / "redis.conf", self._configuration())
        self._process.launch([self._program, conf], log=self.log, as_user=as_service_user())

    def wait_ready(self, seconds: float = 20) -> None:
        if not wait_until(lambda: self.pid is None or self.answers(), seconds) or self.pid is None:
            raise SetupError(f"Redis on port {self.port} does not answer", mend=f"its last words are in {self.log}")

    def answers(self) -> bool:
        """True when the server takes our password and says PONG."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as wire:
                wire.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                with wire.makefile("rb") as answers:
                    return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
        except OSError:
            return False

    def stop(self) -> None:
        self._process.end(signal.SIGTERM)

    def kill(self) -> None:
        self._process.end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _configuration(self) -> str:
        return (
            "bind 127.0.0.1 -::1\n"  # the dash: no error where there is no IPv6
            f"port {self.port}\n"
            f"requirepass {self._password}\n"
            f'dir "{self._home}"\n'
            "daemonize no\n"
            'save ""\n'
            "appendonly no\n"
            "maxmemory 256mb\n"
            "maxmemory-policy allkeys-lru\n"
            "client-output-buffer-limit pubsub 64mb 16mb 30\n"
        )
