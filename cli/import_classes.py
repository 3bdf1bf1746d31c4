"""`yiping import classes` and `yiping import work-days`: a city's standards and its own calendar, whole tables or nothing.

What a cell says is `dispatch.standards`' and `dispatch.day_tables`'. Exit code 0: taken, 1: a fault, nothing taken, 2: wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from cli.terminal import opened, tell_rest, terminal
from dispatch import day_tables
from dispatch import standards as tables
from dispatch.standards import COMPONENT, EVENT, Fault
from geodata.tables import read_table
from store import standards, work_days

_SHOWN = 50
_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_DRY = click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")


@click.command()
@_FILE
@click.option("--kind", type=click.Choice((EVENT, COMPONENT)), help="What the classes are of.  [default: 事件 or 部件 in the file's name]")
@_DRY
def classes(file: Path, kind: str | None, dry_run: bool) -> None:
    """Replace the classes of one kind: conditions, limits and units (CSV or Excel, merged cells as they are).

    What the table has no more is ended, not deleted: a case keeps the standard it was opened under.
    """
    kind = kind or kind_of(file.stem)
    found, faults = tables.read_rows(read_table(file, tables.HEADINGS, *tables.KEYS).rows, kind)
    _refuse(terminal(), faults)
    saved = standards.Saved()
    with opened(dry_run) as connection:
        if found:
            saved = standards.save(connection, kind, found, file.name, datetime.now(UTC))
    count = len({one.class_code for one in found})
    done = f"{count} {kind} classes, {len(found)} conditions {'would be taken' if dry_run else 'taken'}"
    terminal().print(f"{done} · {saved.added} new, {saved.changed} changed, {saved.ended} ended, {saved.unchanged} unchanged")
    sys.exit(not found)


def kind_of(name: str) -> str:
    """What a file's name says its classes are of. Raises `click.UsageError` when it says nothing or both."""
    said = {EVENT: ("事件", "event"), COMPONENT: ("部件", "component")}
    named = [kind for kind, words in said.items() if any(word in name.lower() for word in words)]
    if len(named) != 1:
        raise click.UsageError(f"'{name}' does not say what its classes are of: give --kind {EVENT} or --kind {COMPONENT}")
    return named[0]


@click.command("work-days")
@_FILE
@_DRY
def days(file: Path, dry_run: bool) -> None:
    """Replace the city's own days off (休) and make-up days (班) of the years the file names (CSV or Excel)."""
    found, faults = day_tables.read_days(read_table(file, day_tables.HEADINGS, *day_tables.KEYS).rows)
    _refuse(terminal(), faults)
    with opened(dry_run) as connection:
        if found and not dry_run:
            work_days.save(connection, found)
    worked = sum(works for _, works, _ in found)
    terminal().print(f"{len(found)} days {'would be taken' if dry_run else 'taken'}: {worked} worked, {len(found) - worked} off")
    sys.exit(not found)


def _refuse(console: Console, faults: Sequence[Fault]) -> None:
    """Names every fault and ends with 1; nothing was taken."""
    if not faults:
        return
    table = Table("row", "column", "what is wrong")
    for fault in faults[:_SHOWN]:
        table.add_row(str(fault.row), fault.column, fault.text)
    console.print(table)
    tell_rest(console, len(faults) - _SHOWN, None)
    console.print(f"{len(faults)} faults: nothing was taken")
    sys.exit(1)
