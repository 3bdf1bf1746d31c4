"""What an outlet's permit allows and which class a section is to have; limits are withdrawn, never deleted: a figure names its own."""

from store.migrations import sql_file

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    sql_file.run(__file__)
