"""`yiping import revisits`: what revisits of a 12345 platform found, from its list (CSV or Excel); `ingest.revisits` reads the cells."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from openpyxl import load_workbook

from cli.terminal import opened, terminal
from core.charset import text_of
from core.config import load
from core.model import EVERYWHERE
from ingest.revisits import read_revisits
from store.revisits import take

_SHOWN = 50


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="Feed whose tickets these are. [default: any of hotline.sources]")
@click.option("--dry-run", is_flag=True, help="Read and report only, store nothing.")
def revisits(file: Path, source: str | None, dry_run: bool) -> None:
    """Take revisits: 办件编号, 回访时间, 是否有效, 是否联系, 是否解决, 满意度 (or our own words, docs/hotline.md).

    A time without an offset is the city's. Taken twice, a list changes nothing.
    """
    config, now, console = load(Path(os.environ.get("YIPING_CONFIG", "config.yaml"))), datetime.now(UTC), terminal()
    sources = (source,) if source else config.hotline.sources
    if not sources or not set(sources) <= set(config.hotline.sources):
        raise click.UsageError(f"--source: one of hotline.sources ({', '.join(config.hotline.sources) or 'none'})")
    found = read_revisits(_rows(file), config.area.zone, now)
    for place, why in found.refused[:_SHOWN]:
        console.print(f"row {place + 2}: {why}")
    told = [revisit for _, revisit in found.taken]
    with opened(dry_run) as connection:
        taken = None if dry_run else take(connection, EVERYWHERE, told, sources, config.hotline, config.area.code, now)
    done = f"{len(told)} revisits {'would be taken' if taken is None else 'taken'}, {len(found.refused)} refused"
    console.print(done + (f" · {taken.created} new, {taken.changed} changed, {taken.known} known" if taken else ""))
    if found.refused or not told:
        sys.exit(1)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    """Each row by its headings; the first row has them."""
    if file.suffix.lower() == ".xlsx":
        sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
        lines = ([("" if cell is None else cell) for cell in row] for row in sheet.iter_rows(values_only=True))
        names = [str(name).strip() for name in next(lines, [])]
        yield from (dict(zip(names, line, strict=False)) for line in lines if any(cell != "" for cell in line))
    else:
        yield from csv.DictReader(io.StringIO(text_of(file.read_bytes())))
