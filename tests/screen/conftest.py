"""One running quarter for all tests that look at screens; each of them raises what it needs on devices of its own."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from core.config import Config
from tests.browser import running_chromium, windows  # noqa: F401 — fixtures
from tests.conftest import ROOT, with_database
from tests.quarter import Quarter, living
from tests.stack import Stack

if TYPE_CHECKING:
    from deploy.local.services import Services


@pytest.fixture(scope="session")
def running_quarter(services: "Services", template: str, config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    name, folder = f"t_{uuid.uuid4().hex[:12]}", tmp_path_factory.mktemp("quarter")
    # Whatever all tests raise within ten minutes is no storm, in which lists tell groups instead of rows.
    file = folder / "config.yaml"
    file.write_text(f"{(ROOT / 'config.yaml').read_text('utf-8')}\nstorm: {{per_officer: 1000}}\n", "utf-8")
    with psycopg.connect(services.postgres.superuser_url, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template} owner yiping")
    stack = Stack(services, with_database(services.postgres.url, name), with_database(services.postgres.web_url, name), Path(folder), file)
    try:
        with living(stack, config) as quarter:
            yield quarter
    finally:
        stack.stop()
        with psycopg.connect(services.postgres.superuser_url, autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def quarter(running_quarter: Quarter) -> Quarter:
    """The quarter with every role alive, whatever a test before did to them."""
    running_quarter.revive()
    return running_quarter


@pytest.fixture
def attended(quarter: Quarter) -> None:
    """What other tests raised is over and acknowledged: whatever a test raises is new, and finds a row on a wall."""
    quarter.attend()
