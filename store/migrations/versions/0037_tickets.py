"""What the desk sees of hotline tickets and of messages that reached nobody."""

from store.migrations import sql_file

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    sql_file.run(__file__)
