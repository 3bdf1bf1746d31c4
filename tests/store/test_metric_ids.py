"""The numbers of metrics are few (a smallint): only a metric that is new takes one, and there is an end to what wires may name."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from core.config import Config
from core.model import Frame, Taken
from pipeline import process
from store.migrations import sql_file
from store.registry import keep_catalogue
from store.timescale import Store
from tests.pipes import deps_of, nowhere


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    yield store
    store.close()


def with_most(config: Config, most: int) -> Config:
    return config.model_copy(update={"ingest": config.ingest.model_copy(update={"most_metrics": most})})


def one(store: Store, query: str) -> int:
    with store.connection() as connection:
        return int(next(iter(next(iter(connection.execute(query))).values())))


def last_number(store: Store) -> int:
    return one(store, "select last_value from metrics_metric_id_seq")


def offer(store: Store, config: Config, now: datetime, *metrics: str) -> Taken:
    """One body with a value of each metric, by a process that remembers nothing."""
    deps = deps_of(config, store, nowhere)
    body = [{"device": "d", "metric": metric, "value": 1, "observed_at": now.isoformat()} for metric in metrics]
    return process([Frame("http-readings", json.dumps(body).encode(), now, "/api", "areas:320404")], now, deps).taken[0]


def test_a_catalogue_that_stands_takes_no_numbers_however_often_a_process_starts(store: Store, config: Config) -> None:
    for _ in range(5):
        with store.connection() as connection:
            keep_catalogue(connection, config)
    assert one(store, "select count(*) from metrics") == len(config.metrics) == last_number(store)


def test_what_the_configuration_changes_of_a_metric_is_stored_and_its_number_stays(store: Store, config: Config) -> None:
    with store.connection() as connection:
        keep_catalogue(connection, config)
        connection.execute("update metrics set label = '旧', max = 1 where metric = 'pm25'")
        keep_catalogue(connection, config)
        [row] = connection.execute("select label, unit, kind, min, max from metrics where metric = 'pm25'")
    shipped = config.metrics["pm25"]
    assert row == {"label": shipped.label, "unit": shipped.unit, "kind": shipped.kind, "min": shipped.min, "max": shipped.max}


def test_a_metric_that_is_known_takes_no_number_when_it_is_met_again(store: Store, config: Config, now: datetime) -> None:
    for _ in range(3):
        offer(store, config, now, "x.a", "x.b")
    assert last_number(store) == one(store, "select count(*) from metrics") == 2


def test_beyond_the_most_a_new_metric_is_refused_and_its_neighbours_are_stored(store: Store, config: Config, now: datetime) -> None:
    few = with_most(config, 3)
    assert offer(store, few, now, "x.a", "x.b").accepted == 2
    taken = offer(store, few, now.replace(microsecond=1), "x.c", "x.d", "x.a", "x.e")
    assert taken.accepted == 2
    assert [(str(refused.reason), refused.index, refused.device) for refused in taken.rejected] == [
        ("unsupported", 1, "d"),
        ("unsupported", 3, "d"),
    ]
    assert "x.d" in taken.rejected[0].detail
    assert (one(store, "select count(*) from metrics"), last_number(store)) == (3, 3)


def test_a_metric_of_the_configuration_is_kept_however_full_the_catalogue_is(store: Store, config: Config, now: datetime) -> None:
    few = with_most(config, 1)
    offer(store, few, now, "x.a")
    with store.connection() as connection:
        keep_catalogue(connection, few)
    assert offer(store, few, now.replace(microsecond=1), "pm25", "x.b").accepted == 1


def test_the_migration_gives_wasted_numbers_back(store: Store, database_url: str, config: Config) -> None:
    repair = (Path(sql_file.__file__).parent / "versions" / "0008_metric_ids.sql").read_bytes()
    with psycopg.connect(database_url) as connection:
        connection.execute("select setval('metrics_metric_id_seq', 32700)")
        connection.execute(repair)
        assert connection.execute("insert into metrics (metric) values ('first') returning metric_id").fetchone() == (1,)
        connection.execute("insert into metrics (metric_id, metric) values (7, 'seventh')")
        connection.execute("select setval('metrics_metric_id_seq', 32767)")
        connection.execute(repair)
        assert connection.execute("insert into metrics (metric) values ('next') returning metric_id").fetchone() == (8,)
