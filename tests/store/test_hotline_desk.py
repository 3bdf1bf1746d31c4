"""The desk's view of hotline tickets: found by what is wrong with them, told to the platform anew, confidential ones kept to the desk."""

from collections.abc import Iterator

import pytest

from store import hotline_follow, openings
from store.acts import Act
from tests.desk import Desk, later
from tests.store.test_hotline import NUMBER, Line, work


@pytest.fixture
def line(desk: Desk) -> Iterator[Line]:
    opened = Line(desk)
    yield opened
    opened.close()


def test_what_the_platform_refused_is_told_anew_as_it_stands_now_and_once(line: Line) -> None:
    app, number = line.desk.app(), line.case(line.call())
    line.platform.secret = "another"
    work(line, app, number, "accept", "register", "dispatch")
    duty, boss = line.desk.sign_in(app, "duty1"), line.desk.sign_in(app, "boss")
    [listed] = duty.get("/hotline/tickets?told=failed").json["tickets"]
    assert (listed["told"], listed["told_error"], line.platform.records) == ("failed", "answered 401", {})
    shown = duty.get(f"/hotline/tickets/{listed['id']}").json
    assert [(one["kind"], one["state"]) for one in shown["exchanges"]] == [("state", "overtaken"), ("state", "failed")]
    line.platform.secret = "geheim"
    again = {"tickets": [listed["id"]]}
    assert boss.post("/hotline/resend", again).status_code == 403
    assert duty.post("/hotline/resend", {"tickets": "all"}).status_code == 422
    assert [duty.post("/hotline/resend", again).json["queued"] for _ in range(2)] == [1, 0]
    line.turn()
    assert line.record()["办件状态"] == "已派单"
    [after] = duty.get("/hotline/tickets").json["tickets"]
    assert (after["told"], duty.get("/hotline/tickets?told=failed").json["tickets"]) == ("told", [])
    assert "resend" in [one["act"] for one in duty.get(f"/hotline/tickets/{listed['id']}").json["audit"]]


def test_tickets_are_found_by_a_clock_that_ran_out_by_words_and_by_what_the_caller_said(line: Line) -> None:
    app = line.desk.app()
    line.call("YP1", title="路灯不亮")
    line.call("YP2", title="100%_的噪声", extra={"appeal_type": "咨询"})
    line.turn()
    duty = line.desk.sign_in(app, "duty1")
    ids = {one["ticket_no"]: one["id"] for one in duty.get("/hotline/tickets").json["tickets"]}

    def found(query: str) -> list[str]:
        return [one["ticket_no"] for one in line.desk.sign_in(app, "duty1").get(f"/hotline/tickets?{query}").json["tickets"]]

    assert (found("late=true"), found("q=路灯"), found("q=%25_"), found("q=YP")) == ([], ["YP1"], ["YP2"], ["YP2", "YP1"])
    assert duty.post(f"/hotline/tickets/{ids['YP2']}/acts", {"act": "answer", "note": "请到窗口"}).status_code == 200
    later(line.desk, hours=3)
    assert found("late=true") == ["YP1"]
    line.turn()
    told = {"办件编号": "YP2", "回访时间": line.desk.now.isoformat(), "是否联系": "是", "是否解决": "否", "满意度": "基本满意"}
    assert line.desk.with_token(app, "feed").post("/hotline/revisits", told).json["created"] == 1
    assert found("dissatisfied=true") == ["YP2"]
    duty = line.desk.sign_in(app, "duty1")
    [row] = duty.get("/hotline/tickets?ticket_no=YP2").json["tickets"]
    assert (row["solved"], row["satisfaction"], row["told"]) == (False, "basically_satisfied", "told")
    first = duty.get("/hotline/tickets?limit=1").json
    assert [one["ticket_no"] for one in duty.get(f"/hotline/tickets?limit=1&next={first['next']}").json["tickets"]] == ["YP1"]
    assert duty.get("/hotline/tickets?told=perhaps").status_code == 422


def test_an_answer_is_offered_where_it_closes_the_ticket_only(line: Line) -> None:
    line.call("YP1", extra={"appeal_type": "咨询"})
    line.call("YP2")
    line.turn()
    duty = line.desk.sign_in(line.desk.app(), "duty1")
    acts = {
        one["ticket_no"]: duty.get(f"/hotline/tickets/{one['id']}").json["acts"] for one in duty.get("/hotline/tickets").json["tickets"]
    }
    assert ("answer" in acts["YP1"], "answer" in acts["YP2"]) == (True, False)


def test_the_words_of_a_confidential_ticket_stand_in_no_list_and_are_for_the_desk(line: Line) -> None:
    app, report = line.desk.app(), line.call(title="举报某某违建", extra={"confidential": True})
    line.turn()
    duty, boss = line.desk.sign_in(app, "duty1"), line.desk.sign_in(app, "boss")
    for reader in (duty, boss):
        assert [one["title"] for one in reader.get("/reports").json["reports"]] == [f"保密工单 {NUMBER}"]
    assert duty.get(f"/reports/{report}").json["title"] == "举报某某违建"
    assert (boss.get(f"/reports/{report}").json["title"], boss.get(f"/reports/{report}").json["extra"]) == (
        f"保密工单 {NUMBER}",
        {"confidential": True},
    )
    assert boss.get("/hotline/tickets?q=违建").json["tickets"] == []
    assert len(duty.get("/hotline/tickets?q=违建").json["tickets"]) == 1
    with line.desk.store.connection() as connection:
        connection.execute(
            "update reports set extra = '{}', version = version + 1 where report_id = %s", [report]
        )  # a message that leaves it out
        act = Act("open", line.desk.scope("duty1", "duty"), line.desk.now)
        openings.open_case(connection, openings.Opening(report_id=report, class_code="0503"), act, line.desk.config)
        hotline_follow.follow(connection, line.desk.config, line.desk.now)
    named = line.desk.rows(
        "select title from cases union all select title from incidents union all select payload ->> 'title' from outbox where payload ? 'title'"
    )
    assert named
    assert not [one for one in named if "违建" in (one["title"] or "")]
