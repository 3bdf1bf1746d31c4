"""What callers say when they are asked again: told by the platform, by a ticket itself or in a list; kept once, and brought to a person."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.import_revisits import revisits as import_revisits
from tests.desk import NORTH
from tests.hotline_line import NUMBER, Line
from tests.hotline_line import line as line


def test_a_dissatisfied_caller_is_brought_to_a_person_and_the_case_stays_as_it_is(line: Line) -> None:
    app = line.desk.app()
    line.call(extra={"appeal_type": "咨询"})
    line.turn()
    duty = line.desk.sign_in(app, "duty1")
    [ticket] = line.tickets()
    duty.post(f"/hotline/tickets/{ticket['ticket_id']}/acts", {"act": "answer", "note": "请到窗口办理"})
    line.turn()
    told = {"办件编号": NUMBER, "回访时间": line.desk.now.isoformat(), "是否联系": "是", "是否解决": "否", "满意度": "不满意"}
    assert line.desk.with_token(app, "feed").post("/hotline/revisits", told).json["created"] == 1
    assert [row["template"] for row in line.desk.rows("select template from outbox where target = 'role:supervisor'")] == [
        "hotline_dissatisfied"
    ]
    [row] = duty.get(f"/hotline/revisits?ticket_id={ticket['ticket_id']}").json["revisits"]
    assert (row["valid"], row["solved"], row["satisfaction"]) == (True, False, "dissatisfied")


def test_a_token_of_one_street_tells_of_its_own_tickets_only(line: Line) -> None:
    app = line.desk.app()
    line.call()
    line.turn()
    told = {"办件编号": NUMBER, "回访时间": line.desk.now.isoformat(), "满意度": "满意"}
    stranger = line.desk.with_token(app, "feed", area="320404002")
    assert stranger.post("/hotline/revisits", [told]).json["refused"] == [{"place": 0, "why": "outside the area of this token"}]
    assert line.desk.with_token(app, "feed", area=NORTH).post("/hotline/revisits", [told]).json["created"] == 1
    assert line.desk.with_token(app, "read").post("/hotline/revisits", [told]).status_code == 403
    assert line.desk.with_token(app, "feed").post("/hotline/revisits", {"source": "nobody", "revisits": []}).status_code == 422


def test_what_a_ticket_itself_says_of_its_revisit_is_kept_and_a_list_brings_the_rest(
    line: Line, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = line.desk.now.isoformat()
    line.call(extra={"revisited_at": at, "reached": True, "solved": True, "satisfaction": "satisfied"})
    line.turn()
    assert line.desk.rows("select contacted, solved, satisfaction from revisits") == [
        {"contacted": True, "solved": True, "satisfaction": "satisfied"}
    ]
    monkeypatch.setenv("YIPING_DATABASE_URL", database_url)
    file = tmp_path / "revisits.csv"
    file.write_text(f"办件编号,回访时间,是否联系,满意度\n{NUMBER},2026-11-20 10:00:00,是,不满意\n,2026-11-20,是,满意\n", encoding="gb18030")
    for _ in range(2):
        done = CliRunner().invoke(import_revisits, [str(file)])
        assert "1 revisits taken, 1 refused" in done.output
        assert done.exit_code == 1
    assert line.desk.rows("select count(*) as n from revisits") == [{"n": 2}]
