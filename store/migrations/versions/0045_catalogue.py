"""The catalogue of indicators and the scores of vital signs."""

from store.migrations import sql_file

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    sql_file.run(__file__)
