"""The two-way hotline through the real database, against a platform that answers as one does: told in order, once, and it tells back."""

import json
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from answering import Answering
from core.settings import read_settings
from store import hotline_follow
from store.timescale import queries
from tests.desk import Desk, later
from tests.hotline_line import NUMBER, Line, work
from tests.hotline_line import line as line


def test_a_ticket_goes_round_the_platform_hears_each_stage_once_and_tells_what_the_caller_says(line: Line) -> None:
    app, report = line.desk.app(), line.call()
    line.turn()
    assert [(row["ticket_no"], row["stage"], row["case_number"]) for row in line.tickets()] == [(NUMBER, "new", None)]
    assert line.platform.records == {}  # nothing to tell yet
    number = line.case(report)
    line.turn()
    states = []
    for act in ("accept", "register", "dispatch", "take", "arrive", "finish", "check", "close"):
        work(line, app, number, act)
        states.append(line.record()["办件状态"])
    assert states == ["已受理", "已受理", "已派单", "办理中", "办理中", "办理中", "办理中", "已办结"]
    assert line.record()["案件编号"] == number
    assert line.record()["答复内容"] == "您反映的“井盖破损”已办结。现场复核通过"
    assert len(line.platform.taken) == 4
    assert "13812345678" not in json.dumps(line.desk.rows("select payload from outbox where channel = 'hotline'"), default=str)
    assert "张三" not in json.dumps(line.platform.records, ensure_ascii=False)
    [told] = line.platform.ask_callers(line.desk.now.timestamp() + 601)
    later(line.desk, minutes=11)
    token = line.desk.with_token(app, "feed")
    assert token.post("/hotline/revisits", {"revisits": [told]}).json == {"created": 1, "changed": 0, "known": 0, "refused": []}
    assert token.post("/hotline/revisits", [told]).json["known"] == 1
    assert [row["stage"] for row in line.tickets()] == ["revisited"]
    [fact] = line.desk.rows("select ticket_no, case_number, valid, contacted, solved, satisfaction, unit_id from revisits")
    assert (fact["ticket_no"], fact["case_number"]) == (NUMBER, number)
    line.turn()
    assert len(line.platform.taken) == 4  # what it told itself it is not told


def test_a_busy_platform_is_told_again_under_the_same_id_and_every_stage_in_its_order(desk: Desk) -> None:
    line = Line(desk, busy=1.0)  # each exchange fails the first time
    try:
        app, number = desk.app(), line.case(line.call())
        for act in ("accept", "register", "dispatch"):
            person = desk.sign_in(app, "dispatcher" if act == "dispatch" else "supervisor")
            assert person.post(f"/cases/{number}/acts", {"act": act}).status_code == 200
            line.turn()
        for _ in range(8):
            line.turn(minutes=11)
        assert line.platform.stumbled == line.platform.taken
        assert line.record()["办件状态"] == "已派单"
        rows = desk.rows("select sent_at, attempts from outbox where channel = 'hotline' order by outbox_id")
        assert all(row["sent_at"] is not None and row["attempts"] == 2 for row in rows)
        assert [row["sent_at"] for row in rows] == sorted(row["sent_at"] for row in rows)
    finally:
        line.close()


def test_a_platform_that_is_away_loses_nothing_and_one_that_does_not_know_us_is_asked_no_more(line: Line) -> None:
    app, number = line.desk.app(), line.case(line.call())
    line.platform.secret = "another"
    work(line, app, number, "accept")
    assert line.desk.rows("select failed_at is not null as failed, error from outbox where channel = 'hotline'") == [
        {"failed": True, "error": "answered 401"}
    ]
    line.platform.secret = "geheim"
    line.door.close()
    work(line, app, number, "register", "dispatch")
    assert line.platform.records == {}
    [row] = line.desk.rows("select attempts, sent_at, error from outbox where channel = 'hotline' and failed_at is null")
    assert (row["sent_at"], row["error"]) == (None, "ConnectError")


