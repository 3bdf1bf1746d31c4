"""`yiping check-config`: every problem of a configuration at once, or what it amounts to."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import click

from core.config import load
from core.errors import ConfigError
from dispatch.work_calendar import unknown_years


@click.command("check-config")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def check_config(file: Path | None) -> None:
    """Check FILE (default: the configuration in use). Exit code 1 when it cannot be used."""
    path = file or Path(os.environ.get("YIPING_CONFIG", "config.yaml"))
    try:
        config = load(path)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(
        f"{path}: ok — {config.area.name} {config.area.code}, {len(config.feeds)} feeds, {len(config.metrics)} metrics, "
        f"{len(config.classes)} classes, {len(config.rules)} rules"
    )
    year = datetime.now(config.area.zone).year
    if unknown := unknown_years(config.work.holidays, (), year, year + 1):
        told = " and ".join(map(str, unknown))
        click.echo(f"  note: of {told} only weekends are known as days off, unless ./yiping import work-days told the city's own")
