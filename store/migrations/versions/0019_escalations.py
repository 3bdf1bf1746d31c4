"""Escalations and delivery."""

from store.migrations import sql_file

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    sql_file.run(__file__)
