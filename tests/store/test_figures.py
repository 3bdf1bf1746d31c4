"""The figures of the city and of each domain in one answer of the API are those of the tables, counted by questions of a robot's own."""

import json
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from api.snapshot import Supply, compose_snapshot, read_picture
from core.config import Config
from core.model import Scope
from store import change_log
from tests.robot import from_snapshot, from_tables
from tests.told_city import City, raise_alert

DOMAINS = (None, "emergency", "urban", "environment", "water")


@pytest.fixture
def city(database_url: str, config: Config) -> Iterator[City]:
    city = City(database_url, config)
    yield city
    city.store.close()


def live_a_little(city: City) -> None:
    """Devices of every domain, one of them silent and one that signed off; alerts, a drill, a test, cases, reports, an incident."""
    with city.store.connection() as c:
        c.execute("update devices set domain = (array['emergency', 'urban', 'environment', 'water'])[1 + device_id % 4]")
        c.execute("update devices set silent_at = %s where device_id = 3", [city.now])
        c.execute("update devices set presence = 'offline' where device_id = 4")
        alerts = [raise_alert(c, city.now, 1 + n % 12, 1 + n % 5, subject=f"a{n}/") for n in range(14)]
        c.execute("update alerts set domain = d.domain from devices d where d.device_id = alerts.device_id")
        c.execute("update alerts set drill = true where alert_id = %s", [alerts[0]])
        c.execute("update alerts set verdict = 'test' where alert_id = %s", [alerts[1]])
        c.execute("update alerts set stage = 'acked', acked_at = %s where alert_id = any (%s)", [city.now, alerts[5:8]])
        c.execute("update alerts set stage = 'normal', ended_at = %s where alert_id = %s", [city.now, alerts[7]])
        for n, (code, channel) in enumerate((("0502", "hotline"), ("0101", "public"), (None, "collector"))):
            row = "insert into reports (source, external_id, channel, title, class_code, area, placement, observed_at, received_at, processed_at, stage)"
            row += " values ('t', %s, %s, 't', %s, '320404001001', 'inside', %s, %s, %s, 'open')"
            c.execute(row, [str(n), channel, code, city.now, city.now, city.now])
        change_log.append(c, "alert", {}, change_log.read(c, "alert", alerts), city.now)


def test_every_domains_figures_are_those_of_the_tables(city: City, config: Config) -> None:
    for device, value in enumerate((12.0, 47.5, 33.0, 9.0, 61.0), 1):
        city.read(device, "pm25", value)
    live_a_little(city)
    city.tick(12)
    city.projector = city.another()  # built from the tables or told by their changes: the same
    city.tick(2)
    with city.store.connection() as c:
        picture = read_picture(c, config, city.now)
    snapshot = json.loads(compose_snapshot(picture, Scope("duty", ("320404",)), "wall", config, Supply()))
    with psycopg.connect(city.url, row_factory=dict_row, autocommit=True) as database:
        for domain in DOMAINS:
            number, tables = from_tables(database, config, domain, city.now)
            law = from_snapshot(snapshot, config, domain)
            assert number == snapshot["sequence"]
            assert {name: law[name] for name in tables} == pytest.approx(tables), domain
    whole, parts = from_snapshot(snapshot, config, None), [from_snapshot(snapshot, config, domain) for domain in DOMAINS[1:]]
    assert whole["devices_total"] == sum(part["devices_total"] or 0 for part in parts) == 15
    assert whole["alerts_open"] == sum(part["alerts_open"] or 0 for part in parts) != 0
    assert whole["reports_today"] == 1 + sum(part["reports_today"] or 0 for part in parts), "a report without a class is of no domain"
