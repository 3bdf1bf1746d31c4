"""What the phone needs of checks and photographs."""

from store.migrations import sql_file

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    sql_file.run(__file__)
