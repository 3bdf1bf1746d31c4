"""Delivery against real gateways on loopback: at least once under one id, later and later, and nobody waits for a neighbour that is dead."""

import hashlib
import hmac
import subprocess
import sys
from datetime import timedelta

from core.config import Config
from delivery import TEXTS
from deploy.local.finding import Verdict
from deploy.local.service_checks import _outbox
from panels.text import load_texts
from store import outbox
from tests.conftest import ROOT
from tests.desk import Desk, later
from tests.patience import Stopwatch, until
from tests.webhook import Gateway, state, way, write
from tests.webhook import gateway as gateway


def test_a_message_is_posted_once_signed_with_its_id_and_names_its_people(desk: Desk, gateway: Gateway) -> None:
    write(desk)
    out = way(desk, gateway.url)
    assert [out.deliver(desk.store, desk.now), out.deliver(desk.store, later(desk, minutes=5))] == [1, 0]
    [(headers, body, raw)] = gateway.heard
    assert headers["idempotency-key"] == body["id"] == "escalation/alert/1/sms/role:duty"
    seconds, signature = (part.partition("=")[2] for part in headers["x-yiping-signature"].split(","))
    assert hmac.new(b"geheim", seconds.encode() + b"." + raw, hashlib.sha256).hexdigest() == signature
    assert [one["account"] for one in body["recipients"]] == ["duty1", "duty2", "north"]
    assert body["text"] == "告警无人响应 · 橙色 · II 级：烟感报警 1"
    assert body["text_en"].startswith("Nobody answers this alarm")
    assert state(desk) == [(True, False, 1, None)]


def test_a_gateway_that_is_down_is_tried_again_later_and_later_and_never_given_up(desk: Desk, gateway: Gateway) -> None:
    gateway.answer = 503
    write(desk)
    out = way(desk, gateway.url)
    for attempt in (1, 2, 3):
        out.deliver(desk.store, desk.now)
        out.deliver(desk.store, later(desk, seconds=1))
        assert state(desk) == [(False, False, attempt, "answered 503")]
        later(desk, minutes=11)
    with desk.store.connection() as connection:
        connection.execute("update outbox set attempts = 999")
    for _ in range(2):
        out.deliver(desk.store, later(desk, minutes=11))
        assert state(desk) == [(False, False, 1000, "answered 503")]
    gateway.answer = 200
    out.deliver(desk.store, later(desk, minutes=11))
    assert (len(set(gateway.ids())), [sent for sent, *_ in state(desk)]) == (1, [True])


def test_a_gateway_that_refuses_for_good_is_not_asked_again(desk: Desk, gateway: Gateway) -> None:
    gateway.answer = 400
    write(desk)
    write(desk, 2)
    way(desk, gateway.url).deliver(desk.store, desk.now)
    assert state(desk)[:2] == [(False, True, 1, "answered 400")] * 2
    assert desk.rows("select count(*) as n from outbox where template = 'not_told' and target = 'role:duty'") == [{"n": 2}]


def test_one_that_hangs_up_or_answers_too_late_keeps_its_messages_under_their_ids(desk: Desk, gateway: Gateway) -> None:
    write(desk)
    out, gateway.dies = way(desk, gateway.url), True
    out.deliver(desk.store, desk.now)
    gateway.dies, gateway.wait_s = False, 30
    out.deliver(desk.store, later(desk, minutes=1))
    assert [sent for sent, *_ in state(desk)] == [False]
    gateway.wait_s = 0
    gateway.go_on.set()
    out.deliver(desk.store, later(desk, minutes=1))
    assert (len(gateway.heard), len(set(gateway.ids())), [sent for sent, *_ in state(desk)]) == (3, 1, [True])


def test_a_dead_gateway_beside_a_good_one_delays_it_by_nothing(desk: Desk, gateway: Gateway) -> None:
    for n in range(5):
        write(desk, n, "dead/role:duty")
        write(desk, n, "sms/role:duty")
    dead, good = way(desk, "http://127.0.0.1:9/never", name="dead"), way(desk, gateway.url)
    watch = Stopwatch()
    assert dead.deliver(desk.store, desk.now) == 0
    watch.within(3.0, "the dead one: one try, then its rest waits")
    assert good.deliver(desk.store, desk.now) == 5
    rows = desk.rows(
        "select channel, count(*) filter (where sent_at is not null) as sent, max(attempts) as attempts from outbox group by 1 order by 1"
    )
    assert [(row["channel"], row["sent"], row["attempts"]) for row in rows] == [("dead", 0, 1), ("sms", 5, 1)]


