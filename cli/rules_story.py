"""`yiping rules test FILE…`: plays stories against the rules in use, on a throw-away database of this machine. Touches no city."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from core.config import Config, load
from core.errors import ConfigError
from story.ground import Playground
from story.play import StoryFault, play
from story.script import Script, read_script


@click.command("test")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--config", "config_file", type=click.Path(path_type=Path, exists=True), help="Another configuration than the one in use.")
def test_stories(files: Sequence[Path], config_file: Path | None) -> None:
    """Play each FILE (or every *.yaml of a folder): what it tells, in its own seconds, and what must have rung by then.

    How a story is written: docs/stories.md. Exit code 1 when one does not go as told.
    """
    console = Console(highlight=False)
    config = load(config_file or Path(os.environ.get("YIPING_CONFIG", "config.yaml")))
    scripts = [(path, read_script(path)) for path in _stories(files)]
    failed = 0
    with (
        tempfile.TemporaryDirectory(prefix="yiping-story-") as folder,
        console.status("starting a database") as status,
        Playground(Path(folder)) as ground,
    ):
        for path, script in scripts:
            status.update(f"{path.name}: {script.story}")
            unmet = _play(script, config, ground.fresh(), Path(folder))
            failed += bool(unmet)
            console.print(f"{'[red]✗' if unmet else '[green]✓'}[/] {path.name}  {script.story}")
            for one in unmet:
                console.print(f"    {one}")
    console.print(f"{len(scripts) - failed} of {len(scripts)} stories went as told")
    sys.exit(1 if failed else 0)


def _stories(files: Sequence[Path]) -> list[Path]:
    return [path for file in files for path in (sorted(file.glob("*.yaml")) if file.is_dir() else [file])]


def _play(script: Script, config: Config, database_url: str, folder: Path) -> list[str]:
    """What did not go as told, in words; a story that cannot be played at all says why."""
    try:
        return [str(one) for one in play(script, config, database_url, folder)]
    except (StoryFault, ConfigError) as fault:
        return [str(fault)]
