"""Alarm figures: many rules over many devices, an act among many open alerts, and a storm with an officer at the desk."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import yaml

from bench import database, desk
from bench.database import Spread, spread
from bench.ingest import METRIC, load_beside
from bench.load import Counts, Load
from bench.ringers import Ringers
from bench.stack import Stack
from deploy.local.places import CHECKOUT

RULES, DEVICES, OPEN, STORM = 2_000, 100_000, 100_000, 20_000
_LIMIT, _BEYOND = 90.0, 99.0  # of the load's metric: what it says itself stays far below
_ACTS = 300
_SETTLE_S = 60.0


_FILL = """
    with places as (select area, cell_id, lon, lat, row_number() over (order by cell_id) as place from cells)
    insert into alerts (rule, subject, domain, class_code, severity, stage, title, value, threshold, area, cell_id, lon, lat,
                        observed_at, raised_at, updated_at, simulated)
    select 'bench-rings', 'fill-' || n || '/noise', 'environment', '0301', 2 + n %% 3, 'unack', '噪声', 99, 90, area, cell_id, lon, lat,
           now(), now(), now(), true
    from generate_series(1, greatest(0, %s - (select count(*) from alerts where stage <> 'normal'))) n
    join places on place = 1 + n %% (select count(*) from cells)"""


@dataclass(frozen=True, slots=True)
class Ruled:
    """Readings at a rate over so many devices, watched by so many rules."""

    counts: Counts
    rows: int
    rings: Spread
    unseen: int


@dataclass(frozen=True, slots=True)
class Stormed:
    """`alerts` rows for `sent` devices that passed a limit, `doubled` of them twice; `paint` input → next paint at the desk meanwhile."""

    sent: int
    alerts: int
    doubled: int
    seconds: float
    paint: Spread
    skipped: str


def with_rules(folder: Path, rules: int = RULES) -> Path:
    """A configuration of so many rules: each device of the load is in the scope of about one in a hundred, and of one that may ring."""
    raw = yaml.safe_load((CHECKOUT / "config.yaml").read_text(encoding="utf-8"))
    words = {
        "kind": "threshold",
        "metric": METRIC,
        "label": "噪声",
        "label_en": "Noise",
        "owner": "bench",
        "reason": "bench",
        "severity": 4,
    }
    raw["rules"]["bench-rings"] = {**words, "above": _LIMIT, "clear": 80, "devices": ["load-*", "storm-*"], "class_code": "0301"}
    for number in range(rules - len(raw["rules"])):
        scope = f"load-*{number % 100:02d}"  # by the last two digits of a device's number
        raw["rules"][f"bench-{number:04d}"] = {**words, "above": 100 + number % 40, "clear": 95, "devices": [scope], "hold": "60s"}
    raw["rules"].pop("noise-night", None)
    file = folder / "bench-config.yaml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return file


def adopt(stack: Stack, devices: int) -> None:
    """Let the platform meet all devices before anything is measured."""
    with database.connect(stack.urls["database_url"]) as connection:
        database.wait_listening(connection, "city", _SETTLE_S)
        url = stack.urls["feed_mqtt_url"]
        for name, count, topic_of in (("adopt", devices, None), ("calm", STORM, _storm_topic)):
            Load(url, rate=6000, seconds=count / 6000 + 0.1, devices=count, connections=4, name=name, topic_of=topic_of).run()
        met = _wait(connection, "select count(*) from device_states s join devices d using (device_id) where d.device ~ '^(load|storm)-'",
                    devices + STORM)  # fmt: skip
        if met < devices + STORM:
            raise TimeoutError(f"{met:,} of {devices + STORM:,} devices adopted after {_SETTLE_S} s")


def measure_rules(stack: Stack, rate: float, seconds: float, devices: int = DEVICES) -> Ruled:
    """`rate` readings a second of `devices`, twenty of them a second beyond a limit."""
    ringers = Ringers(stack.urls["feed_mqtt_url"], stack.urls["database_url"], METRIC, _BEYOND, 20)
    ringers.start()
    counts = load_beside(stack, rate, seconds, devices)
    ringers.finish()
    with database.connect(stack.urls["database_url"]) as connection:
        rows = _wait(connection, "select count(*) from readings where observed_at >= to_timestamp(%s / 1000.0) and value < 90", counts.sent,
                     counts.first_ms)  # fmt: skip
    return Ruled(counts, rows, spread(ringers.latencies_ms), ringers.unseen)


def measure_acts(stack: Stack, open_alerts: int = OPEN, acts: int = _ACTS) -> tuple[int, Spread]:
    """One officer's acknowledging through the API among so many open alerts; returns how many were open and the times."""
    with database.connect(stack.urls["database_url"]) as connection:
        _fill(connection, open_alerts)
        rows = connection.execute(
            "select alert_id, version from alerts where stage = 'unack' order by random() limit %s", [acts]
        ).fetchall()
        count = connection.execute("select count(*) from alerts where stage <> 'normal'").fetchone()
    times = []
    with httpx.Client(base_url=f"{stack.url}/api/v1", headers={"Authorization": f"Bearer {stack.token('act')}"}, timeout=30) as client:
        for alert_id, version in rows:
            began = time.perf_counter()
            answer = client.post(f"/alerts/{alert_id}/acts", json={"act": "acknowledge"}, headers={"If-Match": f'"{version}"'})
            times.append((time.perf_counter() - began) * 1000)
            if answer.status_code not in (200, 412):
                raise RuntimeError(f"{answer.status_code} {answer.text[:300]}")
    return int(count[0]) if count else 0, spread(times)


