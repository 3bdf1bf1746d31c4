"""The schema: reached from nothing, and reaching it twice changes nothing."""

import psycopg
import pytest

from core.errors import StoreUnavailable
from store.migrate import current, upgrade


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
