"""`yiping import readings`: readings that people kept in a sheet, sent through `POST /readings` as any system would.

Reports on every row. Nothing is sent while a row cannot be read, unless told so; what the city refuses (unknown device,
out of range) costs its neighbours nothing.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import click
import httpx
from rich.table import Table

from cli.terminal import progress, tell_rest, terminal, write_report
from core.config import load
from core.errors import StoreUnavailable, YipingError
from ingest.reading_files import ReadingRows, read_readings

ACCESS = Path(".run/access.json")
_PORTION = 1000  # readings a request: answered within a second
_TRIES = 5
_WAIT_S = 120.0
_SHOWN = 200


class Answer(NamedTuple):
    """What the city said to all portions together; `refused`: row → why."""

    accepted: int
    duplicates: int
    refused: dict[int, str]


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--partial", is_flag=True, help="Send the rows that can be read although others cannot.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report on every row as CSV.")
@click.option("--dry-run", is_flag=True, help="Read and report only, send nothing.")
@click.option("--access", type=click.Path(path_type=Path), default=ACCESS, show_default=True, help="Where addresses and tokens stand.")
@click.option("--url", help="Address of the city, for instance http://127.0.0.1:8050.")
@click.option("--token", envvar="YIPING_TOKEN", help="Feed token.")
def readings(file: Path, partial: bool, report: Path | None, dry_run: bool, access: Path, url: str | None, token: str | None) -> None:
    """Send readings of any metric (CSV or Excel: device, metric, value, observed_at[, quality]; Chinese headings too).

    A time without an offset is the city's. Sent twice, a file changes nothing.
    """
    zone = load(Path(os.environ.get("YIPING_CONFIG", "config.yaml"))).area.zone
    rows = read_readings(file, zone)
    known = json.loads(access.read_text(encoding="utf-8")) if access.exists() else {}
    url, token = url or known.get("url", ""), token or known.get("tokens", {}).get("feed", "")
    answer = None
    if rows.taken and not dry_run and (partial or not rows.refused):
        if not url or not token:
            raise click.UsageError(f"no --url or --token, and {access} names none")
        answer = _send(rows, url, token)
    _conclude(rows, answer, dry_run, report)
    if rows.refused or not rows.taken or (answer and answer.refused):
        sys.exit(1)


def _send(rows: ReadingRows, url: str, token: str) -> Answer:
    """All portions, one after the other. Raises `YipingError` for an answer that ends the matter."""
    accepted, duplicates, refused = 0, 0, dict[int, str]()
    bar = progress(terminal(), "readings", len(rows.taken))
    with bar as tick, httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=_WAIT_S) as client:
        for first in range(0, len(rows.taken), _PORTION):
            part = rows.taken[first : first + _PORTION]
            body = _post(client, f"{url.rstrip('/')}/api/v1/readings", {"readings": [element for _, element in part]})
            accepted, duplicates = accepted + body["accepted"], duplicates + body["duplicates"]
            for one in body["rejected"]:
                refused[part[one["index"]][0]] = f"{one['reason']}: {one['detail']}"
            tick(first + len(part))
    return Answer(accepted, duplicates, refused)


def _post(client: httpx.Client, address: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to one portion; a city that is away for a moment is asked again: the same readings twice are one."""
    for last in [False] * (_TRIES - 1) + [True]:
        try:
            answer = client.post(address, json=body)
        except httpx.TransportError as error:
            if last:
                raise StoreUnavailable(f"{address} does not answer: {error}") from error
            continue
        if answer.status_code == 200:
            told: dict[str, Any] = answer.json()
            return told
        if answer.status_code != 503 or last:
            raise YipingError(f"{address} answered {answer.status_code}: {answer.text[:300]}")
    raise AssertionError("the last try returns or raises")


def _conclude(rows: ReadingRows, answer: Answer | None, dry_run: bool, report: Path | None) -> None:
    """Prints what was refused and what it comes to; writes every row where a report is wanted."""
    console = terminal()
    refused = dict(rows.refused) | (answer.refused if answer else {})
    fate = "taken" if answer else "not sent"
    if rows.unread:
        console.print(f"[yellow]columns not known and not read: {', '.join(rows.unread)}[/]")
    if refused:
        table = Table("row", "", "detail")
        for number, why in sorted(refused.items())[:_SHOWN]:
            table.add_row(str(number), "[red]refused[/]", why)
        console.print(table)
        tell_rest(console, len(refused) - _SHOWN, report)
    if report:
        told = [
            (n, e["device"], e["metric"], e["observed_at"], "refused" if n in refused else fate, refused.get(n, "")) for n, e in rows.taken
        ]
        header = ("row", "device", "metric", "observed_at", "verdict", "detail")
        write_report(report, header, sorted(told + [(n, "", "", "", "refused", why) for n, why in rows.refused]))
    reasons = Counter(why.partition(":")[0] for why in (answer.refused if answer else {}).values())
    by_reason = f" ({', '.join(f'{reason} {number}' for reason, number in sorted(reasons.items()))})" if reasons else ""
    if answer:
        console.print(f"{answer.accepted} accepted, {answer.duplicates} already known, {len(refused)} refused{by_reason}")
    else:
        why = "this was a dry run" if dry_run else "mend the file, or use --partial"
        console.print(f"{len(rows.taken)} can be sent, {len(refused)} refused · nothing was sent: {why}")
