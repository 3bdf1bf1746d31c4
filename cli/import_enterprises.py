"""`yiping import enterprises`: the ledger of enterprises and sites from a file; a file with a fault changes nothing unless told so.

What a cell says is `dispatch.enterprises`', what is stored `store.enterprises`'. Exit code 0: all taken, 1: something refused.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from cli.terminal import opened, progress, terminal
from cli.told_rows import conclude, demand_file, rows_options, take_of
from core.config import load
from core.model import Scope
from dispatch.enterprises import TEMPLATE, read_enterprises
from store import geography
from store.acts import Act
from store.enterprises_in import place_of, put_all


@click.command()
@rows_options
def enterprises(file: Path | None, wants_template: bool, partial: bool, report: Path | None, datum: str, dry_run: bool) -> None:
    """Write down or change enterprises and sites (CSV, Excel or GeoJSON points); a new risk colour goes into its history."""
    file = demand_file(file, wants_template, TEMPLATE)
    config = load(Path(os.environ.get("YIPING_CONFIG", "config.yaml")))
    entries, faults = read_enterprises(file, config.ledgers.enterprise_kinds, datum)
    act = Act("import", Scope("system", (config.area.code,)), datetime.now(UTC), note=f"导入 {file.name}")
    take = take_of(partial, dry_run)
    with opened(dry_run) as connection, progress(terminal(), "enterprises", len(entries)) as tick:
        locator = geography.load_locator(connection)
        taken = put_all(connection, entries, faults, lambda one: place_of(one, locator, config.area.code), act, take, tick)
    conclude(taken, report)
