"""Writes the invented staff of a simulated district in bulk: accounts, places in the tree, rosters. Only the seed calls this."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from store.credentials import hash_password
from store.timescale import Connection, queries

Row = Mapping[str, Any]


def add_people(connection: Connection, rows: Sequence[Row], password: str, now: datetime) -> None:
    """Accounts (login, role, area, title, name) with one password that only the simulator is meant to know; who is there gets it too."""
    password_hash = hash_password(password)
    queries.simulated_people_add(connection, rows=Jsonb(list(rows)), password_hash=password_hash, now=now)
    queries.simulation_set_password(connection, logins=[row["login"] for row in rows], password_hash=password_hash)


def place_people(connection: Connection, rows: Sequence[Row]) -> None:
    """Move accounts (login, unit, post) into the tree; a post of another role is left alone."""
    queries.simulated_people_place(connection, rows=Jsonb(list(rows)))


def add_rosters(connection: Connection, rows: Sequence[Row], now: datetime) -> None:
    """Rosters (duty_grid, area, shift, starts, ends, zone, since, logins: one a day); a shift that has its worker stays as it is."""
    queries.simulated_rosters_add(connection, rows=Jsonb(list(rows)), now=now)


def numbers_of(connection: Connection, logins: Sequence[str]) -> dict[str, tuple[int, int | None]]:
    """Login → account and unit."""
    rows = queries.simulated_people_ids(connection, logins=list(logins))
    return {row["login"]: (row["account_id"], row["unit_id"]) for row in rows}


def has_plans(connection: Connection) -> bool:
    """Whether patrols are planned already."""
    return bool(queries.simulated_plans_any(connection))
