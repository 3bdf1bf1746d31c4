"""Who is asking, and what for: sessions of people by cookie, tokens of systems and walls, one function for every door.

Decides the scopes of a role and the proof against forged posts (CSRF). Keeps no state: rows are in `store.accounts`.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.problems import NotSignedIn
from core.errors import NotAllowed
from core.model import EVERYWHERE, Scope
from store import accounts, audit
from store.acts import Act
from store.credentials import TOKEN_PREFIX
from store.timescale import Connection

SESSION_COOKIE = "yiping_session"
CSRF_COOKIE = "yiping_csrf"  # readable by the page, which repeats it in the header
CSRF_HEADER = "X-Yiping-Csrf"
SCREEN_COOKIE_FOR = timedelta(days=365)  # the token behind it can be revoked at any moment

_READ, _ACT = frozenset({"read"}), frozenset({"read", "act"})
SCOPES_OF_ROLE: Mapping[str, frozenset[str]] = {
    "wall": frozenset({"screen"}),
    "leader": _ACT,  # each act asks for the role besides: expedite orders, emergencies, notices seen
    "duty": _ACT,
    "supervisor": _ACT,
    "dispatcher": _ACT,
    "handler": _ACT,
    "grid_worker": _ACT,
    "admin": frozenset({"read", "admin"}),
    "security_admin": _READ,
    "auditor": _READ,
}
# What a token may do as: a system that acts does so as the desk, one that only reads as a leader would.
_ROLE_OF_SCOPE = (("act", "duty"), ("admin", "admin"), ("read", "leader"), ("screen", "wall"), ("feed", "feed"))
_IMPLIED: Mapping[str, frozenset[str]] = {"act": _READ, "admin": _READ}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. `csrf` is what the header must repeat on a write; None: not by cookie, nothing to forge."""

    scope: Scope
    scopes: frozenset[str]
    actor: str
    csrf: str | None = None
    view: str | None = None

    def may(self, need: str) -> bool:
        """Whether the scopes include `need` (feed, read, act, admin, screen; "act or admin": one of them; "" is: anybody).

        Who reads all reads what a wall shows.
        """
        return not need or not self.scopes.isdisjoint(need.split(" or ")) or (need == "screen" and "read" in self.scopes)

    def may_watch(self, screen: str) -> bool:
        """Whether this one may have a screen's snapshot and stream: a screen's token that of its view, an account of a wall walls."""
        if "read" in self.scopes:
            return True
        return screen in (self.view or "/wall").strip("/").split("/")


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a login or a screen link gives the browser: two cookies, and where to go."""

    secret: str
    csrf: str
    identity: Identity
    keep_for: timedelta | None = None
    view: str | None = None

    def cookies(self, secure: bool) -> list[dict[str, Any]]:
        """Arguments of `response.set_cookie(**…)`; the session is out of reach for scripts, the proof is not."""
        age = int(self.keep_for.total_seconds()) if self.keep_for else None
        common = {"max_age": age, "samesite": "Lax", "secure": secure, "path": "/"}
        return [
            {"key": SESSION_COOKIE, "value": self.secret, "httponly": True, **common},
            {"key": CSRF_COOKIE, "value": self.csrf, "httponly": False, **common},
        ]


def derive_csrf(secret: str) -> str:
    """The proof that goes with a session: only who can read our cookies knows it, and it does not tell the session."""
    return hmac.new(secret.encode(), b"yiping csrf", hashlib.sha256).hexdigest()


def authenticate(connection: Connection, authorization: str | None, cookies: Mapping[str, str], now: datetime, need: str = "") -> Identity:
    """Who this is, if they may do what `need` names (feed, read, act, admin, screen; "" is: anybody signed in).

    Raises `NotSignedIn` without a valid session or token, `NotAllowed` when its scopes do not include `need`.
    """
    identity = _by_header(connection, authorization, now, need) if authorization else _by_cookie(connection, cookies, now)
    if not identity.may(need):
        raise NotAllowed(f"this needs the scope '{need}'; yours: {', '.join(sorted(identity.scopes)) or 'none'}")
    return identity


def _by_header(connection: Connection, authorization: str, now: datetime, need: str) -> Identity:
    kind, _, secret = authorization.partition(" ")
    secret = secret.strip()
    if kind.lower() == "basic":
        # Cameras cannot send Bearer: a feed token is also taken as the password of Basic, and only for feeding.
        secret = _basic_password(secret) if need == "feed" else ""
    elif kind.lower() != "bearer":
        secret = ""
    token = accounts.find_token(connection, secret, now) if secret else None
    if token is None or (kind.lower() == "basic" and "feed" not in token.scopes):
        raise NotSignedIn("the token is unknown or revoked")
    return identity_of_token(token)


def _basic_password(word: str) -> str:
    try:
        return base64.b64decode(word, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _by_cookie(connection: Connection, cookies: Mapping[str, str], now: datetime) -> Identity:
    secret = cookies.get(SESSION_COOKIE, "")
    if secret.startswith(TOKEN_PREFIX):
        token = accounts.find_token(connection, secret, now)
        if token is not None and "screen" in token.scopes:
            return identity_of_token(token, derive_csrf(secret))
    # Random letters may begin like a token's: whatever is no token may be a session.
    account = accounts.find_session(connection, secret, now) if secret else None
    if account is not None:
        return _identity_of_account(account, derive_csrf(secret))
    raise NotSignedIn("sign in at /login, or send Authorization: Bearer")


def _identity_of_account(account: accounts.Account, csrf: str) -> Identity:
    scope = Scope(account.role, account.areas, account.account_id, account.title or account.login)
    return Identity(scope, SCOPES_OF_ROLE[account.role], f"account:{account.account_id}", csrf)


def identity_of_token(token: accounts.Token, csrf: str | None = None) -> Identity:
    """A token's role follows from the widest of its scopes."""
    role = next(role for name, role in _ROLE_OF_SCOPE if name in token.scopes)
    scopes = token.scopes.union(*(_IMPLIED.get(name, frozenset()) for name in token.scopes))
    return Identity(Scope(role, token.areas, None, token.name), scopes, f"token:{token.token_id}", csrf, token.view)


