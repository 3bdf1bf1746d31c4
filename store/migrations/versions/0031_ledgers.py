"""Hazards, enterprises, expedite orders, duty log and morning reports."""

from store.migrations import sql_file

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    sql_file.run(__file__)
