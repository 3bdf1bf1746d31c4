"""Stores reports exactly once per (source, external_id): places them, holds them to their sender's area, keeps the caller apart.

What a later message changes decides `dispatch.revisions`. History (older than `ingest.live_for`) is stored and listed, and rings
no bell; it still ends the alert that its report once opened. A batch is a handful of statements, however many reports it has.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb

from core.config import Config
from core.facts import ReportMoved, ValidReport
from core.model import Frame, Placement, Rejected
from dispatch.revisions import SILENT, WHOLE, is_older, revised
from store import change_log, persons
from store.registry import Locate
from store.report_entries import Entry, Key, columns, key_of, outside, ready, refused
from store.timescale import Connection, queries

Row = dict[str, Any]


@dataclass(slots=True)
class StoredReports:
    """`created` and `duplicates` are frame indices; `moved` are live ones that rules may look at; `kept`: number and area by key."""

    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    moved: list[ReportMoved] = field(default_factory=list)
    rejected: list[tuple[int, Rejected]] = field(default_factory=list)
    kept: dict[Key, tuple[int, str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Batch:
    """The rows as they stand while one message after another is followed, and which of them are to be written for what."""

    rows: dict[Key, Row]
    created: set[Key]
    remembered: set[Key] = field(default_factory=set)  # something of it is another than was read
    changed: set[Key] = field(default_factory=set)  # and people are told so
    called: set[Key] = field(default_factory=set)  # more is known of its caller


@dataclass(frozen=True, slots=True)
class _Step:
    """What became of one message. `moved`: the report as it stood after it."""

    entry: Entry
    what: Literal["created", "changed", "duplicate", "outside"]
    moved: ReportMoved | None = None


def store_reports(
    connection: Connection, frames: Sequence[Frame], reports: Sequence[ValidReport], config: Config, locate: Locate, now: datetime
) -> StoredReports:
    """Upsert a batch; each statement takes its locks in (source, external_id) order, so that two workers do not deadlock.

    `frames[valid.frame]` tells for which areas a report's sender may speak; what lies elsewhere is in `rejected` (area).
    However often a batch names a report, it is written once, as it stands at the end.
    """
    stored = StoredReports()
    if not reports:
        return stored
    rows = _known(connection, sorted({key_of(valid) for valid in reports}))
    entries, stored.rejected = ready(connection, frames, reports, rows, config, locate)
    told = [columns(entry, config, now) for entry in entries]
    batch = _Batch(rows, _insert(connection, entries, told, rows, now))
    known = sorted({int(rows[entry.key]["report_id"]) for entry in entries if entry.key not in batch.created})
    before = change_log.read(connection, "report", known)
    steps = _follow(entries, told, batch)
    _revise(connection, batch, now)
    _count(steps, frames, _ringing(connection, steps), stored)
    stored.kept = {step.entry.key: _kept(rows[step.entry.key]) for step in steps if step.what != "outside"}
    if stored.changed:
        queries.media_follow(connection, report_ids=known)
    if stored.moved:
        shapes = Jsonb({str(report_id): shape for report_id, shape in before.items()})
        queries.report_log(connection, ids=sorted({moved.report_id for moved in stored.moved}), before=shapes, now=now)
    return stored


def _known(connection: Connection, keys: Sequence[Key]) -> dict[Key, Row]:
    """Those that stand already, locked in the order of their keys until the commit."""
    rows = queries.report_known(connection, sources=[source for source, _ in keys], external_ids=[external_id for _, external_id in keys])
    return {(row["source"], row["external_id"]): dict(row) for row in rows}


def _kept(row: Row) -> tuple[int, str]:
    return int(row["report_id"]), row["area"]


def _insert(connection: Connection, entries: Sequence[Entry], told: Sequence[Row], rows: dict[Key, Row], now: datetime) -> set[Key]:
    """Insert the first word of each report that is unknown. One that another worker stored in between stands, and is locked.

    Returns the keys that are new; `rows` has all of them afterwards.
    """
    first: dict[Key, Row] = {}
    callers = {}
    for entry, new in zip(entries, told, strict=True):
        if entry.key not in rows and entry.key not in first:
            first[entry.key], callers[entry.key] = new, entry.valid.report.caller
    if not first:
        return set()
    numbers = persons.add(connection, callers, now)
    for key, new in first.items():
        new["person_id"] = numbers.get(key)
    found = queries.report_insert(connection, rows=_json(list(first.values())))
    made = {(row["source"], row["external_id"]): row["report_id"] for row in found}
    for key, report_id in made.items():
        rows[key] = {**first[key], "report_id": report_id, "by_hand": [], "caller": callers[key]}
    if len(made) < len(first):
        rows |= _known(connection, sorted(first.keys() - made.keys()))
    return set(made)


def _follow(entries: Sequence[Entry], told: Sequence[Row], batch: _Batch) -> list[_Step]:
    """Bring the rows up to date, message by message, as if each had come alone.

    Whoever may not speak for a report where it stands by then changes nothing in it, also if it came to stand there a moment ago.
    """
    steps = []
    begun: set[Key] = set()
    for entry, new in zip(entries, told, strict=True):
        row = batch.rows[entry.key]
        if entry.key in batch.created and entry.key not in begun:
            begun.add(entry.key)  # of one that only ends nobody was told that it began
            steps.append(_Step(entry, "created", None if new["only_ends"] else _moved(entry, row, created=True)))
        elif not row["area"].startswith(entry.bounds):
            steps.append(_Step(entry, "outside"))
        elif _change(entry, row, new, batch):
            steps.append(_Step(entry, "changed", _moved(entry, row, created=False)))
        else:
            steps.append(_Step(entry, "duplicate"))
    return steps


def _change(entry: Entry, row: Row, new: Row, batch: _Batch) -> bool:
    """Whether a message says something else than what stands; the row says so, too, from now on."""
    caller = persons.merged(row["caller"], entry.valid.report.caller)
    if caller and (new["only_ends"] or is_older(row, new)):
        caller = {}
    change = _revised(row, new)
    if caller:
        change["caller"] = caller
        batch.called.add(entry.key)
    row |= change
    if change:
        batch.remembered.add(entry.key)
    if not change.keys() - SILENT:
        return False
    batch.changed.add(entry.key)
    return True


def _revised(row: Row, new: Row) -> Row:
    """`revised`, shown of `extra` only what the message speaks of: many messages that each add a little cost no whole each."""
    if new["channel"] in WHOLE and not new["only_ends"]:
        return revised(row, new)
    extra = row["extra"]
    change = revised({**row, "extra": {key: extra[key] for key in new["extra"] if key in extra}}, new)
    if "extra" in change:
        extra.update(change["extra"])
        change["extra"] = extra
    return change


def _revise(connection: Connection, batch: _Batch, now: datetime) -> None:
    """Write what stands at the end of a batch, once a report."""
    for key in sorted(batch.called):
        row = batch.rows[key]
        row["person_id"] = persons.revise(connection, row, row["caller"], now)
    updates = [{**batch.rows[key], "caller": None, "processed_at": now, "told": key in batch.changed} for key in sorted(batch.remembered)]
    if updates:
        queries.report_revise(connection, rows=_json(updates))


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as JSON: PostgreSQL takes a batch of them apart again by the names of its columns."""
    return json.dumps(rows, ensure_ascii=False, default=datetime.isoformat)


