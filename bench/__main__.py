"""`make bench`: starts a private platform, measures it, prints a table of ratios. `--write` renews docs/performance.md's figures.

Trust the ratios of one run rather than the figures of two: the machine may have other things to do.
"""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from rich.console import Console
from rich.table import Table

from bench import alarms, browser, cases, evaluation, points, soak, stations, streams, wall
from bench.database import Copied, Spread, spread
from bench.ingest import Drain, Ingest, adopt, measure_copy, measure_drain, measure_rate
from bench.load import Load
from bench.stack import Stack, private_stack
from bench.stream_clients import crowd

PERFORMANCE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"

Rows = list[tuple[str, str]]


def main() -> int:
    """Measure and print; exit code 1 when rows ≠ messages."""
    asked = _arguments()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 130)
    if asked.only:
        ALONE[asked.only].rows(console, asked)
        return 0
    run = Path(tempfile.mkdtemp(prefix="yiping-bench-"))
    stack = Stack(run)
    rows: Rows = [("machine", _machine())]
    whole = True
    try:
        with stack:
            console.print("→ private platform and district")
            stack.seed()
            stack.start(["worker", "jobs"])
            if asked.only_screens:
                return _only_screens(stack, console)
            adopt(stack)
            console.print(f"→ {asked.rate:,.0f} messages/s for {asked.seconds:.0f} s")
            ingest = measure_rate(stack, asked.rate, asked.seconds)
            whole = ingest.rows == ingest.counts.sent and not ingest.unseen
            rows += ingest_rows(ingest)
            console.print("→ raw COPY of the same rows")
            rows += copy_rows(ingest, *measure_copy(stack, ingest.rows))
            console.print(f"→ a backlog of {asked.backlog:,} messages")
            drain = measure_drain(stack, asked.backlog)
            whole &= drain.rows == drain.messages
            rows += drain_rows(drain)
            for form in stations.FORMATS:
                console.print(f"→ {form} stations")
                rows += stations.measure_stations(stack, form, asked.station_seconds)
            if not asked.no_screens:
                console.print("→ 1,000 messages/s, one wall, twenty streams")
                stack.start(["web", "edge"])
                stack.wait_ready()
                rows += _screens(stack)
        if not asked.no_alarms:
            rows += alarm_rows(console, asked.rate, asked.seconds)
        if not asked.no_cases:
            rows += case_rows(console)
        if not asked.no_evaluation:
            rows += evaluation_rows(console)
        table = Table("figure", "value", title="make bench", title_justify="left")
        for row in rows:
            table.add_row(*row)
        console.print(table)
        if asked.write:
            write(PERFORMANCE, rows)
    finally:
        stack.stop()
        stack.remove()
    return 0 if whole else 1


def alarm_rows(console: Console, rate: float, seconds: float) -> Rows:
    """On a platform of its own: its configuration has two thousand rules. Raises `RuntimeError` for an alert lost or doubled."""
    run = Path(tempfile.mkdtemp(prefix="yiping-bench-"))
    stack = Stack(run, config=alarms.with_rules(run))
    try:
        with stack:
            console.print(f"→ {alarms.RULES:,} rules over {alarms.DEVICES:,} devices")
            stack.seed()
            stack.start(["worker", "jobs"])
            alarms.adopt(stack, alarms.DEVICES)
            ruled = alarms.measure_rules(stack, rate, seconds)
            console.print(f"  {ruled}")  # at once: what follows may fail
            stack.start(["web", "edge"])
            stack.wait_ready()
            console.print(f"→ a storm of {alarms.STORM:,} alerts in a minute")
            storm = alarms.measure_storm(stack)
            console.print(f"  {storm}")
            console.print(f"→ acts among {alarms.OPEN:,} open alerts")
            acts = alarms.measure_acts(stack)
            console.print(f"  {acts}")
    finally:
        stack.stop()
        stack.remove()
    return alarms.rows_of(ruled, acts, storm)


