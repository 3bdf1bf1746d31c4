"""`yiping import resources`: teams, equipment, materials, shelters, hospitals, experts, contacts and hazards from a table or GeoJSON.

What a row says is `dispatch.resources`'. Exit code 0: taken, 1: a fault, nothing taken, 2: wrong usage.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.table import Table

from cli.terminal import opened, tell_rest, terminal
from dispatch.resources import HEADINGS, KEYS, Fault, read_rows
from geodata.datums import DATUMS
from geodata.tables import read_table
from store import resources as ledger
from store.geography import load_locator

_SHOWN = 50


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--datum", type=click.Choice(DATUMS), default="cgcs2000", show_default=True, help="Datum where a row names none.")
@click.option("--source", help="Name of this import, whose resources it replaces.  [default: the file's name]")
@click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")
def resources(file: Path, datum: str, source: str | None, dry_run: bool) -> None:
    """Replace the resources of one source (CSV, Excel, GeoJSON: code, kind, name, tags, unit, area or lon and lat, quantity, person …).

    What the file names no more is out, not deleted: tasks that were given to it keep its name.
    """
    table, kept = read_table(file, HEADINGS, *KEYS), ledger.Kept()
    with opened(dry_run) as connection:
        locator = load_locator(connection)
        found, faults = read_rows(table.rows, lambda lon, lat: locator.locate(lon, lat).area, datum)
        _refuse(faults)
        if found:
            kept = ledger.keep_all(connection, found, source or file.stem, datetime.now(UTC))
    done = f"{len(found)} resources {'would be taken' if dry_run else 'taken'}"
    terminal().print(f"{done} · {kept.new} new, {kept.changed} there already, {kept.ended} out")
    sys.exit(not found)


def _refuse(faults: list[Fault]) -> None:
    """Names every fault and ends with 1; nothing was taken."""
    if not faults:
        return
    table = Table("row", "what is wrong")
    for fault in faults[:_SHOWN]:
        table.add_row(str(fault.row), fault.why)
    terminal().print(table)
    tell_rest(terminal(), len(faults) - _SHOWN, None)
    sys.exit(1)
