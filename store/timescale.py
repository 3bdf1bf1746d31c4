"""The door to the database: a pool, transactions, scoped reads. Driver errors leave it as `StoreUnavailable`.

Named queries stand in `queries/*.sql`; the functions that run them live beside this file, one module a noun,
and take a `Connection`. Nothing outside `store/` sees psycopg.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString, TypeAlias, cast

import aiosql
import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from core.errors import StoreUnavailable
from core.model import Scope
from store import arrays

Connection: TypeAlias = psycopg.Connection[DictRow]

queries: Any = aiosql.from_path(Path(__file__).parent / "queries", "psycopg", mandatory_parameters=False)

# A query that outlives this is a fault of ours; a screen must hear "unavailable" before its user gives up.
_STATEMENT_S = 30.0
_WAIT_FOR_CONNECTION_S = 3.0


def sql(name: str) -> LiteralString:
    """The text of a named query, for the paths that hand it to a cursor themselves (COPY, hot loops)."""
    return cast(LiteralString, getattr(queries, name).sql)


class Store:
    """A pool of connections to one TimescaleDB. Holds sockets: close it."""

    def __init__(
        self, url: str, *, name: str = "yiping", connections: int = 4, check: bool = True, statement_s: float = _STATEMENT_S,
        lists: bool = True,
    ) -> None:  # fmt: skip
        """`check` asks each connection whether it is alive before it is lent: not for those who try again anyway.

        A statement ends after `statement_s`; set with the connection, so that a transaction may begin as it likes. Who reads `lists`
        has each planned for its own filters: a plan kept from rare ones took 7 s for the plain list of a million reports (3 ms).
        """
        options = {"statement_timeout": f"{statement_s * 1e3:.0f}", "timezone": "UTC"}
        if lists:
            options["plan_cache_mode"] = "force_custom_plan"
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            min_size=0,
            max_size=connections,
            timeout=_WAIT_FOR_CONNECTION_S,
            reconnect_timeout=2.0,
            open=True,
            check=ConnectionPool.check_connection if check else None,
            configure=arrays.register,
            kwargs={
                "row_factory": dict_row,
                "application_name": name,
                "connect_timeout": 3,
                "options": " ".join(f"-c {key}={value}" for key, value in options.items()),
                "keepalives_idle": 5,
                "keepalives_interval": 2,
                "keepalives_count": 3,
                "tcp_user_timeout": 10_000,
            },
        )

    def close(self) -> None:
        self._pool.close(timeout=2)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """One transaction as the pool's own login: commit at the end, roll back on any error.

        Raises `StoreUnavailable` when the database is away, also when it left during the commit: whether that
        commit happened is then unknown, and the same batch is to be sent again.
        """
        try:
            with self._pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed) as error:
            raise StoreUnavailable(str(error).strip() or type(error).__name__) from error

    @contextmanager
    def scoped(self, scope: Scope) -> Iterator[Connection]:
        """One transaction that sees and changes only what `scope` names; row security stands behind it."""
        with self.connection() as connection:
            _limit(connection, scope)
            yield connection

    def ping(self) -> None:
        """Raises `StoreUnavailable` unless the database answers."""
        with self.connection() as connection:
            connection.execute("select 1")


def _limit(connection: Connection, scope: Scope) -> None:
    """Until the transaction ends, row security shows what `scope` names."""
    account = "" if scope.account_id is None else str(scope.account_id)
    connection.execute(
        "select set_config('yiping.areas', %s, true), set_config('yiping.account', %s, true)", [",".join(prefixes(scope)), account]
    )


@contextmanager
def part(connection: Connection, scope: Scope) -> Iterator[None]:
    """One of many transactions on a connection that `Store.scoped` lent: what went before it stands, whatever becomes of this one."""
    connection.commit()
    with connection.transaction():
        _limit(connection, scope)
        yield


def prefixes(scope: Scope) -> list[str]:
    """LIKE patterns of a scope, for `area like any(:areas)`: the first lock; row security is the second."""
    return [f"{area}%" for area in scope.areas]
