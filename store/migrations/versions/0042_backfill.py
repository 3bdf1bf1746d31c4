"""What stands already, as the versions before would have it: rows only, no table is closed to anybody."""

from store.migrations import sql_file

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    sql_file.run(__file__)
