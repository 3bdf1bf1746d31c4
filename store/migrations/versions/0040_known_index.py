"""Finding what is already known by words of an address."""

from store.migrations import sql_file

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    sql_file.run(__file__)
