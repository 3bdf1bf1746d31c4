"""Planned works and events."""

from store.migrations import sql_file

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    sql_file.run(__file__)
