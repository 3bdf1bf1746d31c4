"""Units, and what a case needs for the whole closed loop: lead and support units, levels, kinship, adjustments, its moments."""

from store.migrations import sql_file

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    sql_file.run(__file__)
