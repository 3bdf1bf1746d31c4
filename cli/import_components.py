"""`yiping import components`: a census of city components, so that a report on one proposes its owner.

Exit code 0: all taken, 1: something refused or nothing there, 2: wrong usage. What a cell says is `geodata.component_files`'.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.table import Table

from cli.terminal import opened, progress, terminal, write_report
from core.config import load
from geodata.checks import Finding
from geodata.component_files import TEMPLATE, read_components
from geodata.datums import DATUMS
from store import components as component_store
from store import geography

_SHOWN = 30


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--template", is_flag=True, help="Print the heading of a CSV to fill in, and stop.")
@click.option("--datum", type=click.Choice(DATUMS), default="cgcs2000", show_default=True, help="Datum of the coordinates.")
@click.option("--code-pattern", help="Regular expression a code must match.  [default: places.component_code of the configuration]")
@click.option("--whole", is_flag=True, help="The file is all there is of its classes: what it does not name is gone.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write what was refused as CSV.")
@click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")
def components(
    file: Path | None, template: bool, datum: str, code_pattern: str | None, whole: bool, report: Path | None, dry_run: bool
) -> None:
    """Take city components (CSV, Excel or GeoJSON): code, class, owner, place. Rows with a fault are left out and told."""
    if template:
        sys.stdout.buffer.write(TEMPLATE.encode("utf-8-sig"))
        return
    if file is None:
        raise click.UsageError("name a FILE, or ask for the --template")
    pattern = code_pattern or load(Path(os.environ.get("YIPING_CONFIG", "config.yaml"))).places.component_code
    found, findings = read_components(file, pattern, datum)
    with opened(dry_run) as connection, progress(terminal(), "components", len(found)) as tick:
        saved = component_store.save(connection, found, geography.load_locator(connection), datetime.now(UTC), tick, is_whole=whole)
    findings += [Finding("refused", "area", "lies outside the city", None, code) for code in saved.outside]
    _conclude(saved, findings, report, dry_run)


def _conclude(saved: component_store.Saved, findings: list[Finding], report: Path | None, dry_run: bool) -> None:
    console, refused = terminal(), sum(one.verdict == "refused" for one in findings)
    if findings:
        table = Table("", "#", "code", "reason", "detail")
        for one in findings[:_SHOWN]:
            table.add_row(one.verdict, str(one.feature or ""), one.code or "", one.reason, one.detail)
        console.print(table)
    if report:
        write_report(report, ("verdict", "row", "code", "reason", "detail"),
                     ((one.verdict, one.feature, one.code, one.reason, one.detail) for one in findings))  # fmt: skip
    if saved.unowned:
        told = "、".join(f"{owner} ({count})" for owner, count in saved.unowned[:_SHOWN])
        console.print(f"no unit is called: {told}. Import units of these names, then the components again.")
    taken = saved.added + saved.changed + saved.unchanged
    console.print(
        f"{taken} components {'would be taken' if dry_run else 'taken'}, {refused} refused · {saved.added} new, {saved.changed} changed, "
        f"{saved.unchanged} unchanged, {saved.removed} gone"
    )
    sys.exit(bool(refused) or not taken)
