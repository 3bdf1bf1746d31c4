"""What analysis counts: alerts, cases and complaints in one shape, and the keys they are counted by."""

from store.migrations import sql_file

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    sql_file.run(__file__)
