"""The whole of `make demo`: services, schema, district, roles, and the moment when all of it is ready.

Runs until Ctrl-C, SIGTERM or the end of the command that started it; then everything it started is gone.
"""

from __future__ import annotations

import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from deploy.local import access
from deploy.local.errors import SetupError
from deploy.local.given import VARIABLES, read_files, service_urls
from deploy.local.instance import Instance
from deploy.local.places import CHECKOUT, TOP
from deploy.local.ports import taken_ports
from deploy.local.roles import make_roles, role_environment
from deploy.local.secret import keep_secrets
from deploy.local.services import NAMES, Services
from deploy.local.supervisor import Supervisor

READY_WITHIN = 180.0  # seconds; a first start on a slow machine
TOO_MANY_DEATHS = 5

Say = Callable[[str], None]


def run_demo(instance: Instance, config_file: Path, *, say: Say, ready: Callable[[], None], detached: bool) -> None:
    """Runs one instance to its end. `say` hears each step, `ready` is called once when all answers.

    Raises SetupError when it cannot start; by then everything it had started is stopped again.
    """
    _refuse_second(instance)
    instance.run.mkdir(parents=True, exist_ok=True)
    (instance.run / access.ACCESS).unlink(missing_ok=True)
    access.write_state(instance.run, "starting")
    parent = os.getppid()
    supervisor = Supervisor(lambda pids: _tell_pids(instance, pids))
    try:
        _stop_on_signals()
        access.publish_links(TOP, instance.run)
        record = _start(instance, config_file, supervisor, say)
        access.write_record(instance.run / access.ACCESS, record)
        access.write_state(instance.run, "ready")
        ready()
        while detached or os.getppid() == parent:
            for name in supervisor.tick():
                say(f"{name} ended and is started again; its last words are in {instance.run}/log/{name}.log")
            time.sleep(0.2)
    except KeyboardInterrupt:
        say("stopping")
    except Exception as error:
        access.write_state(instance.run, "failed", str(error))
        raise
    finally:
        _stop(instance, supervisor, say)


def _start(instance: Instance, config_file: Path, supervisor: Supervisor, say: Say) -> dict[str, Any]:
    """Brings everything up; returns what `access.json` shall say."""
    say("services: TimescaleDB, Redis, Mosquitto")
    urls = _start_services(instance, supervisor)
    say("database schema")
    _migrate(urls["database_url"])
    say(f"district {instance.area} with {instance.devices:,} devices")
    seeded = _seed(instance, config_file, urls["database_url"])
    say("worker, jobs, web, edge, simulator")
    secrets = keep_secrets(instance.run / "secrets.json")
    (instance.run / "media").mkdir(exist_ok=True)
    environment = role_environment(instance, config=config_file, urls=urls, session_key=secrets.session)
    for role in make_roles(instance, environment, CHECKOUT):
        supervisor.add(role.name, role)
    _wait_ready(instance, supervisor)
    return access.access_record(instance, database_url=urls["database_url"], feed_mqtt_url=urls["feed_mqtt_url"], seeded=seeded)


def _start_services(instance: Instance, supervisor: Supervisor) -> Mapping[str, str]:
    """Starts those private services that the environment does not name; returns all addresses."""
    given = read_files(os.environ)
    wanted = [name for name in NAMES if not given.get(VARIABLES[name])]
    ports = instance.ports
    services = Services(instance.run, (ports.postgres, ports.redis, ports.mqtt), wanted=wanted, bound=True)
    for name, part in services.parts().items():
        supervisor.add(name, part)
    supervisor.tick()
    services.wait_ready()
    return service_urls(services.urls(), given)


def _migrate(database_url: str) -> None:
    from store.migrate import upgrade

    upgrade(database_url)


def _seed(instance: Instance, config_file: Path, database_url: str) -> Mapping[str, Mapping[str, Any]]:
    """Makes the demo district (again: only what is missing); returns its tokens and users."""
    from core.config import load
    from sim.seed import enrol_drill, seed

    config = load(config_file)
    found: Mapping[str, Mapping[str, Any]] = seed(config, database_url, area=instance.area, devices=instance.devices, run_dir=instance.run)
    if instance.drill:
        enrol_drill(config, database_url, instance.scenario, instance.run)
    return found


def _wait_ready(instance: Instance, supervisor: Supervisor) -> None:
    """Returns when `/readyz` is 200; raises as soon as it is clear that it will not be."""
    last = time.monotonic() + READY_WITHIN
    answer = "no answer yet"
    while time.monotonic() < last:
        supervisor.tick()
        hopeless = [name for name, deaths in supervisor.deaths().items() if deaths >= TOO_MANY_DEATHS]
        if hopeless:
            raise SetupError(f"{hopeless[0]} does not stay up", mend=_last_words(instance, hopeless[0]))
        ready, answer = _ask_ready(instance.url)
        if ready:
            return
        time.sleep(0.1)
    raise SetupError(
        f"{instance.url}/readyz was not ready within {READY_WITHIN:.0f} s: {answer}",
        mend=f"the logs are in {instance.run / 'log'}",
    )


def _ask_ready(url: str) -> tuple[bool, str]:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:  # noqa: S310 — our own address
            return answer.status == 200, str(answer.status)
    except urllib.error.HTTPError as error:
        return False, f"{error.code} {error.read(2000).decode(errors='replace')}"
    except OSError as error:
        return False, str(error)


def _last_words(instance: Instance, name: str, lines: int = 15) -> str:
    log = instance.run / "log" / f"{name}.log"
    words = log.read_text(errors="replace").splitlines()[-lines:] if log.is_file() else []
    return "\n".join([f"the end of {log}:", *(f"    {line}" for line in words)])


def _refuse_second(instance: Instance) -> None:
    pid = access.running_pid(instance.run)
    if pid is not None:
        raise SetupError(
            f"this demo already runs at {instance.url} (process {pid})",
            mend="make stop ends it; another PORT runs a second one beside it",
        )
    by_name = instance.ports.by_name()
    taken = set(taken_ports(by_name.values()))
    if taken:
        names = ", ".join(f"{port} ({name})" for name, port in by_name.items() if port in taken)
        raise SetupError(
            f"something else listens on {names}",
            mend=f"choose other ports: make demo PORT={instance.ports.public + 100}",
        )


def _tell_pids(instance: Instance, pids: Mapping[str, int]) -> None:
    access.write_record(instance.run / access.PIDS, {"supervisor": os.getpid(), **pids})


def _stop(instance: Instance, supervisor: Supervisor, say: Say) -> None:
    """Ends everything; a second Ctrl-C does not cut this short, or something would be left."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    for failure in supervisor.stop():
        say(f"while stopping: {failure}")
    access.withdraw_links(TOP, instance.run)
    (instance.run / access.PIDS).unlink(missing_ok=True)
    state = access.read_record(instance.run / access.STATE)
    if state.get("state") != "failed":
        (instance.run / access.STATE).unlink(missing_ok=True)


def _stop_on_signals() -> None:
    """SIGTERM and a closed terminal end the demo as Ctrl-C does."""

    def interrupt(sign: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, interrupt)
