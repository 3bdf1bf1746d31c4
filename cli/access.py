"""Where a command finds the database: `YIPING_DATABASE_URL`, else the demo of this checkout. Prints nothing."""

import json
import os
from pathlib import Path

import click

from store.timescale import Store


def open_store() -> Store:
    """The owner's login. Fails with what to set when there is no address."""
    url = os.environ.get("YIPING_DATABASE_URL")
    file = os.environ.get("YIPING_DATABASE_URL_FILE")
    if not url and file:
        url = Path(file).read_text(encoding="utf-8").strip()
    if not url:
        access = Path(__file__).parent.parent / ".run" / "access.json"
        url = json.loads(access.read_text(encoding="utf-8")).get("database_url") if access.is_file() else None
    if not url:
        raise click.ClickException("set YIPING_DATABASE_URL, or start the demo (make demo)")
    return Store(url, name="yiping-cli", connections=1)
