"""The table of classes that go together: in its short form and its long one, and what is wrong with it."""

from datetime import timedelta
from typing import Any

import pytest

from core.config import parse
from core.errors import ConfigError
from core.incident_config import IncidentConfig, Reach


def read(**section: Any) -> IncidentConfig:
    return IncidentConfig.model_validate({"radius_m": 300, "window": "30m", **section})


def test_the_old_form_is_a_row_with_the_sections_own_reach() -> None:
    table = read(compatible=[["0502", "0505"]]).table([])
    assert table["0502"]["0505"] == table["0505"]["0502"] == Reach(300, timedelta(minutes=30), "compatible")


def test_a_row_has_a_reach_of_its_own_and_a_class_alone_means_itself() -> None:
    table = read(compatible=[{"classes": ["0502", "0505"], "radius_m": 500, "window": "60m"}, {"classes": ["0501"], "radius_m": 50}]).table(
        ["0101"]
    )
    assert table["0502"]["0505"] == Reach(500, timedelta(minutes=60), "compatible")
    assert table["0502"]["0502"] == table["0101"]["0101"] == Reach(300, timedelta(minutes=30), "same")
    assert table["0501"]["0501"] == Reach(50, timedelta(minutes=30), "same")


def test_the_widest_knows_every_row_and_the_least_exact_channel() -> None:
    config = read(
        compatible=[{"classes": ["0502", "0505"], "radius_m": 500}, {"classes": ["0501"], "window": "2h"}], spread_m={"hotline": 150}
    )
    assert config.widest == Reach(650, timedelta(hours=2), "same")
    assert config.families == (("0502", "0505"),)


@pytest.mark.parametrize(("section", "path"), [
    ({"compatible": [["0502", "9999"]]}, "incidents.compatible.0"),
    ({"compatible": [{"classes": ["0502", "9999"]}]}, "incidents.compatible.0"),
    ({"compatible": [["0502", "0505"], {"classes": ["0505", "0502"], "radius_m": 10}]}, "incidents.compatible.1"),
    ({"compatible": [{"classes": ["0502"], "radius": 5}]}, "incidents.compatible.0.radius"),
    ({"compatible": [{"classes": []}]}, "incidents.compatible.0.classes"),
    ({"spread_m": {"phone": 5}}, "incidents.spread_m.phone.[key]"),
    ({"spread_m": {"hotline": -5}}, "incidents"),
])  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(shipped: dict[str, Any], section: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse({**shipped, "incidents": section}, "test")
    assert path in {problem.path for problem in refused.value.problems}, refused.value
