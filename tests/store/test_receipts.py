"""What became of messages, and how people are reached: receipts signed by gateways, contacts masked."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.escalation_config import SCREEN
from delivery import deliver_inside
from dispatch.notify_webhook import sign
from store import notices, receipts
from tests.channels import MAIL, PUSH, REQUEST, SMS, city, three, way, write
from tests.desk import Desk
from tests.gateways import HttpGateway, http_gateway


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with http_gateway(lambda heard: (200, {"code": "0", "id": f"m-{heard.json['to']}"})) as opened:
        yield opened


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


def test_addresses_that_no_mail_can_have_and_ids_that_mean_everybody_are_refused(desk: Desk, app: Flask) -> None:
    worker = desk.sign_in(app, "worker1")
    for mail in ("a..b@x.cn", ".a@x.cn", "a[b@x.cn", "中文@例子.cn", "wang@例子.cn"):
        assert worker.ask("PUT", "/people/me/contacts", {"mail": mail}).status_code == 422, mail
    for everybody in ("all", "@all", "ALL", "@Everyone", "everyone", "@@all", "@所有人"):
        assert worker.ask("PUT", "/people/me/contacts", {"robots": {"feishu": everybody}}).status_code == 422, everybody
    assert worker.ask("PUT", "/people/me/contacts", {"mail": "wang.li@city.example", "robots": {"wecom": "allan"}}).status_code == 200


def test_a_late_failure_after_it_arrived_is_told_by_no_other_channel(desk: Desk) -> None:
    three(desk)
    config = city(desk, {"sms": {**SMS, "request": {**REQUEST, "answer": {"code": "code"}}, "fallback": "mail"}, "mail": MAIL})
    write(desk)
    with http_gateway(lambda heard: (200, {"code": "0"})) as gateway:
        way(desk, "sms", gateway.url).deliver(desk.store, desk.now)
    arrived, lost = [heard.json["ref"] for heard in gateway.heard][:2]
    words = [
        receipts.Receipt(arrived, "delivered", desk.now),
        receipts.Receipt(arrived, "failed", desk.now),
        receipts.Receipt(lost, "failed", desk.now),
    ]
    with desk.store.connection() as connection:
        assert receipts.take(connection, "sms", words, config.notify, desk.now) == 3
    assert [row["key"] for row in desk.rows("select dedupe_key as key from outbox where channel = 'mail'")] == [f"{lost}>mail"]
