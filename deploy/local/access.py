"""The files by which scripts and people find a running demo: `access.json`, `pids.json`, `demo.json`.

They lie in the instance's folder; links in `.run/` lead to those of the instance started last.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local.instance import Instance
from deploy.local.process import started_at
from deploy.local.secret import write_private

ACCESS, PIDS, STATE = "access.json", "pids.json", "demo.json"
LINKS = (ACCESS, PIDS, "log", "media")


def access_record(instance: Instance, *, database_url: str, feed_mqtt_url: str, seeded: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What `access.json` says (contract §1). `seeded` is what seeding returned: tokens and users."""
    return {
        "url": instance.url,
        "mqtt": feed_mqtt_url,
        "hj212": f"127.0.0.1:{instance.ports.hj212}",
        "sl651": f"127.0.0.1:{instance.ports.sl651}",
        "database_url": database_url,
        "tokens": dict(seeded["tokens"]),
        "users": {role: dict(user) for role, user in seeded["users"].items()},
    }


def read_record(file: Path) -> dict[str, Any]:
    """The JSON object in a file; empty when the file is missing or half written by somebody else."""
    try:
        record = json.loads(file.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(file: Path, record: Mapping[str, Any]) -> None:
    """Writes it in one step, readable for its owner only: most of them hold passwords or tokens."""
    write_private(file, json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def publish_links(top: Path, run: Path) -> None:
    """Makes `.run/access.json` and its like lead to this instance."""
    for name in LINKS:
        fresh = top / f".{name}.{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(run.relative_to(top) / name)
        fresh.replace(top / name)


def withdraw_links(top: Path, run: Path) -> None:
    """Takes those links away that lead to this instance: what is not running must not look as if it were."""
    for name in (ACCESS, PIDS):
        link = top / name
        if link.is_symlink() and link.readlink().parent.name == run.name:
            link.unlink(missing_ok=True)


def write_state(run: Path, state: str, error: str = "") -> None:
    """Says who runs this instance and how far it is: starting, ready, failed."""
    record = {"pid": os.getpid(), "started": started_at(os.getpid()), "state": state, "error": error}
    write_record(run / STATE, record)


def running_pid(run: Path) -> int | None:
    """Process id of the supervisor of an instance while it lives."""
    record = read_record(run / STATE)
    pid = record.get("pid")
    if not isinstance(pid, int) or started_at(pid) is None:
        return None
    return pid if started_at(pid) == record.get("started") else None


def running_instances(top: Path) -> list[Path]:
    """Folders of the instances that run now."""
    return sorted(file.parent for file in top.glob(f"*/{STATE}") if running_pid(file.parent) is not None)
