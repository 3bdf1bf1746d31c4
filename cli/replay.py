"""`./yiping replay FILE…`: files and our own recordings once more over the real wires, with a progress bar and an exact count."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from core.config import load
from ingest.decode.formats import FORMATS
from ingest.replay import READERS, RECORDING, Parcel, format_of, read
from ingest.replay_recording import Moved, recorded, shifted, span
from ingest.replay_wires import Count, Wires
from ingest.replay_wires import replay as send_all
from ingest.shift import mapping

ACCESS = Path(".run/access.json")
ALL_FORMATS = sorted({*READERS, *FORMATS, RECORDING})


def _columns(context: click.Context, parameter: click.Parameter, value: str | None) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in (value or "").split(",") if pair]
    if any(not equals for _, equals, _ in pairs):
        raise click.BadParameter("write theirs=ours,theirs=ours")
    return {theirs.strip(): ours.strip() for theirs, _, ours in pairs}


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(ALL_FORMATS), help="Format of the files; guessed when it is plain to see.")
@click.option("--over", type=click.Choice(["http"]), help="Post to the API instead of the format's own wire: exact counts.")
@click.option("--rate", type=click.FloatRange(min=0), default=0.0, help="Items a second at most; 0 is as fast as they are taken.")
@click.option(
    "--speed", type=click.FloatRange(min=0), default=0.0,
    help="Recordings: 1 as they came, 10 ten times as fast, 0 as fast as they are taken.",
)  # fmt: skip
@click.option(
    "--times", type=click.Choice(["original", "shifted"]), default="original", show_default=True,
    help="Recordings: stamps as they were, or moved to now.",
)  # fmt: skip
@click.option(
    "--config", type=click.Path(path_type=Path), envvar="YIPING_CONFIG", default=Path("config.yaml"), show_default=True,
    help="Recordings: the configuration that knows their feeds.",
)  # fmt: skip
@click.option("--columns", callback=_columns, help="Rename CSV columns: theirs=ours,theirs=ours.")
@click.option(
    "--access", type=click.Path(path_type=Path), default=ACCESS, show_default=True, help="Where `make demo` wrote addresses and tokens."
)
@click.option("--url", help="Address of the web door.")
@click.option("--token", envvar="YIPING_TOKEN", help="Feed token.")
@click.option("--mqtt", help="mqtt://user:password@host:port")
@click.option("--hj212", help="host:port")
@click.option("--sl651", help="host:port, TCP and UDP")
def replay(
    files: tuple[Path, ...], form: str | None, over: str | None, rate: float, speed: float, times: str, config: Path,
    columns: dict[str, str], access: Path, url: str | None, token: str | None, mqtt: str | None, hj212: str | None, sl651: str | None,
) -> None:  # fmt: skip
    """Feed recorded files in again. 把录下的数据重新送入系统。

    All recordings given (YIPING_RECORD_DIR/*.jsonl) are one replay, in the order of their receipt; other files follow, each by itself.
    """
    known = json.loads(access.read_text(encoding="utf-8")) if access.exists() else {}
    wires = Wires(
        url=url or known.get("url", ""),
        token=token or known.get("tokens", {}).get("feed", ""),
        mqtt=mqtt or known.get("mqtt", ""),
        hj212=hj212 or known.get("hj212", ""),
        sl651=sl651 or known.get("sl651", ""),
    )
    forms = {path: form or format_of(path) for path in files}
    recordings = [path for path in files if forms[path] == RECORDING]
    if (times == "shifted" or speed) and len(recordings) < len(files):
        raise click.UsageError("--speed and --times shifted need recordings: other files do not say when they were received")
    counts = {path.name: _file(path, forms[path], columns, over or "", rate, wires) for path in files if path not in recordings}
    if recordings:
        counts[", ".join(path.name for path in recordings)] = _recordings(recordings, config, over or "", rate, speed, times, wires)
    for name, count in counts.items():
        click.echo(f"{name}: {_summary(count)}")
    if any(count.sent == 0 for count in counts.values()):
        raise click.ClickException("nothing was sent from at least one file")


def _file(path: Path, form: str, columns: dict[str, str], over: str, rate: float, wires: Wires) -> Count:
    parcels = list(read(path, form, columns, over))
    return _send(path.name, iter(parcels), sum(parcel.count for parcel in parcels), wires, rate)


def _recordings(paths: list[Path], config: Path, over: str, rate: float, speed: float, times: str, wires: Wires) -> Count:
    """One replay of them all. The clock is read once: it is the moment to which shifted times refer."""
    feeds, found, moved = load(config), span(paths), Moved()
    parcels: Iterator[Parcel] = islice(recorded(paths, feeds, over), found.frames)  # a city that records its own replay would never end
    if times == "shifted":
        parcels = shifted(parcels, feeds, mapping(found.first, found.last, datetime.now(UTC), speed), moved)
    count = _send(f"{len(paths)} × {RECORDING}", parcels, found.frames, wires, rate, speed)
    if times == "shifted":
        click.echo(f"moved {moved.stamps} stamps; {moved.frames_as_they_were} frames sent as they were: no stamp to move")
    return count


def _send(name: str, parcels: Iterator[Parcel], total: int, wires: Wires, rate: float, speed: float = 0.0) -> Count:
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*bar, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=total)
        return send_all(parcels, wires, rate, lambda done: progress.update(task, completed=done), speed)


def _summary(count: Count) -> str:
    """sent = accepted + duplicates + rejected over HTTP; over MQTT and TCP only the wire's confirmation is known."""
    text = f"sent {count.sent}, confirmed {count.confirmed}"
    if count.accepted or count.duplicates or count.rejected:
        text += f", accepted {count.accepted}, duplicates {count.duplicates}, rejected {count.rejected}"
    if count.reasons:
        text += " (" + ", ".join(f"{reason} {number}" for reason, number in sorted(count.reasons.items())) + ")"
    return text
