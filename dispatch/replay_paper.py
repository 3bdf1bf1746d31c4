"""The report of a replayed span as a paper: figures at both ends, how much happened, and the timeline. Pure: same facts, same words.

What was not recorded it says; names of people never stand in it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.text import Text
from dispatch.paper import Block, Paper, facts, heading, note, table, text

MOST_LINES = 400
FIGURES = ("unack", "cases_open", "cases_overdue", "online")
Facts = Mapping[str, Any]


def write_replay(known: Facts, say: Text, zone: ZoneInfo) -> Paper:
    """The paper of `api.rest_replay`'s facts: `moments` in the order of time, `before` and `after` null where nothing was recorded."""
    incident, since, until = known["incident"], _clock(known["from"], zone), _clock(known["to"], zone)
    title = say("replay.paper.of", title=incident["title"]) if incident else say("replay.paper.title")
    blocks = [*_figures(known, say), *_counts(known, say), *_timeline(known, say, zone)]
    marks = tuple(say(f"brief.mark.{mark}") for mark in ("drill", "simulated") if known[mark])
    foot = say("replay.paper.foot", at=_clock(known["made_at"], zone), by=known["by"])
    return Paper(title, say("replay.paper.span", since=since, until=until), say.language, tuple(blocks), marks, foot)


def _clock(value: datetime, zone: ZoneInfo) -> str:
    return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _figures(known: Facts, say: Text) -> list[Block]:
    before, after = known["before"], known["after"]
    if before is None and after is None:
        return [heading(say("replay.paper.figures")), note(say("replay.paper.nothing"))]
    rows = [
        *((say(f"severity.{level}"), _alerts(before, level), _alerts(after, level)) for level in "1234"),
        *((say(f"replay.paper.{name}"), _number(before, name), _number(after, name)) for name in FIGURES),
    ]
    heads = [say("replay.paper.figure"), say("replay.paper.before"), say("replay.paper.after")]
    unknown = [note(say("replay.paper.half"))] if before is None or after is None else []
    return [heading(say("replay.paper.figures")), table(heads, rows, (1, 2)), *unknown]


def _alerts(figures: Facts | None, level: str) -> str:
    return "—" if figures is None or figures["alerts"] is None else str(figures["alerts"][level])


def _number(figures: Facts | None, name: str) -> str:
    return "—" if figures is None or figures[name] is None else str(figures[name])


def _counts(known: Facts, say: Text) -> list[Block]:
    """What happened, by kind; drills are named apart and counted nowhere else."""
    counted = Counter((row["kind"], row["act"]) for row in known["moments"] if not row["drill"])
    drills = sum(1 for row in known["moments"] if row["drill"])
    rows = [(say(f"replay.{kind}.{act}"), str(n)) for (kind, act), n in sorted(counted.items())]
    if drills:
        rows.append((say("replay.paper.drills"), str(drills)))
    return [heading(say("replay.paper.counts")), facts(*rows) if rows else note(say("replay.paper.quiet"))]


def _timeline(known: Facts, say: Text, zone: ZoneInfo) -> list[Block]:
    moments: Sequence[Facts] = known["moments"]
    if not moments:
        return []
    rows = [
        (_clock(row["at"], zone)[5:], say(f"replay.{row['kind']}.{row['act']}"), _title(row, say),
         say(f"severity.{row['severity']}") if row["severity"] else "—", known["areas"].get(row["area"][:9], row["area"]))
        for row in moments[:MOST_LINES]
    ]  # fmt: skip
    heads = [say(f"replay.paper.{name}") for name in ("at", "what", "of_", "severity", "area")]
    cut = not known["whole"] or len(moments) > MOST_LINES
    more = [text(say("replay.paper.cut", n=MOST_LINES))] if cut else []
    return [heading(say("replay.paper.timeline")), table(heads, rows), *more]


def _title(row: Facts, say: Text) -> str:
    words = f"{row['title']} #{row['id']}" if row["kind"] != "case" else f"{row['title']} {row['id']}"
    return say("replay.drill", title=words) if row["drill"] else words
