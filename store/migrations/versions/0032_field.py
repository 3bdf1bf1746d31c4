"""What phones send besides acts: positions, notes, push subscriptions."""

from store.migrations import sql_file

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    sql_file.run(__file__)
