"""The author of the live stream, on a real database: nothing skipped, nothing twice, and the picture equals the tables."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from api.snapshot import read_picture
from core.config import Config
from core.facts import KnownDevice
from core.model import Presence
from projector.project import Overtaken, Projector
from store import change_log, live_rows
from store.facts import presences
from store.live import Hints, Live
from store.timescale import Store
from tests.patience import until

if TYPE_CHECKING:
    from deploy.local.services import Services

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TICK = timedelta(milliseconds=100)
METRICS = ("pm25", "gas", "water_depth", "noise")


class City:
    """Three streets of 5 × 4 cells of 100 m, a device in every fourth; time is told."""

    def __init__(self, url: str, config: Config) -> None:
        self.url, self.config, self.now = url, config, NOON
        self.store = Store(url)
        self.live, self.hints = Live(None), Hints(None)
        with self.store.connection() as c:
            c.execute("insert into areas values ('320404', 'z', 'district', null, 119.9, 31.8, '{}')")
            for street in ("001", "002", "003"):
                c.execute("insert into areas values (%s, 's', 'street', '320404', 119.9, 31.8, '{}')", [f"320404{street}"])
                community = [f"320404{street}001", f"320404{street}"]
                c.execute("insert into areas values (%s, 'c', 'community', %s, 119.9, 31.8, '{}')", community)
            c.execute(
                """insert into cells (cell_code, area, lon, lat, geometry, area_m2) select 'c' || i, '32040400' || 1 + i / 20 || '001',
                   119.9 + 0.00106 * (i % 5) + 0.05 * (i / 20), 31.8 + 0.0009 * (i % 20 / 5), '{}', 10000 from generate_series(0, 59) i"""
            )
            with c.cursor() as cursor:
                cursor.executemany("insert into metrics (metric) values (%s)", [[metric] for metric in METRICS])
            c.execute(
                """insert into devices (device, name, domain, area, lon, lat, placement, cell_id, updated_at)
                   select 'd' || cell_id, 'd', 'urban', area, lon, lat, 'inside', cell_id, %s from cells where cell_id %% 4 = 1""",
                [NOON - timedelta(days=1)],
            )
        self.projector = self.another()

    def another(self) -> Projector:
        return Projector(self.store, self.live, self.hints, self.config)

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self.now += TICK
            self.projector.tick(self.now)

    def read(self, device_id: int, metric: str, value: float | None, quality: int = 0) -> None:
        with self.store.connection() as c:
            c.execute(
                """insert into device_states (device_id, metric_id, quality, value, observed_at, changed_at, updated_at)
                   select %s, metric_id, %s, %s, %s, %s, %s from metrics where metric = %s on conflict (device_id, metric_id)
                   do update set quality = excluded.quality, value = excluded.value, updated_at = excluded.updated_at""",
                [device_id, quality, value, self.now, self.now, self.now, metric],
            )

    def deltas(self, after: int = 0) -> list[tuple[int, str, dict[str, Any]]]:
        with self.store.connection() as c:
            found = c.execute("select sequence, area, payload from live_deltas where sequence > %s order by sequence, area", [after])
            return [(row["sequence"], row["area"], json.loads(row["payload"])) for row in found]

    def snapshot(self) -> dict[str, dict[str, Any]]:
        with self.store.connection() as c:
            return {street: json.loads(part) for street, part in read_picture(c, self.config, self.now).parts.items()}


ALERT = """insert into alerts (rule, subject, device_id, domain, severity, stage, title, area, cell_id, lon, lat,
                               observed_at, raised_at, updated_at)
    select 'gas-high', %s, d.device_id, 'urban', %s, 'unack', 'gas', d.area, d.cell_id, d.lon, d.lat, %s, %s, %s
    from devices d where device_id = %s returning alert_id"""


def raise_alert(c: Any, now: datetime, device_id: int, severity: int = 1, subject: str = "x") -> int:
    """Raise one and write it down, as a worker does; the transaction stays open."""
    row = c.execute(ALERT, [f"{subject}{device_id}", severity, now, now, now, device_id]).fetchone()
    alert_id = int(row["alert_id"])
    change_log.append(c, "alert", {}, change_log.read(c, "alert", [alert_id]), now)
    return alert_id


@pytest.fixture
def city(database_url: str, config: Config) -> Iterator[City]:
    city = City(database_url, config)
    yield city
    city.store.close()


def told_alerts(city: City) -> list[int]:
    return [alert["id"] for _, _, part in city.deltas() for alert in part.get("alerts", ())]


def test_transactions_that_commit_out_of_order_are_all_told_once(city: City) -> None:
    city.tick()
    open_late = psycopg.connect(city.url, row_factory=psycopg.rows.dict_row)
    first = raise_alert(open_late, city.now, 1)  # has the lower number and the older transaction, commits last
    with city.store.connection() as c:
        second = raise_alert(c, city.now, 2)
    city.tick(3)
    assert told_alerts(city) == [second], "a younger transaction does not wait for an older one"
    with city.store.connection() as c:
        third = raise_alert(c, city.now, 3)
    open_late.commit()
    city.tick(3)
    open_late.close()
    assert sorted(told_alerts(city)) == sorted([first, second, third])
    assert first in told_alerts(city)
    numbers = sorted({sequence for sequence, _, _ in city.deltas()})
    assert numbers == list(range(1, len(numbers) + 1)), "no number is left out"


def test_many_interleaved_writers_lose_nothing(city: City) -> None:
    dice, wanted = random.Random(7), []
    writers = [psycopg.connect(city.url, row_factory=psycopg.rows.dict_row) for _ in range(5)]
    for turn in range(60):
        writer = dice.choice(writers)
        wanted.append(raise_alert(writer, city.now, 1 + turn % 15, subject=f"t{turn}/"))
        if dice.random() < 0.5:
            writer.commit()
        city.tick()
    for writer in writers:
        writer.commit()
        writer.close()
    city.tick(2)
    assert sorted(told_alerts(city)) == sorted(wanted)


def test_a_change_that_was_committed_before_a_crash_is_told_by_the_next_projector(city: City) -> None:
    city.tick()
    with city.store.connection() as c:
        alert = raise_alert(c, city.now, 1)
    city.projector = city.another()
    city.tick()
    assert alert in told_alerts(city)


def test_who_was_overtaken_writes_nothing_and_builds_anew(city: City) -> None:
    city.tick()
    old, city.projector = city.projector, city.another()
    with city.store.connection() as c:
        raise_alert(c, city.now, 1)
    city.tick()
    before = city.deltas()
    with city.store.connection() as c:
        raise_alert(c, city.now, 2)
    with pytest.raises(Overtaken):
        old.tick(city.now)
    assert city.deltas() == before
    old.tick(city.now)


def test_without_redis_the_table_tells_which_states_moved(city: City) -> None:
    city.read(1, "pm25", 10)
    city.tick()
    assert city.snapshot()["320404001"]["cells"]["air"][1][0] == 0
    city.read(1, "pm25", 200)
    city.tick(12)
    assert city.snapshot()["320404001"]["cells"]["air"][1][0] == 5


def test_a_state_stamped_before_its_slow_transaction_committed_is_found(city: City) -> None:
    city.read(1, "pm25", 10)
    city.tick(15)
    stamped = city.now
    city.tick(30)
    city.now, present = stamped, city.now
    city.read(1, "pm25", 200)
    city.now = present
    city.tick(12)
    assert city.snapshot()["320404001"]["cells"]["air"][1][0] == 5


def test_hints_over_redis_tell_which_states_moved(city: City, services: "Services") -> None:
    city.live, city.hints = Live(services.redis.url), Hints(services.redis.url)
    city.projector = city.another()
    try:
        until(lambda: city.hints.up, what="hints are heard")
        city.read(1, "pm25", 10)
        city.tick(5)
        city.read(1, "pm25", 200)
        city.live.hint([1])
        until(lambda: city.hints._moved, what="the hint is heard")
        city.tick(4)
        assert city.snapshot()["320404001"]["cells"]["air"][1][0] == 5
    finally:
        city.hints.close()
        city.live.close()


def test_a_cell_without_a_device_near_has_no_class_and_one_with_a_silent_device_is_grey(city: City) -> None:
    city.read(1, "water_depth", 0)
    city.tick()
    cells = city.snapshot()["320404001"]["cells"]["water"]
    assert 0 < len(cells[0]) < 20
    assert set(cells[1]) == {0}
    with city.store.connection() as c:
        c.execute("update devices set silent_at = %s where device_id = 1", [city.now])
        c.execute(
            "insert into change_log (processed_at, area, noun, key, after) values (%s, '320404001001', 'device', 'd1', %s)",
            [city.now, json.dumps({"device_id": 1, "silent_at": city.now.isoformat()})],
        )
    city.tick(4)
    part = city.snapshot()["320404001"]
    assert set(part["cells"]["water"][1]) == {-1}
    assert part["figures"]["silent"] == 1


def test_while_nobody_listens_cells_turn_grey_by_age_and_nobody_is_called_silent(city: City) -> None:
    city.read(1, "water_depth", 0)
    city.tick()
    assert set(city.snapshot()["320404001"]["cells"]["water"][1]) == {0}
    city.now += timedelta(hours=1)
    city.projector = city.another()  # started again after an hour, or looking on all the while: the same
    city.tick(4)
    part = city.snapshot()["320404001"]
    assert set(part["cells"]["water"][1]) == {-1}
    assert (part["figures"]["online"], part["figures"]["silent"]) == (0, 0)
    city.read(1, "water_depth", 0)
    city.tick(12)
    part = city.snapshot()["320404001"]
    assert set(part["cells"]["water"][1]) == {0}
    assert part["figures"]["online"] == 1
    city.now += timedelta(hours=1)
    city.tick(12)
    assert set(city.snapshot()["320404001"]["cells"]["water"][1]) == {-1}


@pytest.mark.parametrize("quality", [1, 2, 5, 6])
def test_a_value_that_is_not_good_is_unknown(city: City, quality: int) -> None:
    city.read(1, "water_depth", 0)
    city.tick()
    city.read(1, "water_depth", 99, quality)
    city.tick(12)
    assert set(city.snapshot()["320404001"]["cells"]["water"][1]) == {-1}


def test_an_open_alert_shows_its_severity_at_its_place_and_leaves_when_it_ends(city: City) -> None:
    city.tick()
    with city.store.connection() as c:
        alert = raise_alert(c, city.now, 1)
    city.tick(4)
    part = city.snapshot()["320404001"]
    assert max(part["cells"]["risk"][1]) == 5
    assert part["figures"]["alerts"]["1"] == 1
    with city.store.connection() as c:
        before = change_log.read(c, "alert", [alert])
        c.execute("update alerts set stage = 'normal', ended_at = %s, version = version + 1 where alert_id = %s", [city.now, alert])
        change_log.append(c, "alert", before, change_log.read(c, "alert", [alert]), city.now)
    city.tick(4)
    part = city.snapshot()["320404001"]
    assert 5 not in part["cells"].get("risk", [[], []])[1]
    assert part["figures"]["alerts"]["1"] == 0
    assert part["alerts"] == []


def test_a_device_that_left_and_came_back_is_online_again(city: City) -> None:
    city.read(1, "pm25", 10)
    city.tick()
    before = city.snapshot()["320404001"]["figures"]["online"]
    device = KnownDevice(1, "d1", "d1", "urban", "320404001001", None, None, None, timedelta(minutes=5))
    seen = []
    for online in (False, True, True, False, True):
        city.tick()
        with city.store.connection() as c:
            presences(c, [Presence("d1", online, city.now)], {"d1": device}, city.now)
        city.tick(4)
        seen.append(before - city.snapshot()["320404001"]["figures"]["online"])
    assert seen == [1, 0, 0, 1, 0]
    with city.store.connection() as c:
        told = c.execute("select after ->> 'presence' as p from change_log where noun = 'device' order by change_id").fetchall()
    assert [row["p"] for row in told] == ["offline", "online", "offline", "online"], "the same word again is no change"


def test_a_quiet_projector_says_that_it_lives_and_a_dead_one_says_nothing(city: City) -> None:
    def alive_at() -> datetime:
        with city.store.connection() as c:
            return live_rows.read_position(c)["told_at"]  # type: ignore[no-any-return]

    city.tick(20)
    told = len(city.deltas())
    city.tick(300)
    assert len(city.deltas()) == told, "nothing happened"
    assert city.now - alive_at() <= timedelta(seconds=1.1)
    city.now += timedelta(hours=1)
    assert city.now - alive_at() >= timedelta(hours=1)


@pytest.mark.parametrize("drills", [0, 1])
def test_a_drill_anywhere_marks_the_picture_whatever_else_is_simulated(city: City, drills: int) -> None:
    with city.store.connection() as c:
        c.execute("update devices set simulated = true")
        c.execute("update devices set drill = true where device_id in (select max(device_id) from devices) and %s = 1", [drills])
        assert live_rows.read_marks(c, NOON) == {"simulated": True, "drill": bool(drills)}


def test_a_snapshot_and_the_deltas_after_it_equal_the_next_snapshot(city: City) -> None:
    dice = random.Random(11)
    for device_id in range(1, 16):
        city.read(device_id, dice.choice(METRICS), dice.uniform(0, 60))
    city.tick()
    picture, after = city.snapshot(), max(sequence for sequence, _, _ in city.deltas())
    for turn in range(40):
        city.read(dice.randint(1, 15), dice.choice(METRICS[:1] if turn % 3 else METRICS), dice.uniform(0, 120))
        if dice.random() < 0.3:
            with city.store.connection() as c:
                raise_alert(c, city.now, dice.randint(1, 15), dice.randint(1, 5), f"law{turn}/")
        city.tick(dice.randint(1, 5))
    city.tick(25)
    for _, street, part in city.deltas(after):
        fold(picture[street], part)
    final = city.snapshot()
    for street, part in final.items():
        assert {k: dict(zip(*v, strict=True)) for k, v in picture[street]["cells"].items()} == {
            k: dict(zip(*v, strict=True)) for k, v in part["cells"].items()
        }
        assert picture[street]["figures"] == part["figures"]
        assert sorted(a["id"] for a in picture[street]["alerts"]) == sorted(a["id"] for a in part["alerts"])


def fold(picture: dict[str, Any], part: dict[str, Any]) -> None:
    """What a screen does with a delta."""
    picture["figures"] = part.get("figures", picture["figures"])
    for measure, (cell_ids, classes) in part.get("cells", {}).items():
        shown = dict(zip(*picture["cells"].get(measure, [[], []]), strict=True))
        shown.update(zip(cell_ids, classes, strict=True))
        picture["cells"][measure] = [list(shown), list(shown.values())]
    for name in ("alerts", "cases", "reports", "incidents"):
        rows = {row["id"]: row for row in picture[name]} | {row["id"]: row for row in part.get(name, ())}
        picture[name] = [row for row in rows.values() if row["stage"] != "normal"]
