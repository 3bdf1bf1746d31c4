"""Looks at this machine and this checkout: interpreter, libraries, files, programs, ports, room. Changes nothing."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deploy.local.errors import SetupError
from deploy.local.finding import Finding, good, lacking, note
from deploy.local.given import VARIABLES
from deploy.local.places import PREFIX
from deploy.local.ports import demo_ports, taken_ports
from deploy.local.programs import programs_in

FILES = ("assets/vendor/maplibre-gl.mjs", "assets/vendor/fonts.css", "geodata/vendor/villages.json")
CJK_FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
LEAST_GB, EASY_GB = 2, 20  # a demo day is about 2 GB; a city at 10,000/s writes 90 GB a day


def check_machine(checkout: Path, environment: Mapping[str, str], *, demo_runs: bool) -> Iterator[Finding]:
    """Everything that can be seen without asking a service."""
    yield _python()
    yield _libraries(checkout / "requirements.lock")
    yield _node(checkout)
    yield _browser_files(checkout)
    yield _programs(environment)
    yield _ports(environment, demo_runs=demo_runs)
    yield _room(shutil.disk_usage(checkout).free / 1e9)
    yield _time_zones()
    yield _test_browser()


def wrong_versions(lock: Iterable[str], installed: Mapping[str, str | None]) -> list[str]:
    """Libraries of a lock that are missing or of another version. Lines with a marker (other platforms) are left out."""
    pinned = (re.fullmatch(r"([a-z0-9-]+)==(\S+) \\\s*", line) for line in lock)
    wanted = {match[1]: match[2] for match in pinned if match}
    return [f"{name} {installed.get(name) or 'missing'}" for name, text in wanted.items() if installed.get(name) != text]


def _python() -> Finding:
    return good("python", f"Python {platform.python_version()} at {sys.executable}")


def _libraries(lock: Path) -> Finding:
    lines = lock.read_text().splitlines()
    names = {line.split("==")[0] for line in lines if "==" in line and line[0].isalnum()}
    wrong = wrong_versions(lines, {name: _version(name) for name in names})
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        return lacking("libraries", f"not as in {lock.name}: {', '.join(wrong[:5])}{more}", "make setup")
    return good("libraries", f"as in {lock.name}")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _node(checkout: Path) -> Finding:
    npm = shutil.which("npm") or shutil.which("npm", path=str(checkout / ".run/node/bin"))
    if npm is None:
        return note("node", "no npm on this machine", "nothing to do: make setup brings one when it needs it")
    return good("node", npm)


def _browser_files(checkout: Path) -> Finding:
    missing = [name for name in FILES if not (checkout / name).is_file()]
    if missing:
        return lacking("browser files", f"missing: {', '.join(missing)}", "make setup")
    return good("browser files", "assets/vendor and geodata/vendor are filled")


def _programs(environment: Mapping[str, str]) -> Finding:
    if all(environment.get(name) for name in VARIABLES.values()):
        return good("services", f"your own ({', '.join(VARIABLES.values())})")
    found = programs_in(Path("/")) or programs_in(PREFIX)
    if found is None:
        return lacking("services", "no TimescaleDB, Redis and Mosquitto, neither installed nor private", "make setup")
    return good("services", str(found.postgres))


def _ports(environment: Mapping[str, str], *, demo_runs: bool) -> Finding:
    try:
        wanted = demo_ports(environment.get("PORT")).by_name()
    except SetupError as error:
        return lacking("ports", error.what, error.mend)
    taken = set(taken_ports(wanted.values()))
    if demo_runs or not taken:
        return good("ports", "a demo of this checkout runs" if demo_runs else f"{min(wanted.values())} and its like are free")
    names = ", ".join(f"{port} ({name})" for name, port in wanted.items() if port in taken)
    return note("ports", f"somebody listens on {names}", "make demo PORT=9000 uses others")


def _room(free_gb: float) -> Finding:
    if free_gb < LEAST_GB:
        return lacking("disk", f"{free_gb:.1f} GB are free", f"make room: at least {LEAST_GB} GB, {EASY_GB} to be at ease")
    if free_gb < EASY_GB:
        return note("disk", f"{free_gb:.0f} GB are free", "a demo writes about 2 GB a day; set retention in config.yaml")
    return good("disk", f"{free_gb:.0f} GB are free")


def _time_zones() -> Finding:
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        return lacking("time zones", "the world's time zones are unknown here", "make setup (tzdata)")
    if not Path("/usr/share/zoneinfo/UTC").exists():
        return lacking("time zones", "/usr/share/zoneinfo is missing; PostgreSQL needs it", "as root: apt-get install tzdata")
    return good("time zones", "known")


def _test_browser() -> Finding:
    missing = [] if shutil.which("chromium") else ["chromium"]
    missing += [] if Path(CJK_FONT).exists() else ["fonts-noto-cjk"]
    if missing:
        how = "make test installs them" if os.geteuid() == 0 else f"ask root: apt-get install -y {' '.join(missing)}"
        return note("test browser", f"missing (only tests need them): {', '.join(missing)}", how)
    return good("test browser", str(shutil.which("chromium")))
