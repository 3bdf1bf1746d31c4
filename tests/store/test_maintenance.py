"""A device that stays silent gets a maintenance case: after its limit, once, not behind a gateway that is down, not for our own absence."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from compose import Parts
from core.config import Config
from core.device import DeviceEntry
from core.model import EVERYWHERE, Frame
from duties import maintain
from pipeline import process
from store import cases, devices
from store.acts import Act
from store.lists import Filter
from store.openings import Opening, open_case
from store.rulebook import Rulebook
from store.timescale import Store
from tests.desk import open_desk
from tests.store.test_registry import AREA, City

MINUTE = timedelta(minutes=1)
STEP = 2 * MINUTE
RINGS = 5  # minutes of silence after which a device of one minute rings: four, and the next look
LIMIT = 30  # of the rule; of 水位计 it is 10


class Yard(City):
    """Two gauges behind a box and one beside it; everybody speaks every two minutes unless it is quiet, and somebody listens unless `deaf`."""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        silent = config.rules["silent"].model_copy(
            update={"case_after": LIMIT * MINUTE, "case_after_of": {"水位计": 10 * MINUTE}, "intervals": 4.0}
        )
        self.config = config.model_copy(update={"rules": {**config.rules, "silent": silent}})
        super().__init__(self.config, store, now)
        entry = DeviceEntry("box", "网关", "water", AREA, "none", interval_s=60, owner="水务局")
        for each in (entry, replace(entry, device="a", gateway="box"), replace(entry, device="b", gateway="box")):
            self.put(each)
        self.put(replace(entry, device="c", name="三号井"))
        self.quiet: set[str] = set()
        self.live(4)

    def live(self, minutes: int, *, deaf: bool = False) -> None:
        """Time goes by; the leader looks after devices at every step."""
        until = self.now + minutes * MINUTE
        while self.now < until:
            self.now = min(self.now + STEP, until)
            if deaf:
                continue
            with self.store.connection() as connection:
                connection.execute(
                    "insert into listening (feed, since, until) values ('http-readings', %s, %s) on conflict (feed) do update set until = %s",
                    [self.now - STEP, self.now, self.now],
                )
            talking = sorted({"box", "a", "b", "c"} - self.quiet)
            at = self.now.isoformat()
            body = [{"device": one, "metric": "temperature", "value": 20.0, "observed_at": at} for one in talking]
            process([Frame("http-readings", json.dumps(body).encode(), self.now, "", "areas:320404")], self.now, self.deps)
            self.tend()

    def tend(self) -> None:
        maintain(cast(Parts, self), self.deps.rules, self.now)

    def away(self, minutes: int) -> None:
        """Nobody listens, and then somebody does again: `listening.mark` writes the gap down."""
        gone = self.now
        self.live(minutes, deaf=True)
        with self.store.connection() as connection:
            connection.execute("insert into listening_gaps (feed, since, until) values ('http-readings', %s, %s)", [gone, self.now])
            connection.execute("update listening set since = %s, until = %s, away_since = %s", [self.now, self.now, gone])

    def cases(self) -> list[str]:
        """The device of each maintenance case, in the order they were opened."""
        query = "select d.device from maintenance m join devices d using (device_id) join cases using (case_number) order by m.opened_at, d.device"
        return [row["device"] for row in self.rows(query)]

    def history(self) -> list[str]:
        return [row["act"] for row in self.rows("select act from audit where noun = 'case' order by audit_id")]

    def the_case(self) -> dict[str, Any]:
        [row] = self.rows("select distinct c.* from cases c")
        return row


@pytest.fixture
def yard(config: Config, database_url: str, now: datetime) -> Iterator[Yard]:
    store = Store(database_url)
    yield Yard(config, store, now)
    store.close()


def test_a_case_is_opened_when_the_alert_has_lasted_its_limit_and_says_why(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + LIMIT - 3)
    assert yard.cases() == []
    yard.live(6)
    assert yard.cases() == ["c"]
    case = yard.the_case()
    assert (case["class_code"], case["stage"], case["title"], case["area"]) == ("0601", "reported", "三号井 设备失联", AREA)
    assert case["text"].splitlines()[:2] == ["三号井 c", "水务局"]
    [line] = yard.rows("select actor, act, note from audit where noun = 'case'")
    assert (line["actor"], line["act"], line["note"].partition(" (")[0]) == ("system", "open", "设备失联 > 30m")
    assert case["alert_id"] == yard.rows("select alert_id from alerts where subject = 'c'")[0]["alert_id"]


def test_one_absence_has_one_case_whatever_became_of_it(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + LIMIT + 3)
    with yard.store.connection() as connection:
        cases.act_on_case(
            connection, yard.the_case()["case_number"], Act("void", replace(EVERYWHERE, role="supervisor"), yard.now, "known"), yard.config
        )
    yard.live(2 * LIMIT)
    yard.tend()
    assert yard.cases() == ["c"]
    assert len(yard.rows("select 1 from cases")) == 1


def test_the_return_is_written_into_the_history_once_and_closes_nothing(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + LIMIT + 3)
    yard.quiet = set()
    yard.live(10)
    assert yard.history() == ["open", "device_back"]
    assert yard.the_case()["stage"] == "reported"
    [line] = yard.rows("select note, detail from audit where act = 'device_back'")
    assert (line["detail"]["device"], line["note"].endswith("m")) == ("c", True)


def test_a_second_absence_goes_into_the_open_case_and_gets_its_own_when_that_is_over(yard: Yard) -> None:
    for turn in range(3):
        yard.quiet = {"c"}
        yard.live(RINGS + LIMIT + 3)
        yard.quiet = set()
        yard.live(4)
        if turn == 1:
            with yard.store.connection() as connection:
                connection.execute("update cases set stage = 'closed', closed_at = %s", [yard.now])
    assert yard.history() == ["open", "device_back", "silent_again", "device_back", "open", "device_back"]
    assert len(yard.rows("select 1 from cases")) == 2


def test_its_kind_has_a_limit_of_its_own(yard: Yard) -> None:
    yard.put(DeviceEntry("c", "三号井", "water", AREA, "none", interval_s=60, kind="水位计"))
    yard.quiet = {"c"}
    yard.live(RINGS + 10 + 3)
    assert yard.cases() == ["c"]


def test_without_a_limit_nobody_is_sent(yard: Yard, config: Config) -> None:
    yard.deps = replace(yard.deps, rulebook=Rulebook(config))
    yard.quiet = {"c"}
    yard.live(RINGS + LIMIT + 3)
    assert yard.rows("select subject from alerts where stage = 'unack'") == [{"subject": "c"}]
    assert yard.cases() == []


def test_behind_a_gateway_that_is_down_only_the_gateway_gets_a_case(yard: Yard) -> None:
    yard.quiet = {"box", "a", "b"}
    yard.live(3 * RINGS + 2 * LIMIT)
    assert yard.cases() == ["box"]


def test_who_rang_before_its_gateway_went_down_waits_until_that_is_back_and_has_its_patience(yard: Yard) -> None:
    yard.quiet = {"a"}
    yard.live(RINGS + LIMIT - 10)
    yard.quiet = {"box", "a", "b"}
    yard.live(RINGS + LIMIT + 3)
    assert yard.cases() == ["box"]
    yard.quiet = {"a"}
    yard.live(2)
    assert yard.cases() == ["box"]
    yard.live(RINGS)
    assert yard.cases() == ["box", "a"]


def test_who_falls_silent_behind_a_gateway_is_waited_for_on_its_own_feed_whoever_else_is_deaf(yard: Yard) -> None:
    with yard.store.connection() as connection:
        connection.execute("insert into listening (feed, since, until) values ('other', %s, %s)", [yard.now - MINUTE, yard.now])
    yard.quiet = {"box", "a", "b"}
    yard.live(3 * RINGS)
    yard.quiet = {"a"}
    yard.live(2 * RINGS)
    assert yard.rows("select subject from alerts where stage = 'unack'") == [{"subject": "a"}]


def test_our_own_absence_sends_nobody_and_counts_for_nothing(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + 10)
    yard.away(5 * LIMIT)
    yard.tend()
    assert yard.cases() == [], "the alert stands for hours, ten minutes of it were listened to"
    yard.live(LIMIT - 14)
    assert yard.cases() == []
    yard.live(8)
    assert yard.cases() == ["c"]


def test_who_comes_back_while_we_were_away_is_not_waited_for(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + LIMIT - 4)
    yard.away(LIMIT)
    yard.quiet = set()
    yard.live(LIMIT)
    assert yard.cases() == []


def test_who_is_shelved_is_left_alone_until_that_is_over(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + 5)
    with yard.store.connection() as connection:
        connection.execute("update alerts set hold = 'out_of_service' where subject = 'c'")
    yard.live(2 * LIMIT)
    assert yard.cases() == []
    with yard.store.connection() as connection:
        connection.execute("update alerts set hold = 'none' where subject = 'c'")
    yard.live(2)
    assert yard.cases() == ["c"]


def test_the_case_that_a_person_opened_is_its_case(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + 5)
    [alert] = yard.rows("select alert_id from alerts where subject = 'c'")
    with yard.store.connection() as connection:
        act = Act("open", replace(EVERYWHERE, role="duty", name="duty1"), yard.now)
        open_case(connection, Opening(alert_id=alert["alert_id"]), act, yard.config)
    yard.live(2 * LIMIT)
    assert yard.cases() == ["c"]
    assert yard.history() == ["open", "silent_again"]


@pytest.mark.parametrize(("stage", "history", "count"), [("reported", ["open", "silent_again"], 1), ("closed", ["open", "open"], 2)])
def test_the_case_that_a_person_opened_for_an_earlier_silence_is_its_case_while_it_is_open(
    yard: Yard, stage: str, history: list[str], count: int
) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + 5)
    [alert] = yard.rows("select alert_id from alerts where subject = 'c'")
    with yard.store.connection() as connection:
        act = Act("open", replace(EVERYWHERE, role="duty", name="duty1"), yard.now)
        open_case(connection, Opening(alert_id=alert["alert_id"]), act, yard.config)
    yard.quiet = set()
    yard.live(4)
    assert yard.rows("select stage from alerts where subject = 'c'") == [{"stage": "normal"}]
    with yard.store.connection() as connection:
        connection.execute("update cases set stage = %s", [stage])
    yard.quiet = {"c"}
    yard.live(RINGS + LIMIT + 3)
    assert (yard.cases(), yard.history(), len(yard.rows("select 1 from cases"))) == (["c"], history, count)


def test_who_is_due_is_found_behind_thousands_that_are_not(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + LIMIT - 3)
    with yard.store.connection() as connection:  # they speak once an hour, and their alert came again: none has outlasted its patience
        connection.execute(
            "insert into devices (device, name, domain, area, interval_s, silent_at) "
            "select 'slow' || n, 'x', 'water', %s, 3600, %s from generate_series(1, 2001) n",
            [AREA, yard.now - 180 * MINUTE],
        )
        connection.execute(
            "insert into alerts (rule, subject, device_id, severity, title, domain, area, stage, observed_at, raised_at, updated_at) "
            "select 'silent', device, device_id, 5, 'x', domain, area, 'unack', %(at)s, %(at)s, %(at)s from devices where device like 'slow%%'",
            {"at": yard.now - 240 * MINUTE},
        )
    yard.live(6)
    assert yard.cases() == ["c"]


def test_where_only_a_kind_has_a_limit_nobody_else_is_sent_for(yard: Yard) -> None:
    silent = yard.config.rules["silent"].model_copy(update={"case_after": None})
    yard.deps = replace(yard.deps, rulebook=Rulebook(yard.config.model_copy(update={"rules": {"silent": silent}})))
    yard.put(DeviceEntry("b", "二号井", "water", AREA, "none", interval_s=60, kind="水位计"))
    yard.quiet = {"b", "c"}
    yard.live(RINGS + LIMIT + 3)
    assert yard.cases() == ["b"]


def test_the_ledger_shows_who_waits_for_maintenance(yard: Yard) -> None:
    yard.quiet = {"c"}
    yard.live(RINGS + LIMIT + 3)
    everything = Filter(wanted={"state": "maintenance"})
    with yard.store.connection() as connection:
        [row] = devices.list_devices(connection, EVERYWHERE, everything)
        summary = devices.summarise(connection, EVERYWHERE, Filter())
        shown = devices.get_device(connection, EVERYWHERE, "c")
    assert row["device"] == "c"
    assert row["maintenance_case"] == shown["maintenance_case"] == yard.the_case()["case_number"]
    assert (summary["in_maintenance"], summary["by_owner"][0]["in_maintenance"]) == (1, 1)
    yard.quiet = set()
    yard.live(4)
    with yard.store.connection() as connection:
        connection.execute("update cases set stage = 'closed', closed_at = %s", [yard.now])
        assert devices.list_devices(connection, EVERYWHERE, everything) == []
        assert devices.get_device(connection, EVERYWHERE, "c")["maintenance_case"] is None


def test_a_screens_login_sees_the_cases_of_its_devices_only(
    config: Config, database_url: str, web_database_url: str, now: datetime, tmp_path: Path
) -> None:
    with open_desk(config, database_url, web_database_url, now, tmp_path) as desk:
        yard = Yard(config, desk.store, now)
        yard.quiet = {"c"}
        yard.live(RINGS + LIMIT + 3)
        app = desk.app()
        assert desk.with_token(app, "read").get("/devices?state=maintenance").json["devices"][0]["maintenance_case"]
        assert desk.with_token(app, "read").get("/devices/summary").json["in_maintenance"] == 1
        assert desk.with_token(app, "read", area="320404002").get("/devices/summary").json["in_maintenance"] == 0
