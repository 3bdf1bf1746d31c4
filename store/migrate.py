"""Brings a database to the present schema (Alembic) and gives the web's login its rights."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import OperationalError

from core.errors import StoreUnavailable

_HERE = Path(__file__).parent / "migrations"
_LOCK_S = 10.0  # whoever waits for a table longer keeps everybody behind him waiting too
_IN_THE_WAY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)  # those at work go first


def upgrade(database_url: str, lock_s: float = _LOCK_S) -> None:
    """Apply every migration that is missing, each in its own transaction, then the grants. Safe to repeat.

    Raises `psycopg.OperationalError` when the database cannot be reached, `StoreUnavailable` when a table was not free for
    `lock_s` seconds: the migrations before stand then, nothing of the one that waited does, and another `upgrade` goes on with it.
    """
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["url"] = database_url
    config.attributes["options"] = options = f"-c lock_timeout={lock_s * 1e3:.0f}"
    try:
        command.upgrade(config, "head")
        with psycopg.connect(database_url, autocommit=True, options=options) as connection:
            connection.execute((_HERE / "grants.sql").read_bytes())
    except (OperationalError, *_IN_THE_WAY) as error:
        if isinstance(getattr(error, "orig", error), _IN_THE_WAY):
            told = f"a table was in use for {lock_s:g} s: stop the roles, then migrate again; it goes on where it stopped"
            raise StoreUnavailable(told) from error
        raise


def current(database_url: str) -> str | None:
    """The revision a database stands at; None when it was never migrated."""
    with psycopg.connect(database_url) as connection:
        if not connection.execute("select to_regclass('alembic_version')").fetchone()[0]:  # type: ignore[index]
            return None
        row = connection.execute("select version_num from alembic_version").fetchone()
        return str(row[0]) if row else None
