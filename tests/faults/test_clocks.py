"""Three processes sweep one database and two of them are killed by -9 in between: every deadline is marked once and told once."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
import pytest

from tests.patience import until
from tests.stack import ROOT

CASES = 2_000
_FILL = """
    with c as (
        insert into cases (case_number, title, class_code, severity, stage, area, opened_at, updated_at, due_at)
        select '32040420261121' || lpad(n::text, 5, '0'), '占道经营', '0401', 3, 'handling', '320404001001', %(opened)s, %(opened)s, %(due)s
        from generate_series(1, %(cases)s) n returning case_number, opened_at, due_at)
    insert into case_clocks (case_number, clock, amount, unit, basis, opened_at, started_at, running_since, due_at, yellow_at)
    select case_number, 'total', 2, 'urgent_hours', 'class', opened_at, opened_at, opened_at, due_at, opened_at + 0.8 * (due_at - opened_at) from c"""


def count(connection: psycopg.Connection[tuple[int]], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def sweepers(url: str, now: datetime) -> Iterator[list[subprocess.Popen[bytes]]]:
    command = [sys.executable, "-m", "tests.sweeper", url, now.isoformat()]
    started = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.parametrize("what", ["overdue", "yellow"])
def test_every_deadline_is_marked_once_and_told_once_whoever_dies(database_url: str, now: datetime, what: str) -> None:
    opened = now - timedelta(hours=2 if what == "overdue" else 1.7)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_FILL, {"opened": opened, "due": opened + timedelta(hours=2), "cases": CASES})
        column = "overdue_at" if what == "overdue" else "warned_at"
        marked = f"select count(*) from case_clocks where {column} is not null"
        with sweepers(database_url, now) as running:
            for process, share in zip(running, (0.1, 0.4), strict=False):
                assert until(lambda share=share: count(connection, marked) >= share * CASES)  # type: ignore[misc]
                process.kill()
            met = count(connection, marked)
            assert until(lambda: count(connection, marked) == CASES)
        assert met < CASES  # they died at work
        targets = 2 if what == "overdue" else 1
        assert count(connection, "select count(*) from outbox") == targets * CASES
        assert count(connection, "select count(distinct payload->>'number') from outbox") == CASES
        lines = CASES if what == "overdue" else 0
        assert count(connection, "select count(*) from audit where act = 'overdue'") == lines
        assert count(connection, "select count(distinct key) from audit where act = 'overdue'") == lines
        assert count(connection, "select count(*) from change_log where noun = 'case'") == lines
        assert count(connection, "select count(*) from cases where overdue_at is not null and version = 2") == lines
