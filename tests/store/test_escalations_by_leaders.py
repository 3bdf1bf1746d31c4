"""Leaders that meet, die and come late, storms and a hundred thousand open: each step is told once and nobody is held up."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from store import escalations
from store.timescale import Store
from tests.desk import SOUTH, Desk, later
from tests.escalation_desk import POLICIES, sweep, told
from tests.patience import Stopwatch, until


def test_two_leaders_at_once_tell_nobody_twice(desk: Desk, database_url: str) -> None:
    for n in range(30):
        desk.alert(severity=1, title=str(n))
    later(desk, seconds=2)
    stores, start = [Store(database_url), Store(database_url)], threading.Barrier(2)

    def lead(store: Store) -> None:
        start.wait()
        for _ in range(3):
            escalations.sweep(store, POLICIES, desk.now)

    threads = [threading.Thread(target=lead, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    sweep(desk)
    assert len(told(desk)) == 30
    assert len(desk.rows("select 1 from outbox")) == 30


def test_a_leader_that_dies_in_the_middle_leaves_neither_mark_nor_message(desk: Desk) -> None:
    desk.alert(severity=1)
    later(desk, seconds=2)

    def die_in_the_middle() -> None:
        with desk.store.connection() as connection:
            assert escalations.sweep_due(connection, POLICIES, desk.now) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        die_in_the_middle()
    assert desk.rows("select 1 from outbox") == desk.rows("select 1 from escalation_steps") == []
    sweep(desk)
    assert len(desk.rows("select 1 from outbox")) == 1


def test_a_leader_that_comes_back_late_tells_each_step_once(desk: Desk) -> None:
    desk.alert(severity=1)
    later(desk, minutes=30)
    sweep(desk)
    assert told(desk) == [(0, 0, "role:duty"), (1, 2, "role:supervisor@area"), (2, 0, "role:leader"), (2, 0, "sms/role:leader")]


def test_what_an_officer_holds_is_met_again_and_nobody_waits(desk: Desk) -> None:
    alert_id = desk.alert(severity=1)
    later(desk, seconds=2)
    with desk.store.connection() as officer:
        officer.execute("select 1 from alerts where alert_id = %s for update", [alert_id])
        assert sweep(desk) == 0
    assert sweep(desk) == 1


def test_with_a_hundred_thousand_open_a_sweep_with_nothing_due_reads_nothing(desk: Desk) -> None:
    with desk.store.connection() as connection:
        connection.execute(
            "insert into escalations (noun, id, since, look_at) select 'alert', i, %s, %s from generate_series(1, 100000) i",
            [desk.now, desk.now + timedelta(minutes=5)],
        )
        connection.execute("analyze escalations")
    watch = Stopwatch()
    assert sweep(desk) == 0
    watch.within(0.05, "a sweep")


def test_a_storm_is_looked_at_in_portions_that_hold_no_one_long(desk: Desk) -> None:
    with desk.store.connection() as connection:
        connection.execute(
            """insert into alerts (rule, subject, domain, class_code, severity, stage, title, area, observed_at, raised_at, updated_at)
               select 'r', i::text, 'water', '0502', 1, 'unack', 't', %s, %s, %s, %s from generate_series(1, 1000) i""",
            [f"{SOUTH}001", desk.now, desk.now, desk.now],
        )
    later(desk, seconds=3)
    watch = Stopwatch()
    with desk.store.connection() as connection:
        assert escalations.sweep_due(connection, POLICIES, desk.now) == escalations.AT_ONCE
    watch.within(1.0, "a portion")
    assert sweep(desk) == 1000 - escalations.AT_ONCE
    assert len(desk.rows("select 1 from outbox")) == 1000


def test_processes_that_start_at_the_same_moment_keep_the_same_terms(desk: Desk) -> None:
    with ThreadPoolExecutor(1) as pool:
        with desk.store.connection() as first:
            escalations.keep_terms(first, POLICIES)
            second = pool.submit(_keep_terms, desk)
            until(lambda: desk.rows("select 1 from pg_locks where not granted"), what="the second waits for the first")
        second.result(20)
    assert len(desk.rows("select 1 from escalation_terms")) == len(POLICIES)


def _keep_terms(desk: Desk) -> None:
    with desk.store.connection() as connection:
        escalations.keep_terms(connection, POLICIES)
