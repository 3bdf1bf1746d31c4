"""How good the data are, hour by hour, and the figures derived from them."""

from store.migrations import sql_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    sql_file.run(__file__)
