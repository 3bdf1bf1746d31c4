"""Routing rules, class standards and the calendar as an administrator edits them."""

from store.migrations import sql_file

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    sql_file.run(__file__)
