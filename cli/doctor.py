"""`yiping doctor`: names what is missing on this machine and how to mend it. It mends nothing by itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import click
from rich.console import Console
from rich.table import Table

from deploy.local.access import read_record, running_instances
from deploy.local.finding import Finding, Verdict
from deploy.local.given import read_files
from deploy.local.machine_checks import check_machine
from deploy.local.places import CHECKOUT, TOP

MARKS = {Verdict.GOOD: "[green]✓[/]", Verdict.NOTE: "[yellow]![/]", Verdict.LACKING: "[red]✗[/]"}


@click.command()
def doctor() -> None:
    """Name what is missing on this machine and how to mend it.

    Looks at the services that the environment names (YIPING_DATABASE_URL …), else at those of a running demo.
    Exit code 1 when something keeps Yiping from running.
    """
    running = running_instances(TOP)
    environment = read_files(os.environ)
    if running:
        record = read_record(running[-1] / "access.json")
        found = {"YIPING_DATABASE_URL": record.get("database_url"), "YIPING_MQTT_URL": record.get("mqtt")}
        environment = {**{name: url for name, url in found.items() if url}, **environment}
    findings = [*check_machine(CHECKOUT, environment, demo_runs=bool(running)), *_ask_services(environment)]
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        mend = f"\n→ {finding.mend}" if finding.mend else ""
        table.add_row(MARKS[finding.verdict], finding.what, f"{finding.detail}{mend}")
    Console(highlight=False, width=None if sys.stdout.isatty() else 100).print(table)
    sys.exit(any(finding.verdict is Verdict.LACKING for finding in findings))


def _ask_services(environment: Mapping[str, str]) -> list[Finding]:
    """Findings about the services; none where the libraries to ask them are missing, which is a finding already."""
    try:
        from deploy.local.service_checks import check_services
    except ModuleNotFoundError:
        return []
    return list(check_services(environment))
