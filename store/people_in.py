"""People as an import brings them: checked all before the first is written, with passwords that are told once and stored as hashes."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.organisation import PersonEntry
from dispatch.organisation import faults_of_person
from store import accounts, audit, units
from store.acts import Act
from store.credentials import hash_password
from store.timescale import Connection, queries


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a row: `created` with the password to hand over, or `changed`."""

    verdict: str
    login: str
    password: str = ""


def faults(connection: Connection, rows: Mapping[int, PersonEntry]) -> dict[int, str]:
    """What is wrong with each row, among all of them and with those who have accounts."""
    known = units.standing(connection)
    here = {row["login"]: row for row in queries.units_accounts(connection, logins=[person.login for person in rows.values()])}
    wanted = [person.duty_grid for person in rows.values() if person.duty_grid]
    grids = {row["code"]: row["area"] for row in queries.units_grids(connection, codes=wanted)}
    taken: dict[str, int] = {}
    found: dict[int, str] = {}
    for number, person in rows.items():
        said = [
            *faults_of_person(person, known, frozenset(accounts.ROLES)),
            *_faults_of_account(person, here),
            *_faults_of_grid(person, grids),
        ]
        if person.duty_grid and (first := taken.setdefault(person.duty_grid, number)) != number:
            said.append(f"duty_grid: '{person.duty_grid}' has its worker in row {first}: it has one")
        if said:
            found[number] = "; ".join(said)
    return found


def _faults_of_account(person: PersonEntry, here: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    row = here.get(person.login)
    if row and row["disabled"]:
        yield f"login: '{person.login}' was disabled; take another"
    elif row and row["role"] != person.role:
        yield f"role: '{person.login}' is a '{row['role']}'; an import changes no role"


def _faults_of_grid(person: PersonEntry, grids: Mapping[str, str]) -> Iterator[str]:
    if not person.duty_grid:
        return
    if person.duty_grid not in grids:
        yield f"duty_grid: no duty grid has the code '{person.duty_grid}'"
    elif not any(grids[person.duty_grid].startswith(area) for area in person.areas):
        yield f"duty_grid: '{person.duty_grid}' lies outside of {', '.join(person.areas)}"


def bring(connection: Connection, person: PersonEntry, act: Act) -> Brought:
    """Make or change one account and place it; `faults` found nothing. A new one gets a password of its own."""
    row = next(iter(queries.units_accounts(connection, logins=[person.login])), None)
    password = ""
    if row is None:
        password = new_password()
        account_id = accounts.add_account(
            connection, person.login, hash_password(password), person.role, person.areas, person.title, act.now, person.name
        )
        audit.append(connection, act.named("add"), "account", person.login, person.areas[0], detail={"role": person.role})
    else:
        account_id = int(row["account_id"])
        queries.units_change_account(connection, account_id=account_id, areas=list(person.areas), title=person.title)
        audit.append(connection, act.named("change"), "account", person.login, person.areas[0], detail={"areas": list(person.areas)})
    _keep_person(connection, account_id, person, act.now)
    units.place_person(connection, account_id, person.unit, person.post, act)
    if person.duty_grid:
        queries.units_stand(connection, account_id=account_id, duty_grid=person.duty_grid)
    return Brought("changed" if row else "created", person.login, password)


def _keep_person(connection: Connection, account_id: int, person: PersonEntry, now: datetime) -> None:
    """Name and telephone stand apart from the account."""
    if not person.name and not person.phone:
        return
    person_id = queries.units_person_of(connection, account_id=account_id)["person_id"]
    if person_id is None:
        person_id = queries.units_new_person(connection, name=person.name, phone=person.phone, now=now)
        queries.units_link_person(connection, account_id=account_id, person_id=person_id)
    else:
        queries.units_change_person(connection, person_id=person_id, name=person.name, phone=person.phone)


def new_password() -> str:
    """96 random bits with the kinds of letters the rules ask for."""
    return f"Yp{secrets.token_urlsafe(12)}-7"
