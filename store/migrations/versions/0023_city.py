"""What rules of more than one subject read: signals of alerts and reports, and the indexes for it."""

from store.migrations import sql_file

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    sql_file.run(__file__)
