"""Row security of what people are told and hand over, notes of what moves inhibition, what signals count, and the indexes of keeping."""

from store.migrations import sql_file

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    sql_file.run(__file__)
