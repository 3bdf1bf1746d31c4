"""What several tests of the store stand on: the desks of a district with two streets, and its API."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from core.config import Config
from store.timescale import Store
from tests.desk import Desk, open_desk
from tests.judged import people, tianmen, units  # noqa: F401 — fixtures
from tests.quiet_town import Town


@pytest.fixture
def desk(config: Config, database_url: str, web_database_url: str, now: datetime, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(config, database_url, web_database_url, now, tmp_path) as opened:
        yield opened


@pytest.fixture
def app(desk: Desk) -> Flask:
    return desk.app()


@pytest.fixture
def town(config: Config, database_url: str, now: datetime) -> Iterator[Town]:
    store = Store(database_url)
    yield Town(store, config, now)
    store.close()
