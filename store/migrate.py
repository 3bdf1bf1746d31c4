"""Brings a database to the present schema (Alembic) and gives the web's login its rights."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config

_HERE = Path(__file__).parent / "migrations"


def upgrade(database_url: str) -> None:
    """Apply every migration that is missing, then the grants. Safe to repeat.

    Raises `psycopg.OperationalError` when the database cannot be reached.
    """
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["url"] = database_url
    command.upgrade(config, "head")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute((_HERE / "grants.sql").read_bytes())


def current(database_url: str) -> str | None:
    """The revision a database stands at; None when it was never migrated."""
    with psycopg.connect(database_url) as connection:
        if not connection.execute("select to_regclass('alembic_version')").fetchone()[0]:  # type: ignore[index]
            return None
        row = connection.execute("select version_num from alembic_version").fetchone()
        return str(row[0]) if row else None
