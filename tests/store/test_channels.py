"""Channels that reach people one by one, against real servers on loopback: each person once, and nobody waits for another's bad number."""

import base64
import email
import email.policy
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from flask import Flask
from psycopg.types.json import Jsonb

from core.config import Config
from core.escalation_config import SCREEN
from core.notify_config import NotifyConfig
from core.settings import read_settings
from delivery import Outgoing, deliver_inside
from deploy.local.instance import Instance
from deploy.local.ports import demo_ports
from deploy.local.roles import role_environment
from dispatch.notify import Contact, Letter, Message, Parcel
from dispatch.notify_doors import door_of, leaves
from dispatch.notify_push import make_keys
from dispatch.notify_smtp import Smtp
from dispatch.notify_webhook import Log, Webhook, sign
from store import contacts, deliveries, notices, receipts
from store.acts import Act
from store.timescale import queries
from tests.conftest import ROOT
from tests.desk import NORTH, Desk, later
from tests.gateways import Heard, HttpGateway, certificate, http_gateway, mail_server

REQUEST = {
    "path": "/send", "headers": {"X-Key": "{key}", "X-Sign": "{signature}"}, "body": {"to": "{phone}", "text": "{text}", "ref": "{id}"},
    "signature": {"text": "{seconds}{digest}"}, "answer": {"code": "code", "good": ["0"], "temporary": ["busy"], "reference": "id"},
}  # fmt: skip
SMS = {"kind": "sms", "label": "短信", "label_en": "SMS", "timeout": "1s", "request": REQUEST}
MAIL = {"kind": "smtp", "label": "邮件", "label_en": "Mail", "timeout": "2s", "sender": "一屏 <yiping@city.example>", "security": "none"}
PUSH = {
    "kind": "push",
    "label": "推送",
    "label_en": "Push",
    "timeout": "1s",
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


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with http_gateway(lambda heard: (200, {"code": "0", "id": f"m-{heard.json['to']}"})) as opened:
        yield opened


def three(desk: Desk) -> None:
    """Duty officers with telephones, one of them barred by the gateway."""
    for login, phone in (("duty1", "13800000001"), ("duty2", "13800000002"), ("north", "13800000003")):
        reach(desk, login, phone=phone)


# ── SMS ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_each_person_of_one_outbox_row_gets_one_sms_signed_over_its_body(desk: Desk, gateway: HttpGateway) -> None:
    three(desk)
    city(desk, {"sms": SMS})
    write(desk)
    out = way(desk, "sms", gateway.url)
    assert [out.deliver(desk.store, desk.now), out.deliver(desk.store, later(desk, minutes=5))] == [3, 0]
    assert [one.json["to"] for one in gateway.heard] == ["13800000001", "13800000002", "13800000003"]
    assert {one.headers["x-key"] for one in gateway.heard} == {"app"}
    heard = gateway.heard[0]
    digest = hashlib.sha256(heard.body).hexdigest()
    seconds = int((desk.now - timedelta(minutes=5)).timestamp())
    assert heard.headers["x-sign"] == hmac.new(b"geheim", f"{seconds}{digest}".encode(), hashlib.sha256).hexdigest()
    assert heard.json["text"] == "告警无人响应 · 黄色 · III 级：烟感报警 1"
    assert len({one.json["ref"] for one in gateway.heard}) == 3
    assert outbox(desk) == [(True, False, None)]
    [audited] = desk.rows("select detail from audit where act = 'read_contacts'")
    assert audited["detail"] == {"accounts": sorted(desk.people[login] for login in ("duty1", "duty2", "north"))}


def test_a_bad_number_delays_nobody_and_is_not_asked_again(desk: Desk, gateway: HttpGateway) -> None:
    three(desk)
    gateway.answer = lambda heard: (200, {"code": "barred" if heard.json["to"].endswith("1") else "0"})
    city(desk, {"sms": SMS})
    write(desk)
    out = way(desk, "sms", gateway.url)
    out.deliver(desk.store, desk.now)
    assert told(desk) == {"duty1": (False, True, "answered code barred"), "duty2": (True, False, None), "north": (True, False, None)}
    assert outbox(desk) == [(True, False, None)]  # somebody was told
    out.deliver(desk.store, later(desk, hours=1))
    assert len(gateway.heard) == 3


def test_after_a_500_the_same_id_comes_again_and_who_was_told_is_not_told_twice(desk: Desk, gateway: HttpGateway) -> None:
    three(desk)
    seen: list[str] = []

    def answer(heard: Heard) -> tuple[int, Any]:
        seen.append(heard.json["ref"])
        return (500, {}) if len(seen) == 2 else (200, {"code": "0"})

    gateway.answer = answer
    city(desk, {"sms": SMS})
    write(desk)
    out = way(desk, "sms", gateway.url)
    out.deliver(desk.store, desk.now)
    assert [sent for sent, *_ in told(desk).values()] == [True, False, False]
    out.deliver(desk.store, later(desk, seconds=3))
    assert [sent for sent, *_ in told(desk).values()] == [True, True, True]
    assert sorted(seen) == sorted([*set(seen), seen[1]])
    assert outbox(desk) == [(True, False, None)]


def test_who_has_no_number_is_told_by_the_fallback_once(desk: Desk, gateway: HttpGateway) -> None:
    reach(desk, "duty1", mail="duty1@city.example")
    city(desk, {"sms": {**SMS, "fallback": "mail"}, "mail": MAIL})
    write(desk, target=f"sms/account:{desk.people['duty1']}")
    with mail_server() as server:
        for _ in range(2):
            way(desk, "sms", gateway.url).deliver(desk.store, desk.now)
            way(desk, "mail", server.url).deliver(desk.store, later(desk, seconds=5))
    assert [to for to, _ in server.mails] == ["duty1@city.example"]
    assert outbox(desk) == [(False, True, "no telephone number"), (True, False, None)]
    assert gateway.heard == []


def test_more_than_a_minute_takes_is_a_summary_to_that_person_and_red_does_not_wait(desk: Desk, gateway: HttpGateway) -> None:
    three(desk)
    city(desk, {"sms": {**SMS, "a_minute": 3}})
    for n in range(10):
        write(desk, n, f"sms/account:{desk.people['duty1']}", 4)
    write(desk, 20, f"sms/account:{desk.people['duty2']}", 4)
    out = way(desk, "sms", gateway.url)
    out.deliver(desk.store, desk.now)
    to = [one.json["to"] for one in gateway.heard]
    assert (to.count("13800000001"), to.count("13800000002")) == (3, 1)
    assert any("（等 8 条）" in one.json["text"] for one in gateway.heard)
    write(desk, 30, f"sms/account:{desk.people['duty1']}", 4)
    write(desk, 31, f"sms/account:{desk.people['duty1']}", 1)
    out.deliver(desk.store, later(desk, seconds=5))
    assert "红色" in gateway.heard[-1].json["text"]
    assert all(sent for sent, *_ in outbox(desk))


def test_killed_between_sending_and_marking_the_same_person_gets_the_same_id_again(desk: Desk, gateway: HttpGateway) -> None:
    three(desk)
    city(desk, {"sms": {**SMS, "a_minute": 4}})
    for n in range(6):
        write(desk, n)
    out = way(desk, "sms", gateway.url)
    with desk.store.connection() as connection:
        deliveries.hand_over(connection, "sms", desk.config.notify, desk.config.area.zone, desk.now)
        claimed = deliveries.claim(connection, "sms", desk.config.notify, desk.now)
        known = contacts.to_send(connection, desk.people.values(), "sms", desk.now)
    for parcel in claimed.parcels:  # sent, and then the process is no more
        assert out._send(parcel, claimed.people, desk.now, out._door(desk.store, desk.now), known).sent
    first = [(one.json["to"], one.json["ref"], one.json["text"]) for one in gateway.heard]
    assert out.deliver(desk.store, later(desk, seconds=30)) == 0  # the lease of the dead one stands
    out.deliver(desk.store, later(desk, minutes=3))
    assert sorted((one.json["to"], one.json["ref"], one.json["text"]) for one in gateway.heard[len(first) :]) == sorted(first)
    assert all(sent for sent, *_ in outbox(desk))
    assert desk.rows("select count(*) as n from outbox") == [{"n": 6}]


def test_two_who_deliver_at_once_tell_nobody_twice(desk: Desk, gateway: HttpGateway) -> None:
    three(desk)
    city(desk, {"sms": {**SMS, "a_minute": 1000}})
    for n in range(12):
        write(desk, n, severity=1)
    ways = [way(desk, "sms", gateway.url) for _ in range(2)]
    threads = [threading.Thread(target=one.deliver, args=(desk.store, desk.now)) for one in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in ways:
        one.deliver(desk.store, later(desk, seconds=5))
    assert len(gateway.heard) == len({one.json["ref"] for one in gateway.heard}) == 36
    assert all(sent for sent, *_ in outbox(desk))


# ── quiet hours ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_at_night_only_the_grave_rings_and_in_the_morning_the_rest_comes_as_one(desk: Desk, gateway: HttpGateway) -> None:
    three(desk)
    city(desk, {"sms": SMS}, quiet={"starts": "22:00", "ends": "07:00"})
    desk.now = datetime.fromisoformat("2026-11-21T23:30:00+08:00")
    for n in range(5):
        write(desk, n, f"sms/account:{desk.people['duty1']}", 4)
    write(desk, 9, f"sms/account:{desk.people['duty1']}", 2)
    out = way(desk, "sms", gateway.url)
    out.deliver(desk.store, desk.now)
    assert [one.json["text"] for one in gateway.heard] == ["告警无人响应 · 橙色 · II 级：烟感报警 9"]
    out.deliver(desk.store, datetime.fromisoformat("2026-11-22T06:59:00+08:00"))
    assert len(gateway.heard) == 1
    out.deliver(desk.store, datetime.fromisoformat("2026-11-22T07:00:01+08:00"))
    assert len(gateway.heard) == 2
    assert "（等 5 条）" in gateway.heard[1].json["text"]


def test_people_choose_their_own_hours_and_whoever_is_on_shift_is_never_quiet(desk: Desk, gateway: HttpGateway) -> None:
    three(desk)
    reach(desk, "duty1", quiet_from="12:00", quiet_to="14:00")
    reach(desk, "duty2", quiet_from="08:00", quiet_to="08:00")  # never
    reach(desk, "north", quiet_from="12:00", quiet_to="14:00")
    shift = {"account_id": desk.people["north"], "name": "north", "role": "duty", "area": NORTH, "began_at": desk.now}
    desk.insert("shifts", shift, "shift_id")
    city(desk, {"sms": SMS}, quiet={"starts": "12:00", "ends": "13:00"})
    desk.now = datetime.fromisoformat("2026-11-21T12:30:00+08:00")
    for login in ("duty1", "duty2", "north"):
        write(desk, desk.people[login], f"sms/account:{desk.people[login]}", 4)
    out = way(desk, "sms", gateway.url)
    out.deliver(desk.store, desk.now)
    assert [one.json["to"] for one in gateway.heard] == ["13800000002", "13800000003"]
    assert desk.rows("select due_at from deliveries where held") == [{"due_at": datetime.fromisoformat("2026-11-21T14:00:00+08:00")}]


# ── mail ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_batch_of_mail_is_one_connection_each_in_their_language_and_a_refused_address_delays_nobody(desk: Desk) -> None:
    for login in ("duty1", "duty2", "north"):
        reach(desk, login, mail=f"{login}@city.example")
    reach(desk, "north", language="en")
    city(desk, {"mail": MAIL})
    write(desk, target="mail/role:duty")
    with mail_server() as server:
        server.refused = {"duty1@city.example": 550, "duty2@city.example": 450}
        out = way(desk, "mail", server.url)
        out.deliver(desk.store, desk.now)
        assert server.connections == 1
        assert told(desk) == {"duty1": (False, True, "answered 550"), "duty2": (False, False, "answered 450"), "north": (True, False, None)}
        server.refused = {}
        out.deliver(desk.store, later(desk, seconds=5))
        out.deliver(desk.store, later(desk, minutes=30))
    assert [to for to, _ in server.mails] == ["north@city.example", "duty2@city.example"]
    assert server.connections == 2  # none is opened where nothing waits
    mails = [email.message_from_string(mail, policy=email.policy.default) for _, mail in server.mails]
    assert [mail.get_content().strip() for mail in mails] == [
        "Nobody answers this alarm · Yellow · III: 烟感报警 1", "告警无人响应 · 黄色 · III 级：烟感报警 1"
    ]  # fmt: skip
    assert mails[1]["Subject"] == "告警无人响应 · 黄色 · III 级：烟感报警 1"
    assert len({mail["Message-ID"] for mail in mails}) == 2


def test_mail_is_encrypted_before_it_says_who_it_is_and_an_unknown_certificate_is_told_nothing(desk: Desk) -> None:
    server_side, client_side = certificate(desk.media)
    channel = city(desk, {"mail": {**MAIL, "security": "starttls"}}).notify.channels["mail"]
    parcel = Parcel((Message(1, "k1#2", "mail/account:2", "x", 2, {}, desk.now),))
    letter = Letter(parcel, b"", {"zh": "告警", "en": "Alarm"}, (Contact(2, name="王", mail="wang@city.example"),))
    with mail_server(server_side) as server:
        url = f"smtp://yiping@127.0.0.1:{server.port}"
        door = Smtp(channel, url, "geheim", client_side)
        assert door.send(letter, desk.now).sent
        door.rest()
        assert (server.encrypted, len(server.logins)) == (1, 1)
        stranger = Smtp(channel, url, "geheim").send(letter, desk.now)
    assert (stranger.sent, stranger.is_down, len(server.logins)) == (False, True, 1)
    with mail_server() as plain:
        assert not Smtp(channel, plain.url, "geheim").send(letter, desk.now).sent  # no encryption, no mail
    assert plain.mails == []


# ── Web Push ──────────────────────────────────────────────────────────────────────────────────────────────────────
class Browser:
    """A phone's half of Web Push: its keys, and opening what came (RFC 8291)."""

    def __init__(self, endpoint: str) -> None:
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
        point = self.key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        keys = {"p256dh": base64.urlsafe_b64encode(point).decode(), "auth": base64.urlsafe_b64encode(self.secret).decode()}
        self.subscription = {"endpoint": endpoint, "expirationTime": None, "keys": keys}

    def open(self, heard: Heard) -> Any:
        return json.loads(http_ece.decrypt(heard.body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"))


def is_signed_by(heard: Heard, public: str, origin: str) -> bool:
    """VAPID (RFC 8292): a JWT by the key that the browser subscribed to, for this push service."""
    told = dict(part.strip().split("=", 1) for part in heard.headers["authorization"].removeprefix("vapid ").split(","))
    head, claims, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in told["t"].split("."))
    assert json.loads(head)["alg"] == "ES256"
    assert json.loads(claims)["aud"] == origin
    point = base64.urlsafe_b64decode(public + "=" * (-len(public) % 4))
    half = len(signature) // 2
    der = encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    key.verify(der, told["t"].rpartition(".")[0].encode(), ec.ECDSA(hashes.SHA256()))
    return told["k"].rstrip("=") == public.rstrip("=")


def test_a_phone_subscribes_is_told_in_secret_and_says_that_it_was_read(desk: Desk) -> None:
    city(desk, {"push": PUSH}, copies=[{"templates": ["case_*"], "channels": ["push"]}])
    app = desk.app()
    worker, colleague = desk.sign_in(app, "worker1"), desk.sign_in(app, "worker2")
    with http_gateway(lambda heard: (201, {})) as service:
        phone = Browser(f"{service.url}/push/abc")
        public = worker.get("/push").json["public_key"]
        assert public == colleague.get("/push").json["public_key"]  # made once
        assert worker.post("/push", phone.subscription).status_code == 201
        with desk.store.connection() as connection:
            target = f"account:{desk.people['worker1']}"
            payload = {"number": "3204042026112100001", "title": "井盖破损", "area": f"{NORTH}001"}
            queries.outbox_add(
                connection, now=desk.now, dedupe_key="case_dispatched/1", target=target, template="case_dispatched", severity=3,
                payload=Jsonb(payload),
            )  # fmt: skip
        for _ in range(2):
            deliver_inside(desk.store, SCREEN, notices.put, desk.config.notify, desk.now)
            way(desk, "push").deliver(desk.store, desk.now)
        [heard] = service.heard
    assert is_signed_by(heard, public, service.url)
    assert (heard.headers["content-encoding"], heard.headers["urgency"]) == ("aes128gcm", "high")
    note = phone.open(heard)
    assert (note["text"], note["noun"], note["key"]) == ("新派案件 · 黄色 · III 级：井盖破损", "case", "3204042026112100001")
    assert "井盖".encode() not in heard.body
    assert worker.post("/push", {"act": "read", "id": note["id"]}).json == {"read": 1}
    assert colleague.post("/push", {"act": "read", "id": note["id"]}).json == {"read": 0}


def test_a_subscription_that_the_service_says_is_gone_ends_and_the_other_browser_still_rings(desk: Desk) -> None:
    city(desk, {"push": PUSH})
    worker = desk.sign_in(desk.app(), "worker1")
    with http_gateway(lambda heard: (410 if heard.path == "/old" else 201, {})) as service:
        worker.get("/push")
        for path in ("old", "new"):
            worker.post("/push", Browser(f"{service.url}/{path}").subscription)
        for n in range(2):
            write(desk, n, f"push/account:{desk.people['worker1']}")
            way(desk, "push").deliver(desk.store, desk.now)
    assert [heard.path for heard in service.heard] == ["/old", "/new", "/new"]
    assert [row["ended_why"] for row in desk.rows("select ended_why from push_subscriptions order by subscription_id")] == ["gone", None]
    assert outbox(desk) == [(True, False, None)] * 2
    endpoint = worker.get("/push").json["browsers"][0]["endpoint"]
    assert worker.post("/push", {"act": "unsubscribe", "endpoint": endpoint}).json == {"ended": 1}
    write(desk, 7, f"push/account:{desk.people['worker1']}")
    way(desk, "push").deliver(desk.store, desk.now)
    assert outbox(desk)[-1] == (False, True, "no browser takes push")


def test_this_host_posts_to_known_push_services_only(desk: Desk) -> None:
    city(desk, {"push": {**PUSH, "services": ["push.example"]}})
    worker = desk.sign_in(desk.app(), "worker1")
    refused = ("http://127.0.0.1:5432/x", "https://evil.example/x", "http://push.example/x", "https://push.example.evil.example/x")
    for endpoint in refused:
        assert worker.post("/push", Browser(endpoint).subscription).status_code == 422, endpoint
    assert worker.post("/push", Browser("https://eu.push.example/x").subscription).status_code == 201
    bad = Browser("https://push.example/y").subscription
    bad["keys"]["p256dh"] = base64.urlsafe_b64encode(b"\x04" + b"\x01" * 64).decode()  # type: ignore[index]
    assert worker.post("/push", bad).status_code == 422


def test_the_half_of_the_key_that_signs_is_not_for_the_web(desk: Desk) -> None:
    city(desk, {"push": PUSH})
    desk.sign_in(desk.app(), "worker1").get("/push")
    with pytest.raises(Exception, match="permission denied"), desk.web_store.connection() as connection:
        connection.execute("select private_key from push_keys")


# ── robots ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_robot_of_a_group_is_told_once_and_again_when_it_was_busy(desk: Desk) -> None:
    answers = iter([{"errcode": 45009}, {"errcode": 0}])
    city(desk, {"bot": {"kind": "wecom", "label": "群", "label_en": "Group", "mention": True, "a_minute": 20}})
    reach(desk, "duty1", robots={"wecom": "wang01"})
    write(desk, target="bot/role:duty")
    with http_gateway(lambda heard: (200, next(answers))) as group:
        out = way(desk, "bot", f"{group.url}/send?key=K")
        out.deliver(desk.store, desk.now)
        assert outbox(desk) == [(False, False, "answered code 45009")]
        out.deliver(desk.store, later(desk, seconds=5))
    assert outbox(desk) == [(True, False, None)]
    assert [heard.query for heard in group.heard] == [{"key": "K"}] * 2
    assert group.heard[0].json["text"]["mentioned_list"] == ["wang01"]
    assert desk.rows("select * from deliveries") == []


# ── receipts ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_gateways_signed_word_that_it_arrived_stands_with_the_alert(
    desk: Desk, app: Flask, gateway: HttpGateway, monkeypatch: Any
) -> None:
    monkeypatch.setenv("YIPING_NOTIFY_SECRET_SMS", "geheim")
    three(desk)
    receipt = {"items": "data", "id": "msgid", "state": "stat", "delivered": ["DELIVRD"], "failed": ["UNDELIV"]}
    city(desk, {"sms": {**SMS, "receipts": receipt, "fallback": "mail"}, "mail": MAIL})
    alert = desk.alert()
    write(desk, alert)
    way(desk, "sms", gateway.url).deliver(desk.store, desk.now)
    words = {"m-13800000001": "DELIVRD", "m-13800000002": "UNDELIV", "m-13800000003": "ACCEPTD", "m-9": "DELIVRD"}
    body = json.dumps({"data": [{"msgid": id_, "stat": word} for id_, word in words.items()]}).encode()

    def post(signature: str) -> Any:
        headers = {"X-Yiping-Signature": signature}
        return app.test_client().post("/api/v1/notify/sms/receipts", data=body, headers=headers)

    assert post(sign("wrong", desk.now, body)).status_code == 401
    assert post(sign("geheim", desk.now - timedelta(minutes=6), body)).status_code == 401
    answer = post(sign("geheim", desk.now, body))
    assert (answer.status_code, answer.json) == (200, {"known": 2, "told": 3})
    [row] = desk.sign_in(app, "duty1").get(f"/told?alert={alert}").json["told"][:1]
    states = {one["title"]: (bool(one["delivered_at"]), one["error"]) for one in row["people"]}
    assert states == {"duty1": (True, None), "duty2": (False, "not delivered"), "north": (False, None)}
    assert desk.rows("select count(*) as n from outbox where channel = 'mail'") == [{"n": 1}]  # lost after all: by the fallback
    assert desk.sign_in(app, "worker2").get("/told?alert=999999").status_code == 404


def test_who_read_it_on_the_desk_stands_with_the_alert_too(desk: Desk, app: Flask) -> None:
    alert = desk.alert()
    write(desk, alert, "role:duty")
    deliver_inside(desk.store, SCREEN, notices.put, desk.config.notify, desk.now)
    duty = desk.sign_in(app, "duty1")
    ids = [one["id"] for one in duty.get("/notices").json["notices"]]
    duty.post("/notices/acts", {"act": "see", "ids": ids})
    [row] = desk.sign_in(app, "north").get(f"/told?alert={alert}").json["told"]
    assert [one["title"] for one in row["read_by"]] == ["duty1"]


# ── contacts ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_contacts_are_ones_own_masked_and_every_change_is_audited_without_its_value(desk: Desk, app: Flask) -> None:
    worker, admin = desk.sign_in(app, "worker1"), desk.sign_in(app, "admin")
    wanted = {
        "phone": "138 0000 0001",
        "mail": "wang@city.example",
        "robots": {"wecom": "wang01"},
        "quiet_from": "22:00",
        "quiet_to": "07:00",
    }
    shown = worker.ask("PUT", "/people/me/contacts", wanted).json
    assert (shown["phone"], shown["mail"], shown["quiet_from"]) == ("138****0001", "w***@city.example", "22:00")
    other = f"/people/{desk.people['worker1']}/contacts"
    assert admin.get(other).json["phone"] == "138****0001"
    assert worker.get(other).status_code == 403
    assert admin.ask("PUT", other, {"phone": None}).json["phone"] == ""
    for bad in ({"phone": "no"}, {"mail": "no"}, {"quiet_from": "22:00", "quiet_to": None}, {"nickname": "x"}, {"robots": {"icq": "1"}}):
        assert worker.ask("PUT", "/people/me/contacts", bad).status_code == 422, bad
    trail = desk.rows("select actor, detail, note from audit where act = 'set_contacts' order by audit_id")
    assert [row["detail"]["fields"] for row in trail] == [sorted(wanted), ["phone"]]
    assert "13800000001" not in json.dumps(desk.rows("select detail from audit"))


def test_nothing_is_copied_to_phones_of_people_who_cannot_be_reached(desk: Desk) -> None:
    city(desk, {"push": PUSH}, copies=[{"templates": ["alert_*"], "channels": ["push"], "severity_at_most": 3}])
    write(desk, 1, "role:duty")
    deliver_inside(desk.store, SCREEN, notices.put, desk.config.notify, desk.now)
    assert desk.rows("select target from outbox") == [{"target": "role:duty"}]


def test_receipts_are_by_our_own_id_where_a_gateway_has_none(desk: Desk) -> None:
    three(desk)
    city(desk, {"sms": {**SMS, "request": {**REQUEST, "answer": {"code": "code"}}}})
    write(desk)
    with http_gateway(lambda heard: (200, {"code": "0"})) as gateway:
        way(desk, "sms", gateway.url).deliver(desk.store, desk.now)
    refs = [heard.json["ref"] for heard in gateway.heard]
    with desk.store.connection() as connection:
        assert receipts.take(connection, "sms", [receipts.Receipt(refs[0], "read", desk.now)], desk.config.notify, desk.now) == 1
    rows = desk.rows("select read_at is not null as read from deliveries order by delivery_id")
    assert [row["read"] for row in rows] == [True, False, False]


def test_no_test_and_no_demo_can_leave_this_host(desk: Desk) -> None:
    for url in ("http://192.0.2.1/sms", "https://198.51.100.7/robot"):
        assert (
            Webhook(url, "", 1.0)
            .send(Letter(Parcel((Message(1, "k", "sms/all", "x", 2, {}, desk.now),)), b"{}", {"zh": "x"}), desk.now)
            .is_down
        )
    every = {"sms": SMS, "mail": MAIL, "push": PUSH, "bot": {"kind": "dingtalk", "label": "x", "label_en": "x"},
             "hook": {"kind": "webhook", "label": "x", "label_en": "x"}}  # fmt: skip
    config, roles = city(desk, every), role_environment_of_the_demo()
    settings = read_settings({**roles, **{f"YIPING_NOTIFY_URL_{name.upper()}": "https://gateway.example" for name in every}})
    for name, channel in config.notify.channels.items():
        assert not leaves(channel, settings)
        assert isinstance(door_of(name, channel, settings, make_keys()), Log)


def role_environment_of_the_demo() -> dict[str, str]:
    """What the demo's roles are told."""
    urls = dict.fromkeys(("database_url", "web_database_url", "redis_url", "mqtt_url", "feed_mqtt_url"), "x")
    instance = Instance(demo_ports("9000"), "127.0.0.1", "320404", 0, 1.0, "", ROOT)
    return dict(role_environment(instance, config=ROOT / "config.yaml", urls=urls, session_key="0"))
