"""A small city with people in it, on a fresh database: two streets, a cell each, alerts to act on, a client per person."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from psycopg.types.json import Jsonb

from api import rest
from api.auth import SESSION_COOKIE, derive_csrf
from core.config import Config
from core.model import Scope
from store.accounts import Account, create_token, open_session
from store.credentials import hash_password
from store.timescale import Connection, Store
from tests.patience import PATIENCE_S

PASSWORD = "Yiping-2026"
NORTH, SOUTH = "320404001", "320404002"
SQUARE = {"type": "Polygon", "coordinates": [[[119.90, 31.78], [119.91, 31.78], [119.91, 31.79], [119.90, 31.79], [119.90, 31.78]]]}
SQUARE_SOUTH = {"type": "Polygon", "coordinates": [[[119.90, 31.70], [119.91, 31.70], [119.91, 31.71], [119.90, 31.71], [119.90, 31.70]]]}


@dataclass
class Person:
    """Somebody with a browser: cookies are kept, the proof against forgery is sent as the page does."""

    client: FlaskClient
    csrf: str = ""
    token: str = ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.csrf:
            sent["X-Yiping-Csrf"] = self.csrf
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        extra = {"data": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        return self.client.open(f"/api/v1{path}", method=method, headers=sent, **extra)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)


@dataclass
class Desk:
    """The small city. `now` is its clock: tests move it."""

    config: Config
    store: Store
    web_store: Store
    now: datetime
    media: Path
    people: dict[str, int] = field(default_factory=dict)

    def clock(self) -> datetime:
        return self.now

    def scope(self, login: str, role: str, area: str = "320404") -> Scope:
        return Scope(role, (area,), self.people[login], login)

    def app(self) -> Flask:
        app = Flask("test")
        app.register_blueprint(rest.blueprint(self, self.media))
        return app

    def sign_in(self, app: Flask, login: str) -> Person:
        """A browser with a session, without the costly password check (tests/store/test_accounts.py does that)."""
        with self.store.connection() as connection:
            row = connection.execute("select * from accounts where login = %s", [login]).fetchone()
            assert row is not None
            account = Account(row["account_id"], login, row["role"], tuple(row["areas"]), row["title"])
            secret = open_session(connection, account, self.now)
        client = app.test_client()
        client.set_cookie(SESSION_COOKIE, secret)
        return Person(client, derive_csrf(secret))

    def with_token(self, app: Flask, *scopes: str, area: str = "320404", view: str | None = None) -> Person:
        with self.store.connection() as connection:
            secret = create_token(connection, "-".join(scopes), scopes, [area], self.now, view)
        return Person(app.test_client(), token=secret)

    def alert(self, area: str = NORTH, **columns: Any) -> int:
        values = {
            "rule": "smoke", "subject": f"d{columns.get('title', '')}{area}/smoke", "domain": "emergency", "class_code": "0501",
            "severity": 2, "stage": "unack", "title": "烟感报警", "area": f"{area}001",
            "observed_at": self.now, "raised_at": self.now, "updated_at": self.now, "cell_id": 1 if area == NORTH else 2, **columns,
        }  # fmt: skip
        return int(self.insert("alerts", values, "alert_id"))

    def report(self, area: str = NORTH, **columns: Any) -> int:
        values = {
            "source": "12345", "external_id": f"t{columns.get('title', '')}{area}", "channel": "hotline",
            "title": "路面积水", "class_code": "0502", "area": f"{area}001", "placement": "inside",
            "observed_at": self.now, "received_at": self.now, "processed_at": self.now, **columns,
        }  # fmt: skip
        return int(self.insert("reports", values, "report_id"))

    def incident(self, area: str = NORTH, **columns: Any) -> int:
        values = {"title": "积水", "severity": 3, "stage": "open", "area": f"{area}001", "opened_at": self.now, "updated_at": self.now}
        return int(self.insert("incidents", {**values, **columns}, "incident_id"))

    def insert(self, table: str, values: dict[str, Any], key: str) -> Any:
        names, marks = ", ".join(values), ", ".join("%s" for _ in values)
        with self.store.connection() as connection:
            query = f"insert into {table} ({names}) values ({marks}) returning {key}"
            row = connection.execute(query, list(values.values())).fetchone()
            assert row is not None
            return row[key]

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query, values))


@contextmanager
def open_desk(config: Config, database_url: str, web_database_url: str, now: datetime, media: Path) -> Iterator[Desk]:
    """A desk on a fresh database."""
    store, web_store = Store(database_url, statement_s=PATIENCE_S), Store(web_database_url, statement_s=PATIENCE_S)
    desk = Desk(config, store, web_store, now, media)
    try:
        with store.connection() as connection:
            _build(connection, desk)
        yield desk
    finally:
        store.close()
        web_store.close()


PEOPLE = (
    ("duty1", "duty", "320404"), ("duty2", "duty", "320404"), ("north", "duty", NORTH), ("boss", "leader", "320404"),
    ("dispatcher", "dispatcher", "320404"), ("supervisor", "supervisor", "320404"), ("worker1", "grid_worker", NORTH),
    ("worker2", "grid_worker", NORTH), ("auditor", "auditor", "320404"), ("wall", "wall", "320404"), ("admin", "admin", "320404"),
)  # fmt: skip


@cache
def _hash() -> str:
    """One for all and once for all tests: argon2 is slow on purpose."""
    return hash_password(PASSWORD)


def _build(connection: Connection, desk: Desk) -> None:
    for login, role, area in PEOPLE:
        row = connection.execute(
            "insert into accounts (login, password_hash, role, areas, title) values (%s, %s, %s, %s, %s) returning account_id",
            [login, _hash(), role, [area], login],
        ).fetchone()
        assert row is not None
        desk.people[login] = row["account_id"]
    areas = [("320404", "钟楼区", "district", None), (NORTH, "北街道", "street", "320404"), (SOUTH, "南街道", "street", "320404")]
    areas += [(f"{NORTH}001", "北社区", "community", NORTH), (f"{SOUTH}001", "南社区", "community", SOUTH)]
    for code, name, level, parent in areas:
        connection.execute(
            "insert into areas (code, name, level, parent, lon, lat, geometry) values (%s, %s, %s, %s, 119.9, 31.7, %s)",
            [code, name, level, parent, Jsonb(SQUARE)],
        )
    for number, (street, worker, shape) in enumerate(((NORTH, desk.people["worker1"], SQUARE), (SOUTH, None, SQUARE_SOUTH)), 1):
        connection.execute(
            "insert into duty_grids (code, name, area, worker_id) values (%s, %s, %s, %s)",
            [f"g{number}", f"责任网格{number}", f"{street}001", worker],
        )
        connection.execute(
            "insert into cells (cell_id, cell_code, area, duty_grid, lon, lat, geometry, area_m2) "
            "values (%s, %s, %s, %s, 119.905, 31.785, %s, 10000)",
            [number, f"{street}00100{number}", f"{street}001", f"g{number}", Jsonb(shape)],
        )


def picture(size: tuple[int, int] = (40, 30), exif: Image.Exif | None = None, kind: str = "JPEG") -> bytes:
    """A picture as a phone would send it."""
    body = io.BytesIO()
    image = Image.new("RGB", size, (200, 30, 30))
    image.save(body, kind, **({"exif": exif} if exif else {}))
    return body.getvalue()


def later(desk: Desk, **span: float) -> datetime:
    """Time travels: the desk's clock moves on."""
    desk.now += timedelta(**span)
    return desk.now
