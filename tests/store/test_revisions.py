"""Later messages of a report on a real database: partial, older, ending; warnings that end by themselves; the caller apart."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from core.config import Config
from core.model import Frame
from core.rule_config import ReportRule
from pipeline import process
from store.sweep import sweep
from store.timescale import Store
from tests.patience import Stopwatch, until
from tests.store.test_reports import Office


@pytest.fixture
def office(config: Config, database_url: str, now: datetime) -> Iterator[Office]:
    store = Store(database_url)
    rules = {**config.rules, "warning": config.rules["hotline-urgent"].model_copy(update={"channels": ("weather",), "classes": ()})}
    yield Office(config.model_copy(update={"rules": rules}), store, now)
    store.close()


def swept(office: Office, at: datetime) -> int:
    with office.store.connection() as connection:
        return sweep(connection, at, office.deps.config)


def warning(office: Office, number: str, ends: timedelta, **more: Any) -> dict[str, Any]:
    extra = {"expires_at": (office.now + ends).isoformat(), **more.pop("extra", {})}
    return {"external_id": number, "channel": "weather", "title": "暴雨橙色预警", "severity": 2, "extra": extra, **more}


def test_a_partial_ticket_keeps_what_it_leaves_out_and_every_step_stands_in_the_change_log(office: Office) -> None:
    first = {
        "external_id": "1",
        "text": "长江路积水",
        "address": "长江路",
        "severity": 3,
        "class_code": "0502",
        "extra": {"unit": "城管", "state": "受理"},
    }
    office.send(first)
    taken = office.send({"external_id": "1", "address": "长江路 5 号", "class_code": "0503", "extra": {"state": "办结", "unit": None}})
    assert (taken.accepted, taken.duplicates) == (1, 0)
    [row] = office.rows("select * from reports")
    assert (row["text"], row["severity"], row["address"], row["class_code"]) == ("长江路积水", 3, "长江路 5 号", "0503")
    assert row["extra"] == {"unit": "城管", "state": "办结"}
    logged = office.rows(
        "select before->>'address' as was, after->>'address' as became from change_log where noun = 'report' order by change_id"
    )
    assert [tuple(one.values()) for one in logged] == [(None, "长江路"), ("长江路", "长江路 5 号")]


def test_an_older_message_never_overwrites_a_newer_one_even_when_a_repetition_made_it_newer(office: Office) -> None:
    at = [(office.now + timedelta(minutes=minutes)).isoformat() for minutes in range(3)]
    office.send({"external_id": "1", "text": "a", "observed_at": at[0]})
    assert office.send({"external_id": "1", "text": "a", "observed_at": at[2]}).duplicates == 1
    assert office.send({"external_id": "1", "text": "b", "observed_at": at[1]}).duplicates == 1
    stamps = [(office.now + timedelta(minutes=minutes)).isoformat() for minutes in range(2)]
    office.send({"external_id": "2", "text": "new", "extra": {"updated_at": stamps[1]}})
    office.send({"external_id": "2", "text": "old", "extra": {"updated_at": stamps[0]}})
    assert [row["text"] for row in office.rows("select text from reports order by external_id")] == ["a", "new"]
    assert office.rows("select max(version) as version from reports") == [{"version": 1}]


def test_a_message_that_only_ends_changes_no_words_and_returns_the_alert(office: Office) -> None:
    office.send(warning(office, "W-1", timedelta(days=1), text="六小时降雨"))
    office.send({"external_id": "W-1", "channel": "weather", "title": "解除", "ended": True, "extra": {"ended_by": "W-2"}})
    [row] = office.rows("select title, text, severity, ended_at, extra->>'ended_by' as ended_by from reports")
    assert tuple(row.values()) == ("暴雨橙色预警", "六小时降雨", 2, office.now, "W-2")
    assert office.rows("select stage from alerts") == [{"stage": "rtn_unack"}]


def test_the_end_of_what_nobody_knows_is_kept_and_rings_nothing_and_what_comes_after_it_is_over(office: Office) -> None:
    cancel = {"external_id": "W-1", "channel": "weather", "title": "解除", "ended": True, "extra": {"ended_by": "W-2"}}
    assert office.send(cancel).created == 1
    assert office.send(cancel).duplicates == 1
    assert office.rows("select count(*) as n from alerts") == [{"n": 0}]
    office.send(warning(office, "W-1", timedelta(days=1), observed_at=(office.now - timedelta(hours=1)).isoformat()))
    [row] = office.rows("select title, ended_at, observed_at from reports")
    assert tuple(row.values()) == ("暴雨橙色预警", office.now, office.now - timedelta(hours=1))
    assert office.rows("select stage from alerts where stage in ('unack', 'acked')") == []


def test_a_warning_ends_at_its_stated_end_once_and_its_alert_returns(office: Office) -> None:
    office.send(
        warning(office, "W-1", timedelta(hours=1)), warning(office, "W-2", timedelta(hours=1)), warning(office, "W-3", timedelta(hours=2))
    )
    office.send({"external_id": "T-1", "extra": {"expires_at": office.now.isoformat()}})
    office.rows("update alerts set stage = 'acked' where subject = 'report:s/W-2' returning 1")
    due = office.now + timedelta(hours=1)
    assert [swept(office, at) for at in (due - timedelta(seconds=1), due, due)] == [0, 2, 0]
    assert office.rows("select external_id, ended_at from reports where ended_at is not null order by 1") == [
        {"external_id": "W-1", "ended_at": due}, {"external_id": "W-2", "ended_at": due},
    ]  # fmt: skip
    assert [row["stage"] for row in office.rows("select stage from alerts where subject like 'report:s/W-%%' order by subject")] == [
        "rtn_unack", "normal", "unack",
    ]  # fmt: skip
    told = office.rows(
        "select after->>'ended_at' is not null as ended from change_log where noun = 'report' and after->>'external_id' = 'W-1' order by change_id"
    )
    assert [row["ended"] for row in told] == [False, True]


def test_a_warning_that_is_prolonged_ends_later(office: Office) -> None:
    office.send(warning(office, "W-1", timedelta(hours=1)))
    office.send(warning(office, "W-1", timedelta(hours=3), extra={"updated_at": office.now.isoformat()}))
    assert [swept(office, office.now + timedelta(hours=hours)) for hours in (1, 3)] == [0, 1]


def test_more_of_a_caller_is_kept_apart_and_what_it_leaves_out_stays(office: Office) -> None:
    office.send({"external_id": "1", "caller": {"name": "张三"}}, {"external_id": "2"})
    office.send({"external_id": "1", "caller": {"phone": "13800000000"}}, {"external_id": "2", "caller": {"name": "李四"}})
    assert office.send({"external_id": "1", "caller": {"name": "张三"}}).duplicates == 1
    persons = office.rows("select name, phone from reports join persons using (person_id) order by external_id")
    assert [tuple(row.values()) for row in persons] == [("张三", "13800000000"), ("李四", "")]
    assert office.rows("select count(*) as n from persons") == [{"n": 2}]
    assert office.rows("select act, count(*) as n from audit group by 1") == [{"act": "revise_caller", "n": 2}]
    assert office.rows("select count(*) as n from change_log where after::text like '%%138000%%'") == [{"n": 0}]


def test_a_position_told_later_places_the_report_and_its_pictures_area_follows(office: Office) -> None:
    office.send({"external_id": "1"})
    office.rows(
        "insert into media (media_id, sha256, kind, bytes, area, report_id, created_at) select 'm', '', 'x', 0, '32', report_id, now() from reports returning 1"
    )
    office.send({"external_id": "1", "lon": 119.9, "lat": 31.7})
    assert office.rows("select lon, lat, placement from reports") == [{"lon": 119.9, "lat": 31.7, "placement": "outside"}]
    assert office.rows("select m.area = r.area as same from media m join reports r using (report_id)") == [{"same": True}]


def test_a_ticket_that_another_worker_stores_at_the_same_moment_is_one_and_says_the_later_words(office: Office) -> None:
    first = Office(office.deps.config, office.store, office.now)
    with office.store.connection() as connection:
        connection.execute(
            "insert into reports (source, external_id, channel, title, area, placement, observed_at, received_at, processed_at) "
            "values ('s', '1', 'hotline', 't', '320404', 'none', %s, now(), now())",
            [office.now],
        )
        other = Thread(target=first.send, args=({"external_id": "1", "text": "b"},))
        other.start()
        until(lambda: office.rows("select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"))
    other.join()
    assert office.rows("select text, version from reports") == [{"text": "b", "version": 2}]


def test_what_a_person_placed_stays_there_when_the_ticket_comes_again(office: Office) -> None:
    office.send({"external_id": "1"})
    office.rows("update reports set lon = 1, lat = 2, by_hand = '{place}' returning 1")
    assert office.send({"external_id": "1", "lon": 119.9, "lat": 31.7}).duplicates == 1
    assert office.rows("select lon, lat from reports") == [{"lon": 1, "lat": 2}]


def test_a_report_that_another_area_stored_at_the_same_moment_is_refused_and_stays_as_it_is(office: Office) -> None:
    refused: list[Any] = []

    def send() -> None:
        body = {"source": "s", "external_id": "1", "channel": "hotline", "title": "mine", "observed_at": office.now.isoformat()}
        frames = [Frame("http-reports", json.dumps(body).encode(), office.now, "/api/v1/reports", "areas:320404001")]
        refused.extend(process(frames, office.now, Office(office.deps.config, office.store, office.now).deps).taken)

    with office.store.connection() as connection:
        connection.execute(
            "insert into reports (source, external_id, channel, title, area, placement, observed_at, received_at, processed_at) "
            "values ('s', '1', 'hotline', 'theirs', '320404002', 'none', %s, now(), now())",
            [office.now],
        )
        other = Thread(target=send)
        other.start()
        until(lambda: office.rows("select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"))
    other.join()
    [taken] = refused
    assert (taken.accepted, taken.duplicates, [str(one.reason) for one in taken.rejected]) == (0, 0, ["area"])
    assert office.rows("select title, area, version from reports") == [{"title": "theirs", "area": "320404002", "version": 1}]


def test_many_messages_of_one_report_in_a_batch_are_written_once_and_count_each(office: Office) -> None:
    many = [{"external_id": "1", "text": str(n // 2), "extra": {f"k{n}": n}, "caller": {"name": f"n{n % 7}"}} for n in range(1000)]
    watch = Stopwatch()
    taken = office.send(*many, many[-1], {"external_id": "1", "ended": True}, {"external_id": "2"})
    watch.within(3, "a batch of a thousand words about one report")
    assert (taken.created, taken.accepted, taken.duplicates) == (2, 1002, 1)
    [row] = office.rows("select text, ended_at, version, extra->>'k0' as first, name from reports join persons using (person_id)")
    assert tuple(row.values()) == ("499", office.now, 2, "0", "n5")
    assert office.rows("select (select count(*) from persons) as n, (select count(*) from change_log where noun = 'report') as told") == [
        {"n": 1, "told": 2},
    ]  # fmt: skip


def test_a_message_that_leaves_out_that_the_report_is_confidential_rings_by_its_number(office: Office) -> None:
    rule = office.deps.config.rules["hotline-urgent"]
    assert isinstance(rule, ReportRule)
    office.send({"external_id": "1", "title": "举报某某", "class_code": "0401", "extra": {"confidential": True}})
    assert office.rows("select 1 from alerts") == []
    office.send({"external_id": "1", "title": "举报某某", "class_code": rule.classes[0], "severity": 1})
    assert office.rows("select title from alerts") == [{"title": "保密工单 1"}]
