"""`yiping import works`: planned works and events of a file, written down or changed by their code, all of them or none."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from cli.terminal import opened, progress, terminal
from cli.told_rows import conclude, demand_file, rows_options, take_of
from core.config import load
from core.model import Scope
from dispatch.works import TEMPLATE, read_works
from store import geography
from store.acts import Act
from store.works_in import put_all


@click.command()
@rows_options
def works(file: Path | None, wants_template: bool, partial: bool, report: Path | None, datum: str, dry_run: bool) -> None:
    """Write down or change planned works and events (CSV, Excel or GeoJSON points). A hint beside alerts: nothing is silenced by them."""
    file = demand_file(file, wants_template, TEMPLATE)
    config = load(Path(os.environ.get("YIPING_CONFIG", "config.yaml")))
    rows, faults = read_works(file, config.planned_works.kinds, config.area.zone, datum)
    act = Act("import", Scope("system", (config.area.code,)), datetime.now(UTC), note=f"导入 {file.name}")
    take = take_of(partial, dry_run)
    with opened(dry_run) as connection, progress(terminal(), "works", len(rows)) as tick:
        taken = put_all(connection, rows, faults, geography.load_locator(connection), act, take, file.name, tick)
    conclude(taken, report)
