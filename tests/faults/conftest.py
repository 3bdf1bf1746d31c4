"""Faults need a database that waits for the disk, and a broker whose queues are its own."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.local.services import Services
from store.migrate import upgrade
from tests.conftest import with_database
from tests.stack import Stack, own_ports


@pytest.fixture
def careful(tmp_path: Path) -> Iterator[Services]:
    """Services as a city runs them, of this test alone."""
    database, redis, mqtt = own_ports(3)
    with Services(tmp_path / "services", (database, redis, mqtt), bound=True) as running:
        yield running


@pytest.fixture
def stack(careful: Services, tmp_path: Path) -> Iterator[Stack]:
    """A whole Yiping on them."""
    with psycopg.connect(careful.postgres.superuser_url, autocommit=True) as connection:
        connection.execute("create database faults owner yiping")
    with psycopg.connect(with_database(careful.postgres.superuser_url, "faults"), autocommit=True) as connection:
        connection.execute("create extension timescaledb")
    upgrade(with_database(careful.postgres.url, "faults"))
    running = Stack(careful, with_database(careful.postgres.url, "faults"), with_database(careful.postgres.web_url, "faults"), tmp_path)
    yield running
    running.stop()
