"""`yiping import enterprises`: the ledger of enterprises and sites from a file; a file with a fault changes nothing unless told so.

What a cell says is `dispatch.enterprises`', what is stored `store.enterprises`'. Exit code 0: all taken, 1: something refused.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.table import Table

from cli.terminal import opened, progress, tell_rest, terminal, write_report
from core.config import load
from core.model import Scope
from dispatch.enterprises import TEMPLATE, read_enterprises
from geodata.datums import DATUMS
from store import geography
from store.acts import Act
from store.enterprises_in import place_of, put_all
from store.table_rows import Take

_SHOWN = 100


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--template", "wants_template", is_flag=True, help="Print a CSV to fill in, with Chinese headings, and stop.")
@click.option("--partial", is_flag=True, help="Take the good rows although others are refused.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write what became of each row as CSV.")
@click.option("--datum", type=click.Choice(DATUMS), default="cgcs2000", show_default=True, help="Datum where a row names none.")
@click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")
def enterprises(file: Path | None, wants_template: bool, partial: bool, report: Path | None, datum: str, dry_run: bool) -> None:
    """Write down or change enterprises and sites (CSV, Excel or GeoJSON points); a new risk colour goes into its history."""
    if wants_template:
        sys.stdout.buffer.write(("\ufeff" + ",".join(TEMPLATE) + "\r\n").encode())
        return
    if file is None:
        raise click.UsageError("name a FILE, or ask for the --template")
    config = load(Path(os.environ.get("YIPING_CONFIG", "config.yaml")))
    entries, faults = read_enterprises(file, config.ledgers.enterprise_kinds, datum)
    act = Act("import", Scope("system", (config.area.code,)), datetime.now(UTC), note=f"导入 {file.name}")
    take: Take = "nothing" if dry_run else "good" if partial else "whole"
    with opened(dry_run) as connection, progress(terminal(), "enterprises", len(entries)) as tick:
        locator = geography.load_locator(connection)
        taken = put_all(connection, entries, faults, lambda one: place_of(one, locator, config.area.code), act, take, tick)
    _conclude([(one.row, one.code, one.verdict, one.why) for one in taken.verdicts], taken.kept, report)
    if taken.refused or not entries:
        sys.exit(1)


def _conclude(verdicts: list[tuple[int, str, str, str]], kept: bool, report: Path | None) -> None:
    console, table = terminal(), Table("row", "code", "", "detail")
    told = sorted(verdicts, key=lambda one: one[2] != "refused")
    for row, code, verdict, why in told[:_SHOWN]:
        table.add_row(str(row or ""), code, verdict, why)
    console.print(table)
    tell_rest(console, len(told) - _SHOWN, report)
    if report:
        write_report(report, ("row", "code", "verdict", "detail"), verdicts)
    counts = Counter(one[2] for one in verdicts)
    figures = ", ".join(f"{counts[word]} {word}" for word in ("created", "changed", "unchanged", "refused"))
    console.print(f"{figures} · {'stored' if kept else 'nothing was stored: mend the file, or use --partial'}")
