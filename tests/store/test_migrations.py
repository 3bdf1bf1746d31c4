"""The schema: reached from nothing, and reaching it twice changes nothing."""

import hashlib
import uuid
from typing import TYPE_CHECKING

import psycopg
import pytest

from core.errors import StoreUnavailable
from store import migrate
from store.migrate import current, upgrade
from tests.conftest import with_database

if TYPE_CHECKING:
    from deploy.local.services import Services


def test_migrating_twice_is_migrating_once(database_url: str) -> None:
    first = current(database_url)
    upgrade(database_url)
    assert first == current(database_url) is not None


def test_a_table_that_stays_in_use_ends_the_migration_and_says_what_to_do(database_url: str) -> None:
    with psycopg.connect(database_url) as busy:
        busy.execute("lock table alembic_version in access exclusive mode")
        with pytest.raises(StoreUnavailable, match="stop the roles"):
            upgrade(database_url, lock_s=0.05)
    upgrade(database_url)


def test_the_webs_login_sees_nothing_without_a_scope(web_database_url: str, database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        owner.execute("insert into devices (device, name, domain, area) values ('d', 'd', 'water', '320404001001')")
    with psycopg.connect(web_database_url) as web:
        assert web.execute("select count(*) from devices").fetchone() == (0,)
        web.execute("select set_config('yiping.areas', '320404001%', true)")
        assert web.execute("select count(*) from devices").fetchone() == (1,)
        web.execute("select set_config('yiping.areas', '320404002%', true)")
        assert web.execute("select count(*) from devices").fetchone() == (0,)


def test_a_migration_that_fails_leaves_those_before_it_and_can_be_run_again(services: "Services") -> None:
    name = f"half_{uuid.uuid4().hex[:8]}"
    url = with_database(services.postgres.url, name)
    with psycopg.connect(services.postgres.superuser_url, autocommit=True) as server:
        server.execute(f"create database {name} owner yiping")
        with psycopg.connect(with_database(services.postgres.superuser_url, name), autocommit=True) as connection:
            connection.execute("create extension if not exists timescaledb")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create table storms ()")  # in the way of 0020
            with pytest.raises(Exception, match="storms"):
                upgrade(url)
            assert current(url) == "0019"
            connection.execute("drop table storms")
            upgrade(url)
            assert (current(url) or "") > "0020"
        server.execute(f"drop database {name} with (force)")


def test_a_version_takes_no_view_from_the_web_that_only_the_grants_at_the_end_would_give_back() -> None:
    versions = sorted((migrate._HERE / "versions").glob("*.sql"))
    assert [file.name for file in versions if file.name >= "0036" and "drop view" in file.read_text(encoding="utf-8").lower()] == []


def test_what_has_landed_is_never_rewritten_since_whoever_stands_at_it_would_not_hear_of_it() -> None:
    """At a release: `cd store/migrations/versions && sha256sum *.py *.sql > ../landed.sha256`. A change is a version of its own."""
    lines = (line.split() for line in (migrate._HERE / "landed.sha256").read_text(encoding="utf-8").splitlines())
    landed = {name: digest for digest, name in lines}
    files = {file.name: file for file in (migrate._HERE / "versions").iterdir() if file.is_file()}
    assert {name: hashlib.sha256(files[name].read_bytes()).hexdigest() for name in landed} == landed
    assert [name for name in files.keys() - landed if name < max(landed)] == [], "comes after everything that has landed"
