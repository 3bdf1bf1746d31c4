"""Rules over HTTP: everybody reads what holds, an admin changes it, the loser of two sees why, every fault has path and line."""

from typing import Any

import pytest

from tests.desk import Desk, Person
from tests.few_rules import with_few


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.config = with_few(desk.config)
    return desk


@pytest.fixture
def admin(desk: Desk) -> Person:
    return desk.sign_in(desk.app(), "admin")


def put(person: Person, rule: str, body: Any, why: str = "汛期前调整", **headers: str) -> Any:
    """Whatever stands there now, unless a revision is named."""
    return person.ask("PUT", f"/rules/{rule}", {"body": body, "why": why}, **{"If_Match": "*", **headers})


def test_everybody_reads_the_rules_of_the_file_before_anybody_kept_one(desk: Desk) -> None:
    reader = desk.sign_in(desk.app(), "duty1")
    desk.alert(rule="smoke", title="1", verdict="false_alarm")
    rules = {rule["rule"]: rule for rule in reader.get("/rules").json["rules"]}
    assert list(rules) == sorted(desk.config.rules)
    assert (rules["smoke"]["kind"], rules["smoke"]["state"], rules["smoke"]["kept"]["origin"]) == ("threshold", "in_force", "file")
    assert rules["smoke"]["seven_days"] == {"rang": 1, "open": 1, "judged": 1, "dismissed": 1}
    one = reader.get("/rules/smoke")
    assert one.json["body"]["metric"] == "smoke"
    assert one.json["yaml"].startswith("kind: threshold\nlabel: 烟感报警\n")
    assert one.headers["ETag"] == '"0"'


def test_an_edit_stands_with_who_why_and_what_it_changed(desk: Desk, admin: Person) -> None:
    read = admin.get("/rules/smoke").json
    text = read["yaml"].replace("severity: 2", "severity: 1")
    answer = put(admin, "smoke", text, If_Match='"0"')
    assert (answer.status_code, answer.json["severity"], answer.json["kept"]["origin"]) == (200, 1, "admin")
    assert answer.json["from_file"] == [{"path": "severity", "before": 2, "after": 1}]
    history = admin.get("/rules/smoke/history").json["history"]
    assert [(one["origin"], one["by"], one["why"]) for one in history] == [("admin", "admin", "汛期前调整"), ("file", "config.yaml", "")]
    assert history[0]["differences"] == [{"path": "severity", "before": 2, "after": 1}]
    [line] = desk.rows("select * from audit where noun = 'rule'")
    assert (line["act"], line["key"], line["actor"], line["note"]) == ("revise", "smoke", "admin", "汛期前调整")
    again = put(admin, "smoke", text, If_Match=answer.headers["ETag"])
    assert again.headers["ETag"] == answer.headers["ETag"], "the same words are no new revision"


def test_of_two_admins_the_second_is_told_that_the_first_was_faster(admin: Person) -> None:
    etag, body = admin.get("/rules/smoke").headers["ETag"], admin.get("/rules/smoke").json["body"]
    first = put(admin, "smoke", {**body, "severity": 1}, If_Match=etag)
    second = put(admin, "smoke", {**body, "severity": 4}, If_Match=etag)
    assert (second.status_code, second.json["etag"]) == (412, first.headers["ETag"])
    assert admin.get("/rules/smoke").json["severity"] == 1


def test_what_is_wrong_is_told_with_path_line_and_suggestion_and_nothing_is_kept(desk: Desk, admin: Person) -> None:
    text = admin.get("/rules/smoke").json["yaml"].replace("metric: smoke", "metric: smok").replace("hold:", "hodl:")
    answer = put(admin, "smoke", text)
    told = {one["path"]: one for one in answer.json["problems"]}
    assert answer.status_code == 422
    assert (told["metric"]["line"], told["metric"]["hint"]) == (4, "did you mean 'smoke'?")
    assert told["hodl"]["hint"] == "did you mean 'hold'?"
    [fault] = put(admin, "smoke", "kind: threshold\na: [").json["problems"]
    assert (fault["line"], fault["message"].partition(":")[0]) == (2, "not YAML")
    assert put(admin, "Not a name!", admin.get("/rules/smoke").json["body"]).status_code == 422
    assert put(admin, "smoke", 3).status_code == 422
    assert put(admin, "smoke", admin.get("/rules/smoke").json["body"], why="  ").status_code == 422
    assert desk.rows("select 1 from rule_revisions where origin = 'admin'") == []


def test_a_check_tells_what_would_change_and_writes_nothing(desk: Desk, admin: Person) -> None:
    body = {**admin.get("/rules/smoke").json["body"], "hold": 120}
    told = admin.ask("PUT", "/rules/smoke?check=true", {"body": body, "why": ""}).json
    assert told["differences"] == [{"path": "hold", "before": "0s", "after": "2m"}]
    assert "hold: 2m\n" in told["yaml"]
    wrong = admin.ask("PUT", "/rules/smoke?check=true", {"body": {**body, "metric": "smok"}, "why": ""})
    assert (wrong.status_code, wrong.json["problems"][0]["path"]) == (200, "metric")
    new = admin.ask("PUT", "/rules/of-mine?check=true", {"body": body, "why": ""}).json
    assert {one["before"] for one in new["differences"]} == {None}
    assert desk.rows("select 1 from rule_revisions") == []


