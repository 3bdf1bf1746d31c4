"""The API while the database is away: who asks hears that it is, the log why."""

from flask import Flask
from structlog.testing import capture_logs

from tests.desk import Desk


def test_the_answer_says_that_the_database_is_away_and_the_log_why(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    desk.web_store.close()
    with capture_logs() as told:
        answer = officer.get("/alerts")
    assert (answer.status_code, answer.json["type"], answer.headers["Retry-After"]) == (503, "urn:yiping:problem:store_away", "2")
    assert "pool" not in answer.text
    [line] = told
    assert (line["event"], line["log_level"], line["route"]) == ("database_away", "warning", "/api/v1/alerts")
    assert "is already closed" in line["why"]
