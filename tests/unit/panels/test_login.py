"""The way in: what is refused, in which words, and where a login leads."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.config import Config
from core.errors import StoreUnavailable
from core.model import Scope
from panels import login
from panels.login import Entered, Refused, local_path, same_origin
from panels.text import load_texts

TEXTS = load_texts(Path(__file__).resolve().parents[3] / "assets" / "i18n")
LOCKED = datetime(2026, 11, 21, 4, 15, tzinfo=UTC)


class House:
    """A door with three people behind it; it remembers nothing."""

    def log_in(self, name: str, password: str, address: str, secure: bool) -> Entered | Refused:
        if name == "away":
            raise StoreUnavailable("away")
        if name == "locked":
            return Refused("locked", LOCKED)
        if password != "right":
            return Refused("wrong")
        return Entered(Scope(name, ("320404",), 1), [{"key": "yiping_session", "value": "s", "httponly": True}])

    def log_out(self, cookies: Mapping[str, str], address: str) -> Sequence[str]:
        return ("yiping_session",)

    def proves(self, cookies: Mapping[str, str], header: str) -> bool:
        return header == "proof"


@pytest.fixture
def client(config: Config) -> FlaskClient:
    server = Flask("test")
    login.register(server, TEXTS, config, House())
    return server.test_client()


def enter(client: FlaskClient, name: str, password: str = "right", **fields: str) -> tuple[int, str, str]:
    answer = client.post("/login", data={"login": name, "password": password, **fields})
    return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)


def test_the_form_needs_no_script(client: FlaskClient) -> None:
    body = client.get("/login").get_data(as_text=True)
    assert "<script" not in body
    assert not re.search(r"\son\w+=|\sstyle=", body)
    assert 'autocomplete="current-password"' in body


@pytest.mark.parametrize(
    ("role", "home"),
    [("wall", "/wall"), ("leader", "/cockpit"), ("duty", "/duty"), ("grid_worker", "/field"), ("handler", "/field"), ("admin", "/duty")],
)
def test_each_role_is_led_home(client: FlaskClient, role: str, home: str) -> None:
    assert enter(client, role)[:2] == (303, home)


def test_a_page_asked_for_before_is_gone_on_to(client: FlaskClient) -> None:
    assert enter(client, "duty", next="/cockpit")[1] == "/cockpit"


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/login", "", None, "/\n/evil"]
)
def test_no_other_site_is_ever_gone_on_to(address: str | None) -> None:
    assert local_path(address) == ""


def test_a_wrong_password_and_an_unknown_account_are_told_alike(client: FlaskClient) -> None:
    status, _, body = enter(client, "duty", "wrong")
    assert status == 401
    assert TEXTS["zh"]("login.error.wrong") in body
    assert login.explain(Refused("disabled"), TEXTS["zh"], None) == TEXTS["zh"]("login.error.wrong")  # type: ignore[arg-type]


def test_a_locked_account_is_told_until_when_in_the_citys_time(client: FlaskClient) -> None:
    status, _, body = enter(client, "locked")
    assert status == 429
    assert "12:15" in body


def test_what_was_typed_is_shown_again_and_escaped(client: FlaskClient) -> None:
    body = enter(client, '"><script>alert(1)</script>', "wrong")[2]
    assert "<script" not in body
    assert "&lt;script&gt;" in body


def test_a_database_away_is_said_and_not_a_wrong_password(client: FlaskClient) -> None:
    status, _, body = enter(client, "away")
    assert status == 503
    assert TEXTS["zh"]("login.error.away") in body


def test_a_form_of_another_site_is_refused(client: FlaskClient) -> None:
    answer = client.post("/login", data={"login": "duty", "password": "right"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert same_origin("http://city.example:8050", "city.example:8050")


def test_leaving_takes_a_proof_and_forgets_the_session(client: FlaskClient) -> None:
    assert client.post("/logout").status_code == 403
    answer = client.post("/logout", headers={"X-Yiping-Csrf": "proof"})
    assert answer.status_code == 303
    assert "yiping_session=;" in answer.headers["Set-Cookie"]


def test_english_is_complete(client: FlaskClient) -> None:
    body = client.get("/login?lang=en").get_data(as_text=True)
    assert 'lang="en"' in body
    assert "Sign in" in body
