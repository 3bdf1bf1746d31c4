"""What the imports of ledgers share: their options, the template, and the report of what became of each row."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from cli.terminal import tell_rest, terminal, write_report
from dispatch.told_rows import VERDICTS
from geodata.datums import DATUMS
from store.table_rows import Take, Taken

_SHOWN = 100
_OPTIONS = (
    click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    click.option("--template", "wants_template", is_flag=True, help="Print a CSV to fill in, with Chinese headings, and stop."),
    click.option("--partial", is_flag=True, help="Take the good rows although others are refused."),
    click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write what became of each row as CSV."),
    click.option("--datum", type=click.Choice(DATUMS), default="cgcs2000", show_default=True, help="Datum where a row names none."),
    click.option("--dry-run", is_flag=True, help="Check and report only, store nothing."),
)


def rows_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and options of every import of rows, in the order in which help lists them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def demand_file(file: Path | None, wants_template: bool, headings: Sequence[str]) -> Path:
    """The file to read; the template is printed instead where it was asked for, and the command ends. Raises `click.UsageError`."""
    if wants_template:
        sys.stdout.buffer.write(("\ufeff" + ",".join(headings) + "\r\n").encode())
        raise click.exceptions.Exit(0)
    if file is None:
        raise click.UsageError("name a FILE, or ask for the --template")
    return file


def take_of(partial: bool, dry_run: bool) -> Take:
    return "nothing" if dry_run else "good" if partial else "whole"


def conclude(taken: Taken, report: Path | None) -> None:
    """Prints what became of each row, the refused first, and ends with 1 where one was refused or there was none."""
    console, table = terminal(), Table("row", "code", "", "detail")
    worst_first = sorted(taken.verdicts, key=lambda one: one.verdict != "refused")
    told = [(one.row, one.code, one.verdict, one.why or ", ".join(one.changed)) for one in worst_first]
    for row, code, verdict, detail in told[:_SHOWN]:
        table.add_row(str(row or ""), code, verdict, detail)
    console.print(table)
    tell_rest(console, len(told) - _SHOWN, report)
    if report:
        write_report(report, ("row", "code", "verdict", "detail"), told)
    counts = Counter(one.verdict for one in taken.verdicts)
    figures = ", ".join(f"{counts[word]} {word}" for word in VERDICTS)
    console.print(f"{figures} · {'stored' if taken.kept else 'nothing was stored: mend the file, or use --partial'}")
    if taken.refused or not taken.verdicts:
        sys.exit(1)
