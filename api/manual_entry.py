"""Readings a person writes down: which rows may go into the pipeline, and what the audit keeps of those that do.

Decides that device and metric are known, that the value can become the unit expected and that the time is not ahead. Range,
conflicts and how far back one may go are the pipeline's to decide, as of any feed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from core.config import Config
from core.errors import Invalid, NotAllowed
from core.manual import AHEAD, FEED, MOST_ROWS, ROLES
from core.model import Quality, Reason, Scope
from core.units import conversion
from store import audit, catalogue
from store.acts import Act
from store.catalogue import Expected
from store.timescale import Connection

_MOST_NOTE = 200


class Row(msgspec.Struct, forbid_unknown_fields=True):
    """One row of the form. `unit`: as it was read, the device's own unless told; `observed_at` with its offset, demanded of every row."""

    device: str
    metric: str
    value: float | str
    unit: str | None = None
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What came: rows, or why one is none; `note` is of all."""

    rows: Sequence[Row | str]
    note: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A body for the pipeline, the place in the form and the area of each of its rows, and what was refused here."""

    payload: bytes
    places: Sequence[int]
    areas: Sequence[str]
    refused: Sequence[dict[str, Any]]


def demand_role(scope: Scope) -> None:
    """Raises `NotAllowed` for who may not write readings down."""
    if scope.role not in ROLES:
        raise NotAllowed(f"readings are written down by {', '.join(sorted(ROLES))}; systems send a token with the scope 'feed'")


def feed_of(config: Config) -> str:
    """The feed rows come in under: its own where the city has one."""
    return FEED if FEED in config.feeds else "http-readings"


def read_rows(body: bytes) -> Asked:
    """A body as rows; one that is none costs only itself. Raises `Invalid` for what is no list of them, or has rows without a time."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"the body is not JSON: {error}") from error
    rows = told.get("readings") if isinstance(told, dict) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        raise Invalid(f"an object with the list 'readings' of 1 to {MOST_ROWS} rows belongs here")
    note = told.get("note") or ""
    if not isinstance(note, str) or len(note) > _MOST_NOTE or "\x00" in note:
        raise Invalid(f"note: a text of at most {_MOST_NOTE} letters")
    asked = [_row(one) for one in rows]
    for place, row in enumerate(asked):
        if isinstance(row, Row) and row.observed_at is None:  # "now" would be another moment when the same form is sent again
            raise Invalid(f"readings[{place}]: observed_at is missing; write when it was read, as 2026-11-21T08:00:00+08:00")
    return Asked(asked, note.strip())


def _row(told: Any) -> Row | str:
    try:
        row = msgspec.convert(told, Row)
    except msgspec.ValidationError as error:
        return f"a row has device, metric, value, unit and observed_at: {error}"
    if "\x00" in f"{row.device}{row.metric}{row.value}":
        return "no text has a NUL in it"
    if row.observed_at is not None and row.observed_at.tzinfo is None:
        return "observed_at has no offset; write 2026-11-21T08:00:00+08:00"
    return row


def prepare(connection: Connection, scope: Scope, asked: Asked, now: datetime) -> Prepared:
    """Sort the rows into those the pipeline may see and those refused, each with its place in the form."""
    named = [(row.device, row.metric) if isinstance(row, Row) else ("", "") for row in asked.rows]
    expected = catalogue.expect(connection, scope, named)
    readings, places, areas, refused = [], [], [], []
    for place, (row, known) in enumerate(zip(asked.rows, expected, strict=True)):
        found = _reading(row, known, now)
        if isinstance(found, dict):
            readings.append(found)
            places.append(place)
            areas.append(known.area or "")
        else:
            refused.append({"index": place, "reason": str(found[0]), "detail": found[1]})
    return Prepared(msgspec.json.encode({"readings": readings}), places, areas, refused)


def _reading(row: Row | str, known: Expected, now: datetime) -> dict[str, Any] | tuple[Reason, str]:
    """The row as `POST /readings` takes it, or why not."""
    if isinstance(row, str):
        return Reason.UNDECODABLE, row
    if known.area is None:
        return Reason.UNKNOWN_DEVICE, f"no device '{row.device[:60]}' is registered in your area"
    if known.unit is None:
        return Reason.UNSUPPORTED, f"no metric is called '{row.metric[:60]}'"
    if isinstance(row.value, str) is not known.is_text:
        return Reason.TYPE, f"{row.metric} takes a {'text' if known.is_text else 'number'}"
    at = row.observed_at
    assert at is not None  # `read_rows` saw to it
    if at > now + AHEAD:
        return Reason.CLOCK, f"{at.isoformat()} is ahead of our clock: what was not read yet is no reading"
    value = row.value
    turn = conversion(row.unit or "", known.unit)
    if turn is None:
        return Reason.TYPE, f"{row.metric}: '{row.unit}' cannot become '{known.unit}', in which this device measures"
    if not isinstance(value, str):
        value = float(f"{turn(value):.12g}")
    return {
        "device": row.device, "metric": row.metric, "value": value, "observed_at": min(at, now).isoformat(),
        "quality": Quality.MANUAL.value,
    }  # fmt: skip


def conclude(prepared: Prepared, answer: dict[str, Any]) -> dict[str, Any]:
    """The pipeline's answer with the places of the form, and what was refused before it."""
    ours = [{**one, "index": place} for one in answer["rejected"] for place in _places_of(one["index"], prepared, answer)]
    return {**answer, "rejected": sorted([*prepared.refused, *ours], key=lambda one: -1 if one["index"] is None else one["index"])}


def _places_of(index: int | None, prepared: Prepared, answer: dict[str, Any]) -> Sequence[int | None]:
    """Of one refusal. What was refused as a whole is so at each of its places, unless some of it stands: then nobody knows which."""
    if index is not None:
        return [prepared.places[index]]
    return [None] if answer["accepted"] or answer["duplicates"] else prepared.places


def put_down(connection: Connection, act: Act, asked: Asked, prepared: Prepared) -> None:
    """One line of the audit for each row that goes to the pipeline: who wrote which value of which moment. Before it is stored:
    no reading without its author; what the pipeline then refuses stands among the rejected.
    """
    sent = msgspec.json.decode(prepared.payload)["readings"]
    for place, area, reading in zip(prepared.places, prepared.areas, sent, strict=True):
        row = asked.rows[place]
        if isinstance(row, Row):
            detail = {name: reading[name] for name in ("value", "observed_at")} | {"written": row.value, "unit": row.unit}
            audit.append(connection, act, "reading", f"{row.device}/{row.metric}", area, detail=detail)
