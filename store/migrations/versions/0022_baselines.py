"""Levels of devices, baselines of past days, looks at windows."""

from store.migrations import sql_file

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    sql_file.run(__file__)
