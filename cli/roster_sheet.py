"""`yiping import roster-sheet` and `yiping export roster-sheet`: rosters as districts keep them, a row a person and a column a day.

What a cell says is `dispatch.roster_matrix`'. Exit code 0: taken, 1: something refused and nothing stored, 2: wrong usage.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from rich.table import Table

from cli.import_organisation import SHOWN, act_of, city, conclude
from cli.terminal import opened, terminal
from dispatch.roster_matrix import MOST_DAYS, read_matrix
from dispatch.roster_sheet import write_sheet
from geodata.tables import read_lines
from store import roster_matrix


@click.command("roster-sheet")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--month", default="", metavar="2026-11", help="Where the sheet names days only, and no month above them.")
@click.option("--grid", default="", help="The duty grid of rows that name none.")
@click.option("--replace", is_flag=True, help="Who had a shift on these days has it no more.")
@click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")
def roster_sheet(file: Path, month: str, grid: str, replace: bool, dry_run: bool) -> None:
    """Take a roster as districts keep it: a row a person, a column a day, a shift in each cell (Excel or CSV).

    Columns 责任网格, 姓名 or 登录名, then days; heads may have several rows and merged cells.
    """
    config, act = city(), act_of("assign")
    matrix = read_matrix(read_lines(file, MOST_DAYS + 20), config.organisation, month, grid)
    with opened(dry_run) as connection:
        brought = roster_matrix.bring(
            connection, matrix, act, config.organisation, config.area.timezone, replace=replace, apply=not dry_run
        )  # fmt: skip
    table = Table("责任网格 grid", "班次 shift", "有人 served", "天 days")
    for one in brought.laid[:SHOWN]:
        table.add_row(one.grid, config.organisation.shifts[one.shift].label, str(one.served), str(len(one.cycle)))
    ended = f"{len(brought.ended)} rosters {'ended' if brought.applied else 'would end'}"
    terminal().print(table, f"{len(matrix.people)} people, {len(brought.standing)} shifts as they stand, {ended}")
    conclude(terminal(), "shifts of grids", range(len(brought.laid)), brought.findings, dry_run)


@click.group()
def export() -> None:
    """Write what the city keeps as files that can be changed and imported again."""


@export.command("roster-sheet")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=31, show_default=True)
@click.option("--area", default="", help="Code of an area, or its beginning.")
def write(file: Path, first: datetime, days: int, area: str) -> None:
    """Write the rosters as such a sheet (.xlsx): what is changed in it can be imported again."""
    config, now = city(), datetime.now(UTC)
    with opened(True) as connection:
        rows = roster_matrix.rows_of(connection, act_of("export").scope, first.date(), days, config.area.zone, area, now)
    file.write_bytes(write_sheet(rows, first.date(), days, config.organisation, f"{config.area.name} 排班表", now))
    terminal().print(f"{len(rows)} rows, {days} days · {file}")
