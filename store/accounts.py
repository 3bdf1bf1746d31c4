"""Accounts, sessions and tokens as rows: only hashes of secrets are stored, names of people stand in `persons`.

Decides how many failures lock an account and how long a session may idle; never who may do what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Invalid, NotFound
from store.credentials import NOBODY, TOKEN_PREFIX, check_password, hash_password, hash_secret, new_secret, verify_password
from store.timescale import Connection, queries

ROLES = ("wall", "leader", "duty", "supervisor", "dispatcher", "handler", "grid_worker", "admin", "security_admin", "auditor")
SCOPES = ("feed", "read", "act", "admin", "screen")
LOCK_AFTER = 5
LOCK_FOR = timedelta(minutes=30)
IDLE_FOR = timedelta(minutes=30)
WALL_IDLE_FOR = timedelta(hours=24)  # nobody stands at a wall to log in again
FIELD_IDLE_FOR = timedelta(hours=12)  # a phone in a pocket, locked by itself: a password typed in the rain every half hour helps nobody
_TOUCH_EVERY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Account:
    """Who signed in. `title` is what others may read of them."""

    account_id: int
    login: str
    role: str
    areas: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Token:
    """A system, or a wall bound to one view."""

    token_id: int
    name: str
    scopes: frozenset[str]
    areas: tuple[str, ...]
    view: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A login that failed: `wrong`, `locked` (until when) or `disabled`. The page says the same for the first and last."""

    reason: str
    until: datetime | None = None


def create_account(
    connection: Connection, login: str, password: str, role: str, areas: Sequence[str], title: str, now: datetime, person_name: str = ""
) -> int:
    """A new account's id. Raises `Invalid` for a weak password, an unknown role or a login that is taken."""
    return add_account(connection, login, hash_password(password), role, areas, title, now, person_name)


def add_account(
    connection: Connection, login: str, password_hash: str, role: str, areas: Sequence[str], title: str, now: datetime,
    person_name: str = "",
) -> int:  # fmt: skip
    """As `create_account`, for who has hashed the password already. Raises `Invalid`."""
    if role not in ROLES:
        raise Invalid(f"no role is called '{role}'; there are {', '.join(ROLES)}")
    if not login.strip() or not areas:
        raise Invalid("an account needs a login and an area")
    person = queries.accounts_add_person(connection, name=person_name, now=now)["person_id"] if person_name else None
    row = queries.accounts_add(
        connection, login=login, password_hash=password_hash, role=role, areas=list(areas), person_id=person, title=title or login, now=now
    )
    if row is None:
        raise Invalid(f"the login '{login}' is taken")
    return int(row["account_id"])


def disable_account(connection: Connection, login: str, now: datetime) -> None:
    """Nobody signs in with it any more and its sessions end now. Raises `NotFound`."""
    row = queries.accounts_disable(connection, login=login, now=now)
    if row is None:
        raise NotFound(f"no active account has the login '{login}'")
    queries.sessions_end_all(connection, account_id=row["account_id"])


def check_login(connection: Connection, login: str, password: str, now: datetime) -> Account | Refused:
    """Who this is, or why not. Counts failures: commit the transaction in both cases."""
    row = queries.accounts_by_login(connection, login=login)
    right = verify_password(row["password_hash"] if row else NOBODY, password)
    if row is None:
        return Refused("wrong")
    if row["locked_until"] and row["locked_until"] > now:
        return Refused("locked", row["locked_until"])
    if row["disabled_at"]:
        return Refused("disabled")
    if not right:
        failures = row["failures"] + 1
        locked_until = now + LOCK_FOR if failures >= LOCK_AFTER else None
        queries.accounts_failed(
            connection, account_id=row["account_id"], failures=0 if locked_until else failures, locked_until=locked_until
        )
        return Refused("locked", locked_until) if locked_until else Refused("wrong")
    queries.accounts_failed(connection, account_id=row["account_id"], failures=0, locked_until=None)
    return Account(row["account_id"], row["login"], row["role"], tuple(row["areas"]), row["title"])


def change_password(connection: Connection, login: str, old: str, new: str, keep: str | None, now: datetime) -> Refused | None:
    """One's own password, by whom knows the present one; every other session than `keep` ends. A wrong one counts as at the door: commit.

    Raises `Invalid` for a new one that is weak or the old one again.
    """
    check_password(new)
    if new == old:
        raise Invalid("the new password is the present one")
    found = check_login(connection, login, old, now)
    if isinstance(found, Refused):
        return found
    queries.accounts_password(connection, account_id=found.account_id, password_hash=hash_password(new))
    queries.sessions_end_others(connection, account_id=found.account_id, session_hash=hash_secret(keep or ""))
    return None


def idle_for(role: str) -> timedelta:
    """How long a session lives without being used."""
    return {"wall": WALL_IDLE_FOR, "grid_worker": FIELD_IDLE_FOR}.get(role, IDLE_FOR)


def open_session(connection: Connection, account: Account, now: datetime) -> str:
    """The secret of a new session: it goes into the cookie and nowhere else."""
    secret = new_secret()
    queries.sessions_purge(connection, now=now)
    queries.sessions_add(
        connection, session_hash=hash_secret(secret), account_id=account.account_id, now=now, expires_at=now + idle_for(account.role)
    )
    return secret


def find_session(connection: Connection, secret: str, now: datetime) -> Account | None:
    """Whose session this is; None when it ended. Using it keeps it alive, noted once a minute."""
    row = queries.sessions_find(connection, session_hash=hash_secret(secret), now=now)
    if row is None:
        return None
    if now - row["seen_at"] >= _TOUCH_EVERY:
        queries.sessions_touch(connection, session_hash=hash_secret(secret), now=now, expires_at=now + idle_for(row["role"]))
    return Account(row["account_id"], row["login"], row["role"], tuple(row["areas"]), row["title"])


def end_session(connection: Connection, secret: str) -> None:
    queries.sessions_end(connection, session_hash=hash_secret(secret))


def create_token(
    connection: Connection, name: str, scopes: Sequence[str], areas: Sequence[str], now: datetime, view: str | None = None
) -> str:
    """The secret of a new token, shown once. Raises `Invalid`: unknown scope, no area, a screen without a view."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise Invalid(f"no scope is called {', '.join(unknown) or 'nothing'}; there are {', '.join(SCOPES)}")
    if not name.strip() or not areas:
        raise Invalid("a token needs a name and an area")
    if ("screen" in scopes) != (view is not None):
        raise Invalid("a screen token, and only that, is bound to a view such as /wall")
    secret = new_secret(TOKEN_PREFIX)
    queries.tokens_add(connection, token_hash=hash_secret(secret), name=name, scopes=list(scopes), areas=list(areas), view=view, now=now)
    return secret


def find_token(connection: Connection, secret: str, now: datetime) -> Token | None:
    """Whose token this is; None when it never was one or is revoked."""
    row = queries.tokens_find(connection, token_hash=hash_secret(secret))
    if row is None:
        return None
    if row["used_at"] is None or now - row["used_at"] >= _TOUCH_EVERY:
        queries.tokens_touch(connection, token_id=row["token_id"], now=now)
    return Token(row["token_id"], row["name"], frozenset(row["scopes"]), tuple(row["areas"]), row["view"])


def revoke_token(connection: Connection, name: str, now: datetime) -> int:
    """How many tokens of that name were revoked. Raises `NotFound` when none."""
    revoked = len(list(queries.tokens_revoke(connection, name=name, now=now)))
    if not revoked:
        raise NotFound(f"no valid token is called '{name}'")
    return revoked
