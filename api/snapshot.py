"""One consistent picture of the city from the tables, cut to what a reader may see. Decides the shape of a snapshot.

The picture is read for everybody at once and its streets are encoded once; a reader gets the streets of its scope.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec

from core.config import Config
from core.day import day_of
from core.escalation_config import SCREEN
from core.model import Scope
from core.setting import Domain
from store import live_rows, outbox, probes
from store.timescale import Connection

SCREENS = ("wall", "duty", "cockpit", "field", "emergency", "urban", "environment", "water", "analysis", "dispatch", "replay")
PERSONAL = frozenset({"duty", "cockpit", "field"})  # in front of one person; a wall is read by whoever passes, and tells nobody's notices
DOMAINS: tuple[str, ...] = get_args(Domain)
BUCKET_S = 900
_WEATHER_FOR = timedelta(hours=1)
_WAITS_LONG = timedelta(minutes=1)
_BROKER = "broker"  # the worker's watch on the broker's queue, shown among the feeds
_LISTS = ("alerts", "cases", "incidents", "reports")
_NOTICES = "notices"
_MARK = '"notices"'


@dataclass(frozen=True, slots=True)
class Picture:
    """All streets at one sequence; `parts` are encoded."""

    sequence: int
    at: datetime
    parts: Mapping[str, bytes]
    trend: list[dict[str, Any]]
    weather: Mapping[str, float] | None
    feeds: list[dict[str, Any]]
    path: dict[str, Any]
    simulated: bool
    drill: bool


@dataclass(frozen=True, slots=True)
class Supply:
    """How the server itself is fed (docs/live.md, `event: status`). `live`: push, poll (Redis is away) or database (there is none)."""

    live: str = "poll"
    store: str = "ok"
    since: datetime | None = None
    projector_at: datetime | None = None

    def body(self) -> dict[str, Any]:
        return {
            "live": self.live,
            "store": self.store,
            "since": self.since.isoformat() if self.since else None,
            "projector_at": self.projector_at.isoformat() if self.projector_at else None,
        }


def sees(scope: Scope, street: str, config: Config) -> bool:
    """Whether a street's part is shown; what belongs to none is for those who see the whole city."""
    return scope.sees(street or config.area.code)


def part_for(scope: Scope, street: str, part: bytes, config: Config) -> bytes | None:
    """What a reader gets of a street's encoded part: all of it, nothing, or, with an area below the street (a grid worker's
    community), the rows that lie in that area. The street's sums and cells are not theirs then. Notices are the person's, wherever."""
    notices: list[dict[str, Any]] = []
    if _MARK.encode() in part:
        told = msgspec.json.decode(part, type=dict[str, msgspec.Raw])
        notices = notices_for(scope, msgspec.json.decode(told.pop(_NOTICES, msgspec.Raw(b"[]"))))
        part = msgspec.json.encode(told)
    seen = _seen(scope, street, part, config)
    if not notices:
        return seen
    rows = msgspec.json.decode(seen, type=dict[str, msgspec.Raw]) if seen is not None else {}
    return msgspec.json.encode({**rows, _NOTICES: notices})


