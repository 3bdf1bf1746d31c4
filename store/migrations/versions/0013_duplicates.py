"""How many readings of each device came again: counted in the hour of receipt, told with the hour's quality."""

from store.migrations import sql_file

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    sql_file.run(__file__)
