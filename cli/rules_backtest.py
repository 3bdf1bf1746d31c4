"""`./yiping rules backtest RULE`: how often it would have rung on what is stored, how long, where, when, and how often for nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from alerts.backtest_sums import Compared, Sums, compare, sum_up
from cli.rules import database, read_file
from cli.terminal import progress, terminal
from core.config import Config
from core.setting import duration
from store import backtest
from store.rulebook import Rulebook
from store.timescale import Connection

_BARS = " ▁▂▃▄▅▆▇█"


@click.command("backtest")
@click.argument("rule")
@click.option("--from", "since", default="7d", show_default=True, help="Since when: 2026-11-01, 2026-11-01T08:00, or 7d for so long ago.")
@click.option("--to", "until", default="0s", help="Until when; now unless given.")
@click.option(
    "--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Changed words: a configuration or a file of rules."
)
def backtest_rule(rule: str, since: str, until: str, file: Path | None) -> None:
    """Play RULE over stored readings: the words in force, and beside them those of --file."""
    console = terminal()
    now = datetime.now(UTC)
    with database(console) as connection:
        if connection is None:
            raise click.ClickException(
                "a backtest needs the city's database: set YIPING_DATABASE_URL, or a demo keeps its address in .run/access.json"
            )
        config = read_file(None)
        in_force = Rulebook(config).open(connection)
        span = _moment(since, config, now), _moment(until, config, now)
        if span[0] >= min(span[1], now):
            raise click.BadParameter("--from must lie before --to and in the past: a backtest plays what is stored")
        asked = [("in force", in_force.config.rules.get(rule)), (str(file), read_file(file).rules.get(rule) if file else None)]
        if not any(one for _, one in asked):
            raise click.ClickException(f"no rule is called '{rule}'; see ./yiping rules list")
        for title, one in asked:
            if one is not None:
                played = _play(connection, console, backtest.Asked(rule, one, *span, config, in_force.rules), now, title)
                alerts = backtest.read_alerts(connection, rule, span[0], played.until or span[1])
                _tell(console, title, played, sum_up(played.rings, *span, config.area.zone), compare(played.rings, alerts, span[1]))


def _play(connection: Connection, console: Console, asked: backtest.Asked, now: datetime, title: str) -> backtest.Played:
    with progress(console, f"{asked.name} {title}", 100) as step:

        def told(done: int, all_: int) -> bool:
            step(100 * done // all_)
            return True

        return backtest.play(connection, asked, now, told)


def _tell(console: Console, title: str, played: backtest.Played, sums: Sums, compared: Compared) -> None:
    console.print(
        f"\n[bold]{title}[/]: {sums.rings} rings of {sums.devices} devices (of {played.devices} it concerns), {sums.open} still ringing"
    )
    if sums.rings:
        console.print(
            f"  lasted median {_span(sums.median_s)}, p95 {_span(sums.p95_s)}, longest {_span(sums.longest_s)}; "
            f"together {_span(sums.total_s)}"
        )
        console.print(f"  severity {', '.join(f'{severity}: {count}' for severity, count in sums.by_severity.items())}; "
                      f"became graver {played.counted.worsened}, came back while flapping {played.counted.again}")  # fmt: skip
        console.print(
            f"  hours 0–23 [cyan]{_bars(sums.by_hour)}[/]  days {sums.by_day[0][0]} [cyan]{_bars([count for _, count in sums.by_day])}[/]"
        )
        table = Table("device", "rings", "together", box=None, padding=(0, 2))
        for device, count, seconds in sums.top:
            table.add_row(device, str(count), _span(seconds))
        console.print(table)
    share = (
        "nobody judged any"
        if compared.false_share is None
        else f"{compared.false} of {compared.judged} judged were false ({compared.false_share:.0%})"
    )
    console.print(f"  beside {compared.real} alerts that rang: {compared.matched} rings fit one, {compared.unmatched} fit none; {share}")
    if compared.missed:
        console.print(
            f"  it would miss {compared.missed} of them: {compared.missed_real} judged real, {compared.missed_false} false alarms"
        )
    console.print(f"  {played.counted.readings} readings looked at closely", style="dim")


def _bars(counts: list[int]) -> str:
    most = max(counts, default=0) or 1
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in counts)


def _span(seconds: float | None) -> str:
    return "–" if seconds is None else str(timedelta(seconds=round(seconds)))


def _moment(text: str, config: Config, now: datetime) -> datetime:
    """A day or a time in the city's zone, or so long ago. Fails with how to write it."""
    try:
        ago = duration(text)
    except ValueError:
        ago = None
    if isinstance(ago, timedelta):
        return now - ago
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"'{text}' is no time; write 2026-11-01, 2026-11-01T08:00 or 7d") from error
    return found if found.tzinfo else found.replace(tzinfo=config.area.zone)
