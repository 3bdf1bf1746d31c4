"""Work days, class standards and the clocks of cases."""

from store.migrations import sql_file

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    sql_file.run(__file__)
