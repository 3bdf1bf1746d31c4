"""Parts of incidents moved by hand: join, split, retitle. What a person took apart the machine never joins again (`store.joins`).

Every act is one transaction: rows locked, version compared, joins, sums, audit and change log of all that moved. Somebody who
came too late is told who was first; an incident whose case is open is never swallowed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from core.config import Config
from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from dispatch import incidents as lifecycle
from store import audit, change_log, incident_sums, incidents, joins
from store.acts import Act, demand_saved, logged
from store.timescale import Connection, prefixes, queries

ACTS = ("join", "split", "retitle")
_MOST = 500  # parts of one act
_LONGEST_TITLE = 200
_KINDS = ("alert", "report")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an act names, by id."""

    alerts: tuple[int, ...]
    reports: tuple[int, ...]
    incidents: tuple[int, ...]


def act_on_incident(connection: Connection, incident_id: int, act: Act, config: Config) -> None:
    """Any act on an incident; those that move no part are `incidents.act_on_incident`'s, and what is raised is the same."""
    if act.act not in ACTS:
        incidents.act_on_incident(connection, incident_id, act)
        return
    row = incidents.lock_incident(connection, act.scope, incident_id)
    incidents.demand(connection, row, act)
    if act.act == "retitle":
        _retitle(connection, row, act, config)
    elif act.act == "join":
        _join(connection, row, act, config)
    else:
        _split(connection, row, act, config)


def read_wanted(act: Act) -> Wanted:
    """The ids an act names. Raises `Invalid`."""
    found = {}
    for name in ("alerts", "reports", "incidents"):
        ids = act.extra.get(name) or []
        if not isinstance(ids, list) or not all(isinstance(one, int) and not isinstance(one, bool) and 0 < one < 2**62 for one in ids):
            raise Invalid(f"{name}: a list of ids")
        found[name] = tuple(sorted(set(ids)))
    if not 0 < sum(map(len, found.values())) <= _MOST:
        raise Invalid(f"'{act.act}' needs alerts, reports or incidents, {_MOST} at most")
    return Wanted(**found)


def _retitle(connection: Connection, row: Row, act: Act, config: Config) -> None:
    title = act.extra.get("title")
    if not isinstance(title, str) or len(title.strip()) > _LONGEST_TITLE:
        raise Invalid(f"title: a text of at most {_LONGEST_TITLE} letters; empty: as the parts say")
    number, title = row["incident_id"], title.strip()
    with _logged(connection, act, incident=[number]):
        saved = queries.parts_retitle(
            connection, incident_id=number, version=row["version"], title=title or row["title"], by_hand=bool(title), now=act.now
        )
        demand_saved(saved, row)
        _sum_up(connection, [number], act, config)
    audit.append(connection, act, "incident", number, row["area"], detail={"title": title, "was": row["title"]})


# ── join ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _join(connection: Connection, row: Row, act: Act, config: Config) -> None:
    wanted, number = read_wanted(act), row["incident_id"]
    swallowed = [_swallowable(connection, other, row, act) for other in wanted.incidents]
    parts = [part for part in _lock_parts(connection, wanted, act) if part["incident_id"] != number]
    if not parts:
        raise IllegalAct(
            "join", row["stage"], lifecycle.allowed_acts(row["stage"], act.scope.role), "all of it is in this incident already"
        )
    for part in parts:
        _demand_joinable(part, row, act)
    robbed = _lock_others(connection, {part["incident_id"] for part in parts} - {None, *wanted.incidents}, row, act)
    moved = [*swallowed, *robbed]
    with _logged(connection, act, **_ids(parts), incident=[number, *(one["incident_id"] for one in moved)]):
        queries.parts_keep_apart(connection, ids=list(wanted.incidents), into=number)
        _move(connection, parts, number, act, {"class": "hand"})
        emptied = [one for one in robbed if not queries.parts_count(connection, incident_id=one["incident_id"])]
        for one in emptied:
            _demand_no_case(connection, one["incident_id"], row, act)
        ended = [*swallowed, *emptied]
        queries.parts_swallow(connection, ids=[one["incident_id"] for one in ended], into=number, now=act.now)
        lost = [one for one in robbed if one not in emptied]
        queries.parts_touch(connection, ids=[one["incident_id"] for one in lost], now=act.now)
        stage = _stage(row, swallowed)
        demand_saved(queries.parts_save(connection, incident_id=number, version=row["version"], stage=stage, now=act.now), row)
        _sum_up(connection, [number, *(one["incident_id"] for one in lost)], act, config)
    _audit_join(connection, row, stage, act, wanted, ended, lost)


