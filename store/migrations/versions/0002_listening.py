"""When we listened: without it our own absence would be taken for the devices' silence."""

from store.migrations import sql_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    sql_file.run(__file__)
