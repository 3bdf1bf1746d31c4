"""Runs the SQL that stands beside a version's Python file: as one script, by the driver itself, without SQLAlchemy's dialect."""

from pathlib import Path

from alembic import op


def run(version: str) -> None:
    """The script beside `version` (a version's `__file__`)."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(Path(version).with_suffix(".sql").read_bytes())
