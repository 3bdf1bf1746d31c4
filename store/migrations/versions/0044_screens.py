"""Screens with an identity, scenes, playlists and casts."""

from store.migrations import sql_file

revision = "0044"
down_revision = "0042"


def upgrade() -> None:
    sql_file.run(__file__)