def test_killed_between_sending_and_marking_the_same_id_comes_again(desk: Desk, gateway: Gateway) -> None:
    for n in range(25):
        write(desk, n)
    out = way(desk, gateway.url)
    with desk.store.connection() as connection:
        claimed = outbox.claim(connection, "sms", desk.config.notify, desk.now)
    for parcel in claimed.parcels:  # sent, and then the process is no more
        assert out._send(parcel, claimed.people, desk.now, out._door(desk.store, desk.now)).sent
    first = gateway.ids()
    write(desk, 99)
    assert out.deliver(desk.store, desk.now) == 1  # what is new needs no lease to end
    later(desk, minutes=3)
    out.deliver(desk.store, desk.now)
    assert sorted(gateway.ids()[11:]) == sorted(first)
    bundles = [[one["message"] for one in body["messages"]] for _, body, _ in gateway.heard if body["count"] > 1]
    assert bundles[0] == bundles[1]
    assert len(bundles[0]) == 16
    assert all(sent for sent, *_ in state(desk))


_PROCESS = """
import sys
from datetime import datetime
from pathlib import Path
from core.config import load
from core.settings import read_settings
from delivery import Outgoing
from store.timescale import Store
url, gateway, now = sys.argv[1:]
settings = read_settings({"YIPING_DATABASE_URL": url, "YIPING_NOTIFY_URL_SMS": gateway})
Outgoing("sms", load(Path("config.yaml")), settings).deliver(Store(url), datetime.fromisoformat(now))
"""


def test_a_process_killed_while_the_gateway_thinks_repeats_the_same_id_and_content(desk: Desk, gateway: Gateway, database_url: str) -> None:
    for n in range(12):
        write(desk, n)
    gateway.wait_s = 60
    arguments = [sys.executable, "-c", _PROCESS, database_url, gateway.url, desk.now.isoformat()]
    with subprocess.Popen(arguments, cwd=ROOT) as process:
        until(lambda: gateway.heard, what="the gateway has the first one")
        process.kill()
    gateway.wait_s = 0
    gateway.go_on.set()
    out = way(desk, gateway.url)
    assert out.deliver(desk.store, later(desk, seconds=30)) == 0  # the lease of the dead one stands
    out.deliver(desk.store, later(desk, minutes=2))
    told = [[one["message"] for one in body["messages"]] for _, body, _ in gateway.heard]
    assert gateway.ids()[0] in gateway.ids()[1:]
    assert told[0] in told[1:]
    assert sorted({one for several in told for one in several}) == sorted(f"escalation/alert/{n}/sms/role:duty" for n in range(12))
    assert all(sent for sent, *_ in state(desk))


def test_a_storm_becomes_a_summary_that_names_every_message_and_the_next_minute_is_free_again(desk: Desk, gateway: Gateway) -> None:
    for n in range(60):
        write(desk, n, severity=3)
    out = way(desk, gateway.url)
    out.deliver(desk.store, desk.now)
    assert [body["count"] for _, body, _ in gateway.heard] == [1] * 9 + [51]
    for n in range(60, 70):
        write(desk, n, severity=3)
    out.deliver(desk.store, later(desk, seconds=20))
    assert len(gateway.heard) == 10  # the minute is full
    out.deliver(desk.store, later(desk, seconds=50))
    told = [one["message"] for _, body, _ in gateway.heard for one in body["messages"]]
    assert sorted(told) == sorted(f"escalation/alert/{n}/sms/role:duty" for n in range(70))
    assert "（等 51 条）" in gateway.heard[9][1]["text"]


def test_drills_and_simulated_things_leave_only_by_a_channel_that_says_so(desk: Desk, gateway: Gateway) -> None:
    write(desk, 1, drill=True)
    write(desk, 2, simulated=True)
    write(desk, 3)
    way(desk, gateway.url).deliver(desk.store, desk.now)
    assert [error for *_, error in state(desk)] == ["withheld: drill", "withheld: simulated", None]
    write(desk, 4, drill=True)
    way(desk, gateway.url, drill=True).deliver(desk.store, desk.now)
    assert gateway.heard[-1][1]["text"].startswith("【演练】")
    assert len(gateway.heard) == 2


def test_with_the_stub_nothing_leaves_and_everything_is_marked(desk: Desk, gateway: Gateway) -> None:
    write(desk, simulated=True)
    assert way(desk, gateway.url, stub=True).deliver(desk.store, desk.now) == 1
    assert (gateway.heard, [sent for sent, *_ in state(desk)]) == ([], [True])


