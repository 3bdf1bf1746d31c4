"""Mail over SMTP, against a real server on loopback: one connection a batch, encrypted, and a refused address delays nobody."""

import email
import email.policy

from dispatch.notify import Contact, Letter, Message, Parcel
from dispatch.notify_smtp import Smtp
from tests.channels import MAIL, city, reach, told, way, write
from tests.desk import Desk, later
from tests.gateways import certificate, mail_server


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
        out.deliver(desk.store, later(desk, minutes=1))
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


def test_what_nobody_foresaw_of_one_parcel_fails_it_and_delays_nobody(desk: Desk) -> None:
    for login in ("duty1", "duty2", "north"):
        reach(desk, login, mail=f"{login}@city.example")
    with desk.store.connection() as connection:  # as rows of before the check may stand
        connection.execute("update persons set mail = 'a..b@x.cn' where mail like 'duty1@%'")
        connection.execute("update accounts set title = E'duty\\n2' where login = 'duty2'")
    city(desk, {"mail": MAIL})
    write(desk, target="mail/role:duty")
    with mail_server() as server:
        way(desk, "mail", server.url).deliver(desk.store, desk.now)
    assert told(desk) == {
        "duty1": (False, True, "no address: no mail address"),
        "duty2": (False, True, "unforeseen ValueError"),
        "north": (True, False, None),
    }


def test_only_what_is_refused_of_the_mail_itself_counts_towards_giving_up(desk: Desk) -> None:
    reach(desk, "duty1", mail="duty1@city.example")
    city(desk, {"mail": MAIL}, attempts=2)
    write(desk, target=f"mail/account:{desk.people['duty1']}")
    for _ in range(4):
        way(desk, "mail", "smtp://127.0.0.1:9").deliver(desk.store, later(desk, minutes=11))
    with mail_server() as server:
        server.refused = {"duty1@city.example": 450}
        out = way(desk, "mail", server.url)
        out.deliver(desk.store, later(desk, minutes=11))
        assert told(desk) == {"duty1": (False, False, "answered 450")}
        out.deliver(desk.store, later(desk, minutes=11))
    assert told(desk) == {"duty1": (False, True, "answered 450")}
