"""Who leads: one advisory lock on a connection of its own, given back by the database itself when its holder dies.

Decides nothing about duties. A leader cut off from the database learns it by `lead()` before anybody else can lead for
longer than one turn; every duty is idempotent, and the projector's numbers are compared and set, so that two for a
moment do no harm.
"""

from contextlib import suppress
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from core.errors import StoreUnavailable
from store.timescale import Connection, queries

_KEY = 0x59_50_4C  # 'YPL': the same in every process of one database

# A holder that was killed gives the lock back at once; one that hangs or whose machine vanished, after 2.5 s of saying nothing.
_OPTIONS = (
    "-c statement_timeout=2000 -c idle_session_timeout=2500 -c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2"
)


class Leader:
    """Leads, or waits to. Holds one connection: close it."""

    def __init__(self, url: str) -> None:
        self._url = make_conninfo(
            url,
            application_name="yiping-leader",
            connect_timeout=2,
            options=_OPTIONS,
            keepalives_idle=2,
            keepalives_interval=1,
            keepalives_count=2,
            tcp_user_timeout=3000,
        )
        self._connection: psycopg.Connection[Any] | None = None
        self._leads = False

    def lead(self) -> bool:
        """Try to lead; True when this process does. Raises `StoreUnavailable` when the database is away."""
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._url, autocommit=True)
            # Once held it is only asked whether the connection lives: the lock is counted, and would have to be given back as often.
            question = "select case when %s then true else pg_try_advisory_lock(%s) end"
            row = self._connection.execute(question, [self._leads, _KEY]).fetchone()
        except psycopg.Error as error:
            self.close()
            raise StoreUnavailable(str(error).strip() or type(error).__name__) from error
        self._leads = bool(row and row[0])
        return self._leads

    @property
    def leads(self) -> bool:
        return self._leads

    def close(self) -> None:
        """Let another lead."""
        self._leads = False
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


def somebody_leads(connection: Connection) -> bool:
    """Whether any process holds the lead of this database."""
    return bool(queries.readiness_leader(connection, key=_KEY))
