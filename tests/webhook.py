"""One gateway of others on loopback that hears what is posted, the way to it, messages that wait for it and what became of them."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from core.notify_config import ChannelConfig
from core.settings import read_settings
from delivery import Outgoing
from store.timescale import queries
from tests.desk import NORTH, Desk


@dataclass
class Gateway:
    """A gateway of others: `answer` is the status it gives, `wait_s` how long it thinks, `dies` hangs up instead."""

    answer: int = 200
    wait_s: float = 0
    dies: bool = False
    heard: list[tuple[dict[str, str], dict[str, Any], bytes]] = field(default_factory=list)
    url: str = ""
    go_on: threading.Event = field(default_factory=threading.Event)

    def ids(self) -> list[str]:
        return [headers["idempotency-key"] for headers, _, _ in self.heard]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    told = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.heard.append(({key.lower(): value for key, value in self.headers.items()}, json.loads(body), body))
            if told.wait_s:
                told.go_on.wait(told.wait_s)
            if told.dies:
                self.close_connection = True
                return
            self.send_response(told.answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/sms"
    yield told
    told.go_on.set()
    server.shutdown()
    thread.join()
    server.server_close()


def way(desk: Desk, url: str, *, stub: bool = False, name: str = "sms", **channel: Any) -> Outgoing:
    known = ChannelConfig.model_validate({"kind": "webhook", "label": "短信", "label_en": "SMS", "timeout": "1s", **channel})
    config = desk.config.model_copy(update={"notify": desk.config.notify.model_copy(update={"channels": {name: known}})})
    told = {"YIPING_DATABASE_URL": "x", f"YIPING_NOTIFY_URL_{name.upper()}": url, f"YIPING_NOTIFY_SECRET_{name.upper()}": "geheim"}
    return Outgoing(name, config, read_settings(told | {"YIPING_NOTIFY_STUB": "1" if stub else "0"}))


def write(desk: Desk, number: int = 1, target: str = "sms/role:duty", severity: int = 2, **payload: Any) -> None:
    known = {"noun": "alert", "id": number, "title": f"烟感报警 {number}", "area": f"{NORTH}001", **payload}
    with desk.store.connection() as connection:
        queries.outbox_add(
            connection, now=desk.now, dedupe_key=f"escalation/alert/{number}/{target}", target=target, template="alert_escalated", payload=Jsonb(known),
            severity=severity,
        )  # fmt: skip


def state(desk: Desk) -> list[tuple[bool, bool, int, str | None]]:
    rows = desk.rows("select sent_at, failed_at, attempts, error from outbox order by outbox_id")
    return [(row["sent_at"] is not None, row["failed_at"] is not None, row["attempts"], row["error"]) for row in rows]
