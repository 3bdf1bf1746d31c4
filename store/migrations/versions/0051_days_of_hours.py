"""Days of measured hours, so that a quarter's hours beyond limits are counted without reading each; limits that are a device's own."""

from store.migrations import sql_file

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    sql_file.run(__file__)
