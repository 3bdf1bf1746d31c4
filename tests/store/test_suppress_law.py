"""Suppression never loses a recovery and never moves a deadline: whatever is read, silenced, inhibited, shelved and led in whatever order.

Every device has a twin that reads the same and of which no silence and no inhibition speaks: their stories must be the same.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.config import Config
from core.model import Frame
from core.suppress_config import InhibitionConfig, Matcher
from pipeline import process
from store.acts import Act
from store.alerts import act_on_alert
from store.silences import Wish, add_silence, end_silence
from store.timescale import Store
from tests.pipes import deps_of
from tests.quiet_town import CITY, Town

NAMES = ("p", "q", "r")  # p inhibits q and r; q inhibits r: more than one hop
PARENTS = [
    InhibitionConfig(name="p", source=Matcher(devices=("p-*",)), target=Matcher(devices=("q-*", "r-*")), same=("area",), reason="x"),
    InhibitionConfig(name="q", source=Matcher(devices=("q-*",)), target=Matcher(devices=("r-*",)), same=("area",), reason="x"),
]
READ = st.tuples(st.just("read"), st.sampled_from(NAMES), st.sampled_from([1.0, 0.0]))
STEPS = st.one_of(
    *(READ, READ, READ),
    st.tuples(st.just("acknowledge"), st.sampled_from(NAMES), st.none()),
    st.tuples(st.just("silence"), st.sampled_from(NAMES), st.sampled_from([(0, 3), (0, 40), (5, 20)])),
    st.tuples(st.just("end"), st.none(), st.none()),
    st.tuples(st.just("shelve"), st.sampled_from(NAMES), st.sampled_from([4, 30])),
    st.tuples(st.just("withdraw"), st.none(), st.booleans()),
    st.tuples(st.just("lead"), st.none(), st.none()),
    st.tuples(st.just("wait"), st.none(), st.sampled_from([1, 10])),
)
KEPT = (
    "rule", "stage", "severity", "level", "worst", "count", "observed_at", "raised_at", "returned_at", "acked_at", "ended_at", "value",
    "respond_by", "overdue_at",
)  # fmt: skip


@dataclass
class Twins:
    """A town whose devices are read through the pipeline, each with its twin. `example` numbers the devices of one example."""

    town: Town
    deps: Any
    example: int = 0

    def names(self, name: str) -> tuple[str, str]:
        return f"{name}-{self.example}", f"twin-{name}-{self.example}"

    def read(self, name: str, value: float) -> None:
        body = json.dumps({"ts": self.town.now.isoformat(), "values": {"smoke": value}}).encode()
        frames = [Frame("city", body, self.town.now, f"city/320404/emergency/{device}/telemetry") for device in self.names(name)]
        process(frames, self.town.now, self.deps)

    def open(self, device: str) -> dict[str, Any] | None:
        rows = self.town.rows("select * from alerts where subject = %s and stage <> 'normal'", f"{device}/smoke")
        return rows[0] if rows else None

    def act(self, device: str, act: str, **extra: Any) -> None:
        alert = self.open(device)
        if alert is not None and (act != "acknowledge" or alert["stage"] != "acked") and (act != "shelve" or alert["hold"] == "none"):
            with self.town.store.connection() as connection:
                act_on_alert(connection, alert["alert_id"], Act(act, CITY, self.town.now, "x", extra=extra))

    def silence(self, name: str, begins: int, lasts: int) -> None:
        since = self.town.now + timedelta(seconds=begins)
        wish = Wish("silence", Matcher(devices=(self.names(name)[0],)), since + timedelta(seconds=lasts), since)
        with self.town.store.connection() as connection:
            add_silence(connection, wish, Act("silence", CITY, self.town.now, "x"), self.town.config.silences)

    def end_all(self) -> None:
        for row in self.town.rows(
            "select silence_id from silences where over_at is null and ended_at is null and until > %s", self.town.now
        ):
            with self.town.store.connection() as connection:
                end_silence(connection, row["silence_id"], Act("end", CITY, self.town.now, "x"))

    def do(self, step: tuple[str, Any, Any]) -> None:
        what, name, value = step
        match what:
            case "read":
                self.read(name, value)
            case "acknowledge":
                for device in self.names(name):
                    self.act(device, "acknowledge")
            case "silence":
                self.silence(name, *value)
            case "end":
                self.end_all()
            case "shelve":
                self.act(self.names(name)[0], "shelve", until=self.town.now + timedelta(seconds=value))
            case "withdraw":
                self.town.inhibitions = [] if value else PARENTS
            case "lead":
                self.town.lead()
        self.town.now += timedelta(seconds=value if what == "wait" else 1)

    def story(self, device: str) -> list[Any]:
        """Every stage and deadline anybody could have seen, in order, and how the rows ended."""
        seen: list[Any] = []
        for row in self.town.rows(
            "select after from change_log where noun = 'alert' and after ->> 'subject' = %s order by change_id", f"{device}/smoke"
        ):
            told = tuple(row["after"][name] for name in ("stage", "severity", "respond_by", "overdue", "acked_by", "state_known"))
            seen += [told] if not seen or seen[-1] != told else []
        rows = self.town.rows(f"select {', '.join(KEPT)} from alerts where subject = %s order by alert_id", f"{device}/smoke")
        return seen + [tuple(row.values()) for row in rows]


@pytest.fixture
def twins(config: Config, database_url: str, now: datetime) -> Iterator[Twins]:
    store = Store(database_url)
    yield Twins(Town(store, config, now), deps_of(config, store))
    store.close()


def test_suppression_never_loses_a_recovery_and_never_moves_a_deadline(twins: Twins) -> None:
    @settings(max_examples=25, deadline=None)
    @example([("silence", "r", (0, 40)), ("lead", None, None), ("read", "r", 0.0), ("end", None, None), ("lead", None, None)])
    @given(st.lists(STEPS, min_size=8, max_size=20))
    def law(steps: list[tuple[str, Any, Any]]) -> None:
        play(twins, steps)

    law()
    held = {
        row["ref"].partition(":")[0] for row in twins.town.rows("select distinct after ->> 'hold_ref' as ref from change_log") if row["ref"]
    }
    assert held == {"silence", "alert"}, "an example that suppresses nothing proves nothing"


def play(twins: Twins, steps: list[tuple[str, Any, Any]]) -> None:
    """One example, with the end of all suppression after it."""
    twins.example += 1
    twins.town.inhibitions = PARENTS
    twins.town.lead()
    for step in [("read", name, 1.0) for name in NAMES] + steps:
        twins.do(step)
    twins.end_all()
    twins.town.inhibitions = []
    twins.town.now += timedelta(minutes=5)
    twins.town.lead()
    for name in NAMES:
        device, twin = twins.names(name)
        assert twins.story(device) == twins.story(twin)
        alert = twins.open(device)
        assert alert is None or (alert["hold"], alert["hold_ref"]) == ("none", None)
    twins.town.rows("update alerts set stage = 'normal' where stage <> 'normal' returning 1")  # the next example has others
    twins.town.lead()
    assert twins.town.rows("select 1 from inhibitors union all select 1 from rejudgements") == []
