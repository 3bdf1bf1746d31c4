"""Storms as the tables know them: how much arrives, what stands open by area and class, what the desk had to bear. Decides nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from alerts import load as isa
from alerts import storm as law
from core.config import Config
from core.model import EVERYWHERE, Scope
from store import audit
from store.acts import Act
from store.timescale import Connection, prefixes, queries

_MOST_GROUPS = 500
_OF_CITY = {"arrivals", "capacity", "report"}


def officers(connection: Connection) -> int:
    """How many are on shift at the desk."""
    return int(queries.storms_officers(connection))


def keep(connection: Connection, config: Config, now: datetime) -> law.Verdict | None:
    """Begin, go on with or end a storm, and tell of groups that passed a step; returns what was done. The leader asks every two seconds."""
    row = queries.storms_open(connection)
    storm = law.Storm(**row) if row else None
    load = law.Load(queries.storms_arrivals(connection, since=now - config.storm.within, now=now), officers(connection))
    able, verdict = law.capacity(load, config.storm), law.judge(storm, load, config.storm, now)
    if verdict == "begin":
        begun = queries.storms_begin(connection, area=config.area.code, now=now, arrivals=load.arrivals, capacity=able)
        if begun is None:
            return None
        storm = law.Storm(begun["storm_id"], now, None)
    if storm is None:
        return None
    queries.storms_peak(connection, storm_id=storm.storm_id, arrivals=load.arrivals, capacity=able)
    if verdict in ("calm", "again"):
        queries.storms_calm(connection, storm_id=storm.storm_id, calm_since=now if verdict == "calm" else None)
    elif verdict == "end":
        report = read_load(
            connection, EVERYWHERE, config, storm.began_at - config.storm.within, now, max(load.officers, config.storm.officers)
        )
        queries.storms_end(connection, storm_id=storm.storm_id, now=now, report=Jsonb(report))
    if verdict in ("begin", "end"):
        queries.storms_change(connection, storm_id=storm.storm_id, now=now)
        act = Act(f"storm_{verdict}", EVERYWHERE, now, note=f"{load.arrivals} arrivals, the desk takes {able}")
        audit.append(connection, act, "storm", storm.storm_id, config.area.code)
    if verdict != "end":
        _tell_steps(connection, config, storm, now)
    return verdict


def _tell_steps(connection: Connection, config: Config, storm: law.Storm, now: datetime) -> None:
    """A group that passed a step: one message a step to the supervisors of its street."""
    known = {(row["street"], row["class_code"]): row["step"] for row in queries.storms_step_known(connection, storm_id=storm.storm_id)}
    for group in read_groups(connection, EVERYWHERE, config, now):
        key = group["street"], group["class_code"]
        for step in range(known.get(key, 0) + 1, group["step"] + 1):
            queries.storms_step(connection, storm_id=storm.storm_id, street=key[0], class_code=key[1], step=step, now=now)
            queries.outbox_add(
                connection, now=now, dedupe_key=f"storm:{storm.storm_id}:{key[0]}:{key[1]}:{step}", target=f"role:supervisor@{key[0]}",
                template="storm_step", payload=Jsonb({**_plain(group), "storm": storm.storm_id}), severity=group["severity"],
            )  # fmt: skip


def _plain(group: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in group.items()}


def read_groups(connection: Connection, scope: Scope, config: Config, now: datetime) -> list[dict[str, Any]]:
    """What stands open by street and class, what weighs most on top; `severity` is by number too, `step` how many steps that is."""
    rows = queries.storms_groups(connection, areas=prefixes(scope), since=now - config.ingest.live_for, limit=_MOST_GROUPS)
    groups = [
        {**row, "severity": law.worth(row["signals"], row["worst"], config.storm), "step": law.reached(row["signals"], config.storm)}
        for row in rows
    ]
    return sorted(groups, key=lambda group: (group["severity"], -group["signals"], group["street"], group["class_code"]))


def read_told(connection: Connection) -> dict[str, Any] | None:
    """The storm that goes on, as screens are told of it."""
    row: dict[str, Any] | None = queries.storms_told(connection)
    return row


def read_storm(connection: Connection, scope: Scope, config: Config, on_shift: int, now: datetime) -> dict[str, Any]:
    """Whether there is a storm, how much arrives against what the desk can take, the groups, and how the last ones went.

    The desk is the city's: for a reader of a part of it `arrivals` are those of his areas, against no capacity, and the last storms have
    no report, which names things of all areas.
    """
    load = law.Load(queries.storms_arrivals(connection, since=now - config.storm.within, now=now), on_shift)
    whole, last = scope.sees(config.area.code), list(queries.storms_last(connection, limit=10))
    return {
        "scope": "city" if whole else "part", "storm": read_told(connection), "arrivals": load.arrivals,
        "capacity": law.capacity(load, config.storm) if whole else None,
        "within_s": config.storm.within.total_seconds(), "officers": on_shift, "groups": read_groups(connection, scope, config, now),
        "last": last if whole else [{name: value for name, value in one.items() if name not in _OF_CITY} for one in last],
    }  # fmt: skip


def read_load(connection: Connection, scope: Scope, config: Config, since: datetime, until: datetime, on_shift: int) -> dict[str, Any]:
    """The figures of ISA-18.2 for a span."""
    areas = prefixes(scope)
    rings: Sequence[isa.Ring] = [isa.Ring(**row) for row in queries.storms_rings(connection, since=since, until=until, areas=areas)]
    stale = queries.storms_stale(connection, before=until - config.storm.stale, areas=areas)
    return {"from": since.isoformat(), "to": until.isoformat(), **isa.figures(rings, stale, since, until, on_shift, config.storm)}
