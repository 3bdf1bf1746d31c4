"""A backtest over stored readings rings as the pipeline rang when they came, and tells it over HTTP; it is stopped without lying."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.config import Config
from core.errors import Invalid
from store import backtest
from store.backtest import Asked, Played
from store.rulebook import Rulebook
from store.timescale import Store
from tests.desk import Desk
from tests.few_rules import with_few
from tests.store.test_pipeline import Line

MINUTE = timedelta(minutes=1)
# Minutes of road water: beyond 15 for half a minute rings, below 10 clears.
WAVE = (3, 16, 8, 17, 14, 9, 26, 27, 12, 4, 16, None, 3)
WET = {
    "kind": "threshold",
    "label": "积水",
    "label_en": "Water",
    "metric": "water_depth",
    "above": 15,
    "clear": 10,
    "hold": "30s",
    "severity": 3,
}
DEEP = {
    "kind": "threshold", "label": "积水", "label_en": "Water", "metric": "water_depth", "hold": "30s",
    "levels": [{"above": 15, "clear": 10, "severity": 3}, {"above": 25, "clear": 20, "severity": 1, "hold": "0s"}],
}  # fmt: skip


@pytest.fixture
def line(config: Config, database_url: str) -> Iterator[Line]:
    store = Store(database_url)
    yield Line(with_few(config, wet=WET, deep=DEEP), store)
    store.close()


def tell_wave(line: Line, now: datetime, device: str, shift: float = 0) -> datetime:
    """A reading each minute, and a tick between two of them."""
    for number, value in enumerate(WAVE):
        at = now + number * MINUTE
        line.tell(at, device, at, water_depth=None if value is None else value + shift)
        line.tick(at + MINUTE / 2)
    return now + len(WAVE) * MINUTE


def play(line: Line, rule: str, since: datetime, until: datetime, told: Any = lambda done, all_: True, **words: Any) -> Played:
    config = line.deps.config
    asked = Asked(rule, config.rules[rule].model_copy(update=words), since, until, config, Rulebook(config).known.rules)
    with line.store.connection() as connection:
        return backtest.play(connection, asked, until, told)


@pytest.mark.parametrize("rule", ["wet", "deep"])
def test_it_rings_when_the_pipeline_rang(line: Line, now: datetime, rule: str) -> None:
    until = tell_wave(line, now, "a")
    live = line.rows(
        "select processed_at as at, after->>'stage' as stage, before->>'stage' as was from change_log "
        "where noun = 'alert' and after->>'rule' = %s order by change_id",
        rule,
    )
    began = [row["at"] for row in live if row["stage"] == "unack" and row["was"] in (None, "rtn_unack")]
    ended = [row["at"] for row in live if row["stage"] == "rtn_unack" and row["was"] == "unack"]
    played = play(line, rule, now, until)
    assert len(began) == 4
    assert [ring.since for ring in played.rings] == began
    assert [ring.until for ring in played.rings if ring.until] == ended
    assert play(line, rule, now, until).rings == played.rings


def test_only_devices_in_the_scope_of_the_rule_are_played(line: Line, now: datetime) -> None:
    for device in ("a", "b"):
        until = tell_wave(line, now, device)
    assert {ring.device for ring in play(line, "wet", now, until).rings} == {"a", "b"}
    one = play(line, "wet", now, until, devices=("b",))
    assert ({ring.device for ring in one.rings}, one.devices) == ({"b"}, 1)
    assert play(line, "wet", now, until, domains=("urban",)).devices == 0


def test_calm_devices_are_not_read_at_all_and_a_stop_tells_how_far_it_got(line: Line, now: datetime) -> None:
    until = tell_wave(line, now, "a")
    tell_wave(line, now, "calm", shift=-30)
    played = play(line, "wet", now, until)
    assert (played.devices, played.counted.readings) == (2, len(WAVE))
    late = now + timedelta(days=3)
    assert play(line, "wet", now, late).until == late
    stopped = play(line, "wet", now, late, lambda done, all_: done < 2)
    assert stopped.until == now + timedelta(days=1)


def test_a_rule_that_cannot_be_played_is_refused(line: Line, now: datetime) -> None:
    with pytest.raises(Invalid, match="cannot be backtested"):
        play(line, "silent", now, now + MINUTE)
    with pytest.raises(Invalid, match="before"):
        play(line, "wet", now, now)


def test_over_http_an_admin_sees_stored_and_changed_words_and_what_people_said(desk: Desk) -> None:
    desk.config = with_few(desk.config, wet=WET)
    line = Line(desk.config, desk.store)
    began = desk.now - timedelta(hours=2)
    tell_wave(line, began, "a")
    line.rows("update alerts set verdict = 'false_alarm', stage = 'normal', ended_at = updated_at where rule = 'wet' returning 1")
    admin = desk.sign_in(desk.app(), "admin")
    asked = {"from": began.isoformat(), "to": desk.now.isoformat()}
    stored = admin.post("/rules/wet/backtest", asked).json
    assert (stored["complete"], stored["devices"], stored["sums"]["rings"]) == (True, 1, 4)
    assert stored["compared"]["false_share"] == 1.0
    body = {**admin.get("/rules/wet").json["body"], "hold": "10m"}
    changed = admin.post("/rules/wet/backtest", {**asked, "body": body}).json
    assert (changed["sums"]["rings"], changed["compared"]["missed_false"]) == (0, 1)
    wrong = admin.post("/rules/wet/backtest", {**asked, "body": {**body, "metric": "watr_depth"}})
    assert (wrong.status_code, wrong.json["problems"][0]["path"]) == (422, "metric")
    assert admin.post("/rules/silent/backtest", asked).status_code == 422
    assert admin.post("/rules/wet/backtest", {"from": "yesterday"}).status_code == 422
    assert desk.sign_in(desk.app(), "duty1").post("/rules/wet/backtest", asked).status_code == 403
