"""What is written down of a batch that the database will not hold: which law it broke, never whose data."""

from collections.abc import Iterator

import pytest

from core.config import Config
from core.errors import BatchRefused, StoreUnavailable
from store.timescale import Store
from store.transaction import batch
from tests.pipes import deps_of

CALLER = "张三 13800000000"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("create temporary table t (phone text constraint one_phone unique); insert into t values (%(c)s), (%(c)s)", "one_phone"),
        ("create temporary table t (phone text constraint short check (length(phone) < 3)); insert into t values (%(c)s)", "short"),
        ("create temporary table t (phone text, area text not null); insert into t values (%(c)s)", "area"),
        ("select cast(%(c)s as integer)", "InvalidTextRepresentation"),
        ("select cast(%(c)s as jsonb)", "InvalidTextRepresentation"),
        ("select cast(%(c)s as timestamptz)", "InvalidDatetimeFormat"),
    ],
)
def test_a_refused_batch_names_the_law_and_no_caller(config: Config, store: Store, statement: str, told: str) -> None:
    deps = deps_of(config, store)
    with pytest.raises(BatchRefused, match=told) as refused, batch(store, deps.registry, deps.locate, config) as tx:
        tx._connection.execute(statement.replace("%(c)s", f"'{CALLER}'"))
    assert not any(word in str(refused.value) for word in CALLER.split())


def test_a_fault_of_ours_names_what_is_missing(config: Config, store: Store) -> None:
    deps = deps_of(config, store)
    with pytest.raises(StoreUnavailable, match="UndefinedColumn") as away, batch(store, deps.registry, deps.locate, config) as tx:
        tx._connection.execute(f"select no_such from (select '{CALLER}') t")
    assert "no_such" in str(away.value)
    assert CALLER not in str(away.value)
