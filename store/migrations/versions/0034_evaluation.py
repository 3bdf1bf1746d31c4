"""Facts of cases for indicators, and frozen period reports."""

from store.migrations import sql_file

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    sql_file.run(__file__)