def _swallowable(connection: Connection, other: int, row: Row, act: Act) -> Row:
    """Another incident that may become part of this one, locked. Raises `Invalid`, `NotFound`, `IllegalAct`, `NotAllowed`."""
    if other == row["incident_id"]:
        raise Invalid("an incident cannot be joined to itself")
    found = _lock_other(connection, other, row, act)
    if found["stage"] not in lifecycle.OPEN:
        raise _refused(row, act, f"incident {other} is {found['stage']}")
    _demand_no_case(connection, other, row, act)
    if found["drill"] != row["drill"]:
        raise _refused(row, act, f"incident {other}: a drill is never one thing with the real")
    if queries.parts_count(connection, incident_id=other) < queries.parts_count_joined(connection, incident_id=other):
        raise NotAllowed(f"incident {other} has parts outside your area")
    return found


def _lock_other(connection: Connection, other: int, row: Row, act: Act) -> Row:
    found: Row | None = queries.parts_lock_incident(connection, incident_id=other, areas=prefixes(act.scope))
    if found is not None:
        return found
    if change_log.read(connection, "incident", [other]):
        raise _refused(row, act, f"somebody is acting on incident {other} this moment: look at it again")
    raise NotFound(f"no incident {other}")


def _lock_others(connection: Connection, ids: Iterable[int], row: Row, act: Act) -> list[Row]:
    """Incidents that single parts are taken from. What has ended keeps its parts."""
    found = [_lock_other(connection, other, row, act) for other in sorted(ids)]
    for one in found:
        if one["stage"] not in lifecycle.OPEN:
            raise _refused(row, act, f"a part belongs to incident {one['incident_id']}, which is {one['stage']}")
    return found


def _demand_no_case(connection: Connection, other: int, row: Row, act: Act) -> None:
    case = queries.incidents_open_case(connection, incident_id=other, ended=incidents.ENDED_CASES)
    if case:
        raise _refused(row, act, f"incident {other} has the open case {case}: join this one into it, or end the case first")


def _demand_joinable(part: Row, row: Row, act: Act) -> None:
    if part["probe"]:
        raise _refused(row, act, f"alert {part['part_id']} only proves the path")
    if part["drill"] != row["drill"]:
        raise _refused(row, act, f"{part['kind']} {part['part_id']}: a drill is never one thing with the real")


def _refused(row: Row, act: Act, why: str) -> IllegalAct:
    return IllegalAct(act.act, row["stage"], lifecycle.allowed_acts(row["stage"], act.scope.role), why)


def _stage(row: Row, swallowed: Iterable[Row]) -> str:
    """Who found one of them to be real found the whole to be."""
    confirmed = any(one["stage"] != "open" for one in swallowed)
    return "confirmed" if row["stage"] == "open" and confirmed else str(row["stage"])


def _audit_join(connection: Connection, row: Row, stage: str, act: Act, wanted: Wanted, ended: Sequence[Row], lost: Sequence[Row]) -> None:
    number = row["incident_id"]
    detail = {"alerts": wanted.alerts, "reports": wanted.reports, "incidents": [one["incident_id"] for one in ended]}
    audit.append(connection, act, "incident", number, row["area"], stages=(row["stage"], stage), detail=detail)
    for one in ended:
        stages = one["stage"], lifecycle.advance(one["stage"], "merge")
        audit.append(
            connection, act.named("merge"), "incident", one["incident_id"], one["area"], stages=stages, detail={"incident_id": number}
        )
    for one in lost:
        audit.append(connection, act.named("split"), "incident", one["incident_id"], one["area"], detail={"incident_id": number})


# ── split ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _split(connection: Connection, row: Row, act: Act, config: Config) -> None:
    wanted, number = read_wanted(act), row["incident_id"]
    if wanted.incidents:
        raise Invalid("'split' takes alerts and reports out; incidents are not parts")
    whole = _lock_parts(connection, Wanted((), (), (number,)), act)
    chosen = _chosen(connection, whole, _lock_parts(connection, wanted, act), row, act)
    rest = [part for part in whole if (part["kind"], part["part_id"]) not in chosen]
    hidden = queries.parts_count_joined(connection, incident_id=number) - len(whole)
    if not rest and hidden <= 0:
        raise _refused(row, act, "nothing would be left of it")
    leaving = list(chosen.values())
    stage = "open" if row["stage"] == "open" else "confirmed"
    source = {**_source(leaving, row, config), "title": _worst(leaving, config)["title"]}
    new = incidents.open_incident(connection, source, stage, act)
    with _logged(connection, act, **_ids(leaving), incident=[number, new]):
        _move(connection, leaving, new, act, {"class": "hand", "from": number})
        demand_saved(queries.parts_save(connection, incident_id=number, version=row["version"], stage=row["stage"], now=act.now), row)
        queries.parts_place(connection, incident_id=new, split_from=number, **_place(source))
        if rest and hidden <= 0:
            queries.parts_place(connection, incident_id=number, split_from=None, **_place(_source(rest, row, config)))
        _sum_up(connection, [number, new], act, config)
    detail = {"alerts": _ids(leaving)["alert"], "reports": _ids(leaving)["report"], "incident_id": new}
    audit.append(connection, act, "incident", number, row["area"], stages=(row["stage"], row["stage"]), detail=detail)


