"""A city with channels that reach people one by one: how tests set them up, write a message and look at what became of it."""

from typing import Any

from psycopg.types.json import Jsonb

from core.config import Config
from core.notify_config import NotifyConfig
from core.settings import read_settings
from delivery import Outgoing
from store import contacts
from store.acts import Act
from store.timescale import queries
from tests.desk import NORTH, Desk

REQUEST = {
    "path": "/send", "headers": {"X-Key": "{key}", "X-At": "{seconds}", "X-Sign": "{signature}"}, "body": {"to": "{phone}", "text": "{text}", "ref": "{id}"},
    "signature": {"text": "{seconds}{digest}"}, "answer": {"code": "code", "good": ["0"], "temporary": ["busy"], "reference": "id"},
}  # fmt: skip
SMS = {"kind": "sms", "label": "短信", "label_en": "SMS", "timeout": "10s", "request": REQUEST}
MAIL = {"kind": "smtp", "label": "邮件", "label_en": "Mail", "timeout": "10s", "sender": "一屏 <yiping@city.example>", "security": "none"}
PUSH = {
    "kind": "push",
    "label": "推送",
    "label_en": "Push",
    "timeout": "10s",
    "contact": "mailto:yiping@city.example",
    "services": ["127.0.0.1"],
}


def city(desk: Desk, channels: dict[str, Any], **more: Any) -> Config:
    notify = NotifyConfig.model_validate({"channels": channels, **more})
    desk.config = desk.config.model_copy(update={"notify": notify})
    return desk.config


def way(desk: Desk, name: str, url: str = "", secret: str = "geheim") -> Outgoing:
    told = {f"YIPING_NOTIFY_{what}_{name.upper()}": value for what, value in (("URL", url), ("SECRET", secret), ("KEY", "app")) if value}
    return Outgoing(name, desk.config, read_settings({"YIPING_DATABASE_URL": "x", **told}))


def reach(desk: Desk, login: str, **wanted: Any) -> None:
    with desk.store.connection() as connection:
        act = Act("set_contacts", desk.scope("admin", "admin"), desk.now)
        contacts.save(connection, desk.people[login], wanted, act)


def write(desk: Desk, number: int = 1, target: str = "sms/role:duty", severity: int = 3, **payload: Any) -> None:
    known = {"noun": "alert", "id": number, "title": f"烟感报警 {number}", "area": f"{NORTH}001", **payload}
    with desk.store.connection() as connection:
        queries.outbox_add(
            connection, now=desk.now, dedupe_key=f"k{number}/{target}", target=target, template="alert_escalated", payload=Jsonb(known),
            severity=severity,
        )  # fmt: skip


def told(desk: Desk) -> dict[str, tuple[bool, bool, str | None]]:
    rows = desk.rows("select login, sent_at, d.failed_at, error from deliveries d join accounts using (account_id) order by delivery_id")
    return {row["login"]: (row["sent_at"] is not None, row["failed_at"] is not None, row["error"]) for row in rows}


def outbox(desk: Desk) -> list[tuple[bool, bool, str | None]]:
    rows = desk.rows("select sent_at, failed_at, error from outbox order by outbox_id")
    return [(row["sent_at"] is not None, row["failed_at"] is not None, row["error"]) for row in rows]


def three(desk: Desk) -> None:
    """Duty officers with telephones, one of them barred by the gateway."""
    for login, phone in (("duty1", "13800000001"), ("duty2", "13800000002"), ("north", "13800000003")):
        reach(desk, login, phone=phone)
