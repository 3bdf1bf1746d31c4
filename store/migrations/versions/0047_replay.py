"""Key frames of the live picture, so that any moment can be shown again."""

from store.migrations import sql_file

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    sql_file.run(__file__)
