"""Roll-ups: recomputing changes nothing, a writer still under way is waited for, no mark is lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from core.config import Config
from store import live_rows, rollups
from store.leader import Leader, somebody_leads
from store.timescale import Store
from tests.patience import until

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
MARK = "insert into rollup_dirty (bucket) values (%s) on conflict do nothing"
READING = """insert into readings (observed_at, device_id, metric_id, quality, value, received_at, processed_at)
    values (%s, 1, 1, 0, %s, %s, %s)"""


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    with store.connection() as c:
        c.execute("insert into metrics (metric) values ('pm25')")
        c.execute("insert into devices (device, name, domain, area) values ('d', 'd', 'urban', '320404001001')")
    yield store
    store.close()


def write(connection: psycopg.Connection[object], value: float, second: int) -> None:
    at = NOON + timedelta(seconds=second)
    connection.execute(READING, [at, value, at, at])
    connection.execute(MARK, [NOON])


def take(store: Store) -> None:
    with store.connection() as c:
        rollups.take_dirty(c, NOON + rollups.BUCKET)


def compute(store: Store) -> int:
    with store.connection() as c:
        return rollups.compute_dirty(c, NOON)


def work(store: Store) -> None:
    """To the end: whoever writes anywhere in this server, a vacuum too, is waited for."""
    take(store)
    until(lambda: compute(store), what="a bucket is computed")


def sums(store: Store) -> list[tuple[str, int, float]]:
    with store.connection() as c:
        return [(row["street"], row["count"], row["sum"]) for row in rollups.read(c, "pm25", NOON, NOON + timedelta(hours=1))]


def test_recomputing_a_bucket_gives_the_same_rows(store: Store) -> None:
    for _ in range(2):
        with store.connection() as c:
            c.execute(MARK, [NOON])
            c.execute("delete from readings")
            write(c, 4, 1)
            write(c, 6, 2)
        work(store)
        assert sums(store) == [("320404001", 2, 10.0)]


def test_a_writer_that_found_its_bucket_marked_and_commits_late_is_counted(store: Store, database_url: str) -> None:
    with store.connection() as c:
        write(c, 4, 1)
    with psycopg.connect(database_url) as late:
        write(late, 6, 2)  # the mark was there: it leaves none of its own
        take(store)
        assert [compute(store) for _ in range(3)] == [0, 0, 0]
        assert sums(store) == [], "nothing is computed while it is under way"
    work(store)
    assert sums(store) == [("320404001", 2, 10.0)]


def test_marks_taken_survive_a_crash_before_they_were_computed(store: Store) -> None:
    with store.connection() as c:
        write(c, 4, 1)
    with store.connection() as c:
        assert rollups.take_dirty(c, NOON + rollups.BUCKET) == 1
    work(store)
    assert sums(store) == [("320404001", 1, 4.0)]


@pytest.mark.parametrize("poison", [1.7e308, -1.7e308, 1e100, float("inf"), float("nan")])
def test_values_that_no_sum_can_hold_are_left_out_of_their_bucket(store: Store, poison: float) -> None:
    with store.connection() as c:
        for second, value in enumerate((poison, 4.0, poison)):
            write(c, value, second)
    work(store)
    assert sums(store) == [("320404001", 1, 4.0)]


def test_a_bucket_that_fails_costs_only_itself(store: Store) -> None:
    """No value we know of breaks a bucket any more: the database is made to refuse one sum, as it did with 1e308."""
    with store.connection() as c:
        c.execute("""create function burst() returns trigger language plpgsql as
            $$ begin if new.sum = 13 then raise 'too large' using errcode = '22003'; end if; return new; end $$""")
        c.execute("create trigger burst before insert on rollups for each row execute function burst()")
        for bucket, value in enumerate((13.0, 4.0, 6.0)):
            at = NOON + bucket * rollups.BUCKET
            c.execute(READING, [at, value, at, at])
            c.execute(MARK, [at])
    with store.connection() as c:
        rollups.take_dirty(c, NOON + timedelta(hours=1))
    work(store)
    assert sums(store) == [("320404001", 1, 4.0), ("320404001", 1, 6.0)]
    with store.connection() as c:
        assert rollups.take_dirty(c, NOON + timedelta(hours=1)) == 0, "it is not tried for ever"


def test_one_leads_and_another_takes_over_when_it_leaves(database_url: str, store: Store) -> None:
    first, second = Leader(database_url), Leader(database_url)
    assert first.lead()
    assert first.lead()
    assert not second.lead()
    with store.connection() as c:
        assert somebody_leads(c)
    first.close()
    until(second.lead, what="the server has let the lead go")
    second.close()


HEALTH = """insert into feed_health (feed, worker, state, since, accepted, duplicates, rejected, last_at, updated_at)
    values ('city', %s, %s, %s, %s, 1, 2, %s, %s)"""


def test_processes_that_ended_a_day_ago_leave_one_row_and_the_totals(store: Store, config: Config) -> None:
    def totals() -> list[tuple[str, int, int, int]]:
        with store.connection() as c:
            return [(f["state"], f["accepted"], f["duplicates"], f["rejected"]) for f in live_rows.read_feeds(c)]

    with store.connection() as c:
        for day in range(9):
            at = NOON - timedelta(days=day)
            c.execute(HEALTH, [f"w:{day}", "connected" if day == 0 else "stopped", at, 10**day, at, at])
    told = totals()
    assert told == [("connected", 111_111_111, 9, 18)]
    for day in (0, 0, 1, 9):  # twice at once, and on later days: nothing is counted twice
        with store.connection() as c:
            rollups.forget_old(c, config.retention, NOON + timedelta(days=day, seconds=1))
        assert totals() == told
    with store.connection() as c:
        assert [row["worker"] for row in c.execute("select worker from feed_health order by worker")] == ["past", "w:0"]
