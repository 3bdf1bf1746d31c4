"""`python -m shots [page …] [--port N] [--into FOLDER]`: the pictures and what is wrong with them; ends with 1 if anything is.

An entry: it prints and reads the clock.
"""

import sys
import time
from pathlib import Path

import click
from rich.console import Console

from shots.demo import ROOT, NoDemo, demo_on
from shots.index import index
from shots.taking import Album
from shots.views import Shot, shots

PORT = 8690


@click.command()
@click.argument("pages", nargs=-1)
@click.option("--port", default=PORT, show_default=True, help="the demo to use, or to start afresh where none runs")
@click.option("--into", default=ROOT / "docs" / "images", type=click.Path(path_type=Path), show_default=True)
@click.option("--only", default="", help="of these the pictures whose name contains this, e.g. 1366x768-dark")
def main(pages: tuple[str, ...], port: int, into: Path, only: str) -> None:
    """Take the pictures of all pages, or of some (their names as in docs/images/README.md)."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        wanted = [shot for shot in shots(pages) if only in shot.file]
        with demo_on(port, lambda step: console.print(f"→ {step}")) as platform:
            album, began = Album(platform, into), time.monotonic()
            album.take(wanted, lambda *told: _say(console, len(album.faults), len(wanted), *told))
    except (NoDemo, KeyError) as error:
        console.print(f"[red]{error.args[0]}[/]")
        sys.exit(2)
    (into / "README.md").write_text(index(file.name for file in into.glob("*.webp")), "utf-8")
    megabytes = sum(file.stat().st_size for file in into.glob("*.webp")) / 1e6
    console.print(f"{len(wanted)} pictures in {time.monotonic() - began:.0f} s; {into} holds {megabytes:.1f} MB")
    sys.exit(_list(console, album.faults))


def _say(console: Console, done: int, all_: int, shot: Shot, faults: list[str], seconds: float) -> None:
    console.print(f"{done}/{all_} {shot.file} {seconds:.1f} s", style="red" if faults else "dim")
    for one in faults:
        console.print(f"    {one}", markup=False)


def _list(console: Console, faults: dict[Shot, list[str]]) -> int:
    """Each fault once with the pictures that have it; 1 if there is any."""
    where: dict[tuple[str, str], list[str]] = {}
    for shot, found in faults.items():
        for one in found:
            where.setdefault((shot.view.name, one), []).append(shot.file.removeprefix(f"{shot.view.name}-").removesuffix(".webp"))
    for (view, one), files in sorted(where.items()):
        console.print(f"{view}: {one}\n    {', '.join(files)}", markup=False)
    console.print(f"{len(where)} faults" if where else "no faults")
    return 1 if where else 0


if __name__ == "__main__":
    main()
