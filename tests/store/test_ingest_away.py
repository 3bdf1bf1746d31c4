"""The platform's own absence: one alert in the ordinary life cycle, audited, told to walls, whoever was dead meanwhile."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.listening import SUBJECT
from alerts.rules import arrange_config
from compose import Parts
from core.config import Config
from core.model import EVERYWHERE
from duties import watch_ingest
from store import listening
from store.acts import Act
from store.alerts import act_on_alert
from store.rulebook import Rulebook
from store.timescale import Store

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


class Platform:
    """Ears that are open or not, and the leader who looks at them."""

    def __init__(self, config: Config, store: Store) -> None:
        self.parts: Any = Parts(Rulebook(config), None, store, None, None)  # type: ignore[arg-type]  # the leader needs no more here
        self.rules = arrange_config(config)

    def hear(self, at: datetime, *feeds: str) -> None:
        with self.parts.store.connection() as c:
            listening.mark(c, feeds, at)

    def look(self, at: datetime) -> None:
        watch_ingest(self.parts, self.rules, at)

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.parts.store.connection() as c:
            return list(c.execute(query))

    @property
    def alerts(self) -> list[tuple[str, str, int, float]]:
        rows = self.rows("select subject, stage, count, value from alerts order by alert_id")
        return [(row["subject"], row["stage"], row["count"], row["value"]) for row in rows]


@pytest.fixture
def platform(config: Config, database_url: str) -> Iterator[Platform]:
    store = Store(database_url)
    yield Platform(config, store)
    store.close()


def test_an_hour_without_ears_is_one_alert_that_returns_with_them(platform: Platform, now: datetime) -> None:
    platform.hear(now, "city", "hj212", "http-readings")
    for second in range(0, 3600, 20):
        platform.look(now + second * SECOND)
    assert platform.alerts == [(SUBJECT, "unack", 1, 59.7)]
    platform.hear(now + HOUR, "city", "hj212", "http-readings")
    platform.look(now + HOUR + SECOND)
    platform.look(now + HOUR + 2 * SECOND)
    assert platform.alerts == [(SUBJECT, "rtn_unack", 1, 60.0)]
    [row] = platform.rows("select observed_at, returned_at, title, area from alerts")
    assert row == {"observed_at": now, "returned_at": now + HOUR + SECOND, "title": "接入中断", "area": "320404"}
    audit = platform.rows("select act, actor, stage_from, stage_to, detail from audit order by audit_id")
    assert [(line["act"], line["actor"], line["stage_from"], line["stage_to"]) for line in audit] == [
        ("raise", "system", None, "unack"), ("return", "system", "unack", "rtn_unack"),
    ]  # fmt: skip
    assert audit[1]["detail"]["minutes"] == 60.0
    assert len(platform.rows("select from change_log where noun = 'alert' and after->>'subject' = 'platform/ingest'")) >= 2


def test_everything_killed_and_started_again_is_told_though_nobody_was_there_to_ring(platform: Platform, now: datetime) -> None:
    platform.hear(now, "city")
    platform.hear(now + HOUR, "city")  # the worker was up before any leader
    for second in range(1, 6):
        platform.look(now + HOUR + second * SECOND)
        platform.hear(now + HOUR + second * SECOND, "city")
    assert platform.alerts == [(SUBJECT, "rtn_unack", 1, 60.0)]


def test_the_next_absence_before_anybody_saw_the_first_is_counted_on_it(platform: Platform, now: datetime) -> None:
    for hour in (0, 1, 2):
        platform.hear(now + hour * HOUR, "city")
        platform.look(now + hour * HOUR)
        platform.look(now + hour * HOUR + SECOND)
    assert platform.alerts == [(SUBJECT, "rtn_unack", 2, 60.0)]


def test_acknowledged_it_ends_with_the_absence_and_the_next_is_another(platform: Platform, now: datetime) -> None:
    platform.hear(now, "city")
    platform.look(now + MINUTE)
    with platform.parts.store.connection() as c:
        act_on_alert(c, 1, Act("acknowledge", EVERYWHERE.__class__("duty", ("",), name="值班员"), now + MINUTE))
    platform.hear(now + 2 * MINUTE, "city")
    platform.look(now + 2 * MINUTE)
    platform.look(now + 4 * MINUTE)
    assert [(stage, count) for _, stage, count, _ in platform.alerts] == [("normal", 1), ("unack", 1)]


def test_a_restart_within_half_a_minute_and_a_feed_no_longer_configured_ring_nothing(platform: Platform, now: datetime) -> None:
    platform.hear(now, "city", "gone")
    platform.hear(now + 25 * SECOND, "city")
    platform.look(now + 26 * SECOND)
    platform.hear(now + 35 * SECOND, "city")
    with platform.parts.store.connection() as c:
        assert listening.forget(c, platform.parts.config.feeds) == 1
    assert platform.alerts == []