def measure_storm(stack: Stack, alerts: int = STORM, seconds: float = 60.0) -> Stormed:
    """So many devices pass a limit within a minute, each once, while an officer moves through the desk's queue by keys."""
    load = Load(
        stack.urls["feed_mqtt_url"], rate=alerts / seconds, seconds=seconds, devices=alerts, connections=4, values=(b"99.0",), name="storm",
        topic_of=_storm_topic,
    )  # fmt: skip
    user: Any = stack.seeded["users"]["duty"]
    at_desk = desk.Officer(stack.url, user["name"], user["password"])
    at_desk.start()
    counts = load.run()
    with database.connect(stack.urls["database_url"]) as connection:
        stored = _wait(connection, "select count(*) from alerts where rule = 'bench-rings' and starts_with(subject, 'storm-')", counts.sent)
        twice = connection.execute(
            "select count(*) from (select 1 from alerts where starts_with(subject, 'storm-') group by rule, subject having count(*) > 1) t"
        ).fetchone()
    found = at_desk.finish()
    return Stormed(counts.sent, stored, int(twice[0]) if twice else 0, counts.seconds, spread(found.times_ms), found.skipped)


def _storm_topic(number: int) -> str:
    return f"city/320404{number % 8 + 1:03d}/environment/storm-{number:06d}/telemetry"


def _fill(connection: psycopg.Connection[Any], wanted: int) -> None:
    """Open alerts beside those there are, of devices of their own."""
    connection.execute(_FILL, [wanted])
    connection.execute("analyze alerts")


def _wait(connection: psycopg.Connection[Any], query: str, wanted: int, *values: object) -> int:
    until, found = time.perf_counter() + _SETTLE_S, 0
    while time.perf_counter() < until:
        row = connection.execute(query.encode(), values or None).fetchone()
        found = int(row[0]) if row else 0
        if found >= wanted:
            break
        time.sleep(0.5)
    return found


def rows_of(ruled: Ruled, acts: tuple[int, Spread], storm: Stormed) -> list[tuple[str, str]]:
    """What `make bench` prints."""
    counts = ruled.counts
    same = "equal" if ruled.rows >= counts.sent else f"DIFFER by {counts.sent - ruled.rows:,}"
    lost = storm.sent - storm.alerts
    paint = f"{storm.paint} ({storm.paint.count} keys)" if storm.paint.count else f"not measured: {storm.skipped}"
    rings = f"{ruled.rings} ({ruled.rings.count} alerts, never seen {ruled.unseen})"
    return [
        (
            f"{RULES:,} rules over {DEVICES:,} devices: reading → alert committed",
            f"{rings} at {counts.rate:,.0f} readings/s for {counts.seconds:.0f} s; {counts.sent:,} = {ruled.rows:,} ({same})",
        ),
        (f"one act with {acts[0]:,} open alerts", f"{acts[1]} ({acts[1].count} acts over HTTP)"),
        (f"storm of {storm.sent:,} alerts in {storm.seconds:.0f} s", f"{storm.alerts:,} alerts; lost {lost}, doubled {storm.doubled}"),
        ("the desk during the storm: key → next paint", paint),
    ]