def demand_csrf(identity: Identity, header: str | None) -> None:
    """For writes by cookie: raises `NotAllowed` unless the page proved that it could read its own cookie."""
    if identity.csrf is not None and not hmac.compare_digest(identity.csrf, header or ""):
        raise NotAllowed(f"the header {CSRF_HEADER} must repeat the cookie {CSRF_COOKIE}")


def log_in(connection: Connection, login: str, password: str, now: datetime, address: str = "") -> Entrance | accounts.Refused:
    """A new session, or why not; both are audited and failures counted: commit in either case."""
    found = accounts.check_login(connection, login, password, now)
    if isinstance(found, accounts.Refused):
        scope = Scope("", EVERYWHERE.areas, None, login[:64])
        audit.append(connection, Act("login_refused", scope, now, found.reason, address=address), "account", login[:64])
        return found
    secret = accounts.open_session(connection, found, now)
    identity = _identity_of_account(found, derive_csrf(secret))
    audit.append(connection, Act("login", identity.scope, now, address=address), "account", found.login)
    # A phone ends its browser whenever it is short of memory: who works outside is not signed out by that.
    keep_for = accounts.idle_for(found.role) if found.role in {"wall", "grid_worker"} else None
    return Entrance(secret, derive_csrf(secret), identity, keep_for)


def log_out(connection: Connection, cookies: Mapping[str, str], now: datetime, address: str = "") -> None:
    """End the session behind the cookie, if there is one. A screen's token stays valid: it is revoked, not left."""
    secret = cookies.get(SESSION_COOKIE, "")
    account = accounts.find_session(connection, secret, now) if secret else None
    if account is None:
        return
    accounts.end_session(connection, secret)
    scope = Scope(account.role, account.areas, account.account_id, account.title)
    audit.append(connection, Act("logout", scope, now, address=address), "account", account.login)


def open_screen(connection: Connection, secret: str, now: datetime, address: str = "") -> Entrance:
    """What `/screen/{token}` sets, and its view. Raises `NotSignedIn` for an unknown, revoked or other token."""
    token = accounts.find_token(connection, secret, now)
    if token is None or "screen" not in token.scopes or not token.view:
        raise NotSignedIn("this screen link is unknown or was revoked")
    identity = identity_of_token(token, derive_csrf(secret))
    audit.append(connection, Act("screen", identity.scope, now, address=address), "token", token.name)
    return Entrance(secret, derive_csrf(secret), identity, SCREEN_COOKIE_FOR, token.view)
