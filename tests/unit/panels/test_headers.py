"""The answers of the web process: a strict policy on each, nothing secret kept, static files kept and small."""

import gzip

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from panels.headers import content_policy, guard_answers

POLICY = content_policy(["'sha256-abc='"])
RULES = {rule.split()[0]: rule.split()[1:] for rule in POLICY.split("; ")}


@pytest.fixture
def client() -> FlaskClient:
    server = Flask("test", static_folder=None)
    guard_answers(server, POLICY)
    for path in ("/page", "/assets/map.js", "/_dash-component-suites/plotly.js"):
        server.add_url_rule(path, path, lambda: Response("x" * 5000, mimetype="text/javascript", headers={"ETag": '"1"'}))
    server.add_url_rule("/picture", "picture", lambda: Response(b"x" * 5000, mimetype="image/png"))
    server.add_url_rule("/stream", "stream", lambda: Response((part for part in ["a" * 2000]), mimetype="text/event-stream"))
    return server.test_client()


def test_no_script_runs_that_is_not_ours() -> None:
    assert RULES["script-src"] == ["'self'", "'sha256-abc='"]
    assert RULES["script-src-attr"] == ["'none'"]
    assert "unsafe-eval" not in POLICY


def test_unsafe_inline_is_for_style_elements_alone() -> None:
    assert [rule for rule, sources in RULES.items() if "'unsafe-inline'" in sources] == ["style-src"]


def test_the_city_s_own_map_services_are_reached_for_pictures_alone() -> None:
    policy = content_policy([], ["https://t0.map.example"])
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert [rule for rule, sources in rules.items() if "https://t0.map.example" in sources] == ["img-src", "connect-src"]


def test_nothing_comes_from_another_site() -> None:
    assert "http" not in POLICY
    assert "*" not in POLICY
    assert (RULES["object-src"], RULES["base-uri"], RULES["frame-ancestors"]) == (["'none'"], ["'none'"], ["'self'"])


@pytest.mark.parametrize("path", ["/page", "/assets/map.js", "/picture", "/nowhere"])
def test_every_answer_carries_the_policy(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_pages_are_never_kept_and_fingerprinted_files_for_ever(client: FlaskClient) -> None:
    assert client.get("/page").headers["Cache-Control"] == "no-store"
    assert client.get("/assets/map.js").headers["Cache-Control"] == "no-cache"
    assert "immutable" in client.get("/assets/map.js?v=1").headers["Cache-Control"]


def test_text_is_gzipped_for_who_takes_it(client: FlaskClient) -> None:
    answer = client.get("/assets/map.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == b"x" * 5000
    assert "Content-Encoding" not in client.get("/assets/map.js").headers


@pytest.mark.parametrize("path", ["/picture", "/stream"])
def test_pictures_and_streams_pass_untouched(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip"}).headers
