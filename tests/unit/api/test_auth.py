"""Scopes follow roles, and the proof against forged posts follows the session without telling it."""

import pytest

from api.auth import SCOPES_OF_ROLE, Identity, demand_csrf, derive_csrf, identity_of_token
from api.snapshot import SCREENS
from core.errors import Invalid, NotAllowed
from core.model import Scope
from store.accounts import ROLES, Token
from store.credentials import check_password, hash_secret, new_secret


def test_every_role_has_its_scopes_and_who_administers_does_not_act() -> None:
    assert set(SCOPES_OF_ROLE) == set(ROLES)
    assert all("act" not in SCOPES_OF_ROLE[role] for role in ("admin", "security_admin", "auditor", "wall"))


@pytest.mark.parametrize(
    ("scopes", "role"), [({"act"}, "duty"), ({"read"}, "leader"), ({"admin"}, "admin"), ({"feed"}, "feed"), ({"act", "admin"}, "duty")]
)
def test_a_tokens_role_follows_from_its_widest_scope(scopes: set[str], role: str) -> None:
    identity = identity_of_token(Token(1, "t", frozenset(scopes), ("320404",), None))
    assert identity.scope.role == role
    assert ("read" in identity.scopes) == (role != "feed")


def test_the_proof_is_needed_with_a_cookie_and_only_then() -> None:
    secret = new_secret()
    by_cookie = Identity(Scope("duty", ("",)), frozenset(), "a", derive_csrf(secret))
    demand_csrf(by_cookie, derive_csrf(secret))
    demand_csrf(Identity(Scope("duty", ("",)), frozenset(), "a"), None)
    for header in (None, "", derive_csrf(new_secret()), secret):
        with pytest.raises(NotAllowed):
            demand_csrf(by_cookie, header)


def test_secrets_are_random_and_only_their_hash_is_like_them() -> None:
    one, two = new_secret(), new_secret()
    assert one != two
    assert len(one) >= 43
    assert hash_secret(one) != hash_secret(two)


@pytest.mark.parametrize("password", ["Short-1", "alllowercase", "ALLUPPER12", "x" * 300 + "A1"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        check_password(password)


def test_three_of_four_kinds_and_ten_letters_suffice() -> None:
    check_password("Yiping2026")


@pytest.mark.parametrize(
    ("view", "watched"), [("/wall", {"wall"}), ("/wall/water", {"wall", "water"}), ("wall", {"wall"}), ("/cockpit", {"cockpit"})]
)
def test_a_screens_token_watches_its_view_and_reads_nothing_else(view: str, watched: set[str]) -> None:
    identity = identity_of_token(Token(1, "t", frozenset({"screen"}), ("320404",), view))
    assert {screen for screen in SCREENS if identity.may_watch(screen)} == watched
    assert [need for need in ("", "screen", "read", "act", "admin", "feed") if identity.may(need)] == ["", "screen"]


def test_whoever_reads_everything_reads_what_a_screen_shows() -> None:
    assert all(identity_of_token(Token(1, "t", frozenset({scope}), ("",), None)).may("screen") for scope in ("read", "act", "admin"))
    assert not identity_of_token(Token(1, "t", frozenset({"feed"}), ("",), None)).may("screen")
