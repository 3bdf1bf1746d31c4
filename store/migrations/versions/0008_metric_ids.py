"""The numbers of metrics that were drawn in vain are given back."""

from store.migrations import sql_file

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    sql_file.run(__file__)
