"""What a device is and whose it is: the ledger beside what ingest needs."""

from store.migrations import sql_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    sql_file.run(__file__)
