"""How long nobody listened since a device spoke: gaps are kept, so that one of them forgives no silence but its own length."""

from store.migrations import sql_file

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    sql_file.run(__file__)
