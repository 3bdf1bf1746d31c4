"""A flooded road: gauges and calls at so many metres from it, rounds of the leader, and what an officer does with the incident."""

from typing import Any

import pytest
from flask import Flask

from alerts.correlate import correlate, horizon
from store import correlation, incident_sums
from tests.desk import NORTH, Desk, Person

METRE = 1 / 111_320
ROAD = {"class_code": "0502", "lon": 119.905, "lat": 31.785}


def at(metres: float, **more: Any) -> dict[str, Any]:
    """So many metres north of the flooded road."""
    return {**ROAD, "lat": 31.785 + metres * METRE, **more}


def call(desk: Desk, number: int, metres: float = 0, **more: Any) -> int:
    return desk.report(**at(metres, external_id=f"c{number}", title=f"来电{number}", **more))


def gauge(desk: Desk, number: int, metres: float = 0, **more: Any) -> int:
    words = {"subject": f"g{number}/water_level", "title": f"{number}号水位超限", "severity": 3, "domain": "water"}
    return desk.alert(**at(metres, **words, **measured(desk, number), **more))


def measured(desk: Desk, number: int) -> dict[str, Any]:
    """The device and the quantity of a gauge."""
    with desk.store.connection() as connection:
        device = connection.execute(
            "insert into devices (device, name, domain, area) values (%s, %s, 'water', %s) on conflict (device) do update set name = excluded.name "
            "returning device_id", [f"g{number}", f"{number}号水位计", f"{NORTH}001"],
        ).fetchone()  # fmt: skip
        metric = connection.execute(
            "insert into metrics (metric, label, unit) values ('water_level', '水位', 'm') on conflict (metric) do update set unit = excluded.unit "
            "returning metric_id",
        ).fetchone()
    assert device is not None
    assert metric is not None
    return {**device, **metric}


def work(desk: Desk) -> None:
    """A round of the leader."""
    since = horizon(desk.now, desk.config.incidents)
    with desk.store.connection() as connection:
        pending = correlation.read_pending(connection, desk.config, since, desk.now)
        known = correlation.read_open(connection, desk.config, since, desk.now)
        correlation.apply(connection, correlate(pending, known, desk.config.incidents), desk.config, desk.now)
    with desk.store.connection() as connection:
        incident_sums.follow_parts(connection, desk.config, desk.now)


def incidents(desk: Desk) -> list[dict[str, Any]]:
    return desk.rows("select * from incidents order by incident_id")


def act(person: Person, incident_id: int, name: str, **fields: Any) -> Any:
    return person.post(f"/incidents/{incident_id}/acts", {"act": name, **fields})


@pytest.fixture
def duty(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "duty1")
