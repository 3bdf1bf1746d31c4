"""Web Push, against a push service on loopback: only the phone can read it, only this city can have sent it."""

import base64
import json
from datetime import timedelta
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from psycopg.types.json import Jsonb

from core.escalation_config import SCREEN
from delivery import deliver_inside
from dispatch.notify import Letter, Message, Parcel
from dispatch.notify_push import Push, make_keys
from store import contacts, notices
from store.timescale import queries
from tests.channels import MAIL, PUSH, city, outbox, way, write
from tests.desk import NORTH, Desk
from tests.gateways import Heard, http_gateway


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
    assert (False, True, "no address: no browser takes push") in outbox(desk)


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


def test_the_newest_five_browsers_of_somebody_stay_and_a_parcel_takes_no_longer_than_its_turn(desk: Desk) -> None:
    config = city(desk, {"push": PUSH})
    worker, colleague = (desk.sign_in(desk.app(), login) for login in ("worker1", "worker2"))
    with http_gateway(lambda heard: (201, {})) as service:
        colleague.post("/push", Browser(f"{service.url}/other").subscription)
        for n in range(7):
            worker.post("/push", Browser(f"{service.url}/{n}").subscription)
            desk.now += timedelta(minutes=1)
        mine = worker.get("/push").json["browsers"]
        assert [one["endpoint"][-1] for one in mine] == ["2", "3", "4", "5", "6"]
        assert len(colleague.get("/push").json["browsers"]) == 1
        account = desk.people["worker1"]
        with desk.store.connection() as connection:
            to = contacts.to_send(connection, [account], "push", desk.now)[account]
        letter = Letter(Parcel((Message(1, f"k#{account}", "push/x", "x", 2, {}, desk.now),)), b"", {"zh": "x"}, (to,))
        assert Push(config.notify.channels["push"], make_keys(), turn_s=0).send(letter, desk.now).sent
    assert len(service.heard) == 1


@pytest.mark.parametrize("answer", [429, 503])
def test_a_service_that_is_busy_or_away_costs_neither_the_subscription_nor_the_message(desk: Desk, answer: int) -> None:
    city(desk, {"push": PUSH}, attempts=2)
    worker, answers = desk.sign_in(desk.app(), "worker1"), [answer] * 4 + [201]
    with http_gateway(lambda heard: (answers.pop(0), {})) as service:
        worker.get("/push")
        worker.post("/push", Browser(f"{service.url}/push/abc").subscription)
        write(desk, 1, f"push/account:{desk.people['worker1']}")
        for _ in range(5):
            way(desk, "push").deliver(desk.store, desk.now)
            desk.now += timedelta(minutes=11)
    assert (len(service.heard), outbox(desk)) == (5, [(True, False, None)])
    assert desk.rows("select ended_at from push_subscriptions") == [{"ended_at": None}]


def test_a_service_that_never_answers_is_asked_for_a_day(desk: Desk) -> None:
    city(desk, {"push": PUSH})
    worker = desk.sign_in(desk.app(), "worker1")
    with http_gateway(lambda heard: (503, {})) as service:
        worker.get("/push")
        worker.post("/push", Browser(f"{service.url}/push/abc").subscription)
        write(desk, 1, f"push/account:{desk.people['worker1']}")
        for expected in ((False, False), (False, True)):
            way(desk, "push").deliver(desk.store, desk.now)
            assert outbox(desk)[0][:2] == expected
            desk.now += timedelta(hours=25)


def test_where_another_way_is_left_a_grave_message_takes_it_after_minutes(desk: Desk) -> None:
    city(desk, {"push": {**PUSH, "fallback": "mail"}, "mail": MAIL})
    worker = desk.sign_in(desk.app(), "worker1")
    with http_gateway(lambda heard: (503, {})) as service:
        worker.get("/push")
        worker.post("/push", Browser(f"{service.url}/push/abc").subscription)
        write(desk, 1, f"push/account:{desk.people['worker1']}", severity=2)
        passed_on = "select count(*) as n from outbox where channel = 'mail'"
        for expected in (0, 1):
            way(desk, "push").deliver(desk.store, desk.now)
            assert desk.rows(passed_on) == [{"n": expected}]
            desk.now += timedelta(minutes=3)
