"""TimescaleDB, Redis and Mosquitto of one run folder: for the demo, for tests, and for tests that kill them."""

from __future__ import annotations

import fcntl
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.mosquitto import Mosquitto
from deploy.local.places import PREFIX
from deploy.local.ports import free_ports
from deploy.local.postgres import Postgres
from deploy.local.programs import Programs, obtain_programs
from deploy.local.redis_server import RedisServer
from deploy.local.secret import keep_secrets
from deploy.local.server import Server

NAMES = ("postgres", "redis", "mosquitto")


class Services:
    """The three servers under `run`. A `with` block starts the `wanted` ones and stops them at its end.

    `bound` servers die with this process (tests, demo); others stay until somebody stops them.
    `hasty` is for tests: the database does not wait for the disk.
    """

    def __init__(
        self,
        run: Path,
        ports: tuple[int, int, int] | None = None,
        *,
        wanted: Collection[str] = NAMES,
        bound: bool = False,
        hasty: bool = False,
    ) -> None:
        run = run.absolute()
        run.mkdir(parents=True, exist_ok=True)
        programs = obtain_once()
        secrets = keep_secrets(run / "secrets.json")
        database, redis, mqtt = ports or free_ports(3)
        self.wanted = tuple(name for name in NAMES if name in wanted)
        self.postgres = Postgres(programs.postgres, run / "postgres", database, secrets, bound=bound, hasty=hasty)
        self.redis = RedisServer(programs.redis_server, run / "redis", redis, secrets, bound=bound)
        self.mosquitto = Mosquitto(programs.mosquitto, programs.mosquitto_passwd, run / "mosquitto", mqtt, secrets, bound=bound)

    def start(self) -> None:
        """Starts all wanted servers side by side and waits for them."""
        for part in self.parts().values():
            part.launch()
        self.wait_ready()

    def wait_ready(self) -> None:
        """Waits until all wanted servers answer."""
        for part in self.parts().values():
            part.wait_ready()

    def stop(self) -> None:
        """Stops them, the truth last, even when stopping one of them fails."""
        with ExitStack() as stack:
            for part in self.parts().values():
                stack.callback(part.stop)

    def pids(self) -> Mapping[str, int]:
        """Process id of each server that runs."""
        found = ((name, part.pid) for name, part in self.parts().items())
        return {name: pid for name, pid in found if pid is not None}

    def urls(self) -> Mapping[str, str]:
        """Addresses with passwords, for `urls.json` and for the environment of our processes."""
        return {
            "database_url": self.postgres.url,
            "web_database_url": self.postgres.web_url,
            "superuser_url": self.postgres.superuser_url,
            "redis_url": self.redis.url,
            "mqtt_url": self.mosquitto.url,
            "feed_mqtt_url": self.mosquitto.feed_url,
        }

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def parts(self) -> Mapping[str, Server]:
        """The wanted servers in the order they start."""
        every: dict[str, Server] = {
            "postgres": self.postgres,
            "redis": self.redis,
            "mosquitto": self.mosquitto,
        }
        return {name: every[name] for name in self.wanted}


def obtain_once() -> Programs:
    """The programs; of several processes that need them at once (tests side by side), one unpacks them."""
    PREFIX.parent.mkdir(parents=True, exist_ok=True)
    with PREFIX.with_name("prefix.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return obtain_programs(PREFIX)
