"""What tests stand on: real services of their own, a fresh database each, the example configuration, fixed times.

Time travels, it does not sleep: pure tests and store tests take `now` as a value.
"""

import errno
import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from shapely.geometry import Polygon

from core.config import Config, load
from core.errors import NotFound
from tests.present import absent

if TYPE_CHECKING:
    from deploy.local.services import Services
    from geodata.model import City
    from tests.stack import Stack

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
TEMPLATE = "yiping_template"
_HOME = ("127.", "::1", "localhost", "0.0.0.0")
_ROOM_BYTES = 6 << 30  # the largest tests write about one, and as many processes test as there are cores


def _stay_home(event: str, arguments: tuple[object, ...]) -> None:
    """No test rings anybody: what would leave this host finds no network, whatever a test or a fault of ours wanted."""
    if event == "socket.connect" and isinstance(address := arguments[1], tuple) and not str(address[0]).startswith(_HOME):
        raise OSError(errno.ENETUNREACH, f"tests stay on this host: {address[0]}")


sys.addaudithook(_stay_home)


@pytest.fixture(scope="session")
def config() -> Config:
    """The configuration as it is shipped."""
    return load(ROOT / "config.yaml")


@pytest.fixture
def now() -> datetime:
    """A Saturday noon in Changzhou."""
    return datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def _servers_folder() -> Path:
    """Memory where there is plenty of it: each test copies a database of a thousand files, half a second on a disk and 17 ms here."""
    memory, mine = Path("/dev/shm"), f"yiping-test-{os.getuid()}-"
    if not (memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM_BYTES):
        return ROOT / ".run" / "test" / str(os.getpid())
    for left in memory.glob(f"{mine}*"):  # by a run that was cut short
        if not Path(f"/proc/{left.name.rpartition('-')[2]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = memory / f"{mine}{os.getpid()}"
    folder.mkdir(mode=0o711)
    return folder


@pytest.fixture(scope="session")
def services() -> Iterator["Services"]:
    """TimescaleDB, Redis and Mosquitto of this test process; they die with it."""
    from deploy.local.services import Services
    from tests.stack import own_ports

    database, redis, mqtt = own_ports(3)
    folder = _servers_folder()
    with Services(folder, (database, redis, mqtt), bound=True, hasty=True) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def template(services: "Services") -> str:
    """A migrated database to copy: a copy takes 20 ms, a migration a second."""
    from store.migrate import upgrade

    with psycopg.connect(services.postgres.superuser_url, autocommit=True) as connection:
        connection.execute(f"create database {TEMPLATE} owner yiping")
    with psycopg.connect(with_database(services.postgres.superuser_url, TEMPLATE), autocommit=True) as connection:
        connection.execute("create extension if not exists timescaledb")
    upgrade(with_database(services.postgres.url, TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database_name(services: "Services", template: str) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(services.postgres.superuser_url, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template} owner yiping strategy file_copy")
        yield name
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def database_url(services: "Services", database_name: str) -> str:
    """A fresh, migrated, empty database, as its owner."""
    return with_database(services.postgres.url, database_name)


@pytest.fixture
def web_database_url(services: "Services", database_name: str) -> str:
    """The same database as the web's login: row security applies."""
    return with_database(services.postgres.web_url, database_name)


@pytest.fixture
def shared() -> Path:
    """Real data of others, beside the checkout; never copied into it."""
    if not (SHARED / "data").is_dir():
        absent("../shared/data is not here: the real data of others are no part of the checkout")
    return SHARED / "data"


@pytest.fixture
def stack(services: "Services", database_url: str, web_database_url: str, tmp_path: Path) -> Iterator["Stack"]:
    """A whole Yiping on a fresh database; start the roles a test needs."""
    from tests.stack import Stack

    running = Stack(services, database_url, web_database_url, tmp_path)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def zhonglou() -> "City":
    """The demo district, cut once."""
    from geodata.partition import demo_city

    try:
        return demo_city("320404")
    except NotFound as error:
        absent(f"installed data are missing: {error}")


@pytest.fixture(scope="session")
def village() -> "tuple[City, Polygon]":
    """Two streets of two communities in about 2 × 2 km with a slanting edge."""
    from geodata.boundary import Division, Names
    from geodata.partition import partition_district

    boundary = Polygon([(119.900, 31.790), (119.922, 31.793), (119.921, 31.809), (119.903, 31.811), (119.9003, 31.80)])
    streets = tuple(
        (Division(f"32040400{s}", f"{s}号街道"), tuple(Division(f"32040400{s}00{c}", f"{s}{c}社区") for c in (1, 2))) for s in (1, 2)
    )
    return partition_district(Names("320404", "小区", streets), boundary, (119.91, 31.80), seed=3), boundary