def _chosen(connection: Connection, whole: Sequence[Row], wanted: Sequence[Row], row: Row, act: Act) -> dict[tuple[str, int], Row]:
    """The parts to take out. Raises `IllegalAct` for one that is not in it, saying who moved it."""
    inside = {(part["kind"], part["part_id"]): part for part in whole}
    for part in wanted:
        if (part["kind"], part["part_id"]) in inside:
            continue
        gone = queries.parts_moved_away(connection, incident_id=row["incident_id"], kind=part["kind"], part_id=part["part_id"])
        told = f": {gone['left_by']} moved it to incident {gone['incident_id']}" if gone else ""
        raise _refused(row, act, f"{part['kind']} {part['part_id']} is no part of it{told}")
    return {(part["kind"], part["part_id"]): part for part in wanted}


def _worst(parts: Iterable[Row], config: Config) -> Row:
    """The part that says where and what an incident is: of those with a place, if one has."""
    return min(
        parts,
        key=lambda part: (not part["says"], part["lon"] is None, _severity(part, config), part["since"], part["kind"], part["part_id"]),
    )


def _severity(part: Row, config: Config) -> int:
    known = config.classes.get(part["class_code"])
    return int(part["severity"] or (known.severity if known else incident_sums.UNCLASSED))


def _source(parts: Sequence[Row], row: Row, config: Config) -> dict[str, Any]:
    """Place, class and severity of an incident from its parts."""
    worst = _worst(parts, config)
    known = config.classes.get(worst["class_code"])
    told = {name: worst[name] for name in ("class_code", "area", "cell_id", "lon", "lat")}
    simulated = all(part["simulated"] for part in parts)
    domain = worst["domain"] or (known.domain if known else row["domain"])
    return {**told, "domain": domain, "severity": _severity(worst, config), "drill": row["drill"], "simulated": simulated}


def _place(source: Mapping[str, Any]) -> dict[str, Any]:
    return {name: source[name] for name in ("class_code", "domain", "area", "cell_id", "lon", "lat")}


# ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _lock_parts(connection: Connection, wanted: Wanted, act: Act) -> list[Row]:
    """The parts an act names, with the twins of reports and alerts, and all of the incidents it names. Raises `NotFound`."""
    twins = queries.parts_twins(connection, alerts=list(wanted.alerts), reports=list(wanted.reports))
    alerts, reports = sorted({*wanted.alerts, *twins["alerts"]}), sorted({*wanted.reports, *twins["reports"]})
    shared = {"incidents": list(wanted.incidents), "areas": prefixes(act.scope)}
    found = [*queries.parts_lock_alerts(connection, ids=alerts, **shared), *queries.parts_lock_reports(connection, ids=reports, **shared)]
    there = {(part["kind"], part["part_id"]) for part in found}
    for kind, ids in (("alert", wanted.alerts), ("report", wanted.reports)):
        for part_id in ids:
            if (kind, part_id) not in there:
                raise NotFound(f"no {kind} {part_id}")
    return found


def _ids(parts: Iterable[Row]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {kind: [] for kind in _KINDS}
    for part in parts:
        found[part["kind"]].append(part["part_id"])
    return found


def _move(connection: Connection, parts: Sequence[Row], number: int, act: Act, reason: Mapping[str, Any]) -> None:
    ids = _ids(parts)
    for kind in _KINDS:
        joins.leave(connection, kind, ids[kind], act.now, act.by, act.note)
    queries.parts_move_alerts(connection, ids=ids["alert"], incident_id=number, now=act.now)
    queries.parts_move_reports(connection, ids=ids["report"], incident_id=number)
    told = {**reason, "note": act.note} if act.note else dict(reason)
    joins.add(
        connection,
        [joins.Join(number, part["kind"], part["part_id"], part["subject"], told) for part in parts],
        act.now,
        act.by,
        by_hand=True,
    )


@contextmanager
def _logged(connection: Connection, act: Act, **ids: Sequence[int]) -> Iterator[None]:
    """What several nouns looked like before and after goes into the change log."""
    with ExitStack() as stack:
        for noun in ("report", "alert", "incident"):
            stack.enter_context(logged(connection, noun, ids.get(noun, ()), act.now))
        yield


def _sum_up(connection: Connection, ids: Sequence[int], act: Act, config: Config) -> None:
    """At once where the actor sees every part; of an incident that reaches beyond their area the leader sums up, within a second."""
    whole = [
        one for one in ids if queries.parts_count(connection, incident_id=one) >= queries.parts_count_joined(connection, incident_id=one)
    ]
    if whole:
        incident_sums.save_sums(connection, whole, config, act.now)
