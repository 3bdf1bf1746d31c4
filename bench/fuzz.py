"""Good frames of every format, damaged by seeded chance: each must end as values or a named refusal, and soon. No wire, no database.

Decides how frames are damaged and what is counted. `python -m bench.fuzz --frames N` damages as many as you like and prints the figures.
"""

import argparse
import csv
import io
import json
import logging
import math
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
import yaml
from rich.console import Console
from rich.table import Table

from bench.damage import damaged
from core.config import Config, load
from core.model import Decoded, Frame
from ingest.decode import decode, portions, wire_keys
from ingest.decode.formats import FORMATS
from ingest.decode.hotline_sheet import _converted, csv_of
from ingest.decode.source import text_of
from tests import wires
from tests.conftest import SHARED
from tests.iot import NOW
from tests.wires import Good

MEMORIES = 500  # kept from frame to frame, as the store keeps them
TRIES = 6  # of a frame that took long: the machine has other things to do, and so has the collector of garbage
# One of `EVERY` damaged frames is read by turns with the whole one it was made from: both at the same moment and both just read
# before, so that whatever else the machine does then slows the one as much as the other.
EVERY, TURNS = 40, 3
WORST_S, RATIO = 0.050, 2.0
# A workbook is unpacked and parsed even when one byte of it is broken: fewer of it. The others share the rest alike.
SHARES = {"hotline-sheet": 0.1}

Memory = dict[tuple[str, str], bytes]


@dataclass
class Found:
    """Of one format: how many frames ended how, what they cost (µs of this thread), and those that broke the law.

    `costs` are those of all damaged frames; `pairs` what a whole frame and a damaged one cost when they were read by turns.
    """

    form: str
    frames: int = 0
    costs: list[float] = field(default_factory=list)
    pairs: list[tuple[float, float]] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def median_us(self) -> float:
        return statistics.median(self.costs)

    @property
    def good_us(self) -> float:
        return statistics.median(whole for whole, _ in self.pairs)

    @property
    def ratio(self) -> float:
        """The median of damaged over whole, each frame compared with the one it was made from."""
        return statistics.median(hurt / whole for whole, hurt in self.pairs)

    @property
    def worst_ms(self) -> float:
        return max(self.costs) / 1000


def shares(frames: int) -> dict[str, int]:
    """How many of `frames` each format gets."""
    weights = {form: SHARES.get(form, 1.0) for form in FORMATS}
    each = frames / sum(weights.values())
    return {form: max(1, round(each * weight)) for form, weight in weights.items()}


def city() -> Config:
    """A configuration in which every format has its feed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.yaml"
        file.write_text(yaml.safe_dump(wires.every_feed(), allow_unicode=True), encoding="utf-8")
        return load(file)


def corpus() -> dict[str, list[Good]]:
    """Good frames by format: our pages' and, where the shared data are there, real ones."""
    found = wires.samples() + (wires.real(SHARED / "data") if (SHARED / "data").is_dir() else [])
    return {form: [wires.small(good) for good in found if good.form == form] for form in FORMATS}


def fuzz(form: str, goods: Sequence[Good], config: Config, frames: int, seed: int) -> Iterator[Found]:
    """Damage `frames` frames; yields what was found so far after each thousand and at the end (always the same object)."""
    chance, found, memory = random.Random(f"{seed}/{form}"), Found(form), Memory()
    for good in goods:  # damaged frames go on from what whole ones left
        _keep_in(memory, _read(good, good.payload, config, memory)[0])
    for number in range(frames):
        good = chance.choice(goods)
        payload = damaged(chance, form, good.payload, chance.choice(goods).payload)
        if number % EVERY == 0:
            found.pairs.append(_by_turns(good, payload, config, memory))
        _try(good, payload, config, memory, found)
        if number % 1000 == 999:
            yield found
    yield found


def _by_turns(good: Good, payload: bytes, config: Config, memory: Memory) -> tuple[float, float]:
    """What the whole frame and the damaged one cost, µs: of each the fastest reading, the one that nobody disturbed."""
    best = [math.inf, math.inf]
    for turn in range(TURNS):
        for which in (0, 1) if turn % 2 else (1, 0):
            best[which] = min(best[which], _read(good, (good.payload, payload)[which], config, memory)[1])
    return best[0], best[1]


def _try(good: Good, payload: bytes, config: Config, memory: Memory, found: Found) -> None:
    out, cost = _read(good, payload, config, memory)
    for _ in range(TRIES - 1):
        if cost <= WORST_S * 1e6:
            break
        cost = min(cost, _read(good, payload, config, memory)[1])
    _keep_in(memory, out)
    found.frames += 1
    found.costs.append(cost)
    word = ending(out)
    found.ended[word] += 1
    if word.startswith("decoder error") or not storable(out):
        found.faults.append((word, payload))
    elif cost > WORST_S * 1e6:
        found.faults.append((f"{cost / 1000:.0f} ms", payload))
    elif word == "nothing" and not is_empty(payload):
        found.faults.append((word, payload))


