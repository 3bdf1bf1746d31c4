"""`./yiping replay FILE…`: recorded files once more over the real wires, with a progress bar and an exact count."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ingest.replay import READERS, format_of, read
from ingest.replay_wires import Count, Wires
from ingest.replay_wires import replay as send_all

ACCESS = Path(".run/access.json")


def _columns(context: click.Context, parameter: click.Parameter, value: str | None) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in (value or "").split(",") if pair]
    if any(not equals for _, equals, _ in pairs):
        raise click.BadParameter("write theirs=ours,theirs=ours")
    return {theirs.strip(): ours.strip() for theirs, _, ours in pairs}


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(sorted(READERS)), help="Format of the files; guessed when it is plain to see.")
@click.option("--over", type=click.Choice(["http"]), help="Post to the API instead of the format's own wire: exact counts.")
@click.option("--rate", type=click.FloatRange(min=0), default=0.0, help="Items a second at most; 0 is as fast as they are taken.")
@click.option("--columns", callback=_columns, help="Rename CSV columns: theirs=ours,theirs=ours.")
@click.option(
    "--access", type=click.Path(path_type=Path), default=ACCESS, show_default=True, help="Where `make demo` wrote addresses and tokens."
)
@click.option("--url", help="Address of the web door.")
@click.option("--token", envvar="YIPING_TOKEN", help="Feed token.")
@click.option("--mqtt", help="mqtt://user:password@host:port")
@click.option("--hj212", help="host:port")
def replay(
    files: tuple[Path, ...], form: str | None, over: str | None, rate: float, columns: dict[str, str], access: Path,
    url: str | None, token: str | None, mqtt: str | None, hj212: str | None,
) -> None:  # fmt: skip
    """Feed recorded files in again. 把录下的数据重新送入系统。"""
    known = json.loads(access.read_text(encoding="utf-8")) if access.exists() else {}
    wires = Wires(
        url=url or known.get("url", ""),
        token=token or known.get("tokens", {}).get("feed", ""),
        mqtt=mqtt or known.get("mqtt", ""),
        hj212=hj212 or known.get("hj212", ""),
    )
    failed = False
    for path in files:
        count = _one(path, form or format_of(path), columns, over or "", rate, wires)
        click.echo(f"{path}: {_summary(count)}")
        failed = failed or count.sent == 0
    if failed:
        raise click.ClickException("nothing was sent from at least one file")


def _one(path: Path, form: str, columns: dict[str, str], over: str, rate: float, wires: Wires) -> Count:
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*bar, console=Console(stderr=True), transient=True) as progress:
        parcels = list(read(path, form, columns, over))
        task = progress.add_task(path.name, total=sum(parcel.count for parcel in parcels))
        return send_all(iter(parcels), wires, rate, lambda done: progress.update(task, completed=done))


def _summary(count: Count) -> str:
    """sent = accepted + duplicates + rejected over HTTP; over MQTT and TCP only the wire's confirmation is known."""
    text = f"sent {count.sent}, confirmed {count.confirmed}"
    if count.accepted or count.duplicates or count.rejected:
        text += f", accepted {count.accepted}, duplicates {count.duplicates}, rejected {count.rejected}"
    if count.reasons:
        text += " (" + ", ".join(f"{reason} {number}" for reason, number in sorted(count.reasons.items())) + ")"
    return text
