"""The replay's calls: what each reader gets of the recording, what happened in a span, and the paper of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from api.recorder import TAKE_EVERY, record
from projector.project import Projector
from store import change_log, incident_sums
from store.live import Hints, Live
from tests.desk import NORTH, SOUTH, Desk

SECOND = timedelta(seconds=1)


@pytest.fixture
def told(desk: Desk) -> dict[str, Any]:
    """Two minutes of the small city, recorded: an alert in each street, an incident and a drill."""
    desk.now += timedelta(microseconds=417)  # as the world's moments are
    projector, begun = Projector(desk.store, Live(None), Hints(None), desk.config), desk.now
    for turn in range(14):
        desk.now += 10 * SECOND
        if turn == 5:
            ids = [desk.alert(), desk.alert(SOUTH, title="drill", drill=True)]
            with desk.store.connection() as c:
                change_log.append(c, "alert", {}, change_log.read(c, "alert", ids), desk.now)
            values = {"title": "火情", "class_code": "0501", "domain": "emergency", "severity": 1, "stage": "open", "area": f"{NORTH}001"}
            values |= {"opened_at": desk.now, "updated_at": desk.now}
            incident = desk.insert("incidents", values, "incident_id")
            desk.rows("update alerts set incident_id = %s where alert_id = %s returning 1", incident, ids[0])
        projector.tick(desk.now)
        record(desk.store, desk.config, desk.now)
    return {"begun": begun, "until": desk.now, "incident": incident, "alerts": ids}


def span(told: dict[str, Any]) -> str:
    return f"from={told['begun'].isoformat()}&to={told['until'].isoformat()}".replace("+", "%2B")


def at(moment: Any) -> str:
    return str(moment.isoformat()).replace("+", "%2B")


def test_each_reader_is_shown_its_own_streets(desk: Desk, app: Flask, told: dict[str, Any]) -> None:
    for login, streets in (("duty1", {"", NORTH, SOUTH}), ("north", {NORTH})):
        body = desk.sign_in(app, login).get(f"/replay/moment?at={at(told['until'])}").get_json()
        seen = set(body["snapshot"]["streets"]) | set((body["delta"] or {"streets": {}})["streets"])
        assert seen - {""} == streets - {""}
        rows = [row for part in body["delta"]["streets"].values() for row in part.get("alerts", [])]
        assert {row["street"] for row in rows} == streets - {""}
        assert body["snapshot"]["screen"] == "replay"


def test_the_web_login_cannot_read_what_holds_all_streets(desk: Desk, told: dict[str, Any]) -> None:
    with desk.web_store.scoped(desk.scope("duty1", "duty")) as c:
        for table in ("replay_frames", "replay_takes"):
            allowed = c.execute("select has_table_privilege(%s, 'select') as may", [table]).fetchone()
            assert allowed == {"may": False}


def test_what_is_recorded_is_told_and_what_is_not_is_404(desk: Desk, app: Flask, told: dict[str, Any]) -> None:
    duty = desk.sign_in(app, "duty1")
    reach = duty.get("/replay").get_json()
    assert len(reach["spans"]) == 1
    assert reach["kept_s"] == desk.config.retention.replay.total_seconds()
    assert duty.get(f"/replay/moment?at={at(told['begun'] - TAKE_EVERY)}").status_code == 404
    assert duty.get("/replay/moment").status_code == 422
    assert duty.get("/replay/deltas?after=-1&until=2026-11-21T04:00:00Z").status_code == 422


def test_both_ends_of_a_span_can_be_shown_by_a_clock_of_milliseconds(desk: Desk, app: Flask, told: dict[str, Any]) -> None:
    duty = desk.sign_in(app, "duty1")
    for since, until in duty.get("/replay").get_json()["spans"]:
        for moment in (since, until):
            shortened = datetime.fromisoformat(moment).isoformat(timespec="milliseconds")
            assert duty.get(f"/replay/moment?at={shortened.replace('+', '%2B')}").status_code == 200, moment


def test_the_paper_of_an_incident_of_a_drill_says_so_before_anything_happened(desk: Desk, app: Flask, told: dict[str, Any]) -> None:
    desk.rows("update incidents set drill = true where incident_id = %s returning 1", told["incident"])
    early = f"from={at(told['begun'])}&to={at(told['begun'] + 2 * SECOND)}&incident={told['incident']}"
    assert "演练" in desk.sign_in(app, "duty1").get(f"/replay/report/paper.html?{early}").get_data(as_text=True)


def test_deltas_go_on_where_a_moment_ended(desk: Desk, app: Flask, told: dict[str, Any]) -> None:
    duty = desk.sign_in(app, "duty1")
    first = duty.get(f"/replay/moment?at={at(told['begun'] + 30 * SECOND)}").get_json()
    last = duty.get(f"/replay/moment?at={at(told['until'])}").get_json()
    steps = duty.get(f"/replay/deltas?after={first['sequence']}&until={at(told['until'])}&step=20s").get_json()["deltas"]
    assert steps[-1]["sequence"] == last["sequence"]
    assert [step["sequence"] for step in steps] == sorted({step["sequence"] for step in steps})


def test_the_timeline_tells_what_happened_and_counts_no_drills(desk: Desk, app: Flask, told: dict[str, Any]) -> None:
    duty = desk.sign_in(app, "duty1")
    body = duty.get(f"/replay/timeline?{span(told)}").get_json()
    happened = [(row["kind"], row["act"], row["drill"]) for row in body["moments"]]
    assert sorted(happened) == [("alert", "raised", False), ("alert", "raised", True), ("incident", "opened", False)]
    assert sum(n for _, n, _ in body["density"]) == 1
    own = duty.get(f"/replay/timeline?{span(told)}&incident={told['incident']}").get_json()["moments"]
    assert {(row["kind"], row["id"]) for row in own} == {("incident", str(told["incident"])), ("alert", str(told["alerts"][0]))}
    north = desk.sign_in(app, "north").get(f"/replay/timeline?{span(told)}").get_json()["moments"]
    assert {row["area"][:9] for row in north} == {NORTH}


def test_what_became_confidential_is_replayed_in_the_words_it_has_now(desk: Desk, app: Flask) -> None:
    """Told in clear in a frame and in deltas; then the ticket is marked."""
    secret, begun, duty = "举报某某违建", desk.now, desk.sign_in(app, "duty1")
    projector = Projector(desk.store, Live(None), Hints(None), desk.config)

    def tell(noun: str, key: Any) -> None:
        with desk.store.connection() as c:
            change_log.append(c, noun, {}, change_log.read(c, noun, [key]), desk.now)

    def run(turns: int) -> None:
        for _ in range(turns):
            desk.now += 10 * SECOND
            projector.tick(desk.now)
            record(desk.store, desk.config, desk.now)

    values = {"title": secret, "text": secret, "domain": "urban", "severity": 3, "stage": "open", "area": f"{NORTH}001"}
    incident = desk.insert("incidents", {**values, "opened_at": desk.now, "updated_at": desk.now}, "incident_id")
    report = desk.report(title=secret, external_id="T1", incident_id=incident)
    run(1)  # stands in the frame
    alert = desk.alert(title=secret, subject="T1", report_id=report, incident_id=incident)
    for noun, key in (("alert", alert), ("report", report), ("incident", incident)):
        tell(noun, key)
    run(8)
    first = duty.get(f"/replay/moment?at={at(begun + 10 * SECOND)}").get_json()["sequence"]
    asked = f"from={at(begun)}&to={at(desk.now)}"
    paths = [f"/replay/moment?at={at(begun + 10 * SECOND)}", f"/replay/moment?at={at(desk.now)}", f"/replay/deltas?after={first}&until={at(desk.now)}",
             f"/replay/timeline?{asked}", f"/replay/report/paper.html?{asked}"]  # fmt: skip
    assert [secret in duty.get(path).get_data(as_text=True) for path in paths] == [True] * 5, "otherwise this proves nothing"
    desk.rows("update reports set extra = extra || '{\"confidential\": true}', processed_at = %s returning 1", desk.now)
    with desk.store.connection() as c:
        incident_sums.follow_parts(c, desk.config, desk.now)
    found = [duty.get(path).get_data(as_text=True) for path in paths]
    assert [secret in body for body in found] == [False] * 5
    assert ["保密工单 T1" in body for body in found] == [True] * 5


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_has_figures_at_both_ends_and_the_timeline(desk: Desk, app: Flask, told: dict[str, Any], lang: str) -> None:
    duty = desk.sign_in(app, "duty1")
    since = told["begun"] + 20 * SECOND
    query = f"from={at(since)}&to={at(told['until'])}&lang={lang}"
    page = duty.get(f"/replay/report/paper.html?{query}").get_data(as_text=True)
    assert {"zh": "火情", "en": "Incident opened"}[lang] in page
    assert {"zh": '<td>橙色 · II 级</td><td class="right">0</td><td class="right">1</td>', "en": "Start"}[lang] in page
    assert {"zh": "演练（不计入）", "en": "Drills (not counted)"}[lang] in page
    of_incident = duty.get(f"/replay/report/paper.html?{query}&incident={told['incident']}").get_data(as_text=True)
    assert {"zh": "回放报告：火情", "en": "Replay report: 火情"}[lang] in of_incident
    assert duty.get(f"/replay/report/paper.pdf?{query}").get_data()[:5] == b"%PDF-"
    assert duty.get(f"/replay/report/other?{query}").status_code == 404
