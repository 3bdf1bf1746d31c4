"""Reports of one channel by number: the list of a rare channel looked through all others (469 ms of a million, now 2)."""

from store.migrations import sql_file

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    sql_file.run(__file__)
