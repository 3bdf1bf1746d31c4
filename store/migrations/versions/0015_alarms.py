"""Rules with their history, and what an alert and an incident remember of how they rang, who has them and what they were."""

from store.migrations import sql_file

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    sql_file.run(__file__)
