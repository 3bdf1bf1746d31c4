"""Laws of the HJ 212 code list: complete, in two languages, and never claiming a unit it cannot know."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from core.codes.hj212 import commands, described, quantities, quantity, systems
from core.units import conversion
from ingest.decode.hj212 import HOST_ONLY, NOTICES, WITHOUT_DATA


@pytest.fixture
def facts(shared: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((shared.parent / "reference" / "hj212_codes.yaml").read_text(encoding="utf-8"))
    return loaded


def test_every_factor_of_the_facts_is_known(facts: dict[str, Any]) -> None:
    rows = [row for kind in ("water", "air", "air_extra", "noise") for row in facts[kind]]
    assert len(rows) == len(quantities()) == 197
    for row in rows:
        found = quantity(row["code"])
        assert found is not None, row
        assert found.code == row["code"]
        assert found.old_code == (row.get("old_code") or "")
        assert bool(found.emission_unit) == bool(row.get("emission_unit")), row
        assert bool(found.unit) == (row["unit"] not in (None, "无量纲")), row


def test_every_system_and_command_is_known(facts: dict[str, Any]) -> None:
    assert set(systems()) == {row["code"] for kind in ("st_codes", "st_codes_2025_new") for row in facts[kind]}
    assert set(commands()) == {row["code"] for kind in ("cn_codes", "cn_codes_2025_new") for row in facts[kind]}
    for row in facts["cn_codes"]:
        assert commands()[row["code"]].direction == row["direction"], row


def test_every_name_stands_in_both_languages() -> None:
    named = [(each.label, each.label_en) for each in quantities().values()] + [(each.label, each.label_en) for each in commands().values()]
    assert all(label and label_en and label_en.isascii() for label, label_en in (*named, *systems().values()))


def test_the_receiver_refuses_exactly_what_only_a_host_may_ask() -> None:
    down = {code for code, command in commands().items() if command.direction == "down"}
    assert down | {"1014"} == HOST_ONLY
    assert set(commands()) >= (NOTICES | WITHOUT_DATA | HOST_ONLY)


@pytest.mark.parametrize(
    ("old", "new"), [("011", "w01018"), ("B01", "w00000"), ("b01", "w00000"), ("02", "a21026"), ("S01", "a19001"), ("O3", "a05024")]
)
def test_codes_of_2005_lead_to_the_same_factor(old: str, new: str) -> None:
    found = quantity(old)
    assert found is not None
    assert found.code == new


@pytest.mark.parametrize(
    ("metric", "label", "label_en", "unit"),
    [
        ("a34004-avg.hour", "PM2.5 小时平均值", "PM2.5, hourly mean", ""),
        ("w01018-rtd", "化学需氧量 实时值", "COD, real time", "mg/L"),
        ("w01018-cou.day", "化学需氧量 日累计值", "COD, daily total", "kg"),
        ("011-rtd", "化学需氧量 (011) 实时值", "COD (011), real time", "mg/L"),
        ("sb1-rt", "设备1 运行小时数", "Equipment 1, hours run", "h"),
        ("w01019-i12001-info", "高锰酸盐指数 i12001 现场端信息", "Permanganate index i12001, information", ""),
    ],
)
def test_a_metric_of_the_wire_can_be_named(metric: str, label: str, label_en: str, unit: str) -> None:
    assert described(metric) == (label, label_en, unit)


@pytest.mark.parametrize("metric", ["pm25", "ele01-rtd", "a34004", "battery", "a34004-flagx", "-rtd", ""])
def test_private_codes_and_names_of_other_wires_stay_as_they_are(metric: str) -> None:
    assert described(metric) is None


def test_no_unit_is_claimed_where_devices_differ_from_the_table() -> None:
    """The trap: the table says ng/m³ for PM and mg/m³ for SO₂, devices send µg/m³."""
    for code in ("a34001", "a34002", "a34004", "a34005", "a21026", "a21004", "a05024"):
        found = described(f"{code}-rtd")
        assert found is not None
        assert found.unit == ""
        assert conversion(quantities()[code].unit, "µg/m³") is not None
