"""A storm of alerts while each part is killed by -9: every device that passed a limit has one alert, and every alert reached the screens once.

What a killed broker had not saved is another test's (`test_nothing_lost`): here it is ended by SIGTERM, as `make stop` does.
"""

import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
import yaml

from bench.load import Load
from tests.faults.test_nothing_lost import connected, rows
from tests.patience import until
from tests.stack import ROOT, Stack

RATE, AT_MOST_S = 250, 24  # what a crowded machine can still take in
RINGS = {
    "kind": "threshold", "metric": "noise", "above": 90, "clear": 80, "severity": 3, "class_code": "0301", "label": "噪声", "label_en": "Noise",
    "owner": "环保", "reason": "90 dB(A)",
}  # fmt: skip


@pytest.fixture
def stormy(stack: Stack, tmp_path: Path) -> Stack:
    """With one rule more, that every message of the load passes."""
    raw = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    raw["rules"]["storm"] = RINGS
    raw["rules"].pop("noise-night", None)  # of the same metric
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    stack.environment["YIPING_CONFIG"] = str(file)
    return stack


def one(stack: Stack, query: str) -> int:
    with psycopg.connect(stack.environment["YIPING_DATABASE_URL"]) as connection:
        found = connection.execute(query.encode()).fetchone()
        assert found
        return int(found[0])


def kill_each_part(stack: Stack) -> None:
    """One after the other while it storms. What is needed to be back is waited for: on a slow disk the database alone takes ten seconds."""
    services = stack.services
    for part in ("worker", "jobs", "edge", "web"):
        blow()
        stack.kill(part)
        stack.start(part)
    connected(stack, "worker")
    stack.ready()
    services.postgres.stop("immediate")
    blow()
    services.postgres.start()
    services.redis.kill()
    services.redis.start()
    blow()
    # The broker forgets shared subscriptions at its restart: while no worker lives, what it confirms then is lost (docs/performance.md).
    restarted = datetime.now(UTC)
    services.mosquitto.terminate()
    services.mosquitto.start()
    connected(stack, "worker", since=restarted)
    stack.kill("worker")
    stack.start("worker")
    blow()


def blow() -> None:
    """The storm goes on for a second: what is measured here is what the parts did with it."""
    time.sleep(1)


@pytest.mark.timeout(360)
def test_a_storm_while_each_part_is_killed_loses_no_alert_and_doubles_none(stormy: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack, services = stormy, stormy.services
    stack.start("worker", "jobs", "web", "edge")
    connected(stack, "worker")
    stack.ready()
    topic, over = "city/32040400{street}/environment/storm-{number:05d}/telemetry", Event()
    load = Load(
        services.mosquitto.feed_url, rate=RATE, seconds=AT_MOST_S, devices=RATE * AT_MOST_S, connections=4, metric="noise", values=(b"99.0",),
        topic_of=lambda number: topic.format(street=number % 9 + 1, number=number), stop=over,
    )  # fmt: skip
    publisher = Thread(target=load.run, daemon=True)
    publisher.start()
    kill_each_part(stack)
    over.set()
    publisher.join(120)
    assert not publisher.is_alive()
    sent = load.counts.sent
    assert load.counts.acked == sent
    # A killed worker's place at the broker is taken over when its lease ends: what queued there comes after what was said last.
    until(lambda: rows(stack, "storm-") >= sent, 120, "every reading is stored")
    alerts = one(stack, "select count(*) from alerts where rule = 'storm'")
    subjects = one(stack, "select count(distinct subject) from alerts where rule = 'storm'")
    rings = one(stack, "select coalesce(sum(count), 0) from alerts where rule = 'storm'")
    raised = "select count(distinct key) from change_log where noun = 'alert' and before is null"
    until(lambda: one(stack, raised) >= alerts, what="every raising is in the change log")
    told = """select count(distinct a.id) from live_deltas, jsonb_to_recordset(payload::jsonb -> 'alerts') as a(id bigint, rule text)
              where a.rule = 'storm'"""
    until(lambda: one(stack, told) >= alerts, what="every alert was told to the screens")
    with capsys.disabled():
        print(f"\n  storm: {sent:,} devices passed a limit in {load.counts.seconds:.0f} s → {alerts:,} alerts of {subjects:,} devices; "
              f"lost {sent - subjects}, doubled {alerts - subjects}, counted again {rings - alerts}")  # fmt: skip
    assert sent == subjects == alerts == rings
