"""`./yiping`: one group, subcommands loaded when they are used. Exit code 0 done, 1 refused or failed, 2 wrong usage.

A subcommand is a module in `cli/` with a click command of the name given here; it never catches `YipingError`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys

import click

from core.errors import YipingError
from deploy.local.errors import SetupError

# name: (module, command in it, what `--help` says). Literal, so that `--help` loads none of them.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "check-config": ("cli.check_config", "check_config", "Check config.yaml and list every problem at once."),
    "rules": ("cli.rules", "rules", "Check, list, test and backtest the rules."),
    "doctor": ("cli.doctor", "doctor", "Name what is missing on this machine and how to mend it."),
    "demo": ("cli.demo", "demo", "Run the living demo district until Ctrl-C."),
    "stop": ("cli.demo", "stop", "Stop the demos of this checkout."),
    "migrate": ("cli.migrate", "migrate", "Bring the database to the present schema."),
    "import": ("cli.import_", "import_", "Import cells, devices, classes, components, roster or resources."),
    "export": ("cli.roster_sheet", "export", "Write rosters as a sheet that can be changed and imported again."),
    "replay": ("cli.replay", "replay", "Feed recorded frames in again."),
    "simulate": ("cli.simulate", "simulate", "Play a city: devices, weather, video, citizens."),
    "token": ("cli.token", "token", "Make and revoke tokens of systems and walls."),
    "user": ("cli.user", "user", "Add and disable people."),
    "backup": ("cli.backup", "backup", "Save the whole store into one file."),
    "restore": ("cli.backup", "restore", "Bring a saved store back."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported only when one is run or asks for its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, (module, _, _) in COMMANDS.items() if _exists(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    type=click.Path(dir_okay=False),
    envvar="YIPING_CONFIG",
    default="config.yaml",
    show_default=True,
    help="The city's configuration.",
)
def yiping(config: str) -> None:
    """一屏 Yiping — a city operations centre: feeds in, one screen out, every alarm followed to its end."""
    os.environ["YIPING_CONFIG"] = config
    from core import logs  # here: `--help` needs no log

    logs.configure(os.environ)


def main() -> None:
    """Runs the command line; an error of ours is told in its own words, without a traceback."""
    try:
        yiping.main(prog_name="yiping", standalone_mode=True)
    except (YipingError, SetupError) as error:
        click.echo(f"yiping: {error}", err=True)
        sys.exit(1)


def _exists(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


if __name__ == "__main__":
    main()
