"""A private Redis: memory only. It may die at any moment and nothing is lost, so it saves nothing."""

from __future__ import annotations

import socket
from pathlib import Path

from deploy.local.process import as_service_user, own_file, own_folder
from deploy.local.secret import Secrets
from deploy.local.server import Server


class RedisServer(Server):
    """The Redis server in `home`, on the loopback addresses, with a password."""

    title, patience_s = "Redis", 20.0

    def __init__(self, program: Path, home: Path, port: int, secrets: Secrets, *, bound: bool = False) -> None:
        super().__init__(home, port, bound=bound)
        self._program = program
        self._password = secrets.redis

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def _launch(self) -> None:
        own_folder(self._home)
        conf = own_file(self._home / "redis.conf", self._configuration())
        self._process.launch([self._program, conf], log=self.log, as_user=as_service_user())

    def answers(self) -> bool:
        """True when the server takes our password and says PONG."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as wire:
                wire.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                with wire.makefile("rb") as answers:
                    return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
        except OSError:
            return False

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
