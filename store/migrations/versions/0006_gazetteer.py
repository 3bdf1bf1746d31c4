"""Names of places, what people taught of them, and the answers of a city's own geocoder."""

from store.migrations import sql_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    sql_file.run(__file__)
