"""Resources change only from the version that was read."""

from store.migrations import sql_file

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    sql_file.run(__file__)
