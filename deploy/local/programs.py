"""Finds the server programs: the system's own where all are installed, else private ones.

Private programs are unpacked, never installed. They bring their own C library, because a
Debian 13 program does not run on the Debian 12 one; patchelf points each program at it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.archive import fetch_programs
from deploy.local.errors import SetupError

STAMP = ".complete"
POSTGRES_PROGRAMS = ("postgres", "initdb", "psql", "pg_dump", "pg_restore", "pg_isready", "pg_basebackup")


@dataclass(frozen=True)
class Programs:
    """Where the programs are. `postgres` is the folder of PostgreSQL's programs."""

    postgres: Path
    redis_server: Path
    mosquitto: Path
    mosquitto_passwd: Path

    def all(self) -> list[Path]:
        return [
            *(self.postgres / name for name in POSTGRES_PROGRAMS),
            self.redis_server,
            self.mosquitto,
            self.mosquitto_passwd,
        ]


def obtain_programs(prefix: Path) -> Programs:
    """The programs of the system, or those under `prefix`, unpacked there first if need be."""
    installed = programs_in(Path("/"))
    if installed is not None:
        return installed
    prefix = prefix.absolute()
    ready = programs_in(prefix)
    # The stamp holds the prefix: patched programs name their C library by its full path,
    # so a checkout that was moved is unpacked again.
    if ready is not None and _stamp(prefix) == str(prefix):
        return ready
    files = fetch_programs(cache_folder(), prefix.parent)
    return _unpack(files, prefix)


def programs_in(root: Path) -> Programs | None:
    """The programs under a root (`/` or a private prefix); None unless all are there, TimescaleDB too."""
    controls = root.glob("usr/share/postgresql/*/extension/timescaledb.control")
    versions = sorted((int(file.parts[-3]) for file in controls), reverse=True)
    for version in versions:
        found = Programs(
            postgres=root / f"usr/lib/postgresql/{version}/bin",
            redis_server=root / "usr/bin/redis-server",
            mosquitto=root / "usr/sbin/mosquitto",
            mosquitto_passwd=root / "usr/bin/mosquitto_passwd",
        )
        if all(file.exists() for file in found.all()):
            return found
    return None


def cache_folder() -> Path:
    """Where downloads are kept, so that a second checkout needs no network."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    release = hashlib.sha256(Path("/etc/os-release").read_bytes()).hexdigest()[:8]
    return Path(home) / "yiping" / f"services-{os.uname().machine}-{release}"


def _unpack(files: Sequence[Path], prefix: Path) -> Programs:
    fresh = prefix.with_name(f"{prefix.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for file in files:
        subprocess.run(["dpkg-deb", "--extract", file, fresh], check=True)
    shutil.rmtree(prefix, ignore_errors=True)
    fresh.rename(prefix)
    programs = programs_in(prefix)
    if programs is None:
        raise SetupError(
            f"the packages unpacked into {prefix} lack a program",
            mend=f"remove {cache_folder()} and {prefix}, then start again",
        )
    _patch([file.resolve() for file in programs.all()], prefix)
    _check(programs)
    (prefix / STAMP).write_text(str(prefix))
    return programs


def _patch(files: Sequence[Path], prefix: Path) -> None:
    """Points programs at the private C library and at the libraries beside it."""
    loader = next(prefix.glob("usr/lib*/**/ld-linux*.so.*"))
    folder = next(prefix.glob("usr/lib/**/libc.so.6")).parent
    patchelf = Path(sys.executable).with_name("patchelf")
    # RPATH, not RUNPATH: only RPATH also holds for the libraries that a library or extension loads.
    change: list[str | Path] = ["--set-interpreter", loader, "--force-rpath", "--set-rpath", folder]
    for file in sorted(set(files)):
        subprocess.run([patchelf, *change, file], check=True)


def _check(programs: Programs) -> None:
    """Each program can at least say its version: all its libraries are there."""
    for file in (programs.postgres / "postgres", programs.postgres / "initdb", programs.redis_server):
        run = subprocess.run([file, "--version"], capture_output=True, text=True)
        if run.returncode != 0:
            raise SetupError(f"{file} does not run: {run.stderr.strip()}", mend="./yiping doctor tells more")
    run = subprocess.run([programs.mosquitto, "-h"], capture_output=True, text=True)
    if not re.search(r"mosquitto version", run.stdout):
        raise SetupError(f"{programs.mosquitto} does not run: {run.stderr.strip()}", mend="./yiping doctor tells more")


def _stamp(prefix: Path) -> str:
    file = prefix / STAMP
    return file.read_text() if file.is_file() else ""