def test_ten_tickets_of_one_case_are_answered_ten_times_each_with_its_own_promise(line: Line) -> None:
    app = line.desk.app()
    first = line.call("YP1")
    number = line.case(first)
    incident = line.desk.rows("select incident_id from cases")[0]["incident_id"]
    due = [(line.desk.now + timedelta(hours=n)).isoformat() for n in range(2, 11)]
    for n in range(2, 11):
        line.call(f"YP{n}", incident_id=incident, stage="confirmed", extra={"due_at": due[n - 2]})
    work(line, app, number, "accept", "register", "dispatch", "take", "arrive")
    duty = line.desk.sign_in(app, "duty1")
    third = next(row["ticket_id"] for row in line.tickets() if row["ticket_no"] == "YP3")
    assert duty.post(f"/hotline/tickets/{third}/acts", {"act": "reply", "note": "已为您登记，今日修复"}).status_code == 200
    work(line, app, number, "finish", "check", "close")
    assert {record["办件状态"] for record in line.platform.records.values()} == {"已办结"}
    assert len(line.platform.records) == 10
    assert line.record("YP3")["答复内容"] == "已为您登记，今日修复"
    assert line.record("YP4")["答复内容"].startswith("您反映的")
    assert len({record["承诺完成时间"] for record in line.platform.records.values()}) == 10
    listed = duty.get(f"/hotline/tickets?case={number}").json["tickets"]
    assert len(listed) == 10


def test_a_plain_enquiry_is_closed_by_its_answer_and_never_becomes_a_case(line: Line) -> None:
    app = line.desk.app()
    report = line.call(title="公积金提取", extra={"appeal_type": "咨询"})
    other = line.call("YP2")
    line.turn()
    enquiry, complaint = (row["ticket_id"] for row in line.tickets())
    duty, worker = line.desk.sign_in(app, "duty1"), line.desk.sign_in(app, "worker1")
    answer = {"act": "answer", "note": "可在政务服务网办理，咨询电话 13900000000"}
    assert worker.post(f"/hotline/tickets/{enquiry}/acts", answer).status_code == 403
    assert duty.post(f"/hotline/tickets/{enquiry}/acts", {"act": "answer"}).status_code == 422
    assert duty.post(f"/hotline/tickets/{complaint}/acts", answer).status_code == 409
    assert duty.post(f"/hotline/tickets/{enquiry}/acts", answer).json["stage"] == "closed"
    line.turn()
    assert line.record()["办件状态"] == "已办结"
    assert line.record()["答复内容"] == "可在政务服务网办理，咨询电话 139****0000"
    assert line.desk.rows("select count(*) as n from cases") == [{"n": 0}]
    stages = {row["report_id"]: row["stage"] for row in line.desk.rows("select report_id, stage from reports")}
    assert stages == {report: "confirmed", other: "open"}


def test_a_return_and_a_merger_are_told_with_their_reason_and_the_platform_may_dispute(line: Line) -> None:
    app = line.desk.app()
    report = line.call()
    line.call("YP2")
    line.turn()
    first, second = (row["ticket_id"] for row in line.tickets())
    duty = line.desk.sign_in(app, "duty1")
    assert duty.post(f"/hotline/tickets/{second}/acts", {"act": "merge", "note": "同一井盖", "into": "YP2"}).status_code == 409
    assert duty.post(f"/hotline/tickets/{second}/acts", {"act": "merge", "note": "同一井盖", "into": "YP9"}).status_code == 404
    assert duty.post(f"/hotline/tickets/{second}/acts", {"act": "merge", "note": "同一井盖", "into": NUMBER}).status_code == 200
    assert duty.post(f"/hotline/tickets/{first}/acts", {"act": "return", "note": "不属本区，应由市水务局办理"}).status_code == 200
    line.turn()
    assert (line.record("YP2")["办件状态"], line.record("YP2")["并入工单"], line.record("YP2")["退单原因"]) == (
        "已并单",
        NUMBER,
        "同一井盖",
    )
    assert (line.record()["办件状态"], line.record()["退单原因"]) == ("退单", "不属本区，应由市水务局办理")
    kinds = [
        row["kind"] for row in line.desk.rows("select payload ->> 'kind' as kind from outbox where channel = 'hotline' order by outbox_id")
    ]
    assert kinds == ["merge", "return"]
    with line.desk.store.connection() as connection:
        word = Jsonb({"state": "退单驳回"})
        connection.execute("update reports set extra = extra || %s, version = version + 1 where report_id = %s", [word, report])
    line.turn()
    assert line.tickets()[0]["stage"] == "disputed"
    assert [row["template"] for row in line.desk.rows("select template from outbox where target = 'role:supervisor'")] == [
        "hotline_disputed"
    ]
    assert duty.post(f"/hotline/tickets/{first}/acts", {"act": "accept"}).json["stage"] == "accepted"