def test_a_rule_of_ones_own_is_added_withdrawn_and_shown_when_asked_for(admin: Person) -> None:
    body = admin.get("/rules/smoke").json["body"]
    assert put(admin, "smoke-2", body).status_code == 200
    gone = admin.ask("DELETE", "/rules/smoke-2", {"why": "误报太多"}, If_Match="*")
    assert (gone.status_code, gone.json["state"], gone.json["yaml"]) == (200, "withdrawn", None)
    assert "smoke-2" not in {rule["rule"] for rule in admin.get("/rules").json["rules"]}
    assert "smoke-2" in {rule["rule"] for rule in admin.get("/rules?withdrawn=true").json["rules"]}
    assert admin.ask("DELETE", "/rules/nothing", {"why": "x"}).status_code == 404
    assert admin.ask("DELETE", "/rules/smoke", {}, If_Match="*").status_code == 422


def test_going_back_to_the_file_takes_its_words_again(admin: Person) -> None:
    put(admin, "smoke", {**admin.get("/rules/smoke").json["body"], "severity": 1})
    back = admin.ask("PUT", "/rules/smoke", {"back_to_file": True, "why": "试用结束"}, If_Match="*")
    assert (back.json["severity"], back.json["kept"]["origin"], back.json["from_file"]) == (2, "file", [])


@pytest.mark.parametrize("login", ["duty1", "boss", "auditor"])
def test_nobody_but_an_admin_changes_a_rule(desk: Desk, login: str) -> None:
    person = desk.sign_in(desk.app(), login)
    body = person.get("/rules/smoke").json["body"]
    assert put(person, "smoke", {**body, "severity": 1}).status_code == 403
    assert person.ask("DELETE", "/rules/smoke", {"why": "x"}).status_code == 403
    assert person.get("/rules/smoke/history").json == {"history": [], "next": None}


def test_history_comes_in_pages_that_join(admin: Person) -> None:
    body = admin.get("/rules/smoke").json["body"]
    for severity in (1, 3, 4):
        put(admin, "smoke", {**body, "severity": severity})
    first = admin.get("/rules/smoke/history?limit=2").json
    rest = admin.get(f"/rules/smoke/history?limit=2&next={first['next']}").json
    assert [one["body"]["severity"] for one in (*first["history"], *rest["history"])] == [4, 3, 1, 2]
    assert first["history"][1]["differences"] == [{"path": "severity", "before": 1, "after": 3}]
    assert rest["next"] is None
    assert admin.get("/rules/nothing/history").status_code == 404


def test_a_rule_that_is_there_is_written_by_who_says_which_revision_was_seen(admin: Person) -> None:
    body = admin.get("/rules/smoke").json["body"]
    blind = [admin.ask("PUT", "/rules/smoke", {"body": body, "why": "w"}), admin.ask("DELETE", "/rules/smoke", {"why": "w"}),
             admin.ask("PUT", "/rules/smoke", {"back_to_file": True, "why": "w"})]  # fmt: skip
    assert [(one.status_code, one.headers["ETag"], one.json["etag"]) for one in blind] == [(428, '"0"', '"0"')] * 3
    assert admin.ask("PUT", "/rules/new-one", {"body": body, "why": "w"}).status_code == 200, "nobody can have seen what is not there"
    newest = admin.get("/rules/new-one").headers["ETag"]
    assert admin.ask("PUT", "/rules/new-one", {"body": body, "why": "w"}).headers["ETag"] == newest


def test_to_look_at_going_back_to_the_file_writes_nothing(desk: Desk, admin: Person) -> None:
    changed = put(admin, "smoke", {**admin.get("/rules/smoke").json["body"], "severity": 1})
    told = admin.ask("PUT", "/rules/smoke?check=true", {"back_to_file": True, "why": ""})
    assert (told.status_code, told.json["differences"]) == (200, [{"path": "severity", "before": 1, "after": 2}])
    assert admin.get("/rules/smoke").headers["ETag"] == changed.headers["ETag"]
    for query, body in (
        ("", {"back_to_file": "false"}),
        ("", {"back_to_file": 1}),
        ("?chk=true", {"back_to_file": True}),
        ("", {"back": True}),
    ):
        assert admin.ask("PUT", f"/rules/smoke{query}", {**body, "why": "w"}, If_Match="*").status_code == 422
    put(admin, "of-mine", admin.get("/rules/smoke").json["body"])
    assert admin.ask("PUT", "/rules/of-mine?check=true", {"back_to_file": True, "why": ""}).status_code == 422


@pytest.mark.parametrize("body", ["&a\nx: *a\n", "[" * 5000, "kind: no_data\nkind: threshold\n", "reason: " + "x" * 70000, "above: .nan\n"])
def test_yaml_that_is_not_taken_is_told_as_a_problem(admin: Person, body: str) -> None:
    answer = put(admin, "smoke", body)
    assert (answer.status_code, len(answer.json["problems"])) == (422, 1)
