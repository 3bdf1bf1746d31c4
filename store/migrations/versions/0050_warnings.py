"""Weather warnings for a whole district, read by those of its streets."""

from store.migrations import sql_file

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    sql_file.run(__file__)
