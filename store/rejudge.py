"""The leader's part of suppression: alerts are judged anew when what holds them, or might, begins, moves or ends. Decides nothing.

All of it stands in tables, so whoever leads goes on where the last one stopped: silences that are due, inhibitions that changed,
and notes of alerts to be judged, written by the database itself with whatever moves an alert. A portion is one short transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from psycopg.types.json import Jsonb

from alerts.suppress import Grounds, Key, Verdict
from core.suppress_config import InhibitionConfig, Matcher
from store.change_log import logged_many
from store.silences import told
from store.suppress import columns, judge_alerts, like, move_inhibitors, moves_of, read_grounds, write_holds
from store.timescale import Connection, queries

PORTION = 250  # alerts judged in one transaction: an officer's act on one of them waits for it


def prepare(connection: Connection, inhibitions: Sequence[InhibitionConfig], now: datetime) -> int:
    """Note whom silences that begin or end and inhibitions that changed concern; returns how many of these there were."""
    return _keep_inhibitions(connection, inhibitions) + _follow_silences(connection, now)


def _keep_inhibitions(connection: Connection, inhibitions: Sequence[InhibitionConfig]) -> int:
    rows = [
        {"name": one.name, "position": place, "body": one.model_dump(mode="json", exclude_defaults=True)}
        for place, one in enumerate(inhibitions)
    ]
    if [dict(row) for row in queries.suppress_inhibitions(connection)] == rows:
        return 0
    queries.suppress_forget_inhibitions(connection)
    if rows:
        queries.suppress_keep_inhibition(connection, [{**row, "body": Jsonb(row["body"])} for row in rows])
    queries.suppress_note_all(connection)
    return 1


def _follow_silences(connection: Connection, now: datetime) -> int:
    due = list(queries.suppress_due_silences(connection, now=now))
    for silence in due:
        silence_id = silence["silence_id"]
        with told(connection, silence_id, now):
            queries.suppress_mark_silence(connection, silence_id=silence_id, ends=silence["ends"], now=now)
        if silence["ends"]:
            queries.suppress_note_held(connection, refs=[f"silence:{silence_id}"])
        else:
            areas, matcher = like(silence["areas"]), Matcher.model_validate(silence["matcher"])
            queries.suppress_note_meant(connection, areas=areas, **columns(matcher))
    return len(due)


def judge_next(connection: Connection, now: datetime, most: int = PORTION) -> bool:
    """Judge a portion of the alerts that are noted; whether there may be more to do at once."""
    notes = list(queries.suppress_notes(connection, most=most))
    if not notes:
        return False
    grounds, noted = read_grounds(connection, now), {row["alert_id"] for row in notes}
    if not (grounds.silences or grounds.inhibitions):
        noted = {row["alert_id"] for row in queries.suppress_concerned(connection, alert_ids=list(noted))}
    locked = {row["alert_id"] for row in queries.suppress_lock(connection, alert_ids=list(noted))} if noted else set[int]()
    if locked:
        _judge(connection, sorted(locked), grounds, now)
    left = noted - locked  # an officer or a worker holds them: the next turn finds them
    done = [row["note_id"] for row in notes if row["alert_id"] not in left]
    queries.suppress_drop_notes(connection, note_ids=done)
    return bool(done)


def _judge(connection: Connection, alert_ids: Sequence[int], grounds: Grounds, now: datetime) -> None:
    verdicts = judge_alerts(connection, alert_ids, grounds)
    moves = moves_of(verdicts)
    if moves.alert_ids:
        with logged_many(connection, "alert", moves.alert_ids, now):
            write_holds(connection, moves, now)
    moved = move_inhibitors(connection, verdicts)
    if moved:  # whom they hold, though today they may share nothing any more
        queries.suppress_note_held(connection, refs=sorted({f"alert:{row[2]}" for row in moved}))
    _note_children(connection, {(row[0], row[1]) for row in moved}, verdicts)


def _note_children(connection: Connection, keys: Collection[Key], verdicts: Sequence[Verdict]) -> None:
    """Whoever shares with a parent that came, went or got a parent itself is judged anew; those of this portion have been."""
    if not keys:
        return
    judged = [one.candidate.alert_id for one in verdicts]
    targets = {row["name"]: InhibitionConfig.model_validate(row["body"]).target for row in queries.suppress_inhibitions(connection)}
    for name, shared in sorted(keys):
        if name in targets:
            queries.suppress_note_children(connection, judged=judged, **_place_of(shared), **columns(targets[name]))


def _place_of(shared: str) -> dict[str, str | int | None]:
    """What a key says, as parameters of a query; a street and an area are both a beginning of the area."""
    said = dict(part.split("=", 1) for part in shared.split("|"))
    cell, incident = said.get("cell"), said.get("incident")
    return {
        "area": max(said.get("street", ""), said.get("area", "")), "cell_id": int(cell) if cell else None,
        "incident_id": int(incident) if incident else None, "duty_grid": said.get("duty_grid"), "gateway": said.get("gateway"),
        "device": said.get("device"),
    }  # fmt: skip
