"""What the decoders tell of reports beyond their first message: stated ends, revisions, pictures."""

from store.migrations import sql_file

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    sql_file.run(__file__)
