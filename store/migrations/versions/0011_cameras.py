"""Cameras in the registry: the number of GB/T 28181, what they see, when they were online; and the end of pictures."""

from store.migrations import sql_file

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    sql_file.run(__file__)
