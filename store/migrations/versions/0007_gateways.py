"""Silence that is laid to a gateway is remembered, so that its devices are judged anew when it is back."""

from store.migrations import sql_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    sql_file.run(__file__)