def notices_for(scope: Scope, notices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of one account, without whom else was told; none for a reader that is nobody."""
    mine = [row for row in notices if scope.account_id is not None and scope.account_id in row["accounts"]]
    return [{name: value for name, value in row.items() if name != "accounts"} for row in mine]


def named_in(parts: Mapping[str, str]) -> frozenset[int]:
    """The accounts that a delta has notices for."""
    told = [msgspec.json.decode(part, type=dict[str, msgspec.Raw]) for part in parts.values() if _MARK in part]
    rows = [row for part in told for row in msgspec.json.decode(part.get(_NOTICES, msgspec.Raw(b"[]")))]
    return frozenset(account for row in rows for account in row["accounts"])


def _seen(scope: Scope, street: str, part: bytes, config: Config) -> bytes | None:
    """By place alone."""
    if sees(scope, street, config):
        return part
    if not street or not any(area.startswith(street) for area in scope.areas):
        return None
    known = msgspec.json.decode(part)
    rows = {name: [row for row in known[name] if scope.sees(row["area"])] for name in _LISTS if name in known}
    return msgspec.json.encode(rows) if rows else None


def read_picture(connection: Connection, config: Config, now: datetime) -> Picture:
    """Read everything in one frozen transaction: the sequence first, so that no delta after it can be missed."""
    live_rows.freeze(connection)
    sequence = live_rows.read_position(connection)["sequence"]
    streets = live_rows.read_streets(connection)
    parts: dict[str, dict[str, Any]] = {street: {"figures": {}, "cells": {}} for street in (*streets, "")}
    _put_cells(connection, parts)
    reports_since = now - config.ingest.live_for
    for name, shapes in live_rows.read_lists(connection, reports_since).items():
        for part in parts.values():
            part[name] = []
        for shape in shapes:
            parts[shape["street"] if shape["street"] in parts else ""][name].append(shape)
    since = day_of(now, config.area.zone).start - timedelta(days=1)
    trend = live_rows.read_trend(connection, since, now, BUCKET_S)
    weather = live_rows.read_weather(connection, now - _WEATHER_FOR) or None
    feeds = tell_feeds(connection, config) + tell_ways(connection, config, now)
    encoded = {street: msgspec.json.encode(part) for street, part in parts.items()}
    marks = live_rows.read_marks(connection, reports_since)
    return Picture(sequence, now, encoded, trend, weather, feeds, tell_path(connection, now), **marks)


def tell_feeds(connection: Connection, config: Config) -> list[dict[str, Any]]:
    """How the feeds of the configuration are, and the broker: a name that nobody configured is no feed of the city's."""
    return [_feed(row, config) for row in live_rows.read_feeds(connection) if row["feed"] in config.feeds or row["feed"] == _BROKER]


def tell_ways(connection: Connection, config: Config, now: datetime) -> list[dict[str, Any]]:
    """How messages leave the house, as rows of the feeds: sent and given up in the last hour; `waiting` while one waits too long."""
    known = {SCREEN: {"label": "值班台通知", "label_en": "Desk notices"}}
    known |= {name: {"label": way.label, "label_en": way.label_en} for name, way in config.notify.channels.items()}
    return [_way(row, known[row["channel"]], now) for row in outbox.read_health(connection, now) if row["channel"] in known]


def tell_path(connection: Connection, now: datetime) -> dict[str, Any]:
    """The proof of the path in three figures: whether the last one went through, its seconds, and when one last did; null: unknown."""
    path = probes.read_path(connection, now)
    at = (now - timedelta(seconds=path["age_s"])).isoformat() if path["age_s"] is not None else None
    whole = path["legs"]["whole"]
    return {"ok": path["ok"], "seconds": whole["p50"] if whole else None, "at": at, "failed": path["failed"]}


def _way(row: Mapping[str, Any], label: Mapping[str, str], now: datetime) -> dict[str, Any]:
    waits = row["oldest_at"] is not None and now - row["oldest_at"] > _WAITS_LONG
    since = row["oldest_at"] if waits else row["sent_at"]
    state, detail = ("waiting", row["error"] or "") if waits else ("connected", "")
    told = {"feed": f"notify-{row['channel']}", "state": state, "detail": detail}
    counts = {"accepted": row["sent"], "duplicates": 0, "rejected": row["failed"]}
    times = {"since": since, "last_at": row["sent_at"], "updated_at": now}
    return {**told, **counts, **{name: at.isoformat() if at else None for name, at in times.items()}, **label}


def _feed(row: Mapping[str, Any], config: Config) -> dict[str, Any]:
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    return plain | config.feed_label(row["feed"])


def _put_cells(connection: Connection, parts: dict[str, dict[str, Any]]) -> None:
    """The vectors as they were last kept, and the deltas told since upon them."""
    kept = 0
    for row in live_rows.read_cell_vectors(connection):
        part = parts.get(row["street"])
        if row["measure"] == "kept":
            kept = row["figures"]["sequence"]
        elif part is not None and row["measure"]:
            part["cells"][row["measure"]] = [row["cell_ids"], row["classes"]]
        elif part is not None:
            part["figures"] = row["figures"]
    for row in live_rows.read_deltas(connection, kept):
        delta, part = msgspec.json.decode(row["payload"]), parts.get(row["area"])
        if part is None:
            continue
        part["figures"] = delta.get("figures", part["figures"])
        for measure, (cell_ids, classes) in delta.get("cells", {}).items():
            shown = dict(zip(*part["cells"].get(measure, ((), ())), strict=True))
            shown.update(zip(cell_ids, classes, strict=True))
            part["cells"][measure] = [list(shown), list(shown.values())]


def compose_snapshot(picture: Picture, scope: Scope, screen: str, config: Config, supply: Supply) -> bytes:
    """The JSON of docs/live.md for one reader."""
    return compose_head(picture, scope, screen, config, supply) + compose_rest(picture, scope, config)


def compose_head(picture: Picture, scope: Scope, screen: str, config: Config, supply: Supply) -> bytes:
    """What is of one reader and one moment, up to where the rest goes on."""
    area = config.area
    head = {
        "sequence": picture.sequence,
        "at": picture.at.isoformat(),
        "screen": screen,
        "area": {name: getattr(area, name) for name in ("code", "name", "name_en", "title", "title_en", "timezone")},
        "scope": {"role": scope.role, "areas": list(scope.areas), "name": scope.name},
        "live": {"mode": supply.live, **{name: supply.body()[name] for name in ("since", "projector_at")}},
        "store": supply.store,
    }
    return msgspec.json.encode(head)[:-1]


def compose_rest(picture: Picture, scope: Scope, config: Config) -> bytes:
    """What is the same for all readers of the same areas, however many."""
    rest = {
        "simulated": picture.simulated,
        "drill": picture.drill,
        "feeds": picture.feeds,
        "path": picture.path,
        "trend": _trend(picture, scope, config),
        "weather": picture.weather,
    }
    seen = ((street, part_for(scope, street, part, config)) for street, part in picture.parts.items())
    streets = b",".join(msgspec.json.encode(street) + b":" + part for street, part in seen if part is not None)
    return b"," + msgspec.json.encode(rest)[1:-1] + b',"streets":{' + streets + b"}}"


def _trend(picture: Picture, scope: Scope, config: Config) -> dict[str, Any]:
    """Signals per bucket of the city's day and of the day before; `domains`: of each domain alone."""
    today = day_of(picture.at, config.area.zone).start.astimezone(UTC).timestamp()
    found: dict[str, dict[str, dict[int, int]]] = {name: {"today": {}, "yesterday": {}} for name in ("", *DOMAINS)}
    for row in picture.trend:
        if sees(scope, row["street"] if row["street"] in picture.parts else "", config):
            known = config.classes.get(row["class_code"])
            domain = row["domain"] or (known.domain if known else "")
            for days in [found[""], *([found[domain]] if domain else [])]:
                day = days["today" if row["bucket"] >= today else "yesterday"]
                day[row["bucket"]] = day.get(row["bucket"], 0) + row["n"]
    listed = {name: {day: sorted(map(list, counts.items())) for day, counts in days.items()} for name, days in found.items()}
    return {"bucket_s": BUCKET_S, **listed.pop(""), "domains": listed}
