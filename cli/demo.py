"""`yiping demo` and `yiping stop`: shows the steps, then addresses and accounts. The work is in deploy/local."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.table import Table

from core.config import load
from deploy.local import access
from deploy.local.demo import run_demo
from deploy.local.errors import SetupError
from deploy.local.instance import Instance, read_instance
from deploy.local.places import CHECKOUT, TOP
from deploy.local.process import started_at, wait_until

# Role → what the account is for, on the printed table.
ROLES = {
    "wall": "大屏",
    "leader": "领导驾驶舱",
    "duty": "值班员",
    "supervisor": "督查",
    "dispatcher": "派遣员",
    "handler": "处置单位",
    "grid_worker": "网格员",
    "admin": "系统管理员",
    "security_admin": "安全管理员",
    "auditor": "审计员",
}


@click.command()
def demo() -> None:
    """Run the living demo district until Ctrl-C.

    Settings come from the environment, as `make demo` hands them on: PORT (8050), AREA (of config.yaml),
    DEVICES (5000), SPEED (1), SCENARIO, DRILL (1: the scenario is an exercise), HOST (127.0.0.1), DETACH (1 returns when ready).
    """
    config_file = Path(os.environ["YIPING_CONFIG"]).absolute()
    default_area = load(config_file).area.code
    instance = read_instance(os.environ, default_area=default_area, top=TOP)
    if os.environ.get("DETACH", "") not in {"", "0"}:
        _start_detached(instance)
    else:
        _run(instance, config_file)


@click.command()
def stop() -> None:
    """Stop the demos of this checkout (only that on PORT when it is set)."""
    port = os.environ.get("PORT", "")
    running = [run for run in access.running_instances(TOP) if not port or run.name.startswith(f"{port}-")]
    if not running:
        click.echo("nothing runs")
    for run in running:
        pid = access.running_pid(run)
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            if not wait_until(lambda pid=pid: started_at(pid) is None, 120):  # type: ignore[misc]
                raise SetupError(f"the demo in {run} does not stop", mend=f"its supervisor is process {pid}")
        click.echo(f"stopped {run.name}")


def _run(instance: Instance, config_file: Path) -> None:
    # Addresses must stay on one line when they go to a file or pipe: people copy them.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    began = time.monotonic()

    def ready() -> None:
        _show(console, access.read_record(instance.run / access.ACCESS))
        console.print(f"ready after {time.monotonic() - began:.1f} s · data and logs in {instance.run}")
        if not _is_child():
            console.print("Ctrl-C 结束 stops everything")

    run_demo(
        instance,
        config_file,
        say=lambda step: console.print(f"[cyan]→[/] {step}"),
        ready=ready,
        detached=_is_child(),
    )


def _start_detached(instance: Instance) -> None:
    """Starts the same command in a session of its own and follows what it says until it is ready."""
    pid = access.running_pid(instance.run)
    if pid is not None:
        raise SetupError(f"this demo already runs at {instance.url} (process {pid})", mend="make stop ends it")
    log = instance.run / "demo.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DETACH": "", "YIPING_DETACHED": "1", "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "demo"],
            cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    with log.open() as told:
        while child.poll() is None and not _is_ready(instance, child.pid):
            _copy(told)
            time.sleep(0.1)
        _copy(told)
    if child.poll() is not None:
        sys.exit(1)
    click.echo("runs in the background · make stop ends it")


def _is_ready(instance: Instance, pid: int) -> bool:
    state = access.read_record(instance.run / access.STATE)
    return state.get("pid") == pid and state.get("state") == "ready"


def _copy(told: TextIO) -> None:
    click.echo(told.read(), nl=False)


def _is_child() -> bool:
    return os.environ.get("YIPING_DETACHED") == "1"


def _show(console: Console, record: Mapping[str, Any]) -> None:
    """The addresses, accounts and tokens of a demo as tables."""
    places = Table("地址 address", "", title="一屏 Yiping", title_justify="left", min_width=72)
    url = record["url"]
    for label, address in {
        "大屏 wall": f"{url}/wall",
        "免登录大屏 wall by token": f"{url}/screen/{record['tokens'].get('screen', '')}",
        "驾驶舱 cockpit": f"{url}/cockpit",
        "值班台 duty": f"{url}/duty",
        "移动端 field": f"{url}/field",
        "接口文档 API": f"{url}/docs",
        "MQTT": record["mqtt"],
        "HJ 212 · SL 651": f"{record['hj212']} · {record['sl651']}",
    }.items():
        places.add_row(label, address)
    accounts = Table("账号 account", "用户名 name", "密码 password", min_width=72)
    for role, user in record["users"].items():
        accounts.add_row(f"{ROLES.get(role, '')} {role}", user["name"], user["password"])
    tokens = Table("令牌 token", "", min_width=72)
    for name, token in record["tokens"].items():
        tokens.add_row(name, token)
    for table in (places, accounts, tokens):
        table.columns[-1].overflow = "fold"
        console.print(table)