def _ringing(connection: Connection, steps: Sequence[_Step]) -> set[int]:
    """Of the old reports that changed, those that opened an alert which is still open: their ending must reach it."""
    ids = {step.moved.report_id for step in steps if step.what == "changed" and step.moved and step.entry.valid.history}
    return {row["report_id"] for row in queries.report_ringing(connection, ids=sorted(ids))} if ids else set()


def _count(steps: Sequence[_Step], frames: Sequence[Frame], ringing: set[int], stored: StoredReports) -> None:
    lists = {"created": stored.created, "changed": stored.changed, "duplicate": stored.duplicates}
    for step in steps:
        valid = step.entry.valid
        if step.what == "outside":
            stored.rejected.append((valid.frame, refused(valid, frames[valid.frame], outside(valid, step.entry.bounds))))
            continue
        lists[step.what].append(valid.frame)
        if step.moved and (not valid.history or step.moved.report_id in ringing):
            stored.moved.append(step.moved)


def _moved(entry: Entry, row: Mapping[str, Any], created: bool) -> ReportMoved:
    """The report as it stands now: a message may have said less."""
    told = entry.valid.report
    extra = {**told.extra, "confidential": True} if row["extra"].get("confidential") is True else told.extra
    report = replace(
        told, extra=extra, title=row["title"], class_code=row["class_code"] or told.class_code,
        severity=row["severity"], confidence=row["confidence"], ended=row["ended_at"] is not None,
    )  # fmt: skip
    return ReportMoved(
        row["report_id"], report, row["area"], row["cell_id"], row["lon"], row["lat"], Placement(row["placement"]), created,
        row["drill"], row["simulated"], entry.valid.history,
    )  # fmt: skip