def test_a_channel_without_an_address_waits_for_nobody_and_the_desk_hears_of_it_once_a_thing(desk: Desk) -> None:
    for number, target in ((1, "sms/role:duty"), (1, "sms/role:leader"), (2, "sms/role:leader")):
        write(desk, number, target)
    way(desk, "").deliver(desk.store, desk.now)
    assert [error for *_, error in state(desk)][:3] == ["no address: YIPING_NOTIFY_URL_SMS is not set"] * 3
    with desk.store.connection() as connection:
        [row] = [row for row in outbox.read_health(connection, later(desk, minutes=1)) if row["channel"] == "sms"]
    assert (row["waiting"], row["failed"]) == (0, 3)
    told = desk.rows("select target, payload ->> 'id' as thing from outbox where template = 'not_told_no_address' order by outbox_id")
    assert told == [{"target": "role:duty", "thing": "1"}, {"target": "role:duty", "thing": "2"}]


def test_a_target_that_is_nobody_is_tried_again_when_somebody_may_have_come(desk: Desk, gateway: Gateway) -> None:
    write(desk, 1, "sms/roster:duty")
    write(desk, 2)
    out = way(desk, gateway.url)
    out.deliver(desk.store, desk.now)
    assert [(sent, error) for sent, _, _, error in state(desk)] == [(False, "nobody to tell"), (True, None)]
    desk.insert(
        "shifts", {"account_id": desk.people["duty2"], "name": "duty2", "role": "duty", "area": "320404", "began_at": desk.now}, "shift_id"
    )
    out.deliver(desk.store, later(desk, minutes=1))
    assert [one["account"] for one in gateway.heard[-1][1]["recipients"]] == ["duty2"]


def test_nobody_on_shift_is_no_failure_however_long_it_lasts_and_no_crowd_becomes_a_summary_to_nobody(desk: Desk, gateway: Gateway) -> None:
    for n in range(12):
        write(desk, n, "sms/roster:duty")
    out = way(desk, gateway.url)
    for _ in range(60):
        assert out.deliver(desk.store, later(desk, minutes=10)) == 0
    assert set(state(desk)) == {(False, False, 0, "nobody to tell")}
    shift = {"account_id": desk.people["duty2"], "name": "duty2", "role": "duty", "area": "320404", "began_at": desk.now}
    desk.insert("shifts", shift, "shift_id")
    assert out.deliver(desk.store, later(desk, minutes=1)) == 10
    assert sum(len(body["messages"]) for _, body, _ in gateway.heard) == 12
    assert {one["account"] for _, body, _ in gateway.heard for one in body["recipients"]} == {"duty2"}


def test_every_template_has_its_words_in_both_languages(config: Config) -> None:
    texts = load_texts(TEXTS)
    assert config.notify.channels
    assert {key for key in texts["zh"].texts if key.startswith("notify.")} == {
        key for key in texts["en"].texts if key.startswith("notify.")
    }


def test_the_doctor_names_what_failed_and_why(desk: Desk, database_url: str) -> None:
    assert [finding.verdict for finding in _outbox(database_url)] == [Verdict.GOOD]
    write(desk)
    way(desk, "").deliver(desk.store, desk.now)
    assert any(finding.verdict is not Verdict.GOOD for finding in _outbox(database_url))


def test_what_was_sent_is_forgotten_after_a_while_and_what_waits_is_not(desk: Desk, gateway: Gateway) -> None:
    write(desk, 1)
    way(desk, gateway.url).deliver(desk.store, desk.now)
    write(desk, 2)
    with desk.store.connection() as connection:
        assert outbox.forget(connection, desk.now + timedelta(days=1), desk.now) == 1
    assert len(state(desk)) == 1


def test_a_channel_that_is_down_is_asked_once_a_pause_however_much_waits(desk: Desk, gateway: Gateway) -> None:
    gateway.answer = 503
    for n in range(30):
        write(desk, n, severity=1)
    out = way(desk, gateway.url)
    for _ in range(120):
        out.deliver(desk.store, later(desk, seconds=1))
    assert len(gateway.heard) <= 7  # after 2, 4, 8, 16, 32 and 60 seconds
    gateway.answer = 200
    out.deliver(desk.store, later(desk, minutes=1))
    out.deliver(desk.store, later(desk, minutes=10))
    assert all(sent for sent, *_ in state(desk))
