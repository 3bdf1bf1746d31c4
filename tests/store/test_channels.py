"""SMS, robots and the night, against real servers on loopback: each person once, and nobody waits for another's bad number."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from core.settings import read_settings
from deploy.local.instance import Instance
from deploy.local.ports import demo_ports
from deploy.local.roles import role_environment
from dispatch.notify import Letter, Message, Parcel
from dispatch.notify_doors import door_of, leaves
from dispatch.notify_push import make_keys
from dispatch.notify_webhook import Log, Webhook
from store import contacts, deliveries
from tests.channels import MAIL, PUSH, SMS, city, outbox, reach, three, told, way, write
from tests.conftest import ROOT
from tests.desk import NORTH, Desk, later
from tests.gateways import Heard, HttpGateway, http_gateway, mail_server


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with http_gateway(lambda heard: (200, {"code": "0", "id": f"m-{heard.json['to']}"})) as opened:
        yield opened


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
    assert heard.headers["x-sign"] == hmac.new(b"geheim", f"{heard.headers['x-at']}{digest}".encode(), hashlib.sha256).hexdigest()
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
    out.deliver(desk.store, later(desk, seconds=30))
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
            way(desk, "mail", server.url).deliver(desk.store, later(desk, minutes=1))
    assert [to for to, _ in server.mails] == ["duty1@city.example"]
    assert outbox(desk) == [(False, True, "no address: no telephone number"), (True, False, None)]
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
        one.deliver(desk.store, later(desk, seconds=30))
    assert len(gateway.heard) == len({one.json["ref"] for one in gateway.heard}) == 36
    assert all(sent for sent, *_ in outbox(desk))


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


def test_a_robot_of_a_group_is_told_once_and_again_when_it_was_busy(desk: Desk) -> None:
    answers = iter([{"errcode": 45009}, {"errcode": 0}])
    city(desk, {"bot": {"kind": "wecom", "label": "群", "label_en": "Group", "mention": True, "a_minute": 20}})
    reach(desk, "duty1", robots={"wecom": "wang01"})
    write(desk, target="bot/role:duty")
    with http_gateway(lambda heard: (200, next(answers))) as group:
        out = way(desk, "bot", f"{group.url}/send?key=K")
        out.deliver(desk.store, desk.now)
        assert outbox(desk) == [(False, False, "answered code 45009")]
        out.deliver(desk.store, later(desk, seconds=30))
    assert outbox(desk) == [(True, False, None)]
    assert [heard.query for heard in group.heard] == [{"key": "K"}] * 2
    assert group.heard[0].json["text"]["mentioned_list"] == ["wang01"]
    assert desk.rows("select * from deliveries") == []


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


def test_whoever_serves_by_the_roster_or_for_another_is_not_quiet_and_emergencies_ring_anybody(desk: Desk, gateway: HttpGateway) -> None:
    for login, phone in (("worker1", "13800000001"), ("worker2", "13800000002"), ("duty1", "13800000003")):
        reach(desk, login, phone=phone)
    city(desk, {"sms": SMS}, quiet={"starts": "22:00", "ends": "07:00"})
    desk.now = datetime.fromisoformat("2026-11-22T03:00:00+08:00")  # of the night that began on the 21st
    desk.insert(
        "rosters",
        {"duty_grid": "g1", "area": f"{NORTH}001", "shift": "night", "starts": "20:00", "ends": "08:00", "zone": "Asia/Shanghai", "since": "2026-11-20",
         "anchor": "2026-11-20", "cycle": [desk.people["worker2"], desk.people["worker1"]], "made_by": "x", "made_at": desk.now},
        "roster_id",
    )  # fmt: skip
    for number, login in enumerate(("worker1", "worker2"), 1):
        write(desk, number, f"sms/account:{desk.people[login]}", 4)
    out = way(desk, "sms", gateway.url)
    out.deliver(desk.store, desk.now)
    assert [one.json["to"] for one in gateway.heard] == ["13800000001"]
    times = {"since": later(desk, minutes=1), "until": later(desk, hours=2), "made_at": desk.now}
    away = {"area": NORTH, "for_id": desk.people["worker1"], "stand_in_id": desk.people["duty1"], "why": "x", "made_by": "x", **times}
    desk.insert("substitutions", away, "substitution_id")
    later(desk, hours=-1)
    for number, login in enumerate(("worker1", "duty1"), 3):
        write(desk, number, f"sms/account:{desk.people[login]}", 4)
    out.deliver(desk.store, desk.now)
    assert [one.json["to"] for one in gateway.heard] == ["13800000001", "13800000003"]
    with desk.store.connection() as connection:
        connection.execute("update outbox set template = 'plan_step_due' where outbox_id = (select max(outbox_id) from outbox)")
    write(desk, 9, f"sms/account:{desk.people['worker2']}", 4)
    with desk.store.connection() as connection:
        connection.execute("update outbox set template = 'emergency_level' where dedupe_key like 'k9/%%'")
    out.deliver(desk.store, desk.now)
    assert gateway.heard[-1].json["to"] == "13800000002"
