"""The desk's view of hotline tickets: found by what is wrong with them, told to the platform anew, confidential ones kept to the desk."""

from pathlib import Path

import store
from store import hotline_follow, incident_sums, openings
from store.acts import Act
from tests.desk import NORTH, later
from tests.hotline_line import NUMBER, Line, work
from tests.hotline_line import line as line

VERSIONS = Path(store.__file__).parent / "migrations" / "versions"


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


def test_what_is_shown_masked_is_searched_masked(line: Line) -> None:
    line.call("YP1", title="路灯不亮，电话13812345678")
    line.turn()
    app = line.desk.app()

    def found(who: str, words: str) -> list[str]:
        return [one["title"] for one in line.desk.sign_in(app, who).get(f"/hotline/tickets?q={words}").json["tickets"]]

    assert found("boss", "路灯") == ["路灯不亮，电话138****5678"]
    assert (found("boss", "1381"), found("boss", "2345")) == ([], []), "hidden digits are not to be guessed one by one"
    assert found("duty1", "13812345") != []


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
        incident_sums.follow_parts(connection, line.desk.config, line.desk.now)
    named = line.desk.rows(
        "select title from cases union all select title from incidents union all select payload ->> 'title' from outbox where payload ? 'title'"
    )
    assert named
    assert not [one for one in named if "违建" in (one["title"] or "")]


def test_what_was_made_of_a_ticket_before_it_was_confidential_bears_its_number_from_then_on_and_screens_hear_of_it(line: Line) -> None:
    desk, secret = line.desk, "举报某某违建"
    report = line.call(title=secret)
    alert = desk.alert(title=secret, report_id=report, subject="r")
    with desk.store.connection() as connection:
        act = Act("open", desk.scope("duty1", "duty"), desk.now)
        number = openings.open_case(connection, openings.Opening(alert_id=alert, class_code="0503"), act, desk.config)
    [row] = desk.rows("select incident_id from cases")
    case = {"title": f"{secret} +1", "text": secret, "class_code": "0503", "severity": 3, "stage": "reported", "area": f"{NORTH}001"}
    times = {"opened_at": desk.now, "updated_at": desk.now, "incident_id": row["incident_id"]}
    other = desk.insert("cases", {**case, **times, "case_number": "2"}, "case_number")
    by_hand = desk.insert("cases", {**case, **times, "case_number": "3", "title": "拆除", "text": "派车"}, "case_number")
    desk.rows("update reports set incident_id = %s, version = version + 1 returning 1", row["incident_id"])
    line.turn()
    desk.rows(
        "update reports set extra = extra || '{\"confidential\": true}', processed_at = %s, version = version + 1 returning 1", desk.now
    )
    with desk.store.connection() as connection:
        incident_sums.follow_parts(connection, desk.config, desk.now)
    line.turn()
    veil = f"保密工单 {NUMBER}"
    assert {row["case_number"]: (row["title"], row["text"]) for row in desk.rows("select * from cases")} == {
        number: (veil, None), other: (veil, None), by_hand: ("拆除", "派车")
    }  # fmt: skip
    assert desk.rows("select a.title as alert, i.title as incident from alerts a join incidents i using (incident_id)") == [
        {"alert": veil, "incident": veil}
    ]
    last = desk.rows(
        "select distinct on (noun, key) noun, key, after from change_log where noun in ('alert', 'case', 'incident') order by noun, key, change_id desc"
    )
    assert {(one["noun"], one["after"]["title"]) for one in last if one["key"] != by_hand} >= {("alert", veil), ("case", veil)}
    assert not [one for one in last if "违建" in str(one["after"])]
    versions = {row["case_number"]: row["version"] for row in desk.rows("select case_number, version from cases")}
    assert {one["key"]: one["after"]["version"] for one in last if one["noun"] == "case"}.items() <= versions.items()
    assert [row["key"] for row in desk.rows("select key from audit where act = 'veil' order by noun, key")] == [
        str(alert),
        *sorted((number, other)),
    ]
    duty, boss = desk.sign_in(desk.app(), "duty1"), desk.sign_in(desk.app(), "boss")
    assert (duty.get(f"/cases/{number}").json["title"], boss.get(f"/cases/{number}").json["title"]) == (secret, veil)
    assert desk.rows("select is_confidential(%s) as yes", number) == [{"yes": True}]
    desk.rows("update hotline_tickets set case_number = %s returning 1", other)
    assert (duty.get(f"/cases/{other}").json["title"], boss.get(f"/cases/{other}").json["confidential"]) == (secret, True)


def test_an_incident_of_which_nothing_is_left_keeps_no_confidential_words(line: Line) -> None:
    desk = line.desk
    incident = {"title": "举报某某违建", "domain": "urban", "severity": 3, "stage": "open", "area": f"{NORTH}001"}
    key = desk.insert("incidents", {**incident, "opened_at": desk.now, "updated_at": desk.now}, "incident_id")
    line.call(title="举报某某违建", stage="dismissed", incident_id=key)
    desk.rows("update reports set extra = extra || '{\"confidential\": true}' returning 1")
    with desk.store.connection() as connection:
        incident_sums.follow_parts(connection, desk.config, desk.now)
    assert desk.rows("select title from incidents") == [{"title": f"保密工单 {NUMBER}"}]


def test_what_stands_already_at_the_upgrade_is_veiled_and_its_incidents_are_summed_up_anew(line: Line) -> None:
    desk, secret = line.desk, "举报某某违建"
    line.case(line.call(title=secret, extra={"confidential": True}))
    with desk.store.connection() as connection:
        connection.execute("delete from incident_marks")
        connection.execute("update cases set title = %s, text = %s", [secret, secret])
        connection.execute("update incidents set title = %s", [secret])
        for _ in range(2):
            connection.execute((VERSIONS / "0042_backfill.sql").read_bytes())
        incident_sums.follow_parts(connection, desk.config, desk.now)
    veil = f"保密工单 {NUMBER}"
    assert desk.rows("select c.title, c.text, i.title as of from cases c join incidents i using (incident_id)") == [
        {"title": veil, "text": None, "of": veil}
    ]
    assert len(desk.rows("select 1 from audit where act = 'veil'")) == 1
