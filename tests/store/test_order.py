"""Whatever the order and however often messages come: the stored readings and latest states end equal."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.config import Config
from core.model import Frame
from pipeline import Deps, process
from store.timescale import Store
from tests.pipes import deps_of, nowhere

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.fixture
def deps(config: Config, database_url: str) -> Iterator[Deps]:
    store = Store(database_url)
    yield deps_of(config, store, nowhere)
    store.close()


def ending(deps: Deps, batches: list[list[Frame]]) -> list[object]:
    with deps.store.connection() as connection:
        connection.execute(
            "truncate readings, device_states, devices, alerts, rule_waits, device_watch, change_log, rejected, attention cascade"
        )
    deps.registry.forget()
    for batch in batches:
        process(batch, NOW, deps)
    with deps.store.connection() as connection:
        readings = connection.execute(
            "select d.device, observed_at, value from readings join devices d using (device_id) order by 1, 2"
        ).fetchall()
        states = connection.execute(
            "select d.device, s.observed_at, s.value from device_states s join devices d using (device_id) order by 1"
        ).fetchall()
    return [readings, states]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 600)), min_size=1, max_size=14, unique=True),
    seed=st.integers(0, 1000),
)
def test_shuffled_repeated_and_split_batches_end_equal(deps: Deps, told: list[tuple[str, int]], seed: int) -> None:
    frames = [
        Frame(
            "city",
            json.dumps({"ts": (NOW - timedelta(seconds=age)).isoformat(), "values": {"water_depth": age % 40}}).encode(),
            NOW,
            f"city/320404/water/{device}/telemetry",
        )
        for device, age in sorted(told, key=lambda one: -one[1])
    ]
    random = Random(seed)
    muddled = frames + random.sample(frames, len(frames) // 2)
    random.shuffle(muddled)
    cut = random.randint(0, len(muddled))
    assert ending(deps, [frames]) == ending(deps, [muddled[:cut], [], muddled[cut:], muddled[:3]])
