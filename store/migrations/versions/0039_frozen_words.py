"""Figures of evaluation count orders, keep what was late, and frozen reports keep the words of their day."""

from store.migrations import sql_file

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    sql_file.run(__file__)
