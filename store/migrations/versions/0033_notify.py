"""Contacts, receipts, rates and the exchange with the hotline."""

from store.migrations import sql_file

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    sql_file.run(__file__)
