"""Three whole jobs processes on one database, whoever leads killed by -9 in the middle, twice, and started again: every deadline of a case is
marked once and told once, every alert that nobody answered is marked late once, and its incident escalated once.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

import psycopg
import pytest

from tests.patience import until
from tests.stack import Stack

if TYPE_CHECKING:
    from deploy.local.services import Services

LATE, YELLOW, ALERTS = 1_500, 1_500, 1_000
_CASES = """
    with c as (
        insert into cases (case_number, title, class_code, severity, stage, area, opened_at, updated_at, due_at)
        select %(begin)s || lpad(n::text, 5, '0'), '占道经营', '0401', 3, 'handling', '320404001001', %(opened)s, %(opened)s, %(due)s
        from generate_series(1, %(cases)s) n returning case_number, opened_at, due_at)
    insert into case_clocks (case_number, clock, amount, unit, basis, opened_at, started_at, running_since, due_at, yellow_at, ran)
    select case_number, 'total', 2, 'urgent_hours', 'class', opened_at, opened_at, opened_at, due_at, opened_at + 0.8 * (due_at - opened_at), '{}' from c"""
# Of a severity whose step comes after 25 minutes and whose term ends after 30: an incident each, which speaks for its alert.
_ALERTS = """
    with i as (
        insert into incidents (title, class_code, domain, severity, stage, area, opened_at, updated_at)
        select '路面积水', '0502', 'urban', 3, 'open', '320404001001', %(raised)s, %(raised)s
        from generate_series(1, %(alerts)s) n returning incident_id)
    insert into alerts (rule, subject, domain, class_code, severity, stage, title, area, observed_at, raised_at, updated_at, incident_id)
    select 'hotline-urgent', 'report:12345/t' || incident_id, 'urban', '0502', 3, 'unack', '路面积水', '320404001001', %(raised)s, %(raised)s, %(raised)s,
           incident_id from i"""
# What each must have come to, and what it would be were anything done twice or not at all.
_TRUTHS: dict[LiteralString, int] = {
    "select count(*) from case_clocks where overdue_at is not null": LATE,
    "select count(*) from cases where overdue_at is not null and version = 2": LATE,
    "select count(*) from case_clocks where warned_at is not null and overdue_at is null": YELLOW,
    "select count(*) from audit where act = 'overdue'": LATE,
    "select count(distinct key) from audit where act = 'overdue'": LATE,
    "select count(*) from change_log where noun = 'case'": LATE,
    "select count(*) from outbox where template = 'case_overdue'": 2 * LATE,  # all who could handle it, and the supervisors
    "select count(distinct (payload->>'number', target)) from outbox where template = 'case_overdue'": 2 * LATE,
    "select count(*) from outbox where template = 'case_yellow'": YELLOW,
    "select count(distinct payload->>'number') from outbox where template = 'case_yellow'": YELLOW,
    "select count(*) from escalation_steps": ALERTS,
    "select count(distinct id) from escalation_steps where noun = 'incident'": ALERTS,
    "select count(*) from outbox where template = 'incident_escalated'": ALERTS,
    "select count(distinct payload->>'id') from outbox where template = 'incident_escalated'": ALERTS,
    "select count(*) from incidents where overdue_at is not null": ALERTS,
    "select count(*) from alerts where overdue_at is not null": ALERTS,
}  # fmt: skip
_PATIENCE_S = 120.0  # three processes start at once, on a crowded machine one after another
JOBS = ("jobs", "jobs2", "jobs3")


class Told:
    """What the database says, asked again and again."""

    def __init__(self, connection: psycopg.Connection[tuple[int]]) -> None:
        self._connection = connection

    def count(self, query: LiteralString) -> int:
        row = self._connection.execute(query).fetchone()
        assert row is not None
        return row[0]

    def steps(self) -> int:
        """Escalations so far."""
        return self.count("select count(*) from escalation_steps")

    def marks(self) -> int:
        """Cases marked so far."""
        return self.count("select count(*) from case_clocks where overdue_at is not null or warned_at is not null")


def leader(stack: Stack) -> str | None:
    """The one that leads: it said so, and has not been killed since."""
    return next((name for name in JOBS if "] leading" in stack.log(name)), None)


def kill_leader(stack: Stack) -> str:
    """-9 for whoever leads, and its successor in the row started; returns who died."""
    until(lambda: leader(stack) is not None, _PATIENCE_S, "somebody leads")
    name = leader(stack) or ""
    stack.kill(name)
    (stack.folder / f"{name}.log").unlink()
    stack.start(name)
    return name


@pytest.fixture
def night(services: "Services", database_url: str, web_database_url: str, tmp_path: Path) -> Iterator[Stack]:
    """A night without anybody: cases late, cases nearly so, alerts that nobody answered. The disk need not be waited for: nothing else dies."""
    now = datetime.now(UTC)
    with psycopg.connect(database_url) as connection:
        for begin, many, opened in (("32040420261121", LATE, 2), ("32040420261122", YELLOW, 1.7)):
            since = now - timedelta(hours=opened)
            connection.execute(_CASES, {"begin": begin, "opened": since, "due": since + timedelta(hours=2), "cases": many})
        connection.execute(_ALERTS, {"raised": now - timedelta(hours=26), "alerts": ALERTS})
    running = Stack(services, database_url, web_database_url, tmp_path)
    yield running
    for name in JOBS:
        running.kill(name)


def test_every_deadline_and_every_escalation_once_whoever_dies(night: Stack, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        told = Told(connection)
        night.start(*JOBS)
        assert until(told.steps, _PATIENCE_S, "some incidents are escalated")
        first, steps = kill_leader(night), told.steps()
        assert until(lambda: told.marks() >= 0.6 * (LATE + YELLOW), _PATIENCE_S, "most cases are marked")
        second, marks = kill_leader(night), told.marks()
        assert until(lambda: all(told.count(query) >= wanted for query, wanted in _TRUTHS.items()), _PATIENCE_S, "all is told")
        found = {query: told.count(query) for query in _TRUTHS}
    print(f"{first} died at {steps} of {ALERTS} escalations, {second} at {marks} of {LATE + YELLOW} marks; at the end:")
    print(*(f"  {number:5} {query}" for query, number in found.items()), sep="\n")
    assert steps < ALERTS or marks < LATE + YELLOW  # they died at work
    assert found == _TRUTHS
