"""The processes of Yiping itself: which command each role is, and what it is told by its environment."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deploy.local.instance import Instance
from deploy.local.process import Process

# The public door first at the end: it must not take requests that nobody can answer any more.
ORDER = ("worker", "jobs", "web", "edge", "simulator")
STOP_FOR = 12.0  # seconds a role may take to finish what it holds


@dataclass(frozen=True)
class Role:
    """One process of ours: started again when it dies, stopped by SIGTERM."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    checkout: Path
    log: Path
    process: Process

    @property
    def pid(self) -> int | None:
        return self.process.pid

    def launch(self) -> None:
        self.process.sweep()  # children of one that was killed would still hold its port
        self.process.launch(self.argv, log=self.log, cwd=self.checkout, env={**os.environ, **self.environment})

    def stop(self) -> None:
        self.process.end(signal.SIGTERM, STOP_FOR)
        self.process.sweep()


def make_roles(instance: Instance, environment: Mapping[str, str], checkout: Path) -> list[Role]:
    """All roles of an instance in the order they start."""
    commands = role_commands(instance)
    return [
        Role(
            name=name,
            argv=commands[name],
            environment=environment,
            checkout=checkout,
            log=instance.run / "log" / f"{name}.log",
            process=Process(name, instance.run / f"{name}.pid", bound=True),
        )
        for name in ORDER
    ]


def role_commands(instance: Instance) -> Mapping[str, tuple[str, ...]]:
    """The command of each role, run in the checkout."""
    python = sys.executable
    return {
        "worker": (python, "worker.py"),
        "jobs": (python, "jobs.py"),
        "web": (
            python, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "16", "--workers", "1",
            "--bind", f"127.0.0.1:{instance.ports.web}", "--graceful-timeout", "3", "--timeout", "60",
            # Longer than the edge keeps a connection (api/proxy.py): else the web closes one just as a request enters it.
            "--keep-alive", "15",
            "--no-control-socket", "app:server",
        ),
        "edge": (python, "-m", "deploy.local.door", str(instance.ports.public), *instance.hosts),
        "simulator": (python, "-m", "sim"),
    }  # fmt: skip


def role_environment(instance: Instance, *, config: Path, urls: Mapping[str, str], session_key: str) -> Mapping[str, str]:
    """What every role is told. `urls` has database_url, web_database_url, redis_url and mqtt_url."""
    return {
        "YIPING_CONFIG": str(config),
        "YIPING_DATABASE_URL": urls["database_url"],
        "YIPING_WEB_DATABASE_URL": urls["web_database_url"],
        "YIPING_REDIS_URL": urls["redis_url"],
        "YIPING_MQTT_URL": urls["mqtt_url"],
        "YIPING_FEED_MQTT_URL": urls["feed_mqtt_url"],
        "YIPING_WEB_URL": f"http://127.0.0.1:{instance.ports.web}",
        "YIPING_URL": instance.url,
        "YIPING_RUN_DIR": str(instance.run),
        "YIPING_MEDIA_DIR": str(instance.run / "media"),
        "YIPING_HJ212_PORT": str(instance.ports.hj212),
        "YIPING_SL651_PORT": str(instance.ports.sl651),
        "YIPING_RECORD_DIR": str(instance.run / "recordings"),
        "YIPING_AREA": instance.area,
        "YIPING_DEVICES": str(instance.devices),
        "YIPING_SPEED": f"{instance.speed:g}",
        "YIPING_SCENARIO": instance.scenario,
        "YIPING_DRILL": "1" if instance.drill else "",
        "YIPING_SIMULATED": "1",
        "YIPING_NOTIFY_STUB": "1",
        "YIPING_HOTLINE_URL": f"http://127.0.0.1:{instance.ports.hotline}" if instance.ports.hotline else "",
        "YIPING_VIDEO_URL": f"http://127.0.0.1:{instance.ports.hotline}" if instance.ports.hotline else "",
        "YIPING_HOTLINE_SECRET": sha256(f"hotline {session_key}".encode()).hexdigest(),
        "YIPING_SECRET_KEY": session_key,
        "PYTHONUNBUFFERED": "1",
    }
