"""A whole Yiping for tests: the same commands and environment as the demo's, on free ports, against a test's database."""

import os
import signal
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from deploy.local.instance import Instance
from deploy.local.ports import Ports, taken_ports
from deploy.local.process import Process
from deploy.local.roles import Role, role_commands, role_environment
from deploy.local.services import Services
from tests import web
from tests.patience import until as until

ROOT = Path(__file__).resolve().parents[1]
# Below those the kernel lends to outgoing connections (32768 up): a part that is killed finds its port free when it comes back.
# Each test process begins elsewhere and goes on from there, so that two never meet.
_PORTS = (10_240 + (os.getpid() * 977 + n) % 22_000 for n in count())


_CITIES = count()


def own_ports(number: int) -> list[int]:
    """So many ports that nobody listens on and that no other test was given."""
    return list(islice((port for port in _PORTS if not taken_ports([port])), number))


class Stack:
    """Processes by role; several of one role get a number (`worker2`). All end with the test, and with this process."""

    def __init__(self, services: Services, database: str, web_database: str, folder: Path, config: Path = ROOT / "config.yaml") -> None:
        public, web, hj212, sl651 = own_ports(4)
        ports = Ports(public, web, services.postgres.port, services.redis.port, services.mosquitto.port, hj212, sl651)
        self.instance = Instance(ports, "127.0.0.1", "320404", 0, 1.0, "", folder)
        # A Redis database each: the screens of one city must not hear another's deltas, as when both live in one test process.
        redis_url = f"{services.urls()['redis_url'].rstrip('/').removesuffix('/0')}/{1 + next(_CITIES) % 15}"
        urls = {**services.urls(), "database_url": database, "web_database_url": web_database, "redis_url": redis_url}
        self.environment = {**role_environment(self.instance, config=config, urls=urls, session_key="0" * 64), "YIPING_SIMULATED": "0", "YIPING_PROBE": "0",
                            "YIPING_MQTT_GROUP": f"test-{public}"}  # fmt: skip
        self.services, self.folder = services, folder
        self.feed_mqtt = urlsplit(urls["feed_mqtt_url"])
        self._roles: dict[str, Role] = {}

    @property
    def url(self) -> str:
        return self.instance.url

    def start(self, *names: str) -> None:
        """Start roles by name: worker, jobs, web, edge; `worker2` is a second worker."""
        for name in names:
            role = name.rstrip("0123456789")
            argv = role_commands(self.instance)[role]
            process = Process(name, self.folder / f"{name}.pid", bound=True)
            self._roles[name] = Role(name, argv, self.environment, ROOT, self.folder / f"{name}.log", process)
            self._roles[name].launch()

    def pid(self, name: str) -> int:
        pid = self._roles[name].pid
        assert pid is not None, f"{name} ended by itself:\n{self.log(name)[-2000:]}"
        return pid

    def kill(self, name: str) -> None:
        """-9, and the end of it awaited."""
        os.kill(self.pid(name), signal.SIGKILL)
        self._roles[name].process.wait_gone(10)
        self._roles[name].process.sweep()

    def stop(self, *names: str) -> None:
        for name in names or reversed(list(self._roles)):
            if name in self._roles:
                self._roles[name].stop()

    def log(self, name: str) -> str:
        file = self.folder / f"{name}.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def ready(self, seconds: float = 90) -> None:
        """Until `/readyz` is green."""
        until(lambda: self._is_ready(), seconds, f"/readyz of {self.url}: see {self.folder}")

    def _is_ready(self) -> bool:
        try:
            return web.get(f"{self.url}/readyz", timeout=20).status_code == 200
        except httpx.HTTPError:
            return False
