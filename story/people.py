"""The people of a story at their browsers: every act goes through the same API as a screen's, in this process. Decides nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from api import rest
from api.auth import CSRF_HEADER, SESSION_COOKIE, derive_csrf
from core.config import Config
from store.accounts import Account, open_session
from store.timescale import Connection, Store


@dataclass(slots=True)
class Desk:
    """What the API asks of who composes it. `now` is moved by the story."""

    config: Config
    store: Store
    web_store: Store
    now: datetime

    def clock(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Person:
    client: FlaskClient
    csrf: str

    def ask(self, method: str, path: str, body: Mapping[str, Any] | bytes | None = None) -> tuple[int, Any]:
        """Status and JSON of a call below /api/v1."""
        headers = {CSRF_HEADER: self.csrf, **({"If-Match": "*"} if method in ("PUT", "DELETE") else {})}  # a story is its only author
        sent: dict[str, Any] = {"data": body} if isinstance(body, bytes) else {"json": body}
        answer = self.client.open(f"{rest.PREFIX}{path}", method=method, headers=headers, **sent)
        return answer.status_code, answer.get_json(silent=True)


def open_office(desk: Desk, media: Path) -> Flask:
    """The API of the screens, in this process."""
    app = Flask("story")
    app.register_blueprint(rest.blueprint(desk, media))
    return app


def snapshot(seed: str) -> bytes:
    """A small picture of its own for each seed: one colour, as a JPEG."""
    body = BytesIO()
    Image.new("RGB", (32, 24), tuple(sha256(seed.encode()).digest()[:3])).save(body, "JPEG")
    return body.getvalue()


def sit_down(office: Flask, connection: Connection, accounts: Iterable[Account], now: datetime) -> dict[str, Person]:
    """A browser with a session each, by login."""
    people = {}
    for account in accounts:
        secret, client = open_session(connection, account, now), office.test_client()
        client.set_cookie(SESSION_COOKIE, secret)
        people[account.login] = Person(client, derive_csrf(secret))
    return people
