"""City components and routing rules."""

from store.migrations import sql_file

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    sql_file.run(__file__)
