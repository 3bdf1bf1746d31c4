"""A device that stays silent too long gets a maintenance case: which absence has which, and on whose feed the device was heard."""

from store.migrations import sql_file

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    sql_file.run(__file__)
