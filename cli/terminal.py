"""What imports share: one transaction for a whole file, a bar while it works, a console and a file to report on."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from core.settings import read_settings
from store.timescale import Connection, Store


@contextmanager
def opened(dry_run: bool) -> Iterator[Connection]:
    """One transaction for the whole file: it is taken, or the city stays as it was."""
    store = Store(read_settings(os.environ).database_url, name="yiping-import", connections=1)
    try:
        with store.connection() as connection:
            yield connection
            if dry_run:
                connection.rollback()
    finally:
        store.close()


@contextmanager
def progress(console: Console, what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing in a log."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def terminal() -> Console:
    """Where reports are printed; in a log lines are wide, so that a row stays one."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def write_report(file: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A row for every row of what was imported, as CSV that Chinese spreadsheets open as it is meant."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)


def tell_rest(console: Console, hidden: int, report: Path | None) -> None:
    """How many rows were not printed, and where they stand."""
    if hidden > 0:
        console.print(f"… and {hidden} more" + ("" if report else "; --report FILE holds all"))
