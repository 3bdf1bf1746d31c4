"""Deadlines run around the clock: green, yellow from four fifths, red from the moment itself."""

from datetime import datetime, timedelta

import pytest

from core.config import Config
from core.errors import Invalid
from dispatch.deadlines import Light, due_at, light, remaining


def test_a_classs_deadline_is_the_citys(config: Config, now: datetime) -> None:
    assert due_at(config.classes, "0501", now) == now + timedelta(minutes=30)
    with pytest.raises(Invalid):
        due_at(config.classes, "9999", now)


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, Light.GREEN), (79, Light.GREEN), (80, Light.YELLOW), (99, Light.YELLOW), (100, Light.RED), (500, Light.RED)]
)
def test_the_light_follows_the_time_used(now: datetime, minutes: int, shown: Light) -> None:
    assert light(now, now + timedelta(minutes=100), now + timedelta(minutes=minutes)) is shown


def test_what_is_overdue_has_less_than_nothing_left(now: datetime) -> None:
    assert remaining(now, now + timedelta(seconds=5)) == timedelta(seconds=-5)
