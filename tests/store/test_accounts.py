"""Signing in against a real database: lockout, idle sessions, tokens, wall links; only hashes are stored."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from api.auth import CSRF_COOKIE, SESSION_COOKIE, authenticate
from api.problems import NotSignedIn
from core.errors import Invalid, NotAllowed, NotFound
from store import accounts
from store.credentials import TOKEN_PREFIX, new_secret
from tests.desk import PASSWORD, Desk, Person, later


def log_in(desk: Desk, person: Person, login: str, password: str) -> int:
    answer = person.post("/session", {"login": login, "password": password})
    person.csrf = answer.json.get("csrf", "")
    return int(answer.status_code)


def test_a_login_sets_a_cookie_out_of_reach_for_scripts_and_a_readable_proof(desk: Desk) -> None:
    client = desk.app().test_client()
    answer = client.post("/api/v1/session", json={"login": "duty1", "password": PASSWORD})
    cookies = answer.headers.getlist("Set-Cookie")
    session, proof = (next(cookie for cookie in cookies if cookie.startswith(name)) for name in (SESSION_COOKIE, CSRF_COOKIE))
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert "HttpOnly" not in proof
    secret = session.split("=", 1)[1].split(";")[0]
    stored = desk.rows("select session_hash from sessions")
    assert all(secret.encode() not in bytes(row["session_hash"]) for row in stored)


def test_five_failures_lock_an_account_for_half_an_hour_and_the_failures_are_audited(desk: Desk) -> None:
    person = Person(desk.app().test_client())
    assert [log_in(desk, person, "duty1", "wrong") for _ in range(5)] == [401, 401, 401, 401, 429]
    assert log_in(desk, person, "duty1", PASSWORD) == 429
    later(desk, minutes=31)
    assert log_in(desk, person, "duty1", PASSWORD) == 201
    assert [row["act"] for row in desk.rows("select act from audit order by audit_id")] == ["login_refused"] * 6 + ["login"]


def test_an_unknown_login_and_a_wrong_password_sound_the_same(desk: Desk) -> None:
    client = desk.app().test_client()
    answers = [client.post("/api/v1/session", json={"login": login, "password": "x"}) for login in ("duty1", "nobody")]
    assert answers[0].json == answers[1].json


def test_an_idle_session_ends_after_half_an_hour_and_using_it_keeps_it_alive(desk: Desk) -> None:
    person = desk.sign_in(desk.app(), "duty1")
    for _ in range(3):
        later(desk, minutes=29)
        assert person.get("/me").status_code == 200
    later(desk, minutes=31)
    assert person.get("/me").status_code == 401


def test_a_walls_session_idles_a_day(desk: Desk) -> None:
    person = desk.sign_in(desk.app(), "wall")
    later(desk, hours=23)
    assert person.get("/me").json["role"] == "wall"


def test_signing_out_ends_the_session_also_for_who_kept_the_cookie(desk: Desk) -> None:
    person = desk.sign_in(desk.app(), "duty1")
    kept = person.client.get_cookie(SESSION_COOKIE)
    assert kept is not None
    assert person.ask("DELETE", "/session").status_code == 204
    person.client.set_cookie(SESSION_COOKIE, kept.value)
    assert person.get("/me").status_code == 401


def test_a_session_whose_letters_begin_like_a_tokens_is_a_session(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of 262,144 does by chance."""
    monkeypatch.setattr("store.accounts.new_secret", lambda prefix="": new_secret(prefix or TOKEN_PREFIX))
    person = desk.sign_in(desk.app(), "duty1")
    kept = person.client.get_cookie(SESSION_COOKIE)
    assert kept is not None
    assert kept.value.startswith(TOKEN_PREFIX)
    assert person.get("/me").status_code == 200
    assert person.ask("DELETE", "/session").status_code == 204
    person.client.set_cookie(SESSION_COOKIE, kept.value)
    assert person.get("/me").status_code == 401


def test_a_disabled_account_is_out_at_once(desk: Desk) -> None:
    person = desk.sign_in(desk.app(), "duty1")
    with desk.store.connection() as connection:
        accounts.disable_account(connection, "duty1", desk.now)
    assert person.get("/me").status_code == 401


def test_a_wall_link_sets_the_cookie_leads_to_its_view_and_dies_with_its_token(desk: Desk) -> None:
    with desk.store.connection() as connection:
        secret = accounts.create_token(connection, "hall", ["screen"], ["320404"], desk.now, "/wall/water")
    client = desk.app().test_client()
    answer = client.get(f"/screen/{secret}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/wall/water")
    assert client.get("/api/v1/me").get_json()["view"] == "/wall/water"
    assert client.get("/api/v1/cells").status_code == 200
    assert client.get("/api/v1/alerts").status_code == 403
    with desk.store.connection() as connection:
        accounts.revoke_token(connection, "hall", desk.now)
    assert client.get("/api/v1/cells").status_code == 401
    assert client.get("/screen/yp_unknown").status_code == 401


def test_a_feed_token_works_as_basic_password_for_feeding_only(desk: Desk) -> None:
    from base64 import b64encode

    with desk.store.connection() as connection:
        secret = accounts.create_token(connection, "camera", ["feed"], ["320404"], desk.now)
        basic = "Basic " + b64encode(f"camera:{secret}".encode()).decode()
        assert authenticate(connection, basic, {}, desk.now, "feed").scope.areas == ("320404",)
        with pytest.raises(NotSignedIn):
            authenticate(connection, basic, {}, desk.now, "read")
        with pytest.raises(NotAllowed):
            authenticate(connection, f"Bearer {secret}", {}, desk.now, "read")


def test_weak_passwords_and_taken_logins_are_refused(desk: Desk) -> None:
    with desk.store.connection() as connection:
        for login, password in (("new", "short1A"), ("new", "alllowercaseletters"), ("duty1", PASSWORD)):
            with pytest.raises(Invalid):
                accounts.create_account(connection, login, password, "duty", ["320404"], "", desk.now)
        with pytest.raises(NotFound):
            accounts.disable_account(connection, "nobody", desk.now)


def test_a_persons_name_stands_apart_from_the_account(desk: Desk) -> None:
    with desk.store.connection() as connection:
        accounts.create_account(connection, "zhang", PASSWORD, "duty", ["320404"], "值班员 03", desk.now, "张三")
    assert desk.rows(
        "select title, (select name from persons p where p.person_id = a.person_id) as name from accounts a where login = 'zhang'"
    ) == [{"title": "值班员 03", "name": "张三"}]


def test_the_command_line_makes_people_and_tokens(desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from cli.token import token
    from cli.user import user

    monkeypatch.setenv("YIPING_DATABASE_URL", database_url)
    run = CliRunner()
    added = run.invoke(user, ["add", "li", "--role", "leader", "--area", "320404", "--password-stdin"], input=f"{PASSWORD}\n")
    assert added.exit_code == 0, added.output
    made = run.invoke(token, ["create", "bus", "--scope", "read", "--area", "320404"])
    with desk.store.connection() as connection:
        found = accounts.find_token(connection, made.output.strip(), desk.now + timedelta(days=1))
    assert found is not None
    assert found.scopes == {"read"}
    assert run.invoke(token, ["revoke", "bus"]).exit_code == 0
    assert run.invoke(user, ["disable", "li"]).exit_code == 0
