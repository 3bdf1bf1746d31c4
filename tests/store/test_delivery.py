"""Delivery against real gateways on loopback: at least once under one id, later and later, and nobody waits for a neighbour that is dead."""

import hashlib
import hmac
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from core.config import Config
from core.escalation_config import SCREEN
from core.notify_config import ChannelConfig
from core.settings import read_settings
from delivery import TEXTS, Outgoing, deliver_inside
from deploy.local.finding import Verdict
from deploy.local.service_checks import _outbox
from panels.text import load_texts
from store import notices, outbox
from store.timescale import queries
from tests.conftest import ROOT
from tests.desk import NORTH, Desk, later
from tests.patience import Stopwatch, until


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


def put(desk: Desk) -> int:
    return deliver_inside(desk.store, SCREEN, notices.put, desk.config.notify, desk.now)


def test_a_notice_is_on_the_desks_of_its_people_exactly_once_and_in_the_stream(desk: Desk) -> None:
    write(desk, 1, "role:duty")
    write(desk, 2, f"account:{desk.people['worker1']}")
    assert [put(desk), put(desk)] == [2, 0]
    with desk.store.connection() as connection:
        duty, worker = desk.scope("duty1", "duty"), desk.scope("worker1", "grid_worker")
        mine = notices.list_notices(connection, duty, unseen=True, after=None, limit=10)
        assert [(one["title"], one["seen"]) for one in mine] == [("烟感报警 1", False)]
        assert [one["title"] for one in notices.list_notices(connection, worker, unseen=False, after=None, limit=10)] == ["烟感报警 2"]
        assert [notices.see(connection, duty, [mine[0]["id"]]), notices.see(connection, duty, [mine[0]["id"]])] == [1, 0]
        assert notices.list_notices(connection, duty, unseen=True, after=None, limit=10) == []
    logged = desk.rows("select area, after from change_log where noun = 'notice' order by change_id")
    assert [(row["area"], row["after"]["count"]) for row in logged] == [(f"{NORTH}001", 1)] * 2


def test_a_storm_on_a_desk_is_one_notice_with_every_item(desk: Desk) -> None:
    for n in range(40):
        write(desk, n, "role:duty", severity=3)
    assert put(desk) == 10
    [row] = desk.rows("select template, jsonb_array_length(items) as n from notices where template = 'summary'")
    assert row["n"] == 31


def test_two_who_deliver_at_once_put_nothing_twice(desk: Desk) -> None:
    for n in range(30):
        write(desk, n, "role:duty", severity=1)
    threads = [threading.Thread(target=put, args=(desk,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [item["id"] for row in desk.rows("select items from notices") for item in row["items"]]
    assert sorted(told) == list(range(30))


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