def case_rows(console: Console) -> Rows:
    """On a platform of its own: a hundred thousand open cases, and no jobs process that would sweep them away."""
    with private_stack(devices=200) as stack:
        console.print(f"→ {cases.OPEN:,} open cases")
        stack.seed()
        stack.start(["web", "edge"])
        return cases.measure(stack, console)


def evaluation_rows(console: Console) -> Rows:
    """On a database of its own with a million cases."""
    with private_stack() as stack:
        console.print(f"→ evaluation over {evaluation.CASES:,} cases")
        return evaluation.rows_of(evaluation.measure(stack, console))


def wall_rows(console: Console, *, engine_alone: bool = False) -> Rows:
    """The map's engine on made cities, and before it the whole wall of the demo district with 5,000 devices on a platform of its own."""
    if engine_alone:
        return wall.rows(console, None)
    with private_stack() as stack:
        console.print("→ /wall of a district with 5,000 devices")
        stack.seed()
        stack.start(["worker", "jobs", "web", "edge"])
        stack.wait_ready()
        return wall.rows(console, wall.wall_of(stack))


@dataclass(frozen=True, slots=True)
class Part:
    """What can be measured alone, on a platform of its own; `rows` prints as it goes."""

    what: str
    rows: Callable[[Console, argparse.Namespace], object]


ALONE = {
    "alarms": Part("rules, acts and the storm", lambda console, asked: alarm_rows(console, asked.rate, asked.seconds)),
    "cases": Part("the queue and the sweep with many open cases", lambda console, _: case_rows(console)),
    "evaluation": Part("the figures of evaluation over a million cases", lambda console, _: evaluation_rows(console)),
    "points": Part(
        "what fifty thousand devices, cameras and components on the map cost its browser", lambda console, _: points.rows(console)
    ),
    "soak": Part("what the wall holds more of after --minutes", lambda console, asked: soak.rows(console, asked.minutes)),
    "streams": Part("what fifty and a thousand open streams cost the server", lambda console, _: streams.rows(console)),
    "wall": Part(
        "how soon the wall stands and what a delta costs its browser",
        lambda console, asked: wall_rows(console, engine_alone=asked.engine_alone),
    ),
}


def _only_screens(stack: Stack, console: Console) -> int:
    stack.start(["web", "edge"])
    stack.wait_ready()
    for name, value in _screens(stack):
        console.print(f"{name}: {value}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rate", type=float, default=10_000, help="messages a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--backlog", type=int, default=300_000, help="messages waiting when the worker comes back")
    parser.add_argument("--station-seconds", type=float, default=15, help="how long stations talk on each of their ports")
    parser.add_argument("--no-screens", action="store_true", help="leave out the wall and the streams")
    parser.add_argument("--only-screens", action="store_true", help="only the wall and the streams")
    parser.add_argument("--no-alarms", action="store_true", help="leave out rules, acts and the storm")
    parser.add_argument("--no-cases", action="store_true", help="leave out the queue and the sweep with many open cases")
    parser.add_argument("--no-evaluation", action="store_true", help="leave out the figures of evaluation over a million cases")
    for name, part in ALONE.items():
        parser.add_argument(f"--only-{name}", dest="only", action="store_const", const=name, help=f"only {part.what}")
    parser.add_argument("--engine-alone", action="store_true", help="with --only-wall: the map's engine on made cities, without a platform")
    parser.add_argument("--minutes", type=float, default=30, help="with --only-soak: how long")
    parser.add_argument("--write", action="store_true", help=f"renew the figures in {PERFORMANCE.name}")
    return parser.parse_args()


def ingest_rows(found: Ingest) -> Rows:
    counts = found.counts
    same = "equal" if found.rows == counts.sent else f"DIFFER by {counts.sent - found.rows:,}"
    return [
        ("offered", f"{counts.rate:,.0f} messages/s for {counts.seconds:.0f} s, QoS 1, 8 connections, {counts.devices:,} devices"),
        ("messages = rows", f"{counts.sent:,} = {found.rows:,} ({same}); probes never seen: {found.unseen}"),
        ("publish → visible after commit", f"{found.visible} ({found.visible.count:,} probes among the load)"),
        ("publish → taken into a transaction", f"{found.taken} (every row)"),
        ("caught up after the last message", f"{found.caught_up_s:.1f} s"),
        (
            "CPU per core",
            _cores(found.cpu, counts.seconds) + f" · load generator {counts.cpu_seconds / counts.seconds:.0%} · others {found.others:.0%}",
        ),
        ("CPU s per 100,000 readings", _per_100k(found.cpu, found.rows)),
    ]


