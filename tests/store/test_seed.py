"""The seed makes a whole district once, marks all of it simulated, opens nothing, and gives the same secrets again; a drill adds its own."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.config import Config
from core.model import EVERYWHERE
from sim import keep
from sim.seed import enrol_drill, seed
from store.timescale import Store
from tests.patience import Stopwatch


def _count(database_url: str, query: str) -> Any:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


@pytest.fixture
def seeded(config: Config, database_url: str, tmp_path: Path) -> dict[str, dict[str, Any]]:
    return seed(config, database_url, area="320404", devices=400, run_dir=tmp_path)


def test_a_district_is_made_once_and_found_again(
    seeded: dict[str, dict[str, Any]], config: Config, database_url: str, tmp_path: Path
) -> None:
    assert set(seeded["tokens"]) == {"feed", "read", "act", "admin", "screen", "meeting"}
    assert set(seeded["users"]) == {
        "wall", "leader", "duty", "supervisor", "dispatcher", "handler", "grid_worker", "admin", "security_admin", "auditor",
    }  # fmt: skip
    watch = Stopwatch()
    assert seed(config, database_url, area="320404", devices=400, run_dir=tmp_path) == seeded
    watch.within(2, "finding it again")
    devices = _count(database_url, "select count(*) from devices")
    assert 350 < devices < 500
    assert _count(database_url, "select count(*) from devices where simulated and placement = 'inside' and cell_id is not null") == devices
    assert _count(database_url, "select count(*) from device_watch") == devices
    assert _count(database_url, "select count(distinct domain) from devices") == 4
    rivers = _count(database_url, "select count(*) from devices where model = 'river'")
    assert _count(database_url, "select count(*) from device_levels where value in (4.3, 4.8)") == 2 * rivers > 0
    assert _count(database_url, "select count(*) from enterprises where simulated and risk is not null and lon is not null") == 18
    # every duty grid has its worker, and the visitor's is one of them with a password of its own
    assert _count(database_url, "select count(*) from duty_grids where worker_id is null") == 0
    staff = keep.read_json(tmp_path / keep.STAFF)
    human = seeded["users"]["grid_worker"]["name"]
    assert human == staff["human"]["login"]
    assert human not in {worker["name"] for worker in staff["workers"]}
    assert_organised(database_url, staff)
    assert_furnished(database_url)
    # the past is over: nothing open, nothing that rings
    assert _count(database_url, "select count(*) from alerts where stage <> 'normal'") == 0
    assert _count(database_url, "select count(*) from cases where stage <> 'closed'") == 0
    assert _count(database_url, "select count(*) from reports where not (history and simulated)") == 0
    assert _count(database_url, "select count(*) from alerts") > 10
    # the files of secrets are the owner's
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in (keep.SEED, keep.STAFF, keep.PLAN)} == {0o600}
    assert json.loads((tmp_path / keep.SEED).read_text())["tokens"] == seeded["tokens"]
    store = Store(database_url)
    try:
        with store.scoped(EVERYWHERE) as connection:
            query = "select name from device_metrics join metrics using (metric_id) where metric = 'a34004-rtd'"
            assert {row["name"] for row in connection.execute(query)} == {"pm25"}
    finally:
        store.close()


def assert_organised(database_url: str, staff: dict[str, Any]) -> None:
    """A tree with people in it, somebody on shift in every street, nights without anybody to be seen, and nobody plays the visitor."""

    def count(query: str) -> Any:
        return _count(database_url, query)

    assert count("select count(*) from units where parent_id is null") == 1
    assert count("select count(*) from units where kind = 'department'") == 8
    assert count("select count(*) from accounts where unit_id is null and role <> 'wall'") == 0
    assert count("select count(distinct left(area, 9)) from rosters") == count("select count(*) from areas where level = 'street'")
    nights = count(
        "select count(*) from duty_grids g where not exists (select from rosters r where r.duty_grid = g.code and r.shift = 'night')"
    )
    assert nights in (2, 3), "two gaps to be seen, and the visitor's own grid"
    human = count(f"select account_id from accounts where login = '{staff['human']['login']}'")
    assert str(human) not in staff["accounts"], "nobody plays the visitor"
    assert set(staff["units"].values()) <= {one["name"] for one in staff["crew"]}
    assert count("select count(*) from substitutions") == 1
    assert count("select count(*) from patrol_plans") == 15


def assert_furnished(database_url: str) -> None:
    """Two screens with their links, scenes in turn on one of them, routing rules to units that there are, a standard for every class."""

    def rows(query: str) -> Any:
        with psycopg.connect(database_url) as connection:
            return connection.execute(query).fetchall()

    assert rows("select name, playlist_id is not null, taken from screens order by name") == [
        ("会商室屏", True, False),
        ("指挥大厅主屏", False, True),
    ]
    assert _count(database_url, "select count(*) from scenes") == 5
    assert rows("select rule, lead_unit is not null from routing_rules order by rule") == [
        ("gas", True),
        ("noise-at-night", True),
        ("waterlogging", True),
    ]
    assert rows("select distinct unit from class_standards order by unit") == [("urgent_hours",), ("work_hours",)]
    assert _count(database_url, "select count(*) from class_standards") == 15


def assert_drilled(config: Config, database_url: str, tmp_path: Path) -> None:
    """A drill has devices of its own, all marked, and can be ordered again."""
    before = _count(database_url, "select count(*) from devices")
    many = enrol_drill(config, database_url, "rainstorm", tmp_path)
    assert many == enrol_drill(config, database_url, "rainstorm", tmp_path) > 5
    assert _count(database_url, "select count(*) from devices") == before + many
    assert _count(database_url, "select count(*) from devices where drill and simulated and name like '%（演练）%'") == many
    assert _count(database_url, "select count(*) from devices where drill and gateway like 'gw-%-drill'") > 0
    with pytest.raises(ValueError, match="a drill needs a scenario"):
        enrol_drill(config, database_url, "", tmp_path)
