"""`yiping import devices`: registers what a file lists and reports on every row; a file with a fault changes nothing unless told so.

What a cell says is `geodata.device_files`', what may be registered is `store.devices`'.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click
from rich.table import Table

from cli.terminal import opened, progress, terminal
from core.config import load
from core.device import DeviceEntry, MetricEntry
from core.errors import Invalid
from core.model import Placement
from geodata.cameras import is_camera
from geodata.checks import Finding
from geodata.datums import DATUMS
from geodata.device_fields import merged_metric
from geodata.device_files import DeviceRow, read_devices, template
from geodata.locate import Locator
from store import devices as device_store
from store import geography
from store.timescale import Connection

_SHOWN = 200  # rows printed; a report file holds all
_ORDER = ("refused", "warning", "created", "changed", "unchanged")
_COLOURS = {"refused": "red", "warning": "yellow", "created": "green", "changed": "cyan", "unchanged": "dim"}


class Verdict(NamedTuple):
    """What became of a row: created, changed, unchanged or refused; a warning stands beside these. `row` None: the whole file."""

    row: int | None
    device: str
    verdict: str
    detail: str = ""


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--template", "wants_template", is_flag=True, help="Print a CSV to fill in, with Chinese headings, and stop.")
@click.option("--partial", is_flag=True, help="Take the good rows although others are refused.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report on every row as CSV.")
@click.option("--datum", type=click.Choice(DATUMS), default="cgcs2000", show_default=True, help="Datum where a row names none.")
@click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")
def devices(file: Path | None, wants_template: bool, partial: bool, report: Path | None, datum: str, dry_run: bool) -> None:
    """Register or change devices (CSV, Excel or GeoJSON; Chinese headings or the fields of PUT /devices).

    A column the file lacks, and an empty cell, leave what is registered as it is.
    """
    if wants_template:
        sys.stdout.buffer.write(template().encode())
        return
    if file is None:
        raise click.UsageError("name a FILE, or ask for the --template")
    rows, findings = read_devices(file, datum)
    city = load(Path(os.environ.get("YIPING_CONFIG", "config.yaml"))).area.code
    with opened(dry_run) as connection, progress(terminal(), "devices", len(rows)) as tick:
        verdicts = [_told(finding) for finding in findings]
        known = device_store.registered(connection, [row.device for row in rows])
        locator, now = geography.load_locator(connection), datetime.now(UTC)
        for done, row in enumerate(rows, 1):
            verdicts += _register(connection, row, known.get(row.device), locator, city, now)
            tick(done)
        refused = any(one.verdict == "refused" for one in verdicts)
        kept = not dry_run and (partial or not refused)
        if not kept:
            connection.rollback()
    _conclude(verdicts, kept, dry_run, report)
    if refused or not rows:
        sys.exit(1)


def _told(finding: Finding) -> Verdict:
    return Verdict(finding.feature, finding.code or "", finding.verdict, finding.detail)


def _register(
    connection: Connection, row: DeviceRow, known: tuple[DeviceEntry, bool] | None, locator: Locator, city: str, now: datetime
) -> list[Verdict]:
    """Register one row if it says something new."""
    old, confirmed = known or (None, False)
    try:
        entry = entry_of(row, old, locator, city)
        if entry == old and confirmed:
            return [Verdict(row.number, row.device, "unchanged")]
        device_store.register(connection, entry, now)
    except Invalid as error:
        return [Verdict(row.number, row.device, "refused", str(error))]
    changes = [name for name in DeviceEntry.__slots__ if old and getattr(entry, name) != getattr(old, name)]
    if old and not confirmed:
        changes.append("confirmed")
    verdicts = [Verdict(row.number, row.device, "changed" if old else "created", ", ".join(changes))]
    if entry.gb_id and not entry.gb_id.startswith(city[:4]):
        verdicts.append(Verdict(row.number, row.device, "warning", f"gb_id: {entry.gb_id[:6]} is of another city than {city}"))
    if row.position and entry.placement in (Placement.OUTSIDE, Placement.ZERO):
        verdicts.append(Verdict(row.number, row.device, "warning", f"its place is {entry.placement}: listed as unplaced"))
    return verdicts


def entry_of(row: DeviceRow, old: DeviceEntry | None, locator: Locator, city: str) -> DeviceEntry:
    """What is registered when a row is added to what was there. Raises `Invalid` where that makes no sense.

    The area is the community the place lies in, else what the file says, else what was known, else the city's.
    """
    camera = is_camera(row.told.get("kind"), row.told)
    if old is None and "domain" not in row.told and not camera:
        raise Invalid("domain: a device that is not registered yet needs one (应急, 城管, 环境, 水务)")
    base = old or DeviceEntry(row.device, row.device, "urban" if camera else "", row.area or city, Placement.NONE.value)
    told = {name: value for name, value in row.told.items() if value is not None}
    metrics = {wire: merged_metric(wire, base.metrics.get(wire, MetricEntry()), one) for wire, one in row.metrics.items()}
    entry = replace(base, **told, metrics={**base.metrics, **metrics})
    if row.position is not None:
        place, lon, lat = locator.place(row.position)
        area = place.area or row.area or base.area
        return replace(entry, area=area, placement=place.placement.value, cell_id=place.cell_id, lon=lon, lat=lat)
    if row.area and row.area != base.area:
        if base.placement == Placement.INSIDE and not base.area.startswith(row.area):
            raise Invalid(f"area: it lies in {base.area} by its place; give lon and lat too")
        return entry if base.placement == Placement.INSIDE else replace(entry, area=row.area)
    return entry


def _conclude(verdicts: Sequence[Verdict], kept: bool, dry_run: bool, report: Path | None) -> None:
    """Prints the rows, worst first, and what they come to; writes all of them where a report is wanted."""
    console = terminal()
    by_row = sorted(verdicts, key=lambda one: one.row or 0)
    ordered = sorted(by_row, key=lambda one: _ORDER.index(one.verdict))
    table = Table("row", "device", "", "detail")
    for one in ordered[:_SHOWN]:
        table.add_row(str(one.row or ""), one.device, f"[{_COLOURS[one.verdict]}]{one.verdict}[/]", one.detail)
    console.print(table)
    if len(ordered) > _SHOWN:
        console.print(f"… and {len(ordered) - _SHOWN} more" + ("" if report else "; --report FILE holds all"))
    if report:
        with report.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("row", "device", "verdict", "detail"))
            writer.writerows(by_row)
    counts = Counter(one.verdict for one in verdicts)
    figures = ", ".join(f"{counts[word]} {word}" for word in ("created", "changed", "unchanged", "refused"))
    told = (
        "stored" if kept else "nothing was stored: this was a dry run" if dry_run else "nothing was stored: mend the file, or use --partial"
    )
    console.print(f"{figures} · {told}")
