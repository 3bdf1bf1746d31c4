"""The demo that is photographed: a fresh one (same seed, same city), or one that runs already. Starts and ends it, asks it for names."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from deploy.local import access
from deploy.local.places import TOP
from shots.taking import Platform
from shots.work import give_work

ROOT = Path(__file__).resolve().parents[1]
RICH = {"alerts": 3, "incidents": 1}  # what must be open before the first picture
_RICH_WITHIN_S, _STEP_S = 240.0, 3.0

Say = Callable[[str], None]


class NoDemo(RuntimeError):
    """The demo did not start, or has nothing to show."""


@contextmanager
def demo_on(port: int, say: Say) -> Iterator[Platform]:
    """A platform on a port: what runs there is used and left; else a fresh one is started and ended. Raises `NoDemo`."""
    for run in (run for run in access.running_instances(TOP) if run.name.startswith(f"{port}-")):
        say(f"the demo that runs on port {port}")
        yield platform_of(_access(run), say)
        return
    for old in TOP.glob(f"{port}-*"):
        shutil.rmtree(old)
    say(f"a fresh demo on port {port}")
    environment = {**os.environ, "PORT": str(port), "DETACH": "1"}
    try:
        if subprocess.run(["./yiping", "demo"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            raise NoDemo("the demo did not start: try `make demo`")
        yield platform_of(_access(next(TOP.glob(f"{port}-*"))), say)
    finally:
        subprocess.run(["./yiping", "stop"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False)


def _access(run: Path) -> dict[str, Any]:
    """What a running instance says of itself. Raises `NoDemo` while it is starting."""
    record = access.read_record(run / access.ACCESS)
    if not record:
        raise NoDemo(f"the demo in {run} is not ready yet")
    return record


def platform_of(record: dict[str, Any], say: Say) -> Platform:
    """Waits until the city has something on every list. Raises `NoDemo`."""
    url, users, token = record["url"], record["users"], record["tokens"]["read"]
    until, said = time.monotonic() + _RICH_WITHIN_S, False
    with httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30) as api:
        while not (rows := _open_rows(api)):
            if time.monotonic() > until:
                raise NoDemo(f"{url} has too little to show after {_RICH_WITHIN_S:.0f} s")
            if not said:
                say("waiting until the city has alerts and an incident")
            said = True
            time.sleep(_STEP_S)
    give_work(url, users)
    return Platform(url, users, rows)


def _open_rows(api: httpx.Client) -> dict[str, str]:
    """Placeholder → the row to show: the incident of most parts, an open case or else the newest; empty while there is too little."""
    parts = api.get("/snapshot", params={"screen": "duty"}).raise_for_status().json()["streets"].values()
    rows = {name: [row for part in parts for row in part.get(name, ())] for name in ("alerts", "cases", "incidents")}
    if any(len(rows[name]) < least for name, least in RICH.items()):
        return {}
    incident = max(rows["incidents"], key=lambda row: (len(row.get("parts") or ()), -row["id"]))
    number = (
        rows["cases"][0]["number"] if rows["cases"] else api.get("/cases", params={"limit": 1}).raise_for_status().json()["cases"][0]["id"]
    )
    return {"incident": str(incident["id"]), "case": str(number)}