def test_a_case_that_is_not_taken_returns_its_ticket_with_the_reason(line: Line) -> None:
    app, number = line.desk.app(), line.case(line.call())
    assert line.desk.sign_in(app, "duty1").post(f"/cases/{number}/acts", {"act": "void", "note": "重复登记"}).status_code == 200
    line.turn()
    assert (line.record()["办件状态"], line.record()["退单原因"]) == ("退单", "重复登记")


def test_what_the_desk_dismisses_answers_an_enquiry_and_returns_the_rest_with_its_words(line: Line) -> None:
    app = line.desk.app()
    enquiry, rest = line.call(extra={"appeal_type": "咨询"}), line.call("YP2", title="隔壁区的路灯")
    line.turn()
    duty = line.desk.sign_in(app, "duty1")
    for report, why in ((enquiry, "已电话答复办理时间"), (rest, "不在本区")):
        assert duty.post(f"/reports/{report}/acts", {"act": "dismiss", "note": why}).status_code == 200
    line.turn()
    assert (line.record()["办件状态"], line.record()["答复内容"]) == ("已办结", "已电话答复办理时间")
    assert (line.record("YP2")["办件状态"], line.record("YP2")["退单原因"]) == ("退单", "不在本区")


def test_a_confidential_ticket_is_for_the_desk_alone_and_does_not_say_who_worked_on_it(line: Line) -> None:
    app = line.desk.app()
    line.call(title="举报违建", extra={"confidential": True})
    line.turn()
    [row] = line.desk.sign_in(app, "duty1").get("/hotline/tickets").json["tickets"]
    [hidden] = line.desk.sign_in(app, "boss").get("/hotline/tickets").json["tickets"]
    assert (row["title"], hidden["title"], hidden["confidential"]) == ("举报违建", "", True)
    line.turn(days=2)  # its promise passes
    payloads = line.desk.rows("select payload from outbox where template = 'hotline_overdue'")
    assert [one["payload"]["title"] for one in payloads] == [NUMBER]


def test_what_a_feed_writes_into_a_report_stops_no_other_ticket(line: Line) -> None:
    line.call(
        "YP1",
        extra={"due_at": "tomorrow", "appeal_type": ["x"] * 500, "revisited_at": "2026-11-21T04:00", "solved": "maybe", "state": {"a": 1}},
    )
    line.call("YP2", extra={"due_at": None, "satisfaction": 7, "revisited_at": 5})
    line.turn()
    assert [(row["ticket_no"], row["due_at"]) for row in line.tickets()] == [("YP1", None), ("YP2", None)]
    assert line.desk.rows("select count(*) as n from revisits") == [{"n": 0}]


def test_a_city_without_a_platform_keeps_no_tickets(desk: Desk) -> None:
    desk.config = desk.config.model_copy(update={"hotline": desk.config.hotline.model_copy(update={"sources": ()})})
    desk.report()
    with desk.store.connection() as connection:
        hotline_follow.follow(connection, desk.config, desk.now)
    assert desk.rows("select (select count(*) from hotline_news) as news, (select count(*) from hotline_tickets) as tickets") == [
        {"news": 0, "tickets": 0}
    ]


def test_what_nobody_foresaw_of_one_ticket_fails_it_and_stops_no_other(desk: Desk) -> None:
    """An address that cannot be read stops what is simulated in another place than what is real."""
    desk.config = desk.config.model_copy(update={"hotline": desk.config.hotline.model_copy(update={"sources": ("12345",)})})
    facts: dict[str, Any] = {"kind": "state", "stage": "accepted", "ticket_no": NUMBER}
    with desk.store.connection() as connection:
        for number, more in enumerate(({"simulated": True}, {})):
            queries.outbox_add(
                connection, now=desk.now, dedupe_key=f"hotline/{number}", target=f"hotline/{number}", template="hotline", severity=3,
                payload=Jsonb({**facts, **more}),
            )  # fmt: skip
    answering = Answering(desk.config, read_settings({"YIPING_DATABASE_URL": "x", "YIPING_HOTLINE_URL": "http://[::1"}))
    answering.deliver(desk.store, desk.now)
    rows = desk.rows("select failed_at is not null as failed, error from outbox order by outbox_id")
    assert rows == [{"failed": True, "error": "unforeseen ValueError"}, {"failed": False, "error": "InvalidURL"}]
