"""Plans, tasks, resources and the log of emergency incidents."""

from store.migrations import sql_file

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    sql_file.run(__file__)
