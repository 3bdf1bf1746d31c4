"""A private platform for one measurement: services, schema, seeded district and roles on free ports, gone at the end.

The same parts as `make demo`, with the same settings (the database waits for the disk); nothing of it is shared.
"""

import os
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from core.config import load
from deploy.local.instance import Instance
from deploy.local.places import CHECKOUT
from deploy.local.ports import Ports, free_ports
from deploy.local.process import Process
from deploy.local.roles import Role, role_commands, role_environment
from deploy.local.services import Services
from store.migrate import upgrade

READY_WITHIN_S = 90.0


class Stack:
    """A running platform under `run`. A `with` block starts it and ends it; `roles` may be started one by one."""

    def __init__(self, run: Path, *, area: str = "320404", devices: int = 5000, speed: float = 1.0, config: Path | None = None) -> None:
        ports = Ports(*free_ports(7))
        self.instance = Instance(ports, "127.0.0.1", area, devices, speed, "", run.absolute())
        self.config = config or CHECKOUT / "config.yaml"
        self.services = Services(run, (ports.postgres, ports.redis, ports.mqtt), bound=True)
        self.seeded: Mapping[str, Mapping[str, Any]] = {}
        self.roles: dict[str, Role] = {}

    @property
    def urls(self) -> Mapping[str, str]:
        return self.services.urls()

    @property
    def url(self) -> str:
        return self.instance.url

    def token(self, name: str) -> str:
        return str(self.seeded["tokens"][name])

    def __enter__(self) -> Self:
        try:
            self.services.start()
            upgrade(self.urls["database_url"])
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def seed(self) -> None:
        """The demo district with its devices, people and tokens."""
        from sim.seed import seed

        config = load(self.config)
        self.seeded = seed(
            config, self.urls["database_url"], area=self.instance.area, devices=self.instance.devices, run_dir=self.instance.run
        )

    def start(self, names: Sequence[str]) -> None:
        """Start roles by name (worker, jobs, web, edge, simulator)."""
        environment = role_environment(self.instance, config=self.config, urls=self.urls, session_key="bench" * 8)
        (self.instance.run / "media").mkdir(exist_ok=True)
        commands = role_commands(self.instance)
        for name in names:
            process = Process(name, self.instance.run / f"{name}.pid", bound=True)
            role = Role(name, commands[name], environment, CHECKOUT, self.instance.run / "log" / f"{name}.log", process)
            role.launch()
            self.roles[name] = role

    def wait_ready(self) -> None:
        """Until `/readyz` is green. Raises `TimeoutError` with what it said last."""
        until, answer = time.monotonic() + READY_WITHIN_S, "no answer"
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as found:  # noqa: S310 - our own address
                    if found.status == 200:
                        return
            except urllib.error.HTTPError as error:
                answer = f"{error.code} {error.read(1000).decode(errors='replace')}"
            except OSError as error:
                answer = str(error)
            time.sleep(0.2)
        raise TimeoutError(f"{self.url}/readyz: {answer}; logs in {self.instance.run / 'log'}")

    def pids(self) -> dict[str, int]:
        """Process id of everything that runs, by name."""
        return {**self.services.pids(), **{name: role.pid for name, role in self.roles.items() if role.pid is not None}}

    def stop(self) -> None:
        for role in reversed(list(self.roles.values())):
            role.stop()
        self.roles.clear()
        self.services.stop()

    def remove(self) -> None:
        """Delete the run folder; only what this class made."""
        shutil.rmtree(self.instance.run, ignore_errors=True)


@contextmanager
def private_stack(*, devices: int = 5000, speed: float = 1.0) -> Iterator[Stack]:
    """A stack in a folder of its own, ended and deleted with the block."""
    stack = Stack(Path(tempfile.mkdtemp(prefix="yiping-bench-")), devices=devices, speed=speed)
    try:
        with stack:
            yield stack
    finally:
        stack.remove()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its living children so far, from /proc; 0 when it is gone."""
    total = 0.0
    ticks = os.sysconf("SC_CLK_TCK")
    for each in [pid, *descendants(pid)]:
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += (int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])) / ticks
    return total


def machine_seconds() -> float:
    """CPU seconds that everybody on this machine used so far (user, nice, system, interrupts), from /proc/stat."""
    fields = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(fields[:3]) + sum(fields[5:7])) / os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> list[int]:
    """Process ids of children, their children and so on; none when it is gone."""
    try:
        children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [each for child in children for each in (child, *descendants(child))]
