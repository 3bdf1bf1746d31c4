"""Named collectors, and what the clocks of cases were missing."""

from store.migrations import sql_file

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    sql_file.run(__file__)
