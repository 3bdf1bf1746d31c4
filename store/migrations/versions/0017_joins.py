"""Why each part is in its incident."""

from store.migrations import sql_file

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    sql_file.run(__file__)
