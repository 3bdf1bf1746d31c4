"""The indexes of the case queue: by stage and light, and by gravity."""

from store.migrations import sql_file

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    sql_file.run(__file__)
