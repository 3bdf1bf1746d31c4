"""`yiping migrate`: the database at the present schema."""

from __future__ import annotations

import os

import click

from core.settings import read_settings
from store.migrate import current, upgrade


@click.command()
def migrate() -> None:
    """Bring the database named by YIPING_DATABASE_URL to the present schema. Safe to repeat."""
    url = read_settings(os.environ).database_url
    before = current(url)
    upgrade(url)
    after = current(url)
    click.echo(f"schema {after}" + (" (nothing to do)" if before == after else f", was {before or 'empty'}"))
