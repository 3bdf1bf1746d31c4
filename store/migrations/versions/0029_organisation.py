"""Posts, rosters, rotations, substitutions and patrols."""

from store.migrations import sql_file

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    sql_file.run(__file__)
