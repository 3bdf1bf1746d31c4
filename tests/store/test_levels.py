"""One alert through its levels on a real database: it worsens, eases, flaps, survives a restart, and two workers ring once."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from psycopg.errors import LockNotAvailable

from core.changes import AlertAgain
from core.config import Config
from core.device import DeviceEntry
from core.rule_config import RULE_KINDS
from core.rule_parts import Flapping
from store import arrays, devices
from store.facts import ask, read_due
from store.save import save
from store.timescale import Store, sql
from tests.store.test_pipeline import Line as Spoken

RULES: dict[str, Any] = {
    "water": {
        "kind": "threshold", "metric": "water_depth", "label": "积水", "label_en": "Water", "owner": "水利局", "reason": "限值", "class_code": "0502",
        "levels": [
            {"above": 15, "clear": 10, "severity": 3, "hold": "60s"},
            {"above": 25, "clear": 20, "severity": 2, "hold": "20s", "label": "严重积水"},
            {"above": 40, "clear": 30, "severity": 1, "label": "极重积水"},
        ],
    },
    "silent": {
        "kind": "no_data", "intervals": 1, "at_least": "5m", "severity": 5, "label": "失联", "label_en": "Silent", "owner": "x", "reason": "y",
    },
    "smoke": {
        "kind": "threshold", "metric": "smoke", "above": 0.5, "clear": 0.4, "severity": 2, "label": "烟感", "label_en": "Smoke", "owner": "x",
        "reason": "y",
    },
}  # fmt: skip
ALERT = "select stage, level, severity, worst, title, threshold, count, acked_by from alerts where rule = 'water'"


class Line(Spoken):
    """Also acted upon behind its back."""

    def execute(self, query: str, *values: Any) -> None:
        with self.store.connection() as connection:
            connection.execute(query, values)

    def backlog(self, now: datetime, device: str, story: Sequence[tuple[int, float]]) -> None:
        """Everything in one message."""
        told = [{"ts": (now + timedelta(seconds=second)).isoformat(), "values": {"water_depth": depth}} for second, depth in story]
        self.frames(now, (f"city/320404/water/{device}/telemetry", json.dumps(told).encode()))


def configured(config: Config, rules: dict[str, Any] = RULES) -> Config:
    ours = {name: RULE_KINDS[body["kind"]].model_validate(body) for name, body in rules.items()}
    flapping = Flapping(times=3, within=timedelta(minutes=30), calm=timedelta(minutes=10))
    return config.model_copy(update={"rules": ours, "flapping": flapping})


@pytest.fixture
def line(config: Config, database_url: str) -> Iterator[Line]:
    store = Store(database_url)
    yield Line(configured(config), store)
    store.close()


def acknowledge(line: Line, rule: str = "water") -> None:
    line.execute("update alerts set stage = 'acked', acked_at = now(), acked_by = 'duty1' where rule = %s and stage = 'unack'", rule)


def test_the_same_alert_worsens_becomes_unacknowledged_and_eases_with_its_worst_remembered(line: Line, now: datetime) -> None:
    line.tell(now, "d", now, water_depth=26.0)
    line.tell(now + timedelta(seconds=20), "d", now + timedelta(seconds=20), water_depth=26.0)
    [alert] = line.rows(ALERT)
    assert (alert["level"], alert["severity"], alert["title"], alert["threshold"]) == (1, 2, "d 严重积水", 25)
    acknowledge(line)
    line.tell(now + timedelta(seconds=30), "d", now + timedelta(seconds=30), water_depth=45.0)
    [alert] = line.rows(ALERT)
    assert (alert["stage"], alert["level"], alert["severity"], alert["acked_by"], alert["title"]) == ("unack", 2, 1, None, "d 极重积水")
    acknowledge(line)
    line.tell(now + timedelta(seconds=40), "d", now + timedelta(seconds=40), water_depth=18.0)
    [alert] = line.rows(ALERT)
    assert (alert["stage"], alert["level"], alert["severity"], alert["worst"], alert["title"]) == ("acked", 0, 3, 1, "d 积水")
    line.tell(now + timedelta(seconds=50), "d", now + timedelta(seconds=50), water_depth=10.0)
    assert [(alert["stage"], alert["count"]) for alert in line.rows(ALERT)] == [("normal", 1)]


def test_every_step_of_an_alert_stands_in_the_change_log_once(line: Line, now: datetime) -> None:
    for second, depth in enumerate((45.0, 25.0, 45.0, 5.0)):
        line.tell(now, "d", now + timedelta(seconds=second), water_depth=depth)
    moves = line.rows("select after->>'level' as level, after->>'stage' as stage from change_log where noun = 'alert' order by change_id")
    assert [(int(move["level"]), move["stage"]) for move in moves] == [(2, "unack"), (1, "unack"), (2, "unack"), (2, "rtn_unack")]


def test_a_whole_story_in_one_batch_ends_as_if_it_had_come_in_four(line: Line, config: Config, now: datetime) -> None:
    story = [(0, 45.0), (1, 25.0), (2, 5.0), (3, 41.0), (4, 18.0)]
    for second, depth in story:
        line.tell(now, "slow", now + timedelta(seconds=second), water_depth=depth)
    line.backlog(now, "quick", story)
    columns = "stage, level, severity, worst, count, value, array_length(rings, 1) as rings"
    slow, quick = (line.rows(f"select {columns} from alerts where subject = %s", f"{name}/water_depth") for name in ("slow", "quick"))
    assert slow == quick == [{"stage": "unack", "level": 0, "severity": 3, "worst": 1, "count": 2, "value": 18.0, "rings": 2}]


def test_a_hold_time_survives_a_restart_and_ends_when_it_should(line: Line, config: Config, now: datetime) -> None:
    line.tell(now, "d", now, water_depth=20.0)
    after = Line(configured(config), line.store)
    after.tick(now + timedelta(seconds=59))
    assert after.one("select count(*) from alerts") == 0
    after.tick(now + timedelta(seconds=60))
    assert [(row["level"], row["stage"]) for row in after.rows(ALERT)] == [(0, "unack")]
    assert after.one("select count(*) from rule_waits") == 0


def test_a_graver_level_rings_when_its_own_time_is_over_although_a_milder_one_still_waits(line: Line, now: datetime) -> None:
    line.tell(now, "d", now, water_depth=30.0)
    assert line.rows("select level, due_at from rule_waits order by level") == [
        {"level": 0, "due_at": now + timedelta(seconds=60)},
        {"level": 1, "due_at": now + timedelta(seconds=20)},
    ]
    line.tick(now + timedelta(seconds=20))
    assert [row["level"] for row in line.rows(ALERT)] == [1]
    assert line.one("select count(*) from rule_waits") == 0


def test_what_rings_too_often_flaps_and_returns_only_after_a_while_of_calm(line: Line, now: datetime) -> None:
    at = now
    for _ in range(3):
        for value in (1, 0):
            at += timedelta(seconds=30)
            line.tell(at, "d", at, smoke=value)
    [alert] = line.rows("select stage, flapping, count, cardinality(rings) as rings from alerts where rule = 'smoke'")
    assert alert == {"stage": "unack", "flapping": True, "count": 3, "rings": 3}
    line.tick(at + timedelta(minutes=9, seconds=59))
    assert line.one("select stage from alerts where rule = 'smoke'") == "unack"
    line.tick(at + timedelta(minutes=10))
    assert line.rows("select stage, flapping from alerts where rule = 'smoke'") == [{"stage": "rtn_unack", "flapping": False}]


def test_what_ended_in_between_counts_for_flapping_too(line: Line, now: datetime) -> None:
    at = now
    for _ in range(3):
        at += timedelta(minutes=2)
        line.tell(at, "d", at, smoke=1)
        acknowledge(line, "smoke")
        if not line.one("select flapping from alerts where rule = 'smoke' order by alert_id desc limit 1"):
            line.tell(at + timedelta(seconds=1), "d", at + timedelta(seconds=1), smoke=0)
    rows = line.rows("select stage, flapping, cardinality(rings) as rings from alerts where rule = 'smoke' order by alert_id")
    assert [tuple(row.values()) for row in rows] == [("normal", False, 1), ("normal", False, 2), ("acked", True, 3)]


def test_a_device_that_comes_and_goes_flaps_too_and_is_over_when_it_has_spoken_for_a_while(line: Line, now: datetime) -> None:
    silence = "select stage, flapping, count from alerts where rule = 'silent'"
    at = now
    line.listens(now - timedelta(days=1), now + timedelta(days=1))
    for turn in range(3):
        line.tell(at, "d", at, water_depth=1.0)
        at += timedelta(minutes=6)
        line.tick(at)
        assert line.rows(silence) == [{"stage": "unack", "flapping": turn == 2, "count": turn + 1}]
        at += timedelta(minutes=1)
    line.tell(at, "d", at, water_depth=1.0)
    assert line.rows(silence) == [{"stage": "unack", "flapping": True, "count": 3}]
    for minute in (2, 4, 6, 8):
        line.tell(at + timedelta(minutes=minute), "d", at + timedelta(minutes=minute), water_depth=1.0)
    assert line.one("select stage from alerts") == "unack"
    line.tick(at + timedelta(minutes=10))
    assert line.rows(silence) == [{"stage": "rtn_unack", "flapping": False, "count": 3}]
    assert line.one("select count(*) from rule_waits") == 0


def test_what_was_ended_a_moment_before_it_came_again_is_a_new_alert(line: Line, now: datetime) -> None:
    """Somebody acknowledges the return between the question and the answer: the news is not lost with the row."""
    line.tell(now, "d", now, smoke=1)
    line.tell(now, "d", now + timedelta(seconds=1), smoke=0)
    row = line.rows("select alert_id from alerts")[0]
    line.execute("update alerts set stage = 'normal', ended_at = %s", now)
    with line.store.connection() as connection:
        save(connection, [AlertAgain(row["alert_id"], now + timedelta(seconds=2), 1.0)], now + timedelta(seconds=2))
    stages = line.rows("select stage, title, observed_at from alerts order by alert_id")
    assert [(one["stage"], one["title"], one["observed_at"]) for one in stages] == [
        ("normal", "d 烟感", now), ("unack", "d 烟感", now + timedelta(seconds=2)),
    ]  # fmt: skip


def test_two_workers_racing_on_one_device_ring_once(config: Config, database_url: str, now: datetime) -> None:
    """Each with readings of its own, many times over: one alert, rung once, at the graver of the two levels."""
    store = Store(database_url, connections=4)
    lines = [Line(configured(config), store) for _ in range(2)]
    lines[0].tell(now, "d", now, water_depth=0.0)
    gate = Barrier(2)

    def race(worker: int, line: Line) -> None:
        for turn in range(10):
            gate.wait()
            line.tell(now, "d", now + timedelta(seconds=1 + turn, microseconds=worker), water_depth=45.0 + worker)

    racers = [Thread(target=race, args=(number, line)) for number, line in enumerate(lines)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert lines[0].rows("select stage, level, count from alerts") == [{"stage": "unack", "level": 2, "count": 1}]
    store.close()


def test_a_tick_and_a_reading_that_ring_at_once_are_one_alert_rung_once(line: Line, config: Config, now: datetime) -> None:
    later = now + timedelta(seconds=60)
    for number in range(10):
        line.tell(now, f"d{number}", now, water_depth=20.0)
    gate = Barrier(2)
    other = Line(configured(config), line.store)

    def tick() -> None:
        gate.wait()
        other.tick(later)

    racer = Thread(target=tick)
    racer.start()
    gate.wait()
    body = [(f"city/320404/water/d{number}/telemetry", f'{{"ts": "{later.isoformat()}", "values": {{"water_depth": 20}}}}'.encode())
            for number in range(10)]  # fmt: skip
    line.frames(later, *body)
    racer.join()
    line.tick(later)
    assert line.rows("select count, count(*) as alerts from alerts group by count") == [{"count": 1, "alerts": 10}]
    assert line.one("select count(*) from rule_waits") == 0


def test_a_rule_rings_only_for_the_devices_that_its_words_name(config: Config, database_url: str, now: datetime) -> None:
    store = Store(database_url)
    rules = {"smoke": {**RULES["smoke"], "tags": ["学校"], "devices": ["kj-*"]}}
    line = Line(configured(config, rules), store)
    for device in ("kj-1", "kj-2", "d-3"):
        line.tell(now, device, now, smoke=0)
    with store.connection() as connection:
        for device in ("kj-1", "d-3"):
            devices.register(
                connection, DeviceEntry(device, device, "water", "320404", "none", tags=("学校", "下穿")), now + timedelta(seconds=1)
            )
    later = now + timedelta(seconds=5)
    for device in ("kj-1", "kj-2", "d-3"):
        line.tell(later, device, later, smoke=1)
    assert [row["subject"] for row in line.rows("select subject from alerts")] == ["kj-1/smoke"]
    store.close()


def test_open_alerts_of_a_batch_are_found_by_index(line: Line, now: datetime) -> None:
    """With a hundred thousand open, five hundred devices cost what five hundred rows cost."""
    line.tell(now, "d", now, smoke=1)
    line.execute(
        """insert into alerts (rule, subject, device_id, domain, severity, stage, title, area, observed_at, raised_at, updated_at, respond_by)
           select 'r', 's' || n, (select min(device_id) from devices), 'urban', 3, 'unack', 't', '320404', %s, %s, %s, %s
           from generate_series(1, 5000) n""",
        now, now, now, now,
    )  # fmt: skip
    with line.store.connection() as connection:
        connection.execute("analyze alerts")
        for subjects in ([], ["report:x/y"]):
            of = {"devices": arrays.int4s([-1, -2, -3]), "subjects": subjects}
            plan = "\n".join(row["QUERY PLAN"] for row in connection.execute("explain (costs off) " + sql("facts_alerts"), of))
            assert "Seq Scan" not in plan
            assert "alerts_device_id_idx" in plan
            assert "respond_by" not in plan


def test_a_wait_that_falls_due_while_a_worker_reads_that_it_is_calm_leaves_nothing_ringing(line: Line, now: datetime) -> None:
    line.tell(now, "d", now, water_depth=20.0)
    due, entered, calm = now + timedelta(seconds=61), Barrier(2, timeout=10), Barrier(2, timeout=10)
    other = Line(line.deps.config, line.store)

    def ticks() -> None:
        with line.store.connection() as connection:
            asked = ask(connection, [], due)
            seen.extend(read_due(connection, asked, other.deps.registry).due_waits)
            entered.wait()
            calm.wait()

    seen: list[Any] = []
    tick = Thread(target=ticks)
    tick.start()
    entered.wait()
    assert [state.value for state in seen] == [20.0]
    with line.store.connection() as connection, pytest.raises(LockNotAvailable):
        connection.execute("select from device_states for update nowait")
    calm.wait()
    tick.join()
    with line.store.connection() as connection:
        connection.execute("select from device_states for update")
        with line.store.connection() as second:
            assert list(second.execute(sql("facts_due_waits"), {"now": due, "limit": 10})) == [], "whoever writes it tells what it means"