def _read(good: Good, payload: bytes, config: Config, memory: Memory) -> tuple[Decoded, float]:
    """As the pipeline does it: taken apart, with the memory asked for; and what it cost in µs of this thread. Keeps nothing."""
    form = FORMATS[good.form]
    _converted.cache_clear()  # a sheet looked at before costs nothing
    began = time.thread_time()
    if form.split:
        form.split(payload)
    elif form.portions:
        portions(good.form, payload, config.ingest.portion_rows)
    frames = [Frame(good.feed, payload, NOW, good.topic, "areas:")]
    known = {key: memory[key] for key in wire_keys(frames, config) if key in memory}
    out = decode(frames, known, config)
    return out, (time.thread_time() - began) * 1e6


def _keep_in(memory: Memory, out: Decoded) -> None:
    if len(memory) > MEMORIES:
        memory.clear()
    memory |= out.memory


def ending(out: Decoded) -> str:
    """One word for what became of a frame."""
    if fault := next((refused.detail for _, refused in out.rejected if refused.detail.startswith("decoder error")), ""):
        return fault
    if out.readings or out.reports:
        return "values and refusals" if out.rejected else "values"
    if out.rejected:
        return str(out.rejected[0][1].reason)
    return "heard" if out.presences or out.answers or out.memory or out.hints or out.pictures else "nothing"


def is_empty(payload: bytes) -> bool:
    """A document whose list has no elements, or a heading without rows: there is nothing to say of it."""
    if payload[:1] in (b"{", b"["):
        compact = b"".join(payload.split())
        return b"[]" in compact or b"{}" in compact
    rows = list(csv.reader(io.StringIO(text_of(csv_of(payload)), newline="")))
    return not any(any(row) for row in rows[1:])


def storable(out: Decoded) -> bool:
    """Nothing in it that PostgreSQL does not take: NUL, half surrogates, numbers without end in JSON."""
    texts = [text for _, r in out.readings for text in (r.device, r.metric, r.text or "")] + [p.device for p in out.presences]
    for _, r in out.reports:
        texts += [r.source, r.external_id, r.title, r.text or "", r.address or "", *r.media, *r.caller.values()]
        texts.append(json.dumps(dict(r.extra), ensure_ascii=False, allow_nan=False))
    texts += [refused.detail for _, refused in out.rejected]
    try:
        return not any("\x00" in text or text.encode("utf-8") is None for text in texts)
    except UnicodeEncodeError:
        return False


def main() -> int:
    """Damage, print, and end with 1 when a frame broke the law; such frames are kept as files beside each other."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--frames", type=int, default=100_000, help="of all formats together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=sorted(FORMATS), help="only this one")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "yiping-fuzz", help="where frames go that broke the law")
    asked = parser.parse_args()
    quiet()
    config, goods, console = city(), corpus(), Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    every = []
    for form, count in ({asked.format: asked.frames} if asked.format else shares(asked.frames)).items():
        for found in fuzz(form, goods[form], config, count, asked.seed):
            if found.frames % 50_000 == 0:
                console.print(f"  {form}: {found.frames:,} of {count:,}, {len(found.faults)} faults")
        every.append(found)
        console.print(line(found))
        _keep(found, asked.keep)
    console.print(_table(every))
    return 1 if any(found.faults for found in every) else 0


def quiet() -> None:
    """Faults are counted here: a traceback for each would hide the figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def line(found: Found) -> str:
    ends = ", ".join(f"{word} {count:,}" for word, count in found.ended.most_common(6))
    costs = f"median {found.median_us:.0f} µs ({found.ratio:.2f} of whole), worst {found.worst_ms:.1f} ms"
    return f"{found.form}: {found.frames:,} frames, {costs}; {ends}"


def _table(every: Sequence[Found]) -> Table:
    table = Table(
        "format",
        "frames",
        "whole µs",
        "damaged µs",
        "ratio",
        "worst ms",
        "values",
        "faults",
        title="frames damaged by chance",
        title_justify="left",
    )
    for found in every:
        values = found.ended["values"] + found.ended["values and refusals"]
        figures = (
            f"{found.good_us:.0f}",
            f"{found.median_us:.0f}",
            f"{found.ratio:.2f}",
            f"{found.worst_ms:.1f}",
            f"{values / found.frames:.0%}",
        )
        table.add_row(found.form, f"{found.frames:,}", *figures, str(len(found.faults)))
    table.add_row("all", f"{sum(found.frames for found in every):,}", "", "", "", "", "", str(sum(len(found.faults) for found in every)))
    return table


def _keep(found: Found, folder: Path) -> None:
    for number, (word, payload) in enumerate(found.faults[:20]):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{found.form}-{number}.bin").write_bytes(payload)
        sys.stderr.write(f"{found.form}: {word}: {folder / f'{found.form}-{number}.bin'}\n")


if __name__ == "__main__":
    sys.exit(main())
