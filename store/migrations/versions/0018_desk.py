"""Comments, approvals, views and shifts."""

from store.migrations import sql_file

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    sql_file.run(__file__)
