"""`yiping import places`: a city's own names of roads, estates, points and house numbers. Tells every row's fate.

Exit code 0: all taken, 1: something refused, 2: wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from cli.terminal import opened, tell_rest, terminal, write_report
from geodata.checks import Finding
from geodata.datums import DATUMS
from geodata.gazetteer_files import read_places
from geodata.gazetteer_places import KINDS, PlaceEntry
from store import gazetteer
from store.geography import load_locator

_SHOWN = 50  # findings printed; `--report` writes all


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--datum", type=click.Choice(DATUMS), default="cgcs2000", show_default=True, help="Datum where a row names none.")
@click.option("--kind", type=click.Choice(KINDS), default=None, help="Kind where a row names none; else its geometry tells.")
@click.option("--source", help="Name of this import, whose places it replaces.  [default: the file's name]")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write what became of each row as CSV.")
@click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")
def places(file: Path, datum: str, kind: str | None, source: str | None, report: Path | None, dry_run: bool) -> None:
    """Replace the gazetteer of one source (CSV or GeoJSON: name, kind, aliases, area, lon, lat, road, number)."""
    console, saved = terminal(), gazetteer.SavedPlaces()
    with opened(dry_run) as connection:
        taken, findings = read_places(file, datum, kind or "", load_locator(connection))
        if taken and not dry_run:
            saved = gazetteer.save_places(connection, source or file.stem, list(taken.values()), datetime.now(UTC))
    if report:
        _write_report(report, taken, findings)
    _show(console, findings, report)
    refused = sum(finding.verdict == "refused" for finding in findings)
    done = f"{len(taken)} places {'would be taken' if dry_run else 'taken'}, {refused} refused"
    console.print(done if dry_run else f"{done} · {saved.added} new, {saved.changed} changed, {saved.removed} removed")
    if refused or not taken:
        sys.exit(1)


def _show(console: Console, findings: Sequence[Finding], report: Path | None) -> None:
    if not findings:
        return
    table = Table("", "row", "name", "reason", "detail")
    for finding in sorted(findings, key=lambda one: one.verdict != "refused")[:_SHOWN]:
        table.add_row(finding.verdict, str(finding.feature or ""), finding.code or "", finding.reason, finding.detail)
    console.print(table)
    tell_rest(console, len(findings) - _SHOWN, report)


def _write_report(path: Path, taken: Mapping[int, PlaceEntry], findings: Sequence[Finding]) -> None:
    """One line a row of the file, in its order: taken, taken with a warning, or refused and why."""
    rows = {row: ("taken", row, place.name, place.kind, place.area, place.lon, place.lat, "") for row, place in taken.items()}
    for one in findings:
        row = one.feature or 0
        rows[row] = (one.verdict, row, one.code or "", *(rows[row][3:7] if row in rows else ("", "", "", "")), one.detail)
    header = ("verdict", "row", "name", "kind", "area", "lon", "lat", "detail")
    write_report(path, header, (rows[row] for row in sorted(rows)))
