"""The author of the live stream, on a real database: nothing skipped, nothing twice, and the picture equals the tables."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from core.config import Config
from projector.project import Overtaken
from store import live_rows
from store.live import Hints, Live
from tests.patience import until
from tests.told_city import METRICS, City, raise_alert

if TYPE_CHECKING:
    from deploy.local.services import Services


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
