"""One's own account through the API: contacts that stay masked, a message to try them, a password that only its owner changes."""

from tests.channels import MAIL, PUSH, SMS, city, outbox, way
from tests.desk import PASSWORD, Desk, later
from tests.gateways import http_gateway

NEW = "Neue-Losung-7"


def test_what_one_changes_of_oneself_keeps_the_rest_and_says_which_ways_reach_one(desk: Desk) -> None:
    city(
        desk,
        {"sms": SMS, "mail": MAIL, "push": PUSH, "bot": {"kind": "log", "label": "群", "label_en": "Group"}},
        quiet={"starts": "22:00", "ends": "07:00"},
    )
    worker = desk.sign_in(desk.app(), "worker1")
    first = worker.ask("PUT", "/people/me/contacts", {"phone": "13800000001", "robots": {"wecom": "zhangsan01", "feishu": "ou_12345678"}})
    assert first.json["phone"] == "138****0001"
    second = worker.ask("PUT", "/people/me/contacts", {"robots": {"wecom": None}, "quiet_from": "20:00", "quiet_to": "06:00"}).json
    assert (list(second["robots"]), second["phone"], second["quiet_from"]) == (["feishu"], "138****0001", "20:00")
    assert {one["name"]: one["reaches"] for one in second["channels"]} == {"sms": True, "mail": False, "push": False}
    assert second["city_quiet"] == {"from": "22:00", "to": "07:00"}
    assert worker.ask("PUT", "/people/me/contacts", {"robots": None}).json["robots"] == {}
    assert desk.with_token(desk.app(), "read").get("/people/me/contacts").status_code == 403


def test_a_message_to_oneself_leaves_once_a_minute_and_where_nobody_gets_it_ones_own_desk_says_so(desk: Desk) -> None:
    city(desk, {"sms": SMS, "bot": {"kind": "log", "label": "群", "label_en": "Group"}})
    worker = desk.sign_in(desk.app(), "worker1")
    assert [worker.post("/people/me/contacts/tries", {"channel": "sms"}).json["queued"] for _ in range(2)] == [True, False]
    assert worker.post("/people/me/contacts/tries", {"channel": "bot"}).status_code == 422
    with http_gateway(lambda heard: (200, {"code": "0"})) as gateway:
        way(desk, "sms", gateway.url).deliver(desk.store, desk.now)
    assert outbox(desk)[0] == (False, True, "no address: no telephone number")
    told = desk.rows("select target, template from outbox where channel = 'screen'")
    assert told == [{"target": f"account:{desk.people['worker1']}", "template": "not_told_no_address"}]


def test_a_password_is_changed_by_who_knows_it_and_every_other_session_ends(desk: Desk) -> None:
    app = desk.app()
    here, elsewhere = desk.sign_in(app, "duty1"), desk.sign_in(app, "duty1")
    wrong, weak = {"old": "Wrong-0000-x", "new": NEW}, {"old": PASSWORD, "new": "short"}
    assert [here.ask("PUT", "/people/me/password", body).status_code for body in (wrong, weak, {"old": PASSWORD, "new": PASSWORD})] == [
        403,
        422,
        422,
    ]
    assert here.ask("PUT", "/people/me/password", {"old": PASSWORD, "new": NEW}).json == {"changed": True}
    assert (here.get("/people/me/contacts").status_code, elsewhere.get("/people/me/contacts").status_code) == (200, 401)
    assert here.post("/session", {"login": "duty1", "password": NEW}).status_code == 201
    assert [row["act"] for row in desk.rows("select act from audit where act like 'password%%' order by audit_id")] == [
        "password_refused",
        "password_changed",
    ]


def test_guessing_the_present_password_locks_the_account_as_at_the_door(desk: Desk) -> None:
    duty = desk.sign_in(desk.app(), "duty1")
    answers = [duty.ask("PUT", "/people/me/password", {"old": f"Wrong-0000-{n}", "new": NEW}).status_code for n in range(6)]
    assert answers == [403] * 4 + [429] * 2
    later(desk, minutes=29)
    assert duty.ask("PUT", "/people/me/password", {"old": PASSWORD, "new": NEW}).status_code in {401, 429}
