"""How the live picture is packed for keeping, and how many deltas become one. Pure: the same words in, the same picture out.

What people were told personally (notices) and the proofs of the path are left out of what is kept: nobody replays them.
All values of a delta are absolute, so laying one joined delta over a frame shows what the deltas one by one would have shown.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import msgspec

from api.snapshot import Picture

_LEVEL = 6
_LEFT_OUT = ("notices", "probes")
_LISTS = ("alerts", "cases", "incidents", "reports")
_ROWS_OF = ""  # rows name their street themselves: joined they stand in one part, in the order they were told

Raw = msgspec.Raw
Cells = dict[str, tuple[list[int], list[int]]]


class Told(msgspec.Struct, array_like=True):
    """One delta as it was told; `parts` are JSON objects by street."""

    sequence: int
    at: datetime
    parts: dict[str, Raw]


class Reel(msgspec.Struct):
    """What a take holds: the deltas, and how feeds and weather were at its end, which no delta tells."""

    deltas: list[Told]
    feeds: list[dict[str, Any]] = []
    weather: dict[str, float] | None = None


class _Row(msgspec.Struct):
    id: int | str


def pack_picture(picture: Picture) -> bytes:
    """A picture as a frame keeps it."""
    head = {field.name: getattr(picture, field.name) for field in fields(picture)}
    parts = {street: Raw(part) for street, part in picture.parts.items()}
    return zlib.compress(msgspec.json.encode({**head, "parts": parts}), _LEVEL)


def unpack_picture(body: bytes) -> Picture:
    """What `pack_picture` packed. Raises `msgspec.ValidationError` for anything else."""
    kept = msgspec.json.decode(zlib.decompress(body), type=dict[str, Raw])
    parts = {street: bytes(part) for street, part in msgspec.json.decode(kept.pop("parts"), type=dict[str, Raw]).items()}
    told = {name: msgspec.json.decode(raw) for name, raw in kept.items()}
    return Picture(**{**told, "at": datetime.fromisoformat(told["at"]), "parts": parts})


def pack_reel(rows: Sequence[Mapping[str, Any]], feeds: Iterable[Mapping[str, Any]], weather: Mapping[str, float] | None) -> bytes:
    """Stored parts of deltas (`sequence`, `area`, `created_at`, `payload`), in order, as a take keeps them."""
    reel = Reel(told_of(rows), [dict(feed) for feed in feeds], dict(weather) if weather else None)
    return zlib.compress(msgspec.json.encode(reel), _LEVEL)


def unpack_reel(body: bytes) -> Reel:
    return msgspec.json.decode(zlib.decompress(body), type=Reel)


def told_of(rows: Sequence[Mapping[str, Any]]) -> list[Told]:
    """Stored parts → deltas, in order, without what is personal."""
    found: list[Told] = []
    for row in rows:
        if not found or found[-1].sequence != row["sequence"]:
            found.append(Told(row["sequence"], row["created_at"], {}))
        found[-1].parts[row["area"]] = _impersonal(row["payload"])
    return found


def _impersonal(payload: str) -> Raw:
    if not any(f'"{name}"' in payload for name in _LEFT_OUT):
        return Raw(payload.encode())
    part = msgspec.json.decode(payload, type=dict[str, Raw])
    return Raw(msgspec.json.encode({name: value for name, value in part.items() if name not in _LEFT_OUT}))


def veil(part: bytes, veils: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> bytes:
    """An encoded part whose rows say what `veils` (`{list: {id: {name: word}}}`) says of them now, where they say it at all."""
    if not any(f'"{name}"'.encode() in part for name in veils):
        return part
    told = msgspec.json.decode(part, type=dict[str, Raw])
    for name in veils.keys() & told:
        rows = msgspec.json.decode(told[name], type=list[dict[str, Any]])
        for row in rows:
            row.update({key: word for key, word in veils[name].get(str(row["id"]), {}).items() if key in row})
        told[name] = Raw(msgspec.json.encode(rows))
    return msgspec.json.encode(told)


def join(deltas: Sequence[Told]) -> dict[str, Any] | None:
    """One delta that says what these say, with the number and moment of the last; None of none.

    Of a row that was told often the first and the last words stay: a screen counts what is new to it, and shows how it is now.
    """
    if not deltas:
        return None
    streets: dict[str, dict[str, Any]] = {}
    cells: dict[str, dict[str, dict[int, int]]] = {}
    rows: dict[str, dict[int | str, list[Raw]]] = {}
    for delta in deltas:
        for street, raw in delta.parts.items():
            part = msgspec.json.decode(raw, type=dict[str, Raw])
            _lay_cells(cells.setdefault(street, {}), part.pop("cells", None))
            for name in _LISTS:
                _lay_rows(rows.setdefault(name, {}), part.pop(name, None))
            streets.setdefault(street, {}).update(part)
    for street, measures in cells.items():
        if measures:
            streets[street]["cells"] = {name: [list(found), list(found.values())] for name, found in measures.items()}
    told = {name: [row for words in found.values() for row in words] for name, found in rows.items() if found}
    if told:
        streets.setdefault(_ROWS_OF, {}).update(told)
    return {"sequence": deltas[-1].sequence, "at": deltas[-1].at, "streets": {street: part for street, part in streets.items() if part}}


def _lay_cells(shown: dict[str, dict[int, int]], raw: Raw | None) -> None:
    if raw is not None:
        for measure, (ids, classes) in msgspec.json.decode(raw, type=Cells).items():
            shown.setdefault(measure, {}).update(zip(ids, classes, strict=True))


def _lay_rows(shown: dict[int | str, list[Raw]], raw: Raw | None) -> None:
    for row in msgspec.json.decode(raw, type=list[Raw]) if raw is not None else ():
        key = msgspec.json.decode(row, type=_Row).id
        shown[key] = [*shown.pop(key, ())[:1], row]


def in_steps(deltas: Iterable[Told], step: timedelta) -> list[dict[str, Any]]:
    """Joined deltas, one for each `step` (counted from the epoch) in which something was told; a step of zero joins nothing."""
    seconds, groups = step.total_seconds(), dict[float, list[Told]]()
    for delta in deltas:
        groups.setdefault(delta.at.timestamp() // seconds if seconds else delta.sequence, []).append(delta)
    return [joined for group in groups.values() if (joined := join(group)) is not None]


def dump(thing: Any) -> bytes:
    """JSON, with parts that are JSON already as they are."""
    return msgspec.json.encode(thing)
