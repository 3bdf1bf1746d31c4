"""Rules on levels that have a name, through the whole pipeline: each device has its own, some hold in a season only."""

from datetime import timedelta

import pytest

from core.device import DeviceEntry
from core.device_levels import DeviceLevel
from store import devices
from tests.gauge import HOUR, MINUTE, NOON, WITH
from tests.gauge import gauge as gauge

RIVER = {"kind": "named_level", "metric": "water_level", "levels": [
    {"named": "汛限水位", "severity": 4, "above": 0, "clear": -0.05}, {"named": "警戒水位", "severity": 3, "above": 0, "clear": -0.1},
    {"named": "保证水位", "severity": 2, "above": 0}]}  # fmt: skip
SUSONG = (DeviceLevel("water_level", "警戒水位", 19.8), DeviceLevel("water_level", "保证水位", 22.42))


def test_susong_rings_as_1_40_m_above_warning_and_eases_when_the_water_falls(gauge: WITH) -> None:
    river = gauge(own=SUSONG, **RIVER)
    assert river.tell(19.7) == []
    assert river.tell(21.2) == [("unack", 3)]
    assert river.rows("select title, value, threshold from alerts") == [{"title": "站 超警戒 1.40 m", "value": 21.2, "threshold": 19.8}]
    assert river.tell(22.5) == [("unack", 2)]
    assert river.one("select title from alerts") == "站 超保证 0.08 m"
    assert river.tell(22.0) == [("unack", 3)]
    assert river.tell(19.75) == [("unack", 3)]
    assert river.tell(19.6) == [("rtn_unack", 3)]


def test_a_reservoirs_limit_is_that_of_the_season_and_ends_with_its_last_day_in_the_city(gauge: WITH) -> None:
    plan = (DeviceLevel("water_level", "汛限水位", 91.0, ("04-15", "07-15")), DeviceLevel("water_level", "汛限水位", 95.0))
    reservoir = gauge(every=HOUR, own=plan, **RIVER)
    assert reservoir.tell(90.81) == []
    assert reservoir.tell(91.2) == [("unack", 4)]
    assert reservoir.one("select title from alerts") == "站 超汛限 0.20 m"
    reservoir.now = NOON + 12 * HOUR + MINUTE  # past midnight in Changzhou: 07-16
    assert reservoir.tell(91.2) == [("rtn_unack", 4)]


def test_a_device_without_levels_is_left_alone_and_new_levels_hold_with_the_next_reading(gauge: WITH) -> None:
    river = gauge(**RIVER)
    assert river.tell(99.0) == []
    entry = DeviceEntry("d", "站", "water", "320404001001", "none", interval_s=60, levels=SUSONG)
    with river.store.connection() as connection:
        devices.register(connection, entry, river.now + timedelta(seconds=1))
    assert river.tell(21.2) == [("unack", 3)]


@pytest.mark.parametrize("how", ["withdrawn", "season"])
def test_what_rang_by_a_level_that_no_longer_holds_is_over_with_the_next_reading(gauge: WITH, how: str) -> None:
    river = gauge(own=SUSONG if how == "withdrawn" else (DeviceLevel("water_level", "警戒水位", 19.8, ("04-15", "07-15")),), **RIVER)
    assert river.tell(21.2) == [("unack", 3)]
    if how == "withdrawn":
        entry = DeviceEntry("d", "站", "water", "320404001001", "none", interval_s=60, levels=())
        with river.store.connection() as connection:
            devices.register(connection, entry, river.now + timedelta(seconds=1))
    else:
        river.now = NOON + 12 * HOUR + MINUTE  # past midnight in Changzhou: 07-16
    assert river.tell(None) == [("unack", 3)]
    assert river.tell(21.2) == [("rtn_unack", 3)]
