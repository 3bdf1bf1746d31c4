"""When the platform itself was deaf: one alert, from its beginning to its end."""

from datetime import UTC, datetime, timedelta

from alerts.listening import SUBJECT, judge
from core.changes import AlertAgain, AlertRaised, AlertReturned, AlertSeen, Change
from core.config import IngestRule
from core.facts import Listening, OpenAlert

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
RULE = IngestRule(kind="no_ingest", severity=2, label="接入中断", label_en="Ingest away", owner="数据局", reason="r")
LABELS = {"city": "物联感知", "hj212": "环保监测"}


def ear(feed: str, since: timedelta, until: timedelta, away: timedelta | None = None) -> Listening:
    return Listening(feed, NOW + since, NOW + until, None if away is None else NOW + away)


def open_alert(stage: str, age: timedelta = timedelta(0)) -> OpenAlert:
    return OpenAlert(9, "ingest-away", SUBJECT, None, stage, 1.0, True, NOW - age)


def judged(*heard: Listening, alert: OpenAlert | None = None, told_until: datetime | None = None) -> list[Change]:
    return judge("ingest-away", RULE, heard, alert, told_until, NOW, "320404", LABELS)


def test_as_long_as_somebody_listens_nothing_rings() -> None:
    assert judged(ear("city", -HOUR, -4 * SECOND)) == []
    assert judged(ear("city", -HOUR, -29 * SECOND)) == []
    assert judged() == []


def test_an_absence_rings_once_with_its_beginning_and_its_minutes() -> None:
    [raised] = judged(ear("city", -3 * HOUR, -HOUR), ear("hj212", -3 * HOUR, -HOUR))
    assert isinstance(raised, AlertRaised)
    assert (raised.subject, raised.title, raised.severity, raised.area) == ("platform/ingest", "接入中断", 2, "320404")
    assert (raised.observed_at, raised.value, raised.unit, raised.ended) == (NOW - HOUR, 60.0, "min", False)
    assert judged(ear("city", -3 * HOUR, -HOUR), alert=open_alert("unack")) == []
    assert judged(ear("city", -3 * HOUR, -HOUR), alert=open_alert("acked", 61 * SECOND)) == [AlertSeen(9, 60.0)]


def test_an_absence_of_some_names_them() -> None:
    [raised] = judged(ear("city", -HOUR, timedelta(0)), ear("hj212", -HOUR, -31 * SECOND))
    assert isinstance(raised, AlertRaised)
    assert raised.title == "接入中断 环保监测"


def test_it_returns_when_all_are_heard_again() -> None:
    back = ear("city", -SECOND, timedelta(0), -HOUR)
    assert judged(back, ear("hj212", -3 * HOUR, -HOUR), alert=open_alert("unack")) == []
    assert judged(back, alert=open_alert("unack")) == [AlertReturned(9, NOW, 60.0)]
    assert judged(back, alert=open_alert("rtn_unack"), told_until=NOW) == []


def test_what_came_and_went_while_everything_was_away_is_told_once_all_the_same() -> None:
    back = ear("city", -5 * SECOND, timedelta(0), -HOUR)
    [raised] = judged(back)
    assert isinstance(raised, AlertRaised)
    assert (raised.ended, raised.observed_at, raised.value) == (True, NOW - HOUR, 59.9)
    assert judged(back, told_until=NOW - SECOND) == []
    again = [AlertAgain(9, NOW - HOUR, 59.9), AlertReturned(9, NOW, 59.9)]
    assert judged(back, alert=open_alert("rtn_unack"), told_until=NOW - 2 * HOUR) == again
    assert judged(ear("city", -5 * SECOND, timedelta(0), -25 * SECOND)) == []
