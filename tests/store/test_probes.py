"""The proof of the path in the database: each leg is timed, what rings for it is nothing of the city's, and it is cleared."""

import threading
from datetime import timedelta

from core.config import Config
from core.notify_config import PROBE
from core.probe_config import DEVICE
from delivery import deliver_inside
from projector.project import Projector
from store import escalations, live_rows, probes
from store.live import Hints, Live
from store.timescale import Connection
from tests.desk import Desk, later
from tests.patience import until


def register(desk: Desk) -> int:
    with desk.store.connection() as connection:
        probes.register(connection, desk.config, desk.now)
    [row] = desk.rows("select device_id from devices where device = %s", DEVICE)
    return int(row["device_id"])


def set_out(desk: Desk) -> int:
    with desk.store.connection() as connection:
        number = probes.begin(connection, "mqtt", desk.now)
        probes.note(connection, number, sent_at=later(desk, seconds=0.1))
        return number


def ring(desk: Desk, number: int, device_id: int) -> int:
    """As the pipeline does when the reading is beyond the limit."""
    own = {"subject": f"{DEVICE}/probe", "device_id": device_id, "value": float(number), "severity": 5, "cell_id": None}
    return desk.alert("320404", rule="path", raised_at=later(desk, seconds=0.2), **own)


def deliver(desk: Desk) -> None:
    escalations.sweep(desk.store, desk.config.escalations, desk.now)
    deliver_inside(desk.store, PROBE, probes.arrive, desk.config.notify, later(desk, seconds=1))


def settle(desk: Desk, number: int, leg: str | None = None) -> None:
    with desk.store.connection() as connection:
        probes.read_state(connection, number)
        probes.settle(connection, number, leg, desk.now)


def test_each_leg_is_timed_and_what_rang_is_cleared(desk: Desk) -> None:
    device_id, number = register(desk), set_out(desk)
    ring(desk, number, device_id)
    with desk.store.connection() as connection:
        probes.note(connection, number, screen_at=later(desk, seconds=0.3))
    deliver(desk)
    with desk.store.connection() as connection:
        state = probes.read_state(connection, number)
    assert state["sent_at"] < state["raised_at"] < state["screen_at"] <= state["told_at"] < state["arrived_at"]
    settle(desk, number)
    [alert] = desk.rows("select probe, stage from alerts")
    assert alert == {"probe": True, "stage": "normal"}
    with desk.store.connection() as connection:
        path = probes.read_path(connection, later(desk, seconds=30))
    assert (path["ok"], path["proofs"], path["failed"], path["age_s"]) == (True, 1, 0, 30.0)
    assert path["legs"]["rule"] == {"p50": 0.2, "p95": 0.2}
    assert path["legs"]["notification"] == {"p50": 1.5, "p95": 1.5}


def test_what_a_worker_holds_is_waited_for_and_cleared_so_that_the_next_proof_can_ring(desk: Desk) -> None:
    device_id, number = register(desk), set_out(desk)
    alert_id = ring(desk, number, device_id)
    settling = threading.Thread(target=settle, args=(desk, number))
    with desk.store.connection() as worker:
        worker.execute("update alerts set stage = 'rtn_unack' where alert_id = %s", [alert_id])
        settling.start()
        until(lambda: desk.rows("select 1 from pg_locks where not granted") or not settling.is_alive(), what="it waits")
    settling.join()
    assert desk.rows("select stage from alerts") == [{"stage": "normal"}]


def test_a_token_that_another_leader_took_over_is_known_as_lost(desk: Desk) -> None:
    with desk.store.connection() as connection:
        mine = probes.register(connection, desk.config, desk.now)
        assert probes.is_registered(connection, mine, desk.now)
        other = probes.register(connection, desk.config, desk.now)
        assert [probes.is_registered(connection, token, desk.now) for token in (mine, other, "")] == [False, True, False]


def test_a_message_of_another_proof_proves_nothing(desk: Desk) -> None:
    device_id, old = register(desk), set_out(desk)
    ring(desk, old, device_id)
    settle(desk, old, "notification")
    number = set_out(desk)
    deliver(desk)
    with desk.store.connection() as connection:
        assert probes.read_state(connection, number)["arrived_at"] is None


def test_failures_are_counted_until_the_next_that_goes_through(desk: Desk) -> None:
    device_id = register(desk)
    with desk.store.connection() as connection:
        assert probes.read_proofs(connection, desk.now - timedelta(minutes=10)) is None
    for leg in ("rule", "screen"):
        settle(desk, set_out(desk), leg)
        later(desk, minutes=1)
    with desk.store.connection() as connection:
        known = probes.read_proofs(connection, desk.now - timedelta(minutes=10))
    assert known is not None
    assert (known.failed, known.leg, known.last_at) == (2, "screen", None)
    number = set_out(desk)
    ring(desk, number, device_id)
    deliver(desk)
    settle(desk, number)
    with desk.store.connection() as connection:
        known = probes.read_proofs(connection, desk.now - timedelta(minutes=10))
    assert known is not None
    assert (known.failed, known.last_at is not None) == (0, True)


def test_a_leader_that_died_in_the_middle_leaves_no_failure_and_its_token_ends_with_it(desk: Desk) -> None:
    register(desk)
    set_out(desk)
    later(desk, minutes=6)
    register(desk)
    assert desk.rows("select 1 from probes") == []
    assert len(desk.rows("select 1 from tokens where revoked_at is null")) == 1
    assert len(desk.rows("select 1 from devices")) == 1


def test_no_list_no_count_and_no_queue_knows_of_it_and_the_stream_has_it_apart(desk: Desk) -> None:
    device_id, number = register(desk), set_out(desk)
    app, live, hints = desk.app(), Live(None), Hints(None)
    projector = Projector(desk.store, live, hints, desk.config)
    projector.tick(desk.now)
    ring(desk, number, device_id)
    with desk.store.connection() as connection:
        append(connection, desk)
    projector.tick(later(desk, seconds=1))
    person = desk.sign_in(app, "duty1")
    for path, name in (("/alerts", "alerts"), ("/devices", "devices"), ("/queue", "items")):
        assert person.get(path).json.get(name, []) == [], path
    with desk.store.connection() as connection:
        assert live_rows.read_lists(connection, desk.now - timedelta(days=1))["alerts"] == []
        payloads = [row["payload"] for row in live_rows.read_deltas(connection, 0)]
    assert any('"probes"' in payload for payload in payloads)
    assert not any('"alerts":[' in payload for payload in payloads)
    hints.close()
    live.close()


def append(connection: Connection, desk: Desk) -> None:
    """What `store.save` writes beside the alert."""
    from store import change_log

    [row] = connection.execute("select alert_id from alerts").fetchall()
    change_log.append(connection, "alert", {}, change_log.read(connection, "alert", [row["alert_id"]]), desk.now)


def test_the_shipped_rules_look_at_the_probe_and_watch_its_proofs(config: Config) -> None:
    kinds = {rule.kind for rule in config.rules.values()}
    assert {"threshold", "no_proof"} <= kinds
    assert config.probe.every
