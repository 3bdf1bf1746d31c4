"""A city that is upgraded while things are open: they escalate from then on, and nobody is told of the past."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from alembic import command
from alembic.config import Config as Alembic

from deploy.local.services import Services
from store import escalations, migrate
from store.timescale import Store
from tests.conftest import with_database
from tests.escalation_desk import POLICIES

_ALERT = """insert into alerts (rule, subject, domain, severity, stage, title, area, observed_at, raised_at, updated_at, acked_at)
            values ('r', %s, 'water', 1, %s, 't', '320404001001', %s, %s, %s, %s)"""
_INCIDENT = """insert into incidents (title, severity, stage, area, opened_at, updated_at)
               values (%s, 1, 'open', '320404001001', %s, %s) returning incident_id"""


@pytest.fixture
def before(services: Services) -> Iterator[str]:
    """A database as the last release left it, with things open since yesterday."""
    name = f"upgrade_{uuid.uuid4().hex[:8]}"
    url, root = with_database(services.postgres.url, name), services.postgres.superuser_url
    with psycopg.connect(root, autocommit=True) as server:
        server.execute(f"create database {name} owner yiping")
        with psycopg.connect(with_database(root, name), autocommit=True) as connection:
            connection.execute("create extension if not exists timescaledb")
        known = Alembic()
        known.set_main_option("script_location", str(migrate._HERE))
        known.attributes.update(url=url, options="")
        command.upgrade(known, "0014")
        yesterday = datetime.now(UTC) - timedelta(days=1)
        with psycopg.connect(url) as connection:
            connection.execute(_ALERT, ["open", "unack", yesterday, yesterday, yesterday, None])
            connection.execute(_ALERT, ["acked", "acked", yesterday, yesterday, yesterday, yesterday])
            for title in ("open", "acknowledged"):
                row = connection.execute(_INCIDENT, [title, yesterday, yesterday]).fetchone()
            assert row is not None
            connection.execute(
                "insert into audit (at, actor, role, act, noun, key) values (%s, 'x', 'duty', 'acknowledge', 'incident', %s)",
                [yesterday, str(row[0])],
            )
        yield url
        server.execute(f"drop database {name} with (force)")


def test_what_is_open_at_an_upgrade_escalates_from_then_on_and_what_was_answered_when_it_worsens(before: str) -> None:
    migrate.upgrade(before)
    store, now = Store(before), datetime.now(UTC)

    def told() -> list[tuple[str, int, int]]:
        with store.connection() as connection:
            rows = connection.execute("select noun, id, step from escalation_steps order by told_at, noun, id, step, round").fetchall()
        return [(row["noun"], row["id"], row["step"]) for row in rows]

    def run(minutes: float) -> datetime:
        escalations.sweep(store, POLICIES, now + timedelta(minutes=minutes))
        return now + timedelta(minutes=minutes)

    run(0.1)
    assert told() == []
    with store.connection() as connection:
        [row] = connection.execute("select respond_by, overdue_at from alerts where subject = 'open'").fetchall()
    assert row["respond_by"] > now
    assert row["overdue_at"] is None
    run(2.1)
    run(6.1)
    assert told() == [("alert", 1, 1), ("incident", 1, 1), *(one for one in told()[2:])]
    assert {one[:2] for one in told()} == {("alert", 1), ("incident", 1)}
    with store.connection() as connection:
        connection.execute("update alerts set stage = 'unack', updated_at = %s where subject = 'acked'", [run(7)])
        connection.execute("update incidents set severity = 2")
        connection.execute("update incidents set severity = 1, updated_at = %s where title = 'acknowledged'", [run(7)])
    run(7.1)
    assert {one for one in told() if one[1] == 2} == {("alert", 2, 0), ("incident", 2, 0)}
    store.close()
