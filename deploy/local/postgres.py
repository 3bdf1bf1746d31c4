"""A private TimescaleDB: one cluster in one folder, with the two accounts Yiping uses.

`yiping` owns the database and runs migrations, pipeline and jobs; it is no superuser. `yiping_web`
is the screens' login: row security applies to it, and migrations grant it what it may see.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql

from deploy.local.errors import SetupError
from deploy.local.process import as_service_user, own_file, own_folder, processes_in, service_user, wait_until
from deploy.local.secret import Secrets
from deploy.local.server import Server

ORPHANS_END_S = 20.0
StopMode = Literal["smart", "fast", "immediate"]
STOP_SIGNALS: Mapping[StopMode, signal.Signals] = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
}
DATABASE, OWNER, WEB, SUPERUSER = "yiping", "yiping", "yiping_web", "postgres"

# Measured in shared/design/facts.md: hot chunk's index in memory, compressed WAL, long checkpoints.
SETTINGS: Mapping[str, str] = {
    "shared_preload_libraries": "timescaledb",
    "timescaledb.telemetry_level": "off",
    "max_connections": "100",
    "max_worker_processes": "16",
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    # Roll-ups and retention are our own jobs, and TimescaleDB's schedulers would keep a session in every
    # database, so that none could be copied as a template for tests.
    "timescaledb.max_background_workers": "0",
    "jit": "off",  # the private PostgreSQL comes without the 260 MB JIT library
    "synchronous_commit": "on",  # off loses acknowledged data: 1,108 of 60,000 in our crash tests
    "wal_compression": "lz4",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "password_encryption": "scram-sha-256",
    "unix_socket_directories": "",  # a socket's path may not exceed 107 bytes; a checkout's may
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_min_duration_statement": "1000",
}
# For tests: no waiting for the disk. A killed process loses nothing by it, only a lost machine does.
HASTY: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


class Postgres(Server):
    """The database server in `home`. Every `start` rewrites its settings, so an upgrade of them takes hold.

    The first one makes cluster, accounts and database.
    """

    title, patience_s = "PostgreSQL", 60.0

    def __init__(self, programs: Path, home: Path, port: int, secrets: Secrets, *, bound: bool = False, hasty: bool = False) -> None:
        super().__init__(home, port, bound=bound)
        self._programs = programs
        self._secrets = secrets
        self._settings = {**SETTINGS, **(HASTY if hasty else {})}

    @property
    def url(self) -> str:
        return self._url(OWNER, self._secrets.owner)

    @property
    def web_url(self) -> str:
        return self._url(WEB, self._secrets.web)

    @property
    def superuser_url(self) -> str:
        return self._url(SUPERUSER, self._secrets.superuser, "postgres")

    def _launch(self) -> None:
        data = self._home / "data"
        own_folder(self._home)
        self._end_orphans()  # where it cannot, the server says so itself and is launched again
        if not (data / "PG_VERSION").exists():
            self._make_cluster(data)
        conf = own_file(self._home / "postgresql.conf", self._configuration(data))
        command: list[str | Path] = [self._programs / "postgres", "-D", data, "-c", f"config_file={conf}"]
        self._process.launch(command, log=self.log, as_user=as_service_user(), end_signal=signal.SIGINT)

    def wait_ready(self) -> None:
        """Waits until the server takes commands (after a crash it first recovers) and its accounts exist."""
        super().wait_ready()
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            _make_accounts(connection, self._secrets)
            _make_database(connection)
        with psycopg.connect(self._url(SUPERUSER, self._secrets.superuser), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")

    def copy_database(self, name: str) -> str:
        """A copy of the database under another name; its address as the owner. Nobody may be connected to the original."""
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            words = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
            connection.execute(words.format(sql.Identifier(name), sql.Identifier(DATABASE), sql.Identifier(OWNER)))
        return self._url(OWNER, self._secrets.owner, name)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.superuser_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, mode: StopMode = "fast") -> None:
        """Stops the server: `fast` cuts clients, `smart` waits for them, `immediate` is a crash it knows of."""
        self._process.end(STOP_SIGNALS[mode], seconds=60)

    def kill(self) -> None:
        """kill -9 of the server and of every process it had: a power cut as far as it can tell."""
        self._process.end(signal.SIGKILL)
        if not self._end_orphans():
            raise SetupError("processes of a killed PostgreSQL do not end", mend=f"do they wait for the disk? look at {self.log}")

    def _end_orphans(self) -> bool:
        """Kills what a dead server left behind: one process that hangs keeps its shared memory, and no new one may start.

        A server of this cluster that lives, whoever started it, keeps its processes. False when some do not end.
        """
        data = self._home / "data"
        with suppress(FileNotFoundError, ValueError, IndexError):
            if int((data / "postmaster.pid").read_text().split()[0]) in processes_in(data):
                return True
        for orphan in processes_in(data):
            with suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
        return wait_until(lambda: not processes_in(data), ORPHANS_END_S)

    def _url(self, user: str, password: str, database: str = DATABASE) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def _configuration(self, data: Path) -> str:
        settings = {
            **self._settings,
            "data_directory": str(data),
            "hba_file": str(data / "pg_hba.conf"),
            "ident_file": str(data / "pg_ident.conf"),
            "listen_addresses": "127.0.0.1,::1",
            "port": str(self.port),
        }
        return "".join(f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items())

    def _make_cluster(self, data: Path) -> None:
        password = own_file(self._home / "first-password", self._secrets.superuser)
        command: list[str | Path] = [
            *as_service_user(),
            self._programs / "initdb", "--pgdata", data, "--username", SUPERUSER, "--pwfile", password,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync",
            # Collation by code point, built in: the same on every machine, whatever its C library.
            "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
        ]  # fmt: skip
        made = subprocess.run(command, cwd="/", capture_output=True, text=True)
        password.unlink()
        if made.returncode != 0:
            user = service_user()
            raise SetupError(
                f"initdb failed in {data}:\n{made.stderr.strip()}",
                mend=f"user {user.pw_name} must be able to enter {data}: move the checkout" if user else "",
            )


def _make_accounts(connection: psycopg.Connection[tuple[object, ...]], secrets: Secrets) -> None:
    """Owner and web login, with the passwords of this run folder. The owner may make databases: tests do."""
    for name, rights, password in (
        (OWNER, "LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS", secrets.owner),
        (WEB, "LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS", secrets.web),
    ):
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
        verb = "ALTER" if known else "CREATE"
        connection.execute(
            sql.SQL("{} ROLE {} {} PASSWORD {}").format(sql.SQL(verb), sql.Identifier(name), sql.SQL(rights), sql.Literal(password))
        )


def _make_database(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
    if not known:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
