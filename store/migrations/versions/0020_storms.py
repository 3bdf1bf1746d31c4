"""Storms of alerts."""

from store.migrations import sql_file

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    sql_file.run(__file__)
