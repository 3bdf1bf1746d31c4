"""What the map draws beside cells."""

from store.migrations import sql_file

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    sql_file.run(__file__)
