"""`yiping import`: a city's own areas, cells and layers; devices and readings have files of their own beside this one.

Shows what was taken and what was refused, and why. Reads files with `geodata`, stores with `store`, all in one transaction.
Exit code 0: all taken, 1: something refused, 2: wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

from cli.import_classes import classes, days
from cli.import_components import components
from cli.import_devices import devices
from cli.import_enterprises import enterprises
from cli.import_organisation import people, roster, units
from cli.import_places import places
from cli.import_readings import readings
from cli.import_resources import resources
from cli.import_revisits import revisits
from cli.import_works import works
from cli.roster_sheet import roster_sheet
from cli.terminal import opened, progress, terminal
from geodata import importing
from geodata.checks import Finding
from geodata.datums import DATUMS
from geodata.importing import COLUMNS, Options
from store import geography

F = TypeVar("F", bound=Callable[..., Any])
_SHOWN = 50  # findings printed; all are counted
_COLOURS = {"refused": "red", "repaired": "yellow", "warning": "yellow"}


@click.group()
def import_() -> None:
    """Import areas, cells, layers, devices, readings, units, people or rosters of a city from files."""


import_.add_command(places)


import_.add_command(devices)
import_.add_command(readings)
import_.add_command(units)
import_.add_command(people)
import_.add_command(roster)
import_.add_command(roster_sheet)
import_.add_command(enterprises)
import_.add_command(resources)
import_.add_command(revisits)
import_.add_command(works)
import_.add_command(classes)
import_.add_command(components)
import_.add_command(days)


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
    console, now = terminal(), datetime.now(UTC)
    with opened(dry_run) as connection, progress(console, "areas") as tick:
        found = importing.import_areas(file, _options(given), geography.load_areas(connection), tick)
        saved = geography.save_areas(connection, found.taken, now) if found.taken and not dry_run else geography.Saved()
    _conclude(console, "areas", len(found.taken), found.findings, saved, dry_run)


@import_.command()
@_file_options
def cells(file: Path, dry_run: bool, **given: Any) -> None:
    """Replace the grid cells and the duty grids they name. Cells whose code stays keep their history."""
    console, now = terminal(), datetime.now(UTC)
    with opened(dry_run) as connection, progress(console, "cells") as tick:
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
    console, now = terminal(), datetime.now(UTC)
    found = importing.import_layer(file, _options(given), name, label or name)
    with opened(dry_run) as connection:
        for layer in found.taken if not dry_run else ():
            geography.save_layer(connection, layer, now)
    count = sum(len(layer.collection["features"]) for layer in found.taken)
    _conclude(console, f"features of layer {name}", count, found.findings, None, dry_run)


def _options(given: dict[str, Any]) -> Options:
    columns = {}
    for pair in given["columns"]:
        ours, equals, theirs = pair.partition("=")
        if not equals or ours not in COLUMNS:
            raise click.BadParameter(f"'{pair}': write OURS=THEIRS with OURS one of {', '.join(COLUMNS)}", param_hint="--column")
        columns[ours] = theirs
    return Options(given["datum"], given["crs"], given["layer"], columns, given["code_pattern"])


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
