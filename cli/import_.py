"""`yiping import`: a city's own areas, cells, layers and devices. Shows what was taken and what was refused, and why.

Reads files with `geodata`, stores with `store`, all in one transaction. Exit code 0: all taken, 1: something refused, 2: wrong usage.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from core.config import load
from core.settings import read_settings
from geodata import importing
from geodata.checks import Finding
from geodata.datums import DATUMS
from geodata.device_files import DeviceRow, read_devices
from geodata.importing import COLUMNS, Options
from geodata.locate import Locator
from store import devices as device_store
from store import geography
from store.timescale import Connection, Store

F = TypeVar("F", bound=Callable[..., Any])
_SHOWN = 50  # findings printed; all are counted
_COLOURS = {"refused": "red", "repaired": "yellow", "warning": "yellow"}


@click.group()
def import_() -> None:
    """Import areas, cells, layers or devices of a city from files."""


def _file_options(command: F) -> F:
    """What all geographic imports take."""
    options = (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--datum", type=click.Choice(DATUMS), default="cgcs2000", show_default=True, help="Datum of the coordinates."),
        click.option("--crs", help="Projection where the file names none, for instance EPSG:4549."),
        click.option("--layer", help="Layer of a GeoPackage."),
        click.option("--column", "columns", multiple=True, metavar="OURS=THEIRS", help=f"A column's name; ours: {', '.join(COLUMNS)}."),
        click.option("--code-pattern", help="Regular expression that codes must match."),
        click.option("--dry-run", is_flag=True, help="Check and report only, store nothing."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@import_.command()
@_file_options
def areas(file: Path, dry_run: bool, **given: Any) -> None:
    """Replace the areas: district, streets, communities (GeoJSON, Shapefile, GeoPackage)."""
    console, now = _console(), datetime.now(UTC)
    with _opened(dry_run) as connection, _progress(console, "areas") as tick:
        found = importing.import_areas(file, _options(given), geography.load_areas(connection), tick)
        saved = geography.save_areas(connection, found.taken, now) if found.taken and not dry_run else geography.Saved()
    _conclude(console, "areas", len(found.taken), found.findings, saved, dry_run)


@import_.command()
@_file_options
def cells(file: Path, dry_run: bool, **given: Any) -> None:
    """Replace the grid cells and the duty grids they name. Cells whose code stays keep their history."""
    console, now = _console(), datetime.now(UTC)
    with _opened(dry_run) as connection, _progress(console, "cells") as tick:
        known = geography.load_areas(connection)
        found, grids = importing.import_cells(file, _options(given), known, tick)
        saved = geography.Saved()
        if found.taken and not dry_run:
            geography.save_duty_grids(connection, grids)
            saved = geography.save_cells(connection, found.taken, now)
            geography.remove_duty_grids(connection, [grid.code for grid in grids])
            geography.place_devices(connection, geography.load_locator(connection), now)
    _conclude(console, "cells", len(found.taken), found.findings, saved, dry_run)


@import_.command()
@_file_options
@click.option("--name", required=True, help="Name of the layer: roads, water, places or one of your own.")
@click.option("--label", help="What screens call it.")
def layers(file: Path, name: str, label: str | None, dry_run: bool, **given: Any) -> None:
    """Add or replace one map layer."""
    console, now = _console(), datetime.now(UTC)
    found = importing.import_layer(file, _options(given), name, label or name)
    with _opened(dry_run) as connection:
        for layer in found.taken if not dry_run else ():
            geography.save_layer(connection, layer, now)
    count = sum(len(layer.collection["features"]) for layer in found.taken)
    _conclude(console, f"features of layer {name}", count, found.findings, None, dry_run)


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--datum", type=click.Choice(DATUMS), default="cgcs2000", show_default=True, help="Datum where a row names none.")
@click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")
def devices(file: Path, datum: str, dry_run: bool) -> None:
    """Register or change devices (CSV or GeoJSON; columns as in PUT /devices)."""
    console, now = _console(), datetime.now(UTC)
    rows, findings = read_devices(file, datum)
    city = load(Path(os.environ.get("YIPING_CONFIG", "config.yaml"))).area.code
    added = 0
    with _opened(dry_run) as connection, _progress(console, "devices", len(rows)) as tick:
        locator = geography.load_locator(connection)
        for done, row in enumerate(rows, 1):
            entry = _placed(row, locator, city)
            if entry.placement in ("outside", "zero"):
                findings.append(Finding("warning", "place", f"lies {entry.placement}: listed as unplaced", row.number, row.device))
            added += bool(not dry_run and device_store.register(connection, entry, now))
            tick(done)
    saved = geography.Saved(added=added, changed=0 if dry_run else len(rows) - added)
    _conclude(console, "devices", len(rows), findings, saved, dry_run)


def _placed(row: DeviceRow, locator: Locator, city: str) -> device_store.DeviceEntry:
    """A file's row with its cell; its area is the community it lies in, else what the file says, else the city's."""
    place, lon, lat = locator.place(row.position)
    wanted = ("unit", "min", "max", "name", "kind")
    metrics = {name: device_store.MetricEntry(**{k: v for k, v in told.items() if k in wanted}) for name, told in row.metrics.items()}
    return device_store.DeviceEntry(
        row.device, row.name, row.domain, place.area or row.area or city, place.placement, place.cell_id, lon, lat,
        row.interval_s, row.model, row.gateway, metrics=metrics,
    )  # fmt: skip


@contextmanager
def _opened(dry_run: bool) -> Iterator[Connection]:
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
def _progress(console: Console, what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing in a log."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def _options(given: dict[str, Any]) -> Options:
    columns = {}
    for pair in given["columns"]:
        ours, equals, theirs = pair.partition("=")
        if not equals or ours not in COLUMNS:
            raise click.BadParameter(f"'{pair}': write OURS=THEIRS with OURS one of {', '.join(COLUMNS)}", param_hint="--column")
        columns[ours] = theirs
    return Options(given["datum"], given["crs"], given["layer"], columns, given["code_pattern"])


def _console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def _conclude(console: Console, what: str, taken: int, findings: Sequence[Finding], saved: geography.Saved | None, dry_run: bool) -> None:
    """Prints findings and figures; exits with 1 if anything was refused or nothing was there to take."""
    if findings:
        table = Table("", "#", "code", "reason", "detail")
        for finding in sorted(findings, key=lambda f: f.verdict != "refused")[:_SHOWN]:
            mark = f"[{_COLOURS[finding.verdict]}]{finding.verdict}[/]"
            table.add_row(mark, str(finding.feature or ""), finding.code or "", finding.reason, finding.detail)
        console.print(table)
        if len(findings) > _SHOWN:
            console.print(f"… and {len(findings) - _SHOWN} more")
    refused = sum(finding.verdict == "refused" for finding in findings)
    done = f"{taken} {what} {'would be taken' if dry_run else 'taken'}, {refused} refused"
    if saved is not None and not dry_run:
        done += f" · {saved.added} new, {saved.changed} changed, {saved.removed} removed, {saved.moved} placed anew"
        if saved.held:
            done += f" · kept because cells or areas lie in them: {', '.join(saved.held)}"
    console.print(done)
    if refused or not taken:
        sys.exit(1)
