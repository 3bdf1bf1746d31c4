"""A device that stays silent gets a maintenance case: after its limit, once, closed by nobody but people."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from core.config import Config
from core.device import DeviceEntry
from core.model import EVERYWHERE
from store import cases, devices
from store.acts import Act
from store.lists import Filter
from store.openings import Opening, open_case
from store.rulebook import Rulebook
from tests.desk import open_desk
from tests.store.test_registry import AREA
from tests.yard import LIMIT, MINUTE, RINGS, Yard
from tests.yard import yard as yard


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
