"""`yiping import units`, `people` and `roster`: a city's organisation from Excel or CSV. All rows are checked before one is written.

Exit code 0: all taken, 1: something refused and nothing stored, 2: wrong usage. Passwords are told once and stored as hashes only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from cli.terminal import opened, progress, terminal
from core.config import Config, load
from core.errors import IllegalAct, Invalid, NotFound
from core.model import EVERYWHERE, Scope
from core.organisation import Standing
from dispatch.organisation import faults_of_unit
from dispatch.organisation_files import read_people, read_rosters, read_units
from geodata.checks import Finding
from store import people_in, roster_acts
from store import units as unit_store
from store.acts import Act
from store.timescale import Connection

SHOWN = 200
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")
def units(file: Path, dry_run: bool) -> None:
    """Add or change units: code, name, kind, level, parent, area, posts (Excel or CSV, Chinese headings or these).

    Parents may stand below their children. Posts: 派遣员 2; 班长 网格员 1.
    """
    config = city()
    rows = read_units(file, config.organisation)
    findings = list(rows.findings)
    with opened(dry_run) as connection:
        known = unit_store.standing(connection)
        all_units = {**known.units, **{unit.code: unit for unit in rows.taken.values()}}
        standing = Standing(all_units, known.areas)
        for number, unit in rows.taken.items():
            findings += [
                Finding("refused", "unit", fault, number, unit.code) for fault in faults_of_unit(unit, standing, config.organisation)
            ]
        if not _refused(findings) and not dry_run:
            unit_store.save_units(connection, list(rows.taken.values()), act_of("import"), config.organisation)
    conclude(terminal(), "units", rows.taken, findings, dry_run)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--passwords", type=click.Path(dir_okay=False, path_type=Path), help="Write new passwords here (mode 0600) instead.")
@click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")
def people(file: Path, passwords: Path | None, dry_run: bool) -> None:
    """Add or change people: login, name, phone, role, title, unit, post, areas, duty_grid (Excel or CSV).

    Whoever is new gets a password that is told once. Whoever is there keeps the own one, and the role.
    """
    rows, console = read_people(file), terminal()
    findings, brought = list(rows.findings), []
    with opened(dry_run) as connection, progress(console, "people", len(rows.taken)) as tick:
        faults = people_in.faults(connection, rows.taken)
        findings += [Finding("refused", "person", fault, number, rows.taken[number].login) for number, fault in faults.items()]
        if not _refused(findings) and not dry_run:
            act = act_of("import")
            for done, person in enumerate(rows.taken.values(), 1):
                brought.append(people_in.bring(connection, person, act))
                tick(done)
    _hand_over(console, [one for one in brought if one.password], passwords)
    conclude(console, "people", rows.taken, findings, dry_run)


def _hand_over(console: Console, new: Sequence[people_in.Brought], file: Path | None) -> None:
    """The only moment at which the passwords can be read."""
    if not new:
        return
    if file is not None:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write("".join(f"{one.login}\t{one.password}\n" for one in new))
        console.print(f"{len(new)} passwords are in {file}: hand them over and delete it")
        return
    table = Table("用户名 login", "初始密码 password", title="只显示这一次 shown once", title_justify="left")
    for one in new:
        table.add_row(one.login, one.password)
    console.print(table)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="A shift that has its worker: end that one where this begins.")
@click.option("--dry-run", is_flag=True, help="Check and report only, store nothing.")
def roster(file: Path, replace: bool, dry_run: bool) -> None:
    """Give shifts of duty grids to people: duty_grid, shift, people, since, last (Excel or CSV).

    With a pattern (白白夜夜休休) the people of a row follow each other, `step` days apart.
    """
    config, act = city(), act_of("assign")
    rows = read_rosters(file, config.organisation)
    findings = list(rows.findings)
    with opened(dry_run) as connection, progress(terminal(), "rosters", len(rows.taken)) as tick:
        for done, (number, row) in enumerate(rows.taken.items(), 1):
            wish = roster_acts.Rotation(row.duty_grid, row.people, row.pattern, row.since, row.until, row.anchor, row.step, row.note)
            give = partial(roster_acts.assign, connection, wish, act, config.organisation, config.area.timezone, replace=replace)
            _try(findings, number, row.duty_grid, give)
            tick(done)
        _keep_all_or_none(connection, findings)
    conclude(terminal(), "rosters", rows.taken, findings, dry_run)


def _try(findings: list[Finding], number: int, code: str, do: Callable[[], object]) -> None:
    """A row that is refused is told, and those after it are looked at too: nothing is kept while one is."""
    try:
        do()
    except (Invalid, NotFound, IllegalAct) as error:
        findings.append(Finding("refused", "row", str(error), number, code))


def _keep_all_or_none(connection: Connection, findings: Sequence[Finding]) -> None:
    if _refused(findings):
        connection.rollback()


def _refused(findings: Sequence[Finding]) -> int:
    return len({finding.feature for finding in findings if finding.verdict == "refused"})


def city() -> Config:
    return load(Path(os.environ.get("YIPING_CONFIG", "config.yaml")))


def act_of(name: str) -> Act:
    return Act(name, Scope("system", EVERYWHERE.areas, None, "yiping import"), datetime.now(UTC))


def conclude(console: Console, what: str, taken: Collection[int], findings: Sequence[Finding], dry_run: bool) -> None:
    """Prints each fault with its row; exits with 1 if anything was refused or nothing was there to take."""
    if findings:
        table = Table("row", "", "detail")
        for finding in sorted(findings, key=lambda one: (one.verdict != "refused", one.feature or 0))[:SHOWN]:
            colour = "red" if finding.verdict == "refused" else "yellow"
            table.add_row(str(finding.feature or ""), finding.code or "", f"[{colour}]{finding.verdict}[/] {finding.detail}")
        console.print(table)
        if len(findings) > SHOWN:
            console.print(f"… and {len(findings) - SHOWN} more")
    refused = _refused(findings)
    rows = len({*taken, *(finding.feature for finding in findings if finding.feature is not None)})
    told = "nothing was stored: mend the file" if refused else "nothing was stored: this was a dry run" if dry_run else "stored"
    console.print(f"{rows} {what}, {refused} refused · {told}")
    if refused or not rows:
        sys.exit(1)
