"""Silences and maintenance windows, inhibition, and the notes by which the leader judges alerts anew."""

from store.migrations import sql_file

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    sql_file.run(__file__)