def copy_rows(ingest: Ingest, copied: Copied, postgres_cpu: float) -> Rows:
    own = (ingest.cpu.get("worker", 0) + ingest.cpu.get("postgres", 0)) / max(1, ingest.rows)
    raw = (copied.cpu_seconds + postgres_cpu) / max(1, copied.rows)
    return [
        ("raw binary COPY of the same rows", f"{copied.rate:,.0f} rows/s, commits of 5,000, same indexes"),
        ("CPU of the whole chain : of raw COPY", f"{own / raw:.1f} : 1 (worker + database, with decoding, latest states, rules)"),
    ]


def drain_rows(found: Drain) -> Rows:
    same = "equal" if found.rows == found.messages else f"DIFFER by {found.messages - found.rows:,}"
    counted = f"{found.messages:,} = {found.rows:,} ({same}) in {found.seconds:.1f} s"
    return [("backlog taken in by one worker", f"{found.rate:,.0f} messages/s: {counted}")]


def _screens(stack: Stack) -> Rows:
    seconds = 75.0
    heard: list[object] = []
    background = Load(stack.urls["feed_mqtt_url"], rate=1000, seconds=seconds, devices=10_000, connections=4, name="screens")
    threads = [
        Thread(target=background.run, daemon=True),
        Thread(target=lambda: heard.extend(asyncio.run(crowd(stack.url, stack.token("read"), 20, seconds))), daemon=True),
    ]
    for thread in threads:
        thread.start()
    wall = browser.measure_wall(stack.url, stack.token("screen"), stack.urls["feed_mqtt_url"], f"{stack.instance.area}001")
    for thread in threads:
        thread.join()
    rows: Rows = []
    if "late_ms" in wall:
        late = spread(wall["late_ms"])
        rows.append(("reading → figure on the wall at 1,000/s", f"{late} ({late.count} of {wall['sent']} values, figure {wall['figure']})"))
    else:
        rows.append(("reading → figure on the wall at 1,000/s", f"not measured: {wall['skipped']}"))
    return rows + stream_rows(heard)


def stream_rows(heard: list[object]) -> Rows:
    clients, late = heard[0], heard[1]
    assert isinstance(clients, list)
    assert isinstance(late, list)
    deltas, gaps, breaks = (sum(getattr(client, name) for client in clients) for name in ("deltas", "gaps", "breaks"))
    aged: Spread = spread(late)
    return [("twenty streams", f"{deltas:,} deltas, {gaps} out of order, {breaks} breaks; delta made → received {aged}")]


def _cores(cpu: Mapping[str, float], seconds: float) -> str:
    return " · ".join(f"{name} {used / seconds:.0%}" for name, used in sorted(cpu.items()))


def _per_100k(cpu: Mapping[str, float], rows: int) -> str:
    parts = [f"{name} {used / max(1, rows) * 100_000:.2f}" for name, used in sorted(cpu.items()) if used > 0.01]
    total = sum(cpu.values()) / max(1, rows) * 100_000
    return " · ".join(parts) + f" · all {total:.2f}"


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.machine())
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} × {model}, {system}, load before {os.getloadavg()[0]:.1f}"


def write(file: Path, rows: Rows) -> None:
    """Replace what stands between the two marks of a page."""
    lines = [f"`python -m bench`, {time.strftime('%Y-%m-%d')}", "", "| figure | value |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)]
    text = file.read_text() if file.exists() else f"# Performance\n\n{BEGIN}\n{END}\n"
    if BEGIN not in text:
        text += f"\n{BEGIN}\n{END}\n"
    head, rest = text.split(BEGIN, 1)
    file.write_text(f"{head}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{rest.split(END, 1)[1]}")


if __name__ == "__main__":
    sys.exit(main())
