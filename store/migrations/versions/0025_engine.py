"""Since when a trusted value stands, and devices whose scope became another."""

from store.migrations import sql_file

revision = "0025"
down_revision = "0023"


def upgrade() -> None:
    sql_file.run(__file__)
