"""The spine of the city's memory."""

from store.migrations import sql_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    sql_file.run(__file__)
