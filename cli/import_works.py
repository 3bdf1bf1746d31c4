"""`yiping import works`: planned works and events of a file, written down or changed by their code, all of them or none."""

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
from dispatch.enterprises import Verdict
from dispatch.works import TEMPLATE, read_works
from geodata.datums import DATUMS
from store import geography
from store.acts import Act
from store.table_rows import Take
from store.works_in import put_all

_SHOWN = 100


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--template", "wants_template", is_flag=True, help="Print a CSV to fill in, with Chinese headings, and stop.")
@click.option("--partial", is_flag=True, help="Take the good rows although others are refused.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write what became of each row as CSV.")
@click.option("--datum", type=click.Choice(DATUMS), default="cgcs2000", show_default=True, help="Datum where a row names none.")
@click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")
def works(file: Path | None, wants_template: bool, partial: bool, report: Path | None, datum: str, dry_run: bool) -> None:
    """Write down or change planned works and events (CSV, Excel or GeoJSON points). A hint beside alerts: nothing is silenced by them."""
    if wants_template:
        sys.stdout.buffer.write(("\ufeff" + ",".join(TEMPLATE) + "\r\n").encode())
        return
    if file is None:
        raise click.UsageError("name a FILE, or ask for the --template")
    config = load(Path(os.environ.get("YIPING_CONFIG", "config.yaml")))
    rows, faults = read_works(file, config.planned_works.kinds, config.area.zone, datum)
    act = Act("import", Scope("system", (config.area.code,)), datetime.now(UTC), note=f"导入 {file.name}")
    take: Take = "nothing" if dry_run else "good" if partial else "whole"
    with opened(dry_run) as connection, progress(terminal(), "works", len(rows)) as tick:
        taken = put_all(connection, rows, faults, geography.load_locator(connection), act, take, file.name, tick)
    _conclude(taken.verdicts, taken.kept, report)
    if taken.refused or not rows:
        sys.exit(1)


def _conclude(verdicts: tuple[Verdict, ...], kept: bool, report: Path | None) -> None:
    console, table = terminal(), Table("row", "code", "", "detail")
    worst_first = sorted(verdicts, key=lambda one: one.verdict != "refused")
    told = [(one.row, one.code, one.verdict, one.why or ", ".join(one.changed)) for one in worst_first]
    for row, code, verdict, detail in told[:_SHOWN]:
        table.add_row(str(row or ""), code, verdict, detail)
    console.print(table)
    tell_rest(console, len(told) - _SHOWN, report)
    if report:
        write_report(report, ("row", "code", "verdict", "detail"), told)
    counts = Counter(one.verdict for one in verdicts)
    figures = ", ".join(f"{counts[word]} {word}" for word in ("created", "changed", "unchanged", "refused"))
    console.print(f"{figures} · {'stored' if kept else 'nothing was stored: mend the file, or use --partial'}")
