"""`./yiping rules`: checks rules before they ring, lists those in force, plays stories and stored readings. Changes nothing."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from alerts import remarks
from cli.access import open_store
from cli.terminal import terminal
from core.config import Config, load
from core.errors import ConfigError, StoreUnavailable
from core.rule_files import read_yaml, rules_of
from core.rule_words import check_rule, differences
from store import rule_census, rule_revisions
from store.rulebook import Rulebook
from store.timescale import Connection

# name: (module, command in it). Imported when used: stories start a database.
_FURTHER = {"test": ("cli.rules_story", "test_stories"), "backtest": ("cli.rules_backtest", "backtest_rule")}
_SAYS = {
    "off": "is switched off", "over": "held until", "no_runbook": "has no runbook: whoever hears it must know what to do",
    "unreachable": "can never ring:", "never_clears": "can never clear:", "no_device": "concerns no device that is known",
    "overlaps": "rings for the same value as (rule: devices)",
}  # fmt: skip


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_FURTHER]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _FURTHER:
            return super().get_command(ctx, cmd_name)
        module, name = _FURTHER[cmd_name]
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Group, help="Check, list, test and backtest the rules.")
def rules() -> None:
    pass


@rules.command(
    help="Check FILE: a configuration, or a file of rules. Default: the configuration in use. Exit code 1 when it cannot be used."
)
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--strict", is_flag=True, help="Exit code 1 also when something is worth a word.")
def check(file: Path | None, strict: bool) -> None:
    """Faults end it; what is only worth a word (dead, doubled, unreachable, other than the city's) is told."""
    console = terminal()
    try:
        config = read_file(file)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    found = remarks.of_words(config.rules, config, datetime.now(config.area.zone).date())
    told = [f"{one.rule}: {_SAYS[one.word]} {one.detail}".rstrip() for one in found]
    with database(console) as connection:
        if connection is not None:
            told += _seen_in_city(connection, config)
    for line in told:
        console.print(f"  {line}", markup=False)
    console.print(f"{file or _in_use()}: {len(config.rules)} rules, no fault, {len(told)} worth a word")
    sys.exit(1 if strict and told else 0)


def _seen_in_city(connection: Connection, config: Config) -> Iterator[str]:
    """What shows only where devices are known and an admin may have written."""
    arranged = Rulebook(config).known.rules
    for one in remarks.of_city(config.rules, arranged, rule_census.read_told(connection, config, datetime.now(UTC))):
        yield f"{one.rule}: {_SAYS[one.word]} {one.detail}".rstrip()
    for kept in rule_revisions.list_kept(connection, config):
        if kept.is_over_file:
            told = "; ".join(f"{one.path}: file {one.after!r}, in force {one.before!r}" for one in differences(kept.words, kept.file))
            how = "an admin's words stand over the file's" + (", which changed too" if kept.is_torn else "")
            yield f"{kept.rule}: {how} ({kept.by}, {kept.at:%Y-%m-%d}: {kept.why}) — {told}"
        elif kept.revision is not None and kept.origin == "admin" and kept.words is not None:
            yield f"{kept.rule}: stands in no file ({kept.by}, {kept.at:%Y-%m-%d}: {kept.why})"
    for name, why in Rulebook(config).open(connection).set_aside.items():
        yield f"{name}: its newest words cannot be read by this software: {why}"


@rules.command("list", help="The rules in force; without a database those of the file.")
def list_() -> None:
    console = terminal()
    config = load(_in_use())
    with database(console) as connection:
        if connection is not None:
            config = Rulebook(config).open(connection).config
            origins = {one.rule: one for one in rule_revisions.list_kept(connection, config)}
    table = Table("rule", "kind", "label", "severity", "owner", "words of", box=None)
    for name, rule in config.rules.items():
        severities = [str(one.severity) for one in getattr(rule, "limits", ())] or [str(getattr(rule, "severity", ""))]
        kept = origins.get(name) if connection is not None else None
        by = "file" if kept is None or kept.origin == "file" else f"{kept.by}, {kept.at:%Y-%m-%d}"
        table.add_row(name, rule.kind, rule.label + ("" if rule.enabled else " (off)"), "→".join(severities), rule.owner, by)
    console.print(table)


@contextmanager
def database(console: Console) -> Iterator[Connection | None]:
    """The city's database; None, and a word of it, where there is none."""
    try:
        store = open_store()
    except click.ClickException as error:
        console.print(f"no database: {error.message}; devices and admins' words are not looked at", style="dim")
        yield None
        return
    try:
        with store.connection() as connection:
            yield connection
    except StoreUnavailable as away:
        raise click.ClickException(f"the database cannot be reached: {away}") from away
    finally:
        store.close()


def read_file(file: Path | None) -> Config:
    """The configuration of a file; a file of rules is put over the configuration in use. Raises `ConfigError`."""
    raw = read_yaml(file) if file else None
    if file is None or (isinstance(raw, dict) and set(raw) != {"rules"}):
        return load(file or _in_use())
    config = load(_in_use())
    found, problems = dict(config.rules), []
    for name, words in rules_of(raw).items():
        rule, faults = check_rule(str(name), words, config, {})
        problems += faults
        if rule is not None:
            found[str(name)] = rule
    if problems:
        raise ConfigError(str(file), problems)
    return config.model_copy(update={"rules": found})


def _in_use() -> Path:
    return Path(os.environ.get("YIPING_CONFIG", "config.yaml"))
