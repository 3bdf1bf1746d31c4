"""Every act of the table of a case by every role in every stage, against the real database: the legal ones do what the table says, and
each that is not raises and leaves row, requests, units, audit, change log and outbox as they were.

One database, a case for each stage; an attempt is a transaction that is rolled back, so thousands of them take seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from core.errors import IllegalAct, Invalid, NotAllowed, YipingError
from core.model import Scope
from dispatch import cases as lifecycle
from store import cases, openings
from store.acts import Act
from store.timescale import Connection
from tests.desk import NORTH, Desk

ACTS = sorted({act for stage in lifecycle.TABLE for act in (*lifecycle.TABLE[stage], *lifecycle.SIDE[stage])} | {"nonsense"})
_SUPPORTS = ("support_done", "support_refuse")
WHO = {
    "duty": "duty2", "supervisor": "supervisor", "dispatcher": "dispatcher", "handler": "handler1", "grid_worker": "worker1", "leader": "boss",
    "auditor": "auditor", "wall": "wall", "admin": "admin",
}  # fmt: skip
# How a case comes to stand in a stage: who does what.
WAYS: dict[str, tuple[tuple[str, str], ...]] = {
    "reported": (),
    "pre_checking": (("duty1", "pre_check"),),
    "accepted": (("duty1", "accept"),),
    "declined": (("duty1", "decline"),),
    "voided": (("duty1", "void"),),
}
WAYS["registered"] = (*WAYS["accepted"], ("duty1", "register"))
WAYS["dispatched"] = (*WAYS["registered"], ("dispatcher", "dispatch"))
WAYS["handling"] = (*WAYS["dispatched"], ("worker1", "take"))
WAYS["on_site"] = (*WAYS["handling"], ("worker1", "arrive"))
WAYS["finished"] = (*WAYS["on_site"], ("worker1", "finish"))
WAYS["fed_back"] = (*WAYS["finished"], ("handler1", "feedback"))
WAYS["checking"] = (*WAYS["finished"], ("duty1", "post_check"))
WAYS["checked"] = (*WAYS["finished"], ("worker2", "check"))
WAYS["closed"] = (*WAYS["checked"], ("duty1", "close"))
WAYS["force_closed"] = (*WAYS["registered"], ("supervisor", "force_close"))
WAYS["suspended"] = (*WAYS["handling"], ("worker1", "ask_suspension"), ("handler1", "agree"), ("dispatcher", "agree"))


@pytest.fixture
def town(desk: Desk) -> Desk:
    """The small city with a unit, its two handlers and one of another unit."""
    with desk.store.connection() as connection:
        units = connection.execute(
            "insert into units (code, name, area) values ('drain', '排水所', %s), ('road', '市政所', %s), ('light', '路灯所', %s) returning unit_id",
            [NORTH] * 3,
        ).fetchall()
        for login, unit in (("handler1", 0), ("handler2", 0), ("handler3", 1)):
            row = connection.execute(
                "insert into accounts (login, password_hash, role, areas, title, unit_id) values (%s, 'x', 'handler', %s, %s, %s) returning account_id",
                [login, [NORTH], login, units[unit]["unit_id"]],
            ).fetchone()
            assert row is not None
            desk.people[login] = row["account_id"]
        connection.execute("update accounts set unit_id = %s where login = 'worker1'", [units[0]["unit_id"]])
    return desk


def scope_of(desk: Desk, login: str) -> Scope:
    roles = {"duty1": "duty", "worker2": "grid_worker", "handler2": "handler", "handler3": "handler"} | {
        one: role for role, one in WHO.items()
    }
    return desk.scope(login, roles[login])


def words(desk: Desk, act: str, parent: str = "") -> dict[str, Any]:
    """What an act takes to be possible at all."""
    taken: dict[str, dict[str, Any]] = {
        "dispatch": {"unit": "drain", "worker": "worker1", "supports": ["road"]}, "ask_extension": {"until": desk.now + timedelta(days=2)},
        "ask_suspension": {"until": desk.now + timedelta(days=9)}, "link_parent": {"parent": parent}, "transfer": {"level": 3},
        "classify": {"class_code": "0101"},
    }  # fmt: skip
    return taken.get(act, {})


def do(connection: Connection, desk: Desk, number: str, login: str, act: str, note: str = "因故", **extra: Any) -> None:
    wanted = {**words(desk, act), **extra}
    cases.act_on_case(connection, number, Act(act, scope_of(desk, login), desk.now, note, None, wanted), desk.config)


def photo(connection: Connection, desk: Desk, number: str) -> None:
    connection.execute(
        "insert into media (media_id, sha256, kind, bytes, area, case_number, role, created_at) values (%s, 'x', 'image/jpeg', 1, %s, %s, 'after', %s)",
        [f"p{number}", f"{NORTH}001", number, desk.now],
    )


def case_in(connection: Connection, desk: Desk, stage: str) -> str:
    """The number of a new case that came to a stage as people bring it there."""
    opening = openings.Opening(title=stage, class_code="0301", fields={"area": f"{NORTH}001"})
    number = openings.open_case(connection, opening, Act("open", desk.scope("duty1", "duty"), desk.now), desk.config)
    for login, act in WAYS[stage]:
        if act == "finish":
            photo(connection, desk, number)
            connection.execute("update case_supports set stage = 'refused' where case_number = %s", [number])  # or the feedback came first
        do(connection, desk, number, login, act)
    return number


_TABLES = ["cases", "case_supports", "case_adjustments", "case_clocks", "case_routes", "audit", "change_log", "outbox", "incidents"]


def told(connection: Connection) -> list[Any]:
    """Everything that an act could leave behind."""
    return [connection.execute(f"select count(*) as n, sum(hashtext(t::text)) as h from {table} t").fetchone() for table in _TABLES]


def written(connection: Connection) -> int:
    """How many rows this transaction has written, also where it was taken back."""
    row = connection.execute(
        "select sum(pg_stat_get_xact_tuples_inserted(t) + pg_stat_get_xact_tuples_updated(t) + pg_stat_get_xact_tuples_deleted(t)) as n "
        "from unnest(cast(%s as regclass[])) as t",
        [_TABLES],
    ).fetchone()
    return int(row["n"]) if row else 0


class Undone(Exception):
    """Takes back what was tried."""


@contextmanager
def tried(connection: Connection) -> Iterator[None]:
    """What is done inside is taken back."""
    try:
        with connection.transaction():
            yield
            raise Undone
    except Undone:
        pass


def roles_to_try(stage: str, act: str) -> list[str]:
    """All where the table knows the act; of what it does not know in that stage any role hears the same, each in its turn."""
    if act in lifecycle.TABLE[stage] or act in lifecycle.SIDE[stage]:
        return list(WHO)
    return [list(WHO)[(ACTS.index(act) + list(lifecycle.TABLE).index(stage)) % len(WHO)]]


def test_every_act_by_every_role_in_every_stage(town: Desk) -> None:
    done: set[tuple[str, str]] = set()
    with town.store.connection() as connection:
        numbers = {stage: case_in(connection, town, stage) for stage in lifecycle.TABLE}
        photo(connection, town, numbers["on_site"])
        before = told(connection)
        for stage, number in numbers.items():
            for act in ACTS:
                for role in roles_to_try(stage, act):
                    with tried(connection):
                        if attempt(connection, town, number, (stage, act, role), numbers["reported"]):
                            done.add((stage, act))
        assert told(connection) == before
    asked = {"agree", "refuse", "withdraw", "unlink_parent"}  # nothing waits for them here: see test_case_*.py
    known = {(stage, act) for stage in lifecycle.TABLE for act in (*lifecycle.TABLE[stage], *lifecycle.SIDE[stage]) if act not in asked}
    # `suspend` is the machine's: the way to `suspended` shows it; and the case that is the parent is not linked to itself.
    left = {*((stage, "suspend") for stage in lifecycle.KEPT), ("reported", "link_parent"), *(("finished", act) for act in _SUPPORTS)}
    left |= {("handling", "check"), ("on_site", "check")}  # a support unit has not ended its part there; of the finished one it has
    assert known - done == left


def attempt(connection: Connection, desk: Desk, number: str, way: tuple[str, str, str], parent: str) -> bool:
    """Whether it was legal; then it did what the table says, else it wrote nothing at all and said why."""
    (stage, act, role), rows = way, written(connection)
    error = None
    try:
        do(connection, desk, number, WHO[role], act, **words(desk, act, parent))
    except (IllegalAct, NotAllowed, Invalid) as refused:
        error = refused
    if error is not None:
        assert written(connection) == rows, (way, error)
        assert is_refusal(error, stage, act, role), (way, error)
        return False
    assert role in lifecycle.roles_of(stage, act), way
    [row] = connection.execute("select stage from cases where case_number = %s", [number])
    [line] = connection.execute("select * from audit where noun = 'case' and key = %s order by audit_id desc limit 1", [number])
    assert row["stage"] == lifecycle.advance(stage, act, "handling"), way
    assert (line["act"], line["stage_from"], line["stage_to"]) == (act, stage, row["stage"]), way
    took_part = connection.execute("select 1 from case_supports where case_number = %s and stage <> 'refused' limit 1", [number]).fetchone()
    assert line["detail"].get("skipped", []) == list(lifecycle.skipped(stage, row["stage"], "handling", bool(took_part))), way
    return True


def is_refusal(error: YipingError, stage: str, act: str, role: str) -> bool:
    """Whether the table or a rule beside it is why: an act that table and role allow is refused only for a person or for what is asked."""
    if act not in lifecycle.TABLE[stage] and act not in lifecycle.SIDE[stage]:
        return isinstance(error, IllegalAct)
    if role not in lifecycle.roles_of(stage, act):
        return isinstance(error, NotAllowed)
    return not isinstance(error, Invalid) or act in {"link_parent"}
