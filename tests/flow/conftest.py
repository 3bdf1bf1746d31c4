"""A house for a page of tests that ask the API as others do."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
import pytest

from store.accounts import create_account, create_token
from tests.conftest import with_database
from tests.house import PASSWORD, SOUTH, House
from tests.stack import Stack
from tests.watched_city import City

if TYPE_CHECKING:
    from deploy.local.services import Services


@pytest.fixture(scope="module")
def house(services: "Services", template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """All roles on one database for the whole page; each test brings devices and reports of its own."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(services.postgres.superuser_url, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template} owner yiping")
    url, web = (with_database(each, name) for each in (services.postgres.url, services.postgres.web_url))
    stack = Stack(services, url, web, tmp_path_factory.mktemp("contract"))
    city = City(stack, url)
    try:
        with city.store.connection() as c:
            now = datetime.now(UTC)
            tokens = {scope: create_token(c, scope, [scope], ["320404"], now) for scope in ("feed", "read", "act", "admin")}
            tokens |= {f"south-{scope}": create_token(c, scope, [scope], [SOUTH], now) for scope in ("feed", "read", "act")}
            tokens["screen"] = create_token(c, "screen", ["screen"], ["320404"], now, "/wall")
            create_account(c, "duty01", PASSWORD, "duty", ["320404"], "值班员 01", now)
        stack.start("worker", "jobs", "web", "edge")
        stack.ready(90)
        yield House(city, tokens)
    finally:
        stack.stop()
        city.store.close()
